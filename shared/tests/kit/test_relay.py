"""While one round is on its way the next is read and the last one marked; what fails holds back what comes after it."""

from collections.abc import AsyncIterator, Sequence
from datetime import timedelta

import pytest_asyncio
from sqlalchemy import select

from shared.contracts.catalogue import source_of
from shared.kit.backbone import outbox
from shared.kit.bus import TP, Ack, BusError, OutRecord, RecordRefused
from shared.kit.db import Database
from shared.kit.relay import Relay
from shared.testing.backbone import a_database, a_withdrawal

FACTS = 5


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
