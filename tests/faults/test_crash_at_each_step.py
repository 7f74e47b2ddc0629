"""A process that dies right before, in or right after any of its steps loses nothing and doubles nothing."""

import asyncio
import signal

import pytest

from shared.testing.eventually import eventually, seconds
from shared.testing.stack import Stack
from tests.faults.books import Target
from tests.faults.report import Report
from tests.faults.saboteur import MOMENTS
from tests.faults.trial import Trial, a_trial

pytestmark = [pytest.mark.postgres, pytest.mark.kafka, pytest.mark.nightly]

SOME = 30
TIMES = "3"
PLACES = (
    ("project", "api", "commit"),
    ("project", "worker", "commit"),
    ("project", "worker", "publish"),
    ("project", "worker", "mark as sent"),
    ("alert", "worker", "take in"),
    ("alert", "worker", "commit"),
    ("alert", "worker", "commit of offsets"),
    ("alert", "worker", "publish"),
    ("alert", "worker", "mark as sent"),
    ("alert", "worker", "push"),
    ("alert", "worker", "record of a push"),
)


async def dies(trial: Trial, stack: Stack, place: tuple[str, str, str], moment: str) -> None:
    """Put one that will die there in the place of the good one, wait for its death, and put a good one in its place."""
    service, role, step = place
    await asyncio.to_thread(stack.newest(service, role).kill)
    doomed = stack.launch(service, role, by=("-m", "tests.faults.saboteur", moment, step, TIMES, f"{service}_svc"))
    if role == "api":
        await asyncio.to_thread(stack.await_ready, doomed)
    await eventually(lambda: trial.flows() and not doomed.alive, within=seconds(60))
    assert doomed.process.returncode == -signal.SIGKILL, doomed.log.read_text()[-2000:]
    await asyncio.to_thread(stack.start, service, role)


@pytest.mark.parametrize("place", PLACES, ids=" ".join)
async def test_a_death_before_in_and_after_a_step_costs_nothing(
    target: Target, report: Report, stack: Stack, place: tuple[str, str, str]
) -> None:
    async with a_trial("{} {} dies before, in, after: {}".format(*place), target, report) as trial:
        await trial.tells(SOME)
        for moment in MOMENTS:
            await dies(trial, stack, place, moment)
        row = await trial.settled(within=seconds(60))
        assert (row.lost, row.doubled) == (0, 0)
