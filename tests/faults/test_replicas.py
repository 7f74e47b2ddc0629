"""Several workers of every service, joining and leaving under traffic, lose no fact and double none."""

import asyncio

import pytest

from shared.testing.eventually import seconds
from shared.testing.processes import Running
from shared.testing.stack import Stack
from tests.faults.books import Target
from tests.faults.report import Report
from tests.faults.trial import Trial, a_trial

pytestmark = [pytest.mark.postgres, pytest.mark.kafka, pytest.mark.nightly]

SOME = 40
SERVICES = ("project", "alert")


async def joined(stack: Stack, service: str) -> Running:
    return await asyncio.to_thread(stack.start, service, "worker")


async def left(stack: Stack, service: str) -> int:
    """One worker less; its exit code."""
    return await asyncio.to_thread(stack.newest(service, "worker").stop)


async def replaced(trial: Trial, stack: Stack, worker: Running) -> Running:
    """One that is asked to stop, and the one that comes for it: the group finds a new order twice."""
    assert await asyncio.to_thread(worker.stop) == 0
    await trial.tells(SOME)
    return await joined(stack, worker.service)


@pytest.mark.parametrize("replicas", [2, 3])
async def test_workers_that_are_restarted_one_after_the_other_lose_nothing(
    target: Target, report: Report, stack: Stack, replicas: int
) -> None:
    async with a_trial(f"{replicas} workers of each service, rolling restart", target, report) as trial:
        more = [await joined(stack, service) for service in SERVICES for _ in range(replicas - 1)]
        await trial.tells(SOME)
        for worker in [each for service in SERVICES for each in stack.alive(service, "worker")]:
            await replaced(trial, stack, worker)
        assert [await left(stack, worker.service) for worker in more] == [0] * len(more)
        row = await trial.settled(within=seconds(60))
        assert (row.lost, row.doubled) == (0, 0)
        await trial.prompt(within=seconds(5))


async def test_two_workers_of_each_service_that_are_killed_by_turns_lose_nothing(
    target: Target, report: Report, stack: Stack
) -> None:
    async with a_trial("2 workers of each service, killed by turns, 10×", target, report) as trial:
        for service in SERVICES:
            await joined(stack, service)
        for _ in range(5):
            for service in SERVICES:
                await trial.tells(SOME)
                await asyncio.to_thread(stack.alive(service, "worker")[0].kill)
                await joined(stack, service)
        assert [await left(stack, service) for service in SERVICES] == [0, 0]
        row = await trial.settled(within=seconds(60))
        assert (row.lost, row.doubled) == (0, 0)
        await trial.prompt(within=seconds(10))
