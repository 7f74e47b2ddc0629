"""While one round is on its way the next is read and the last one marked; what fails holds back what comes after it."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import pytest
import pytest_asyncio
from sqlalchemy import Select, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from shared.contracts.catalogue import source_of
from shared.kit.backbone import outbox
from shared.kit.bus import TP, Ack, BusError, OutRecord, RecordRefused
from shared.kit.clock import SystemClock
from shared.kit.db import Database
from shared.kit.relay import OTHER_WAYS, Relay
from shared.testing.backbone import a_database, a_withdrawal
from shared.testing.eventually import eventually
from shared.testing.postgres_server import PostgresServer

FACTS = 5
A_LONG_TIME = timedelta(minutes=5)


class RecordingBus:
    """Takes down what it was given, and fails where it is told to: at which send, and how."""

    def __init__(self) -> None:
        self.rounds: list[list[str]] = []
        self.fails: dict[int, int] = {}
        """How many of a send's records are acknowledged, by the number of the send."""
        self.refuses: set[int] = set()

    async def publish(self, records: Sequence[OutRecord], timeout: float) -> list[Ack | BusError]:  # noqa: ARG002 - the bus's
        number = len(self.rounds)
        self.rounds.append([record.key.decode().rpartition("/")[2] for record in records])
        if number in self.refuses:
            raise RecordRefused("too large")
        good = self.fails.get(number, len(records))
        acks = [Ack(TP(record.topic, 0), at) for at, record in enumerate(records[:good])]
        return [*acks, *(BusError("unknown") for _ in records[good:])]


@pytest_asyncio.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    async with a_database(database_url) as database:
        async with database.unit_of_work("test") as uow:
            for number in range(FACTS):
                uow.record(a_withdrawal(f"m-{number}"))
        yield database


def a_relay(database: Database, bus: RecordingBus) -> Relay:
    relay = Relay(database, bus, source=source_of("project"), poll_interval=timedelta(0))  # type: ignore[arg-type]  # publishes only
    relay.rows_per_round = 2
    return relay


async def sent(database: Database) -> list[str]:
    async with database.reading() as view:
        statement = select(outbox.c.aggregate_id).where(outbox.c.sent_at.is_not(None)).order_by(outbox.c.id)
        return [subject.rpartition("/")[2] for subject in (await view.session.scalars(statement)).all()]


async def test_rounds_follow_one_another_and_each_is_marked(database: Database) -> None:
    relay = a_relay(database, bus := RecordingBus())
    assert [await relay.relay_once() for _ in range(4)] == [(2, True), (2, True), (1, True), (0, True)]
    assert bus.rounds == [["m-0", "m-1"], ["m-2", "m-3"], ["m-4"]]
    assert await sent(database) == ["m-0", "m-1", "m-2", "m-3", "m-4"]
    assert relay.state.sent == FACTS


async def test_the_place_of_each_fact_is_kept(database: Database) -> None:
    relay = a_relay(database, RecordingBus())
    await relay.relay_once()
    await relay.relay_once()
    async with database.reading() as view:
        columns = (outbox.c.sent_partition, outbox.c.sent_offset)
        places = (await view.session.execute(select(*columns).order_by(outbox.c.id))).all()
    assert places[:2] == [(0, 0), (0, 1)]


async def test_what_was_read_ahead_is_not_sent_behind_a_round_that_failed(database: Database) -> None:
    relay = a_relay(database, bus := RecordingBus())
    bus.fails = {0: 1}
    assert await relay.relay_once() == (1, False)
    await relay.relay_once()
    assert bus.rounds == [["m-0", "m-1"], ["m-1", "m-2"]]


async def test_what_was_read_ahead_is_not_sent_behind_a_record_that_was_refused(database: Database) -> None:
    relay = a_relay(database, bus := RecordingBus())
    bus.refuses = {0}
    assert await relay.relay_once() == (0, True)
    await relay.relay_once()
    assert bus.rounds == [["m-0", "m-1"], ["m-1", "m-2"]]


@pytest.mark.postgres
async def test_a_long_queue_that_the_statistics_do_not_know_of_is_not_read_to_its_end(postgres_server: PostgresServer) -> None:
    async with a_database(postgres_server.url(postgres_server.create_database())) as database:
        async with database.unit_of_work("test") as uow:
            for number in range(600):
                uow.record(a_withdrawal(f"m-{number}"))
        relay = a_relay(database, RecordingBus())
        async with relay._leadership():
            assert relay._own is not None
            question = select(*relay._columns).where(outbox.c.sent_at.is_(None)).order_by(outbox.c.id).limit(2)
            plan = "\n".join(await _plan_of(relay._own, question))
        assert "ix_outbox_unsent" in plan
        assert "Sort" not in plan
        async with database.engine.connect() as connection:
            assert [await connection.scalar(text(f"SHOW {name}")) for name in OTHER_WAYS] == ["on", "on", "on"]


async def _plan_of(connection: AsyncConnection, question: Select[Any]) -> list[str]:
    asked = question.compile(dialect=connection.dialect, compile_kwargs={"literal_binds": True})
    return list((await connection.scalars(text(f"EXPLAIN {asked}"))).all())


@pytest.mark.postgres
async def test_what_another_process_commits_wakes_the_relay_before_its_next_look(postgres_server: PostgresServer) -> None:
    url = postgres_server.url(postgres_server.create_database())
    async with a_database(url) as ours, another_process(url) as theirs:
        relay = Relay(ours, bus := RecordingBus(), source=source_of("project"), poll_interval=A_LONG_TIME)  # type: ignore[arg-type]  # publishes only
        running = asyncio.create_task(relay.run(stop := asyncio.Event()))
        await eventually(lambda: relay.state.leading, within=10)
        for number, name in enumerate(("first", "second"), 1):
            async with theirs.unit_of_work("test") as uow:
                uow.record(a_withdrawal(name))
            await eventually(lambda: relay.state.sent, is_=number, within=10)
        assert bus.rounds == [["first"], ["second"]]
        stop.set()
        ours.facts_written.set()
        await asyncio.wait_for(running, 10)


@asynccontextmanager
async def another_process(url: str) -> AsyncIterator[Database]:
    database = Database(url, clock=SystemClock())
    try:
        yield database
    finally:
        await database.close()
