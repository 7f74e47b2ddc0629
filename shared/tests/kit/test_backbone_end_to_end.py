"""From a committed change over the bus to its effect, with whatever may happen on the way."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import cast

import pytest
import pytest_asyncio
from sqlalchemy import func, select

from shared.contracts.catalogue import dead_letter_topic_of, topic_of
from shared.contracts.project import MilestoneWithdrawn
from shared.kit.backbone import inbox_key, outbox, parked_event
from shared.kit.bus import Ack, BusError, BusUnavailable, EventBus, OutRecord, RecordRefused
from shared.kit.bus_factory import open_bus
from shared.kit.consumer import Consumer
from shared.kit.db import Database, UnitOfWork
from shared.kit.errors import Conflict, Unavailable
from shared.kit.inbox import Outcome
from shared.kit.relay import Relay
from shared.kit.subscriptions import Subscriptions
from shared.testing.backbone import a_database, a_withdrawal, numbers_taken, starting_up


class Effects:
    """Counts what reached the handler, and fails as often as it is told to, with what it is told."""

    def __init__(self) -> None:
        self.reasons: list[str] = []
        self.failures: list[Exception] = []
        self.poison: str | None = None

    async def on_withdrawn(self, _uow: UnitOfWork, fact: MilestoneWithdrawn) -> None:
        if fact.reason == self.poison:
            raise Conflict("毒消息")
        if self.failures:
            raise self.failures.pop()
        self.reasons.append(fact.reason)


class Flaky:
    """A bus whose sends fail when told: before or after the record is in the log."""

    def __init__(self, inner: EventBus) -> None:
        self._inner = inner
        self.lose_sends = 0
        self.lose_acks = 0
        self.refuse: str | None = None

    def __getattr__(self, name: str) -> object:
        return getattr(self._inner, name)

    async def publish(self, records: Sequence[OutRecord], timeout: float) -> list[Ack | BusError]:
        if self.refuse is not None and records[0].key.decode().endswith(self.refuse):
            raise RecordRefused("too large")
        if self.lose_sends:
            self.lose_sends -= 1
            raise BusUnavailable("gone")
        results = await self._inner.publish(records, timeout)
        if self.lose_acks:
            self.lose_acks -= 1
            return [BusError("timed out")] * len(records)
        return results


@pytest_asyncio.fixture
async def publisher(database_url: str) -> AsyncIterator[Database]:
    async with a_database(database_url) as database:
        yield database


@pytest_asyncio.fixture
async def subscriber(tmp_path: Path) -> AsyncIterator[Database]:
    async with a_database(f"sqlite+aiosqlite:///{tmp_path}/subscriber.db") as database:
        yield database


@pytest_asyncio.fixture
async def bus(bus_url: str) -> AsyncIterator[Flaky]:
    inner = open_bus(bus_url)
    await inner.start(20)
    await inner.ensure_topics({topic_of("project"): None, dead_letter_topic_of("project"): None})
    yield Flaky(inner)
    await inner.close(10)


@pytest.fixture
def effects() -> Effects:
    return Effects()


def a_relay(database: Database, bus: Flaky) -> Relay:
    return Relay(database, cast("EventBus", bus), source="/project-svc", poll_interval=timedelta(milliseconds=20))


def a_consumer(database: Database, bus: Flaky, effects: Effects) -> Consumer:
    return Consumer(
        database, cast("EventBus", bus), Subscriptions({MilestoneWithdrawn: effects.on_withdrawn}), group="diaodu.test"
    )


@asynccontextmanager
async def running(*parts: Relay | Consumer) -> AsyncIterator[None]:
    stop = asyncio.Event()
    tasks = [asyncio.create_task(part.run(stop)) for part in parts]
    try:
        yield
    finally:
        stop.set()
        await asyncio.wait_for(asyncio.gather(*tasks), 20)


async def write(database: Database, *reasons: str, milestone: str = "m-1") -> None:
    for reason in reasons:
        async with database.unit_of_work("test") as uow:
            uow.record(a_withdrawal(milestone, reason))


async def until(question: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(20):
        while not await question():
            await asyncio.wait_for(asyncio.to_thread(lambda: None), 1)


async def sequences_seen(database: Database) -> int:
    async with database.reading() as view:
        return await view.session.scalar(select(func.coalesce(func.sum(inbox_key.c.last_sequence), 0))) or 0


async def drained(publisher: Database, subscriber: Database) -> bool:
    return await sequences_seen(subscriber) == await numbers_taken(publisher)


async def test_every_committed_fact_takes_effect_once_and_in_order(
    publisher: Database, subscriber: Database, bus: Flaky, effects: Effects
) -> None:
    async with running(a_relay(publisher, bus), a_consumer(subscriber, bus, effects)):
        await write(publisher, *map(str, range(30)))
        await until(lambda: drained(publisher, subscriber))
    assert effects.reasons == [str(number) for number in range(30)]


async def test_a_lost_send_and_a_lost_acknowledgement_neither_lose_nor_double(
    publisher: Database, subscriber: Database, bus: Flaky, effects: Effects
) -> None:
    bus.lose_sends, bus.lose_acks = 1, 2
    await write(publisher, "a", "b")
    async with running(a_relay(publisher, bus), a_consumer(subscriber, bus, effects)):
        await until(lambda: drained(publisher, subscriber))
    assert effects.reasons == ["a", "b"]


async def test_two_relays_double_nothing(publisher: Database, subscriber: Database, bus: Flaky, effects: Effects) -> None:
    one, two = a_relay(publisher, bus), a_relay(publisher, bus)
    async with running(one, two, a_consumer(subscriber, bus, effects)):
        await write(publisher, *map(str, range(20)))
        await until(lambda: drained(publisher, subscriber))
    assert effects.reasons == [str(number) for number in range(20)]
    assert sorted([one.state.sent > 0, two.state.sent > 0]) == [False, True]


async def test_a_relay_that_starts_again_sends_what_was_left(
    publisher: Database, subscriber: Database, bus: Flaky, effects: Effects
) -> None:
    async with running(a_relay(publisher, bus)):
        await write(publisher, "first")
    await write(publisher, "second")
    async with running(a_relay(publisher, bus), a_consumer(subscriber, bus, effects)):
        await until(lambda: drained(publisher, subscriber))
    assert effects.reasons == ["first", "second"]


async def test_a_record_that_the_bus_refuses_stops_its_own_object_only(
    publisher: Database, subscriber: Database, bus: Flaky, effects: Effects
) -> None:
    bus.refuse = "too-large"
    await write(publisher, "never", milestone="too-large")
    await write(publisher, "sent")
    async with running(a_relay(publisher, bus), a_consumer(subscriber, bus, effects)):
        await until(lambda: seen(effects, "sent"))
    async with publisher.reading() as view:
        waiting = (
            await view.session.execute(select(outbox.c.attempts, outbox.c.last_error).where(outbox.c.sent_at.is_(None)))
        ).all()
    assert waiting == [(1, "too large")]


async def seen(effects: Effects, reason: str) -> bool:
    return reason in effects.reasons


async def test_a_database_that_is_down_is_not_poison(
    publisher: Database, subscriber: Database, bus: Flaky, effects: Effects
) -> None:
    effects.failures = [Unavailable("数据库正忙") for _ in range(5)]
    await write(publisher, "a", "b")
    async with running(a_relay(publisher, bus), a_consumer(subscriber, bus, effects)):
        await until(lambda: drained(publisher, subscriber))
    assert effects.reasons == ["a", "b"]
    async with subscriber.reading() as view:
        assert await view.session.scalar(select(func.count()).select_from(parked_event)) == 0


async def test_a_database_that_is_starting_up_is_waited_for(
    publisher: Database, subscriber: Database, bus: Flaky, effects: Effects, monkeypatch: pytest.MonkeyPatch
) -> None:
    await write(publisher, "a", "b")
    starting_up(publisher, monkeypatch, 2)
    starting_up(subscriber, monkeypatch, 2)
    relay = a_relay(publisher, bus)
    async with running(relay, a_consumer(subscriber, bus, effects)):
        await until(lambda: seen(effects, "b"))
    assert effects.reasons == ["a", "b"]
    assert relay.state.failures == 2


async def test_a_poison_fact_is_parked_after_three_tries_while_others_go_on(
    publisher: Database, subscriber: Database, bus: Flaky, effects: Effects
) -> None:
    effects.poison = "poison"
    consumer = a_consumer(subscriber, bus, effects)
    await write(publisher, "poison", "after", milestone="ill")
    await write(publisher, "well")
    async with running(a_relay(publisher, bus), consumer):
        await until(lambda: seen(effects, "well"))
        await until(lambda: are_parked(subscriber, 2))
    assert effects.reasons == ["well"]
    assert consumer.counts[Outcome.PARKED] == 2


async def are_parked(database: Database, count: int) -> bool:
    async with database.reading() as view:
        return await view.session.scalar(select(func.count()).select_from(parked_event)) == count


async def test_two_replicas_of_a_consumer_share_the_work_and_double_nothing(
    publisher: Database, subscriber: Database, bus: Flaky, effects: Effects
) -> None:
    one, two = a_consumer(subscriber, bus, effects), a_consumer(subscriber, bus, effects)
    async with running(a_relay(publisher, bus), one):
        await write(publisher, *map(str, range(10)), milestone="a")
        async with running(two):
            for milestone in "bcdefgh":
                await write(publisher, *(f"{milestone}{number}" for number in range(5)), milestone=milestone)
            await until(lambda: drained(publisher, subscriber))
    assert len(effects.reasons) == len(set(effects.reasons)) == 45


async def test_a_consumer_goes_on_where_its_own_database_says(
    publisher: Database, subscriber: Database, bus: Flaky, effects: Effects
) -> None:
    await write(publisher, "a")
    async with running(a_relay(publisher, bus), a_consumer(subscriber, bus, effects)):
        await until(lambda: drained(publisher, subscriber))
    await write(publisher, "b")
    again = a_consumer(subscriber, bus, effects)
    async with running(a_relay(publisher, bus), again):
        await until(lambda: drained(publisher, subscriber))
    assert effects.reasons == ["a", "b"]
    assert again.counts[Outcome.DUPLICATE] == 0
