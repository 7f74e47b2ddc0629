"""Events that come together take effect together; one that fails among them is as alone as if it had come alone."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace

import pytest
import pytest_asyncio
from sqlalchemy import select

from shared.contracts.project import MilestoneWithdrawn
from shared.kit.backbone import consumer_offset, inbox, inbox_key, outbox, parked_event
from shared.kit.bus import TP, EventBus, InRecord
from shared.kit.consumer import BATCH_SECONDS, LEAST_AT_ONCE, MOST_AT_ONCE, Consumer, Pace
from shared.kit.db import Database, UnitOfWork
from shared.kit.errors import Conflict
from shared.kit.inbox import Inbox, Outcome, Reason
from shared.kit.outbox import headers_from_json
from shared.kit.subscriptions import Subscriptions
from shared.testing.backbone import a_database, a_record

BAD = Reason("Conflict", "坏数据", 3)
POISON = "poison"


class Crash(BaseException):
    """The process ends here."""


class Effects:
    """Leaves a fact about `<object>-<number>` for each event; refuses those of one object."""

    def __init__(self) -> None:
        self.crashes_at: int | None = None

    async def on_withdrawn(self, uow: UnitOfWork, fact: MilestoneWithdrawn) -> None:
        assert uow.cause is not None
        if fact.milestone_id == POISON:
            raise Conflict("处理失败")
        if uow.cause.sequence == self.crashes_at:
            raise Crash
        uow.record(fact.model_copy(update={"milestone_id": f"{fact.milestone_id}-{uow.cause.sequence}"}))


class NoBus:
    """A consumer's subscription, of which only the last seek and pause matter here."""

    def __init__(self) -> None:
        self.sought: list[int] = []
        self.paused: list[TP] = []

    def seek(self, _tp: TP, offset: int) -> None:
        self.sought.append(offset)

    def pause(self, tp: TP) -> None:
        self.paused.append(tp)


@pytest_asyncio.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    async with a_database(database_url) as database:
        yield database


@pytest.fixture
def effects() -> Effects:
    return Effects()


@pytest.fixture
def subscriptions(effects: Effects) -> Subscriptions:
    return Subscriptions({MilestoneWithdrawn: effects.on_withdrawn})


@pytest.fixture
def entrance(database: Database, subscriptions: Subscriptions) -> Inbox:
    return Inbox(database, subscriptions, "diaodu.test")


@pytest.fixture
def bus() -> NoBus:
    return NoBus()


@pytest.fixture
def consumer(database: Database, subscriptions: Subscriptions) -> Consumer:
    never: EventBus = None  # type: ignore[assignment]  # what is asked of the bus goes to the subscription here
    return Consumer(database, never, subscriptions, group="diaodu.test")


async def effects_of(database: Database) -> list[str]:
    async with database.reading() as view:
        effect = outbox.c.topic.not_like("%dead-letter")
        found = await view.session.scalars(select(outbox.c.aggregate_id).where(effect).order_by(outbox.c.id))
        return sorted(subject.rpartition("/")[2] for subject in found)


async def column(database: Database, what: object) -> list[object]:
    async with database.reading() as view:
        return list((await view.session.scalars(select(what))).all())  # type: ignore[call-overload]  # any column


async def take_all(consumer: Consumer, bus: NoBus, records: Sequence[InRecord]) -> dict[TP, int]:
    return await consumer._take_all(bus, list(records), asyncio.Event())  # type: ignore[arg-type]  # seeks and pauses only


def numbered(*milestones: str) -> list[InRecord]:
    """One record after the other, each with the next number of its object."""
    return [a_record(milestones[: at + 1].count(each), milestone=each, offset=at) for at, each in enumerate(milestones)]


async def test_the_events_of_a_batch_take_effect_in_one_transaction(entrance: Inbox, database: Database) -> None:
    assert await entrance.take_all(numbered("a", "b", "a")) == [Outcome.HANDLED] * 3
    assert await effects_of(database) == ["a-1", "a-2", "b-1"]
    assert sorted(await column(database, inbox_key.c.last_sequence)) == [1, 2]  # type: ignore[type-var]  # whole numbers
    assert await column(database, consumer_offset.c.next_off) == [3]
    assert len(await column(database, inbox.c.event_id)) == 3


async def test_an_event_that_is_in_a_batch_twice_takes_effect_once(entrance: Inbox, database: Database) -> None:
    first, second = numbered("a", "a")
    again = replace(first, offset=2)
    assert await entrance.take_all([first, second, again]) == [Outcome.HANDLED, Outcome.HANDLED, Outcome.DUPLICATE]
    assert await entrance.take_all([second, again]) == [Outcome.DUPLICATE, Outcome.DUPLICATE]
    assert await effects_of(database) == ["a-1", "a-2"]


async def test_the_same_number_under_another_id_is_stale_within_a_batch_too(entrance: Inbox, database: Database) -> None:
    same = [a_record(1), a_record(1, offset=9)]
    assert await entrance.take_all(same) == [Outcome.HANDLED, Outcome.STALE]
    assert await effects_of(database) == ["m-1-1"]


async def test_a_gap_within_a_batch_parks_its_object_from_there_and_nothing_else(entrance: Inbox, database: Database) -> None:
    records = [a_record(1), a_record(3), a_record(4), *numbered("other")]
    assert await entrance.take_all(records) == [Outcome.HANDLED, Outcome.PARKED, Outcome.PARKED, Outcome.HANDLED]
    assert await column(database, parked_event.c.error_class) == ["Gap", "Blocked"]
    assert await effects_of(database) == ["m-1-1", "other-1"]
    assert await entrance.take(a_record(2, offset=20)) is Outcome.PARKED


async def test_an_object_that_is_blocked_parks_its_events_in_a_batch(entrance: Inbox, database: Database) -> None:
    await entrance.park(a_record(1), BAD)
    assert await entrance.take_all([a_record(2), *numbered("other"), a_record(3)]) == [
        Outcome.PARKED,
        Outcome.HANDLED,
        Outcome.PARKED,
    ]
    assert await effects_of(database) == ["other-1"]


async def test_of_a_batch_with_a_failure_nothing_happened(entrance: Inbox, database: Database) -> None:
    with pytest.raises(Conflict):
        await entrance.take_all(numbered("a", POISON, "b"))
    assert await effects_of(database) == []
    assert await column(database, consumer_offset.c.next_off) == []


async def test_of_a_batch_in_which_the_process_dies_nothing_happened(
    entrance: Inbox, effects: Effects, database: Database
) -> None:
    records = numbered("a", "a", "a")
    effects.crashes_at = 2
    with pytest.raises(Crash):
        await entrance.take_all(records)
    assert await effects_of(database) == []
    effects.crashes_at = None
    assert await entrance.take_all(records) == [Outcome.HANDLED] * 3


async def test_what_is_before_a_poison_event_takes_effect_and_what_is_behind_it_waits_for_its_tries(
    consumer: Consumer, bus: NoBus, database: Database
) -> None:
    records = numbered("a", "b", POISON, "c", POISON, "a")
    assert await take_all(consumer, bus, records) == {records[0].tp: 2}
    assert (bus.sought, bus.paused) == ([2], [records[0].tp])
    assert await effects_of(database) == ["a-1", "b-1"]


async def test_a_poison_event_in_a_batch_is_parked_after_its_third_try_with_its_object_only(
    consumer: Consumer, bus: NoBus, database: Database
) -> None:
    records = numbered("a", "b", POISON, "c", POISON, "a")
    tries = [await take_all(consumer, bus, records[start:]) for start in (0, 2, 2)]
    assert tries == [{records[0].tp: 2}, {}, {records[0].tp: 6}]
    assert await effects_of(database) == ["a-1", "a-2", "b-1", "c-1"]
    assert await column(database, parked_event.c.error_class) == ["Conflict", "Blocked"]
    assert (consumer.counts[Outcome.HANDLED], consumer.counts[Outcome.PARKED]) == (4, 2)


async def test_a_batch_that_meets_a_database_that_is_away_is_tried_once_and_waits(
    consumer: Consumer, bus: NoBus, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried: list[int] = []

    async def away(_inbox: Inbox, records: Sequence[InRecord]) -> list[Outcome]:
        tried.append(len(records))
        raise ConnectionRefusedError

    records = numbered("a", "b", "a", "c")
    with monkeypatch.context() as outage:
        outage.setattr(Inbox, "take_all", away)
        assert await take_all(consumer, bus, records) == {}
    assert (tried, bus.sought, bus.paused) == ([4], [0], [records[0].tp])
    assert await take_all(consumer, bus, records) == {records[0].tp: 4}
    assert await effects_of(database) == ["a-1", "a-2", "b-1", "c-1"]


async def test_a_record_that_is_no_event_is_parked_alone(consumer: Consumer, bus: NoBus, database: Database) -> None:
    records = numbered("a", "b", "c")
    records[1] = replace(records[1], headers=())
    for start in (0, 1, 1):
        await take_all(consumer, bus, records[start:])
    assert await effects_of(database) == ["a-1", "c-1"]
    assert await column(database, parked_event.c.source) == ["unreadable"]


async def test_each_fact_carries_the_trace_of_the_event_that_caused_it(entrance: Inbox, database: Database) -> None:
    traces = [f"00-{number:032x}-{number:016x}-01" for number in (1, 2)]
    records = [
        replace(each, headers=(*each.headers, ("ce_traceparent", trace.encode())))
        for each, trace in zip(numbered("a", "b"), traces, strict=True)
    ]
    await entrance.take_all(records)
    async with database.reading() as view:
        rows = (await view.session.execute(select(outbox.c.headers).order_by(outbox.c.aggregate_id))).all()
    assert [dict(headers_from_json(row.headers))["ce_traceparent"].decode() for row in rows] == traces


def test_a_batch_grows_while_it_is_quick_and_shrinks_when_it_holds_its_locks_for_long() -> None:
    pace = Pace()
    for _ in range(20):
        pace.took(pace.events, BATCH_SECONDS / 2)
    assert pace.events == MOST_AT_ONCE
    pace.took(MOST_AT_ONCE, 4 * BATCH_SECONDS)
    assert pace.events == MOST_AT_ONCE // 4
    pace.took(pace.events, 1000 * BATCH_SECONDS)
    assert pace.events == LEAST_AT_ONCE
