"""The stream over a real server and both databases."""

import asyncio
import json
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import httpx
import pytest
import pytest_asyncio
from fastapi import FastAPI
from sqlalchemy import select

from alert_svc.alerts import service as alerts_service
from alert_svc.alerts.models import CaseEntry
from alert_svc.alerts.rules import Closes, ObjectRef, Reading
from alert_svc.stream import service
from shared.contracts.facts import Level
from shared.kit.db import Database
from shared.kit.runtime import Runtime
from shared.kit.server import Draining, listen, serve, url_of
from shared.testing.alerts_api import API
from shared.testing.clock import FakeClock
from shared.testing.eventually import eventually
from shared.testing.facts import FactTeller, a_completion, a_shortfall, a_standing, an_overdue
from shared.testing.http import a_key, bearer

STREAM = f"{API}/stream"


@dataclass
class Watcher:
    """A client of the stream: what it has seen so far."""

    events: list[dict[str, str]] = field(default_factory=list)
    opened: asyncio.Event = field(default_factory=asyncio.Event)
    ended: bool = False

    @property
    def numbers(self) -> list[int]:
        return [int(event["id"]) for event in self.events if "id" in event]

    def types(self) -> list[str]:
        return [event["event"] for event in self.events if "event" in event]

    async def follow(self, lines: AsyncIterator[str]) -> None:
        event: dict[str, str] = {}
        async for line in lines:
            self.opened.set()
            name, _, value = line.partition(": ")
            if line == "":
                self.events += [event] if event else []
                event = {}
            elif name in {"id", "event", "data"}:
                event[name] = value
        self.ended = True


@dataclass
class Served:
    """A real server, and how to stop it."""

    client: httpx.AsyncClient
    stop: asyncio.Event
    running: asyncio.Task[None]

    @asynccontextmanager
    async def watch(self, last: int | None = None, **filters: Any) -> AsyncIterator[Watcher]:
        watcher = Watcher()
        headers = {} if last is None else {"Last-Event-ID": str(last)}
        async with self.client.stream("GET", STREAM, params=filters, headers=headers) as answer:
            assert answer.status_code == 200
            following = asyncio.create_task(watcher.follow(answer.aiter_lines()))
            await watcher.opened.wait()
            yield watcher
            following.cancel()
            await asyncio.gather(following, return_exceptions=True)


@pytest_asyncio.fixture
async def served(app: FastAPI, runtime: Runtime) -> AsyncIterator[Served]:
    listening = listen("127.0.0.1", 0)
    stop = asyncio.Event()
    draining = Draining(app.state.draining.set, timedelta(0), timedelta(seconds=5))
    running = asyncio.create_task(serve(app, listening, stop, draining))
    headers = bearer(await a_key(runtime.database))
    async with httpx.AsyncClient(base_url=url_of(listening), headers=headers, timeout=20) as client:
        yield Served(client, stop, running)
        stop.set()
        await running


async def test_a_client_sees_every_change_as_it_happens(served: Served, facts: FactTeller) -> None:
    async with served.watch() as watcher:
        await facts.tell(an_overdue(), a_completion())
        await eventually(watcher.types, is_=["alert.raised", "alert.closed"])
    assert watcher.numbers == [1, 2]
    assert json.loads(watcher.events[0]["data"])["data"]["rule"] == "milestone.overdue"


async def test_a_client_that_comes_back_gets_what_it_missed_once_and_in_order(served: Served, facts: FactTeller) -> None:
    async with served.watch() as watcher:
        await facts.tell(an_overdue(milestone_id="m-1"))
        await eventually(lambda: watcher.numbers, is_=[1])
    await facts.tell(*(an_overdue(milestone_id=f"m-{number}") for number in range(2, 6)))
    async with served.watch(last=1) as again:
        await facts.tell(an_overdue(milestone_id="m-6"))
        await eventually(lambda: again.numbers, is_=[2, 3, 4, 5, 6])


async def test_a_client_sees_only_the_levels_and_departments_it_asked_for(served: Served, facts: FactTeller) -> None:
    async with (
        served.watch(level="red") as red,
        served.watch(department="市工信局") as industry,
        served.watch(rule="milestone.overdue") as overdue,
    ):
        await facts.tell(an_overdue(), a_standing(Level.BLUE), a_shortfall())
        await eventually(lambda: (red.numbers, industry.numbers, overdue.numbers), is_=([3], [2], [1]))


async def test_a_client_that_was_away_for_too_long_is_told_to_begin_anew(
    served: Served, facts: FactTeller, clock: FakeClock
) -> None:
    await facts.tell(an_overdue(), a_shortfall())
    async with served.watch(last=0) as watcher:
        await eventually(lambda: watcher.numbers, is_=[1, 2])
    clock.advance(timedelta(days=8))
    async with served.watch(last=1) as late:
        await eventually(late.types, is_=["reset"])
        assert late.numbers == [2]
    async with served.watch(last=99) as unknown:
        await eventually(unknown.types, is_=["reset"])


async def test_a_server_that_stops_says_bye_and_is_gone_at_once(served: Served) -> None:
    async with served.watch() as watcher:
        served.stop.set()
        await eventually(lambda: watcher.ended)
        await asyncio.wait_for(served.running, 3)
    assert watcher.types() == ["bye"]


@pytest.mark.parametrize("last", ["-1", "soon", "1e3"])
async def test_a_malformed_last_event_id_is_refused(last: str, served: Served) -> None:
    assert (await served.client.get(STREAM, headers={"Last-Event-ID": last})).status_code == 422


async def test_the_stream_wants_a_key_that_may_read(served: Served, runtime: Runtime) -> None:
    assert (await served.client.get(STREAM, headers={"Authorization": ""})).status_code == 401
    writer = bearer(await a_key(runtime.database, "alert:write"))
    assert (await served.client.get(STREAM, headers=writer)).status_code == 403
    assert (await served.client.get(STREAM, params={"level": "purple"})).status_code == 422


def a_reading(writer: int, number: int) -> Reading:
    return Reading(
        rule="library.short",
        rule_number=1,
        clause="",
        region="620200",
        object=ObjectRef("bond", "library", f"w{writer}", "库"),
        period="",
        level=Level.RED if number % 2 else Level.GREEN,
        reason=f"{number}",
        closes=Closes.EVERY_PERIOD,
        responsible=(),
        sequence=number,
    )


class Undone(Exception):
    """A transaction that a writer gives up."""


async def write(database: Database, writer: int, count: int) -> None:
    """Open and close an alert again and again, holding some transactions open and giving some up."""
    chance = random.Random(writer)  # noqa: S311 - a repeatable choice, not a secret
    for number in range(1, count + 1):
        for give_up in (chance.random() < 0.2, False):
            try:
                async with database.unit_of_work(f"writer {writer}") as uow:
                    await alerts_service.consider(uow, a_reading(writer, number))
                    for _ in range(chance.randrange(6)):
                        await uow.session.execute(select(1))
                    if give_up:
                        raise Undone
            except Undone:
                continue
            break


async def test_numbers_are_gapless_and_miss_nothing_under_concurrent_writers(runtime: Runtime, replica: Runtime) -> None:
    """On PostgreSQL ids become visible out of order; a reader that followed them would miss some (`reliability.md` §0.1)."""
    database, writers, count = runtime.database, 8, 12
    written = asyncio.Event()
    seen: list[int] = []

    async def number(own: Database) -> None:
        while await service.number_new(own) or not written.is_set():
            pass

    async def follow() -> None:
        while len(seen) < writers * count:
            seen.extend(item.sequence for item in await service.read_after(replica.database, seen[-1] if seen else 0))

    numbering = [asyncio.create_task(number(one)) for one in (database, replica.database)]
    following = asyncio.create_task(follow())
    await asyncio.gather(*(write(database, writer, count) for writer in range(writers)))
    written.set()
    await asyncio.gather(*numbering)
    await asyncio.wait_for(following, 20)
    assert seen == list(range(1, writers * count + 1))
    async with database.reading() as view:
        entries = (await view.session.scalars(select(CaseEntry).order_by(CaseEntry.sequence))).all()
    for alert in {entry.alert_id for entry in entries}:
        own = [entry.number for entry in entries if entry.alert_id == alert]
        assert own == sorted(own)
