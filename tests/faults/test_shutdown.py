"""A process that is asked to stop finishes what it has in hand, and nobody loses by it."""

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import suppress
from time import monotonic

import asyncpg
import httpx
import pytest

from shared.testing.eventually import eventually, seconds
from shared.testing.http import once
from shared.testing.processes import Running
from shared.testing.projects_api import PROJECTS, a_project
from shared.testing.stack import Stack
from tests.faults.books import Target
from tests.faults.dawdler import BEGUN
from tests.faults.listeners import Event, Listener
from tests.faults.report import Report
from tests.faults.traffic import NUMBERS
from tests.faults.trial import Trial, a_trial

pytestmark = [pytest.mark.postgres, pytest.mark.kafka, pytest.mark.nightly]

SOME = 60
IN_FLIGHT = 50
AT_ONCE = 10
LISTENERS = 20
SHUTDOWN_SECONDS = 10.0


async def stopped(process: Running) -> float:
    """Ask it to stop; how long that took. It has to end well."""
    began = monotonic()
    assert await asyncio.to_thread(process.stop) == 0
    return monotonic() - began


async def refused(url: str) -> bool:
    """Whether nobody listens there any more."""
    with suppress(httpx.ConnectError):
        async with httpx.AsyncClient(trust_env=False) as client:
            await client.get(f"{url}/livez")
        return False
    return True


async def half_sent(client: httpx.AsyncClient, rest: asyncio.Event) -> httpx.Response:
    """A request of which the service has the first half, until it is sent the rest."""
    text = json.dumps(a_project(next(NUMBERS))).encode()

    async def body() -> AsyncIterator[bytes]:
        yield text[:100]
        await rest.wait()
        yield text[100:]

    headers = once(**{"Content-Type": "application/json", "Content-Length": str(len(text))})
    return await client.post(PROJECTS, content=body(), headers=headers)


async def test_an_interface_that_stops_answers_every_request_that_it_has_begun_to_take(target: Target, stack: Stack) -> None:
    rests = [asyncio.Event() for _ in range(IN_FLIGHT)]
    async with target.client("project") as client:
        requests = [asyncio.create_task(half_sent(client, rest)) for rest in rests]
        await eventually(lambda: in_flight(target), satisfies=lambda number: number >= IN_FLIGHT, within=seconds(10))
        stopping = asyncio.create_task(stopped(stack.newest("project", "api")))
        await eventually(lambda: refused(target.url_of("project")), within=seconds(5))
        for first in range(0, IN_FLIGHT, AT_ONCE):
            for rest in rests[first : first + AT_ONCE]:
                rest.set()
            await asyncio.wait(requests[first : first + AT_ONCE], timeout=SHUTDOWN_SECONDS)
        answers = await asyncio.gather(*requests)
        took = await stopping
    await asyncio.to_thread(stack.start, "project", "api")
    assert [answer.status_code for answer in answers] == [201] * IN_FLIGHT
    assert took < SHUTDOWN_SECONDS


async def in_flight(target: Target) -> float:
    """How many requests project-svc is serving."""
    async with target.client("project") as client:
        lines = (await client.get("/metrics")).text.splitlines()
    return float(next(line.split()[1] for line in lines if line.startswith("http_server_active_requests{")))


async def test_a_consumer_that_stops_in_the_middle_of_a_batch_finishes_it(target: Target, report: Report, stack: Stack) -> None:
    async with a_trial("worker stopped (SIGTERM) in the middle of a batch", target, report) as trial:
        await trial.tells(SOME)
        assert await stopped(stack.newest("alert", "worker")) < SHUTDOWN_SECONDS
        await trial.accepts(SOME)
        before = await taken_in(stack)
        slow = stack.launch("alert", "worker", by=("-m", "tests.faults.dawdler", "lingers", "alert_svc"))
        in_hand = await eventually(lambda: records_in_hand(slow), within=seconds(30))
        assert await stopped(slow) < SHUTDOWN_SECONDS
        assert await taken_in(stack) - before >= in_hand
        await asyncio.to_thread(stack.start, "alert", "worker")
        row = await trial.settled(within=seconds(60))
        assert (row.lost, row.doubled) == (0, 0)


def records_in_hand(process: Running) -> int:
    """How many records are in the batch that a dawdler has begun; 0 before it has any."""
    return next((int(line.removeprefix(BEGUN)) for line in process.log.read_text().splitlines() if line.startswith(BEGUN)), 0)


async def taken_in(stack: Stack) -> int:
    """How many facts alert-svc has taken in, each in the transaction of its effect."""
    connection = await asyncpg.connect(stack.database_url("alert").replace("+asyncpg", ""))
    try:
        return int(await connection.fetchval("SELECT count(*) FROM inbox"))
    finally:
        await connection.close()


async def test_listeners_miss_nothing_and_hear_nothing_twice_when_interface_and_workers_stop_and_start(
    target: Target, report: Report, stack: Stack
) -> None:
    async with a_trial("api and workers stopped (SIGTERM), 20 listeners", target, report) as trial:
        listeners = [Listener(target, trial.department) for _ in range(LISTENERS)]
        following = [asyncio.create_task(listener.follow()) for listener in listeners]
        await eventually(lambda: all(listener.events for listener in listeners), within=seconds(30))
        for service, role in (("alert", "api"), ("alert", "worker"), ("project", "worker")):
            await trial.tells(SOME)
            assert await stopped(stack.newest(service, role)) < SHUTDOWN_SECONDS
            await asyncio.to_thread(stack.start, service, role)
        row = await trial.settled(within=seconds(60))
        assert (row.lost, row.doubled) == (0, 0)
        heard = listeners[0]
        await eventually(lambda: all(len(listener.events) >= row.accepted for listener in listeners), within=seconds(30))
        for task in following:
            task.cancel()
        await asyncio.gather(*following, return_exceptions=True)
        assert [listener.events for listener in listeners] == [heard.events] * LISTENERS
        assert effects(heard.events) == owed(trial)
        assert all(listener.farewells == 1 and listener.connections == 2 for listener in listeners)


def effects(events: Sequence[Event]) -> list[tuple[str, str]]:
    """What a listener heard, in the order of its numbers."""
    assert [event.number for event in events] == sorted({event.number for event in events})
    return sorted((event.object_id, event.type) for event in events)


def owed(trial: Trial) -> list[tuple[str, str]]:
    return sorted((object_id, effect) for object_id, all_owed in trial.ledger.owed.items() for effect in all_owed)
