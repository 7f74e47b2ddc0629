"""An event takes effect once and in order, or waits visibly with its object."""

import json
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
import pytest_asyncio
from sqlalchemy import select

from shared.contracts.envelope import MalformedEnvelope
from shared.contracts.project import MilestoneCompleted, MilestoneWithdrawn
from shared.kit.backbone import consumer_offset, outbox, parked_event
from shared.kit.bus import TP, InRecord
from shared.kit.db import Database, UnitOfWork
from shared.kit.errors import Conflict
from shared.kit.inbox import Inbox, Outcome, Reason
from shared.kit.outbox import headers_from_json
from shared.kit.subscriptions import Subscriptions
from shared.testing.backbone import a_database, a_record, outbox_rows
from shared.testing.junk import UNREADABLE

BAD = Reason("Conflict", "坏数据", 3)


class Effects:
    """A handler that notes what reached it, and can be told to fail."""

    def __init__(self) -> None:
        self.seen: list[int] = []
        self.fails = False

    async def on_withdrawn(self, uow: UnitOfWork, fact: MilestoneWithdrawn) -> None:
        if self.fails:
            raise Conflict("处理失败")
        assert uow.cause is not None
        self.seen.append(uow.cause.sequence)
        uow.record(fact.model_copy(update={"milestone_id": "effect"}))


@pytest_asyncio.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    async with a_database(database_url) as database:
        yield database


@pytest.fixture
def effects() -> Effects:
    return Effects()


@pytest.fixture
def inbox(database: Database, effects: Effects) -> Inbox:
    return Inbox(database, Subscriptions({MilestoneWithdrawn: effects.on_withdrawn}), "diaodu.test")


async def parked(database: Database) -> list[tuple[int, str, str]]:
    async with database.reading() as view:
        columns = (parked_event.c.sequence, parked_event.c.error_class, parked_event.c.state)
        return [tuple(row) for row in (await view.session.execute(select(*columns).order_by(parked_event.c.sequence))).all()]


async def next_offset(database: Database) -> int | None:
    async with database.reading() as view:
        return await view.session.scalar(select(consumer_offset.c.next_off))


async def test_a_second_delivery_has_no_second_effect(inbox: Inbox, effects: Effects, database: Database) -> None:
    record = a_record(1)
    assert [await inbox.take(record), await inbox.take(record)] == [Outcome.HANDLED, Outcome.DUPLICATE]
    assert effects.seen == [1]
    assert await outbox_rows(database) == [("620200/milestone/effect", 1)]


async def test_the_same_number_under_another_id_has_no_effect(inbox: Inbox, effects: Effects) -> None:
    assert [await inbox.take(a_record(1)), await inbox.take(a_record(1, offset=9))] == [Outcome.HANDLED, Outcome.STALE]
    assert effects.seen == [1]


async def test_the_offset_is_kept_beside_the_effect_and_never_goes_back(inbox: Inbox, database: Database) -> None:
    await inbox.take(a_record(1, offset=10))
    await inbox.take(a_record(2, offset=11))
    await inbox.take(a_record(1, offset=10))
    assert await next_offset(database) == 12


async def test_nothing_is_noted_when_the_handler_fails(inbox: Inbox, effects: Effects, database: Database) -> None:
    effects.fails = True
    record = a_record(1)
    with pytest.raises(Conflict):
        await inbox.take(record)
    assert await next_offset(database) is None
    effects.fails = False
    assert await inbox.take(record) is Outcome.HANDLED


async def test_what_a_newer_publisher_says_is_passed_over_and_counted(inbox: Inbox, effects: Effects) -> None:
    plain = a_record(1)
    newer = json.dumps(json.loads(plain.value or b"") | {"mood": "fine"}).encode()
    assert await inbox.take(replace(plain, value=newer)) is Outcome.HANDLED
    of_tomorrow = a_record(2)
    headers = tuple((n, v if n != "ce_type" else b"cn.diaodu.project.milestone-moved.v9") for n, v in of_tomorrow.headers)
    assert await inbox.take(replace(of_tomorrow, headers=headers)) is Outcome.UNKNOWN
    assert await inbox.take(a_record(3)) is Outcome.HANDLED
    assert (effects.seen, inbox.unknown_fields) == ([1, 3], 1)


async def test_a_fact_that_nobody_here_listens_to_still_counts_for_the_order(database: Database, effects: Effects) -> None:
    async def never(_uow: UnitOfWork, _fact: MilestoneCompleted) -> None:
        raise AssertionError

    deaf = Inbox(database, Subscriptions({MilestoneCompleted: never}), "diaodu.test")
    assert await deaf.take(a_record(1)) is Outcome.IGNORED
    hearing = Inbox(database, Subscriptions({MilestoneWithdrawn: effects.on_withdrawn}), "diaodu.test")
    assert await hearing.take(a_record(2)) is Outcome.HANDLED


async def test_a_poison_event_parks_its_object_in_order_and_nothing_else(
    inbox: Inbox, effects: Effects, database: Database
) -> None:
    await inbox.park(a_record(1), BAD)
    assert await inbox.take(a_record(2)) is Outcome.PARKED
    assert await inbox.take(a_record(1, milestone="other")) is Outcome.HANDLED
    assert await parked(database) == [(1, "Conflict", "parked"), (2, "Blocked", "parked")]
    assert effects.seen == [1]


async def test_a_parked_event_is_shown_on_the_dead_letter_topic(inbox: Inbox, database: Database) -> None:
    await inbox.park(a_record(1, event_id="e-1"), BAD)
    async with database.reading() as view:
        rows = (await view.session.execute(select(outbox.c.topic, outbox.c.aggregate_id))).all()
    assert rows == [("diaodu.project.v1.dead-letter", "diaodu.test//project-svc/e-1")]


async def test_a_gap_parks_the_object_with_its_reason(inbox: Inbox, effects: Effects, database: Database) -> None:
    await inbox.take(a_record(1))
    assert await inbox.take(a_record(3)) is Outcome.PARKED
    assert await parked(database) == [(3, "Gap", "parked")]
    assert effects.seen == [1]


async def test_a_record_that_is_no_event_is_parked_under_its_place(inbox: Inbox, database: Database) -> None:
    broken = InRecord(TP("diaodu.project.v1", 3), 17, b"k", (), b"\xff", a_record(1).timestamp)
    with pytest.raises(MalformedEnvelope):
        await inbox.take(broken)
    await inbox.park(broken, BAD)
    await inbox.park(broken, BAD)
    async with database.reading() as view:
        rows = (await view.session.execute(select(parked_event.c.source, parked_event.c.event_id))).all()
    assert rows == [("unreadable", "diaodu.project.v1/3/17")]
    assert await next_offset(database) == 18


@pytest.mark.parametrize("flaw", UNREADABLE)
async def test_whatever_is_in_a_record_it_can_be_parked_and_read_back(inbox: Inbox, database: Database, flaw: str) -> None:
    headers, value = UNREADABLE[flaw]
    broken = InRecord(TP("diaodu.project.v1", 3), 17, b"k\0\xff" + b"k" * 1000, headers, value, a_record(1).timestamp)
    await inbox.park(broken, Reason("MalformedEnvelope", "a NUL: \0", 3))
    async with database.reading() as view:
        row = (await view.session.execute(select(parked_event))).one()
    assert (headers_from_json(row.headers), row.value) == (headers, value)
    assert await next_offset(database) == 18


async def test_a_parked_event_that_the_bus_would_refuse_is_shown_on_the_dead_letter_topic_without_its_payload(
    inbox: Inbox, database: Database
) -> None:
    record = a_record(1)
    large = replace(record, value=(record.value or b"").replace(b"}", b', "more": "' + b"x" * 900_000 + b'"}'))
    await inbox.park(large, BAD)
    async with database.reading() as view:
        shown = (await view.session.execute(select(outbox))).one()
        kept = (await view.session.execute(select(parked_event))).one()
    assert (bytes(shown.payload), kept.value) == (b"", large.value)
    assert ("x-payload-bytes", str(len(large.value or b""))) in [tuple(pair) for pair in shown.headers]


async def test_two_consumers_of_one_database_do_not_hide_events_from_each_other(database: Database, effects: Effects) -> None:
    one, two = (Inbox(database, Subscriptions({MilestoneWithdrawn: effects.on_withdrawn}), name) for name in ("a", "b"))
    record = a_record(1)
    assert [await one.take(record), await two.take(record)] == [Outcome.HANDLED, Outcome.HANDLED]
