"""The main job through the gateway of a fresh installation."""

import pytest

from diaodu_embedded.client import SuiteClient
from diaodu_embedded.main_job.job import run_main_job
from diaodu_embedded.main_job.receivers import registered_receivers
from diaodu_embedded.main_job.settled import Ledger
from tests.compose.composed import RECEIVER, ComposedSuite

pytestmark = pytest.mark.compose


async def the_main_job(suite: ComposedSuite) -> tuple[Ledger, int]:
    """What the job came to, and how many pushes its receivers took; each is signed and came once."""
    async with (
        SuiteClient(suite.composed.url, suite.key) as client,
        registered_receivers(client, suite.bridge, RECEIVER) as receivers,
    ):
        ledger = await run_main_job(client, lambda line: print(line, flush=True))  # noqa: T201 - shown when the test fails
        assert [receiver.unsigned for receiver in receivers] == [0, 0, 0]
        assert [receiver.repeats for receiver in receivers] == [0, 0, 0]
        return ledger, sum(receiver.distinct for receiver in receivers)


async def the_rules_that_raised(suite: ComposedSuite) -> set[str]:
    async with SuiteClient(suite.composed.url, suite.key) as client:
        return {alert["rule"] async for alert in client.every("alert", "alerts")}


async def test_the_main_job_runs_through_the_gateway_and_a_second_run_doubles_nothing(suite: ComposedSuite) -> None:
    first, pushed = await the_main_job(suite)
    assert (first.lost, first.parked, first.waiting) == (0, 0, 0)
    assert {"indicator.low", "milestone.overdue", "library.short"} <= await the_rules_that_raised(suite)
    assert pushed == first.delivered > 0
    second, pushed_again = await the_main_job(suite)
    assert (second, pushed_again) == (first, 0)
