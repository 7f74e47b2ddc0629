"""A service whose clock is an hour ahead or behind, or is set back, neither loses nor doubles nor delays a fact."""

import asyncio
from datetime import timedelta

import pytest

from shared.kit.clock import SystemClock
from shared.testing.eventually import seconds
from shared.testing.stack import Stack
from tests.faults.books import Target
from tests.faults.report import Report
from tests.faults.trial import a_trial

pytestmark = [pytest.mark.postgres, pytest.mark.kafka, pytest.mark.nightly]

SOME = 60
HOUR = timedelta(hours=1)


def set_clock(stack: Stack, service: str, shift: timedelta | None) -> None:
    """Start both processes of a service anew, by a clock that is so far off."""
    name = f"{service.upper()}_CLOCK_START"
    stack.settings.pop(name, None)
    for role in ("api", "worker"):
        stack.newest(service, role).kill()
        if shift is not None:
            stack.settings[name] = (SystemClock().now() + shift).isoformat()
        stack.start(service, role)


@pytest.mark.parametrize("service", ["project", "alert"])
async def test_a_clock_that_is_put_forward_and_back_by_an_hour_costs_nothing(
    target: Target, report: Report, stack: Stack, service: str
) -> None:
    async with a_trial(f"clock of {service}-svc +1 h, −1 h, right", target, report) as trial:
        for shift in (HOUR, -HOUR, None):
            await trial.tells(SOME)
            await asyncio.to_thread(set_clock, stack, service, shift)
        row = await trial.settled(within=seconds(60))
        assert (row.lost, row.doubled) == (0, 0)
        await trial.prompt(within=seconds(10))
