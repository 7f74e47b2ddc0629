"""Interfaces and workers that are killed at any moment lose no fact and double none."""

import pytest

from shared.testing.eventually import seconds
from shared.testing.stack import Stack
from tests.faults.books import Target
from tests.faults.kills import EVERY_ROLE, Killer
from tests.faults.report import Report
from tests.faults.trial import a_trial

pytestmark = [pytest.mark.postgres, pytest.mark.kafka]

SOME = 60


@pytest.mark.nightly
async def test_interfaces_and_workers_that_are_killed_under_traffic_lose_nothing_and_double_nothing(
    target: Target, report: Report, stack: Stack
) -> None:
    async with a_trial("api and worker of both services killed, 5× each", target, report) as trial:
        await trial.tells(SOME)
        killed = await Killer(stack, trial, seed=4).kill(EVERY_ROLE, times=5)
        row = await trial.settled(within=seconds(60))
        assert (row.lost, row.doubled, killed) == (0, 0, 20)
        await trial.prompt(within=seconds(5))
