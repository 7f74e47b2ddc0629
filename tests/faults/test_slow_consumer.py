"""A worker that is slower than its group waits for loses its partitions, and nothing else."""

import asyncio

import pytest

from shared.testing.eventually import eventually, seconds
from shared.testing.stack import Stack
from tests.faults.books import Target
from tests.faults.report import Report
from tests.faults.trial import a_trial

pytestmark = [pytest.mark.postgres, pytest.mark.kafka, pytest.mark.nightly]

SOME = 60
LEFT = {"awaits": "LeaveGroup request succeeded", "blocks": "Heartbeat session expired"}


@pytest.mark.parametrize("how", LEFT)
@pytest.mark.parametrize("company", ["alone", "beside another"])
async def test_events_that_take_longer_than_a_member_may_be_silent_take_effect_once(
    target: Target, report: Report, stack: Stack, how: str, company: str
) -> None:
    async with a_trial(f"consumer that {how} longer than it may, {company}", target, report) as trial:
        await trial.tells(SOME)
        if company == "alone":
            assert await asyncio.to_thread(stack.newest("alert", "worker").stop) == 0
        stack.settings["ALERT_LOG_LEVEL"] = "info"
        slow = stack.launch("alert", "worker", by=("-m", "tests.faults.dawdler", how, "alert_svc"))
        del stack.settings["ALERT_LOG_LEVEL"]
        await eventually(lambda: trial.flows() and LEFT[how] in slow.log.read_text(), within=seconds(90))
        await trial.tells(SOME, within=seconds(120))
        assert await asyncio.to_thread(slow.stop) == 0
        if company == "alone":
            await asyncio.to_thread(stack.start, "alert", "worker")
        row = await trial.settled(within=seconds(60))
        assert (row.lost, row.doubled) == (0, 0)
