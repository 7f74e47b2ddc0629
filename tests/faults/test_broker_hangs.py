"""A broker that answers nobody is no reason for an interface to be slow, unready or unable to stop."""

import asyncio
from collections.abc import Iterator
from time import monotonic

import httpx
import pytest

from shared.testing.eventually import seconds
from shared.testing.kafka_server import KafkaServer
from shared.testing.stack import Stack
from tests.faults.books import Target
from tests.faults.report import Report
from tests.faults.traffic import Answer
from tests.faults.trial import Trial, a_trial

pytestmark = [pytest.mark.postgres, pytest.mark.kafka, pytest.mark.nightly]

ENOUGH = 400
NO_SLOWER_THAN = 1.2
NOISE_SECONDS = 0.05
SHUTDOWN_SECONDS = 25.0
EVERY_PROCESS = (("project", "worker"), ("alert", "worker"), ("project", "api"), ("alert", "api"))


@pytest.fixture
def frozen(broker: KafkaServer) -> Iterator[KafkaServer]:
    """The test freezes it; it is thawed however the test ends."""
    yield broker
    broker.thaw()


async def answered(trial: Trial, number: int) -> list[Answer]:
    """So many answers from now on."""
    first = len(trial.traffic.answers)
    trial.traffic.allow(2 * number)
    await trial.accepts(number)
    return trial.traffic.answers[first:]


def p99(answers: list[Answer]) -> float:
    took = sorted(answer.seconds for answer in answers)
    return took[int(len(took) * 0.99)]


async def readiness(target: Target, service: str) -> int:
    async with target.client(service) as client:
        return (await client.get("/readyz")).status_code


async def test_interfaces_are_as_fast_and_ready_as_ever_while_the_broker_hangs(
    target: Target, report: Report, frozen: KafkaServer
) -> None:
    async with a_trial("broker frozen: the interfaces", target, report) as trial:
        await trial.tells(60)
        calm = await answered(trial, ENOUGH)
        frozen.freeze()
        held_up = await answered(trial, ENOUGH)
        ready = [await readiness(target, service) for service in ("project", "alert")]
        frozen.thaw()
        row = await trial.settled(within=seconds(90))
    report.note(f"p99 of a request: {p99(calm) * 1000:.0f} ms, with the broker frozen {p99(held_up) * 1000:.0f} ms")
    assert (row.lost, row.doubled) == (0, 0)
    assert ready == [httpx.codes.OK] * 2
    assert all(answer.status == httpx.codes.CREATED for answer in held_up)
    assert p99(held_up) <= NO_SLOWER_THAN * p99(calm) + NOISE_SECONDS


async def test_every_process_stops_in_time_while_the_broker_hangs_and_loses_nothing(
    target: Target, report: Report, stack: Stack, frozen: KafkaServer
) -> None:
    async with a_trial("broker frozen: every process stopped and started", target, report) as trial:
        await trial.tells(60)
        frozen.freeze()
        await trial.accepts(60)
        for service, role in EVERY_PROCESS:
            began = monotonic()
            assert await asyncio.to_thread(stack.newest(service, role).stop) == 0
            assert monotonic() - began < SHUTDOWN_SECONDS
        frozen.thaw()
        for service, role in EVERY_PROCESS:
            await asyncio.to_thread(stack.start, service, role)
        row = await trial.settled(within=seconds(60))
        assert (row.lost, row.doubled) == (0, 0)
        await trial.prompt(within=seconds(5))
