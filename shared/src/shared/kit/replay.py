"""Rebuilding what a subscriber made of the facts: from the log into a fresh database, while the service runs on the old one.

The handlers, the consumer and the inbox are the ordinary ones; the group on the bus is another, so that the service's own
offsets stay where they are. Nothing is told to anybody: no relay runs, and what the handlers report is written as told already.
The fresh database is a replacement for the old one: it knows how far it is under the service's own name.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

import structlog
from sqlalchemy import Table, delete, func, insert, inspect, select, update

from shared.kit import migrations
from shared.kit.backbone import (
    api_key,
    backbone_metadata,
    consumer_offset,
    fact_sequence,
    inbox,
    inbox_key,
    operator_act,
    outbox,
    parked_event,
)
from shared.kit.bus import TP, EventBus
from shared.kit.clock import Clock
from shared.kit.consumer import Consumer
from shared.kit.db import Database
from shared.kit.errors import Conflict, Invalid, Unavailable
from shared.kit.ids import new_id
from shared.kit.operator_acts import Act, ActKind, note
from shared.kit.outbox import upsert
from shared.kit.replay_source import BoundedBus, DatedInbox, LogClock, Span
from shared.kit.subscriptions import Subscriptions, consumer_of

log = structlog.get_logger(__name__)

REPORT_SECONDS: Final = 1.0
ROWS_AT_ONCE: Final = 500
MADE_BY_THE_KIT: Final = (inbox, inbox_key, consumer_offset, parked_event, outbox, fact_sequence, operator_act)
CARRIED_BY_THE_KIT: Final = (api_key, operator_act)


class NothingHeard(Conflict):
    code = "replay.nothing-heard"

    def __init__(self) -> None:
        super().__init__("本服务不订阅任何消息，没有可以重放的内容。")


class TargetNotEmpty(Conflict):
    code = "replay.target-not-empty"

    def __init__(self, table: str) -> None:
        super().__init__(f"重放的目标数据库不是空的（表 {table} 已有内容）：请换一个新建的空库，以免混入旧数据。", table=table)


class UnknownPlace(Invalid):
    code = "replay.unknown-place"


class Interrupted(Unavailable):
    code = "replay.interrupted"

    def __init__(self) -> None:
        super().__init__("重放被中断，目标数据库不完整，不可使用：请清空后重新发起。")


@dataclass(frozen=True, slots=True)
class Projection:
    """What becomes of a service's own tables in a replay; each table is in one of the three.

    `made` are made of facts. `carried` are not, and facts are judged by them: they are copied before the first event.
    `left` are neither. `settle` is called at the end with the fresh database and the old one (None where it is lost).
    """

    made: tuple[Table, ...] = ()
    carried: tuple[Table, ...] = ()
    left: tuple[Table, ...] = ()
    settle: Callable[[Database, Database | None], Awaitable[None]] | None = None


@dataclass(frozen=True, slots=True)
class Start:
    """Where a replay begins: at a time (None: the earliest record), but for partitions that have an offset of their own."""

    at: datetime | None = None
    offsets: Mapping[TP, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a replay is: records taken in, what became of them, and up to which offsets."""

    done: int
    total: int
    counts: Mapping[str, int]
    up_to: Mapping[str, int]


Watch = Callable[[Progress], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Replay:
    """One service's replay. `live` is its present database, None where it is lost: then nothing is carried over."""

    service: str
    package: str
    subscriptions: Subscriptions
    projection: Projection
    bus: EventBus
    live: Database | None

    async def into(self, url: str, start: Start, clock: Clock, actor: str, watch: Watch, stop: asyncio.Event) -> Progress:
        """Fill a fresh database. Raises TargetNotEmpty, UnknownPlace, NothingHeard, Interrupted."""
        dated = LogClock(clock)
        target = Database(url, clock=dated, silent=True)
        try:
            span = Span(await self.begins(start), await self.bus.offsets(self.subscriptions.topics, "end"))
            await self._prepare(target, span)
            counts = await self._run(target, dated, span, watch, stop)
            dated.show(clock.now())
            progress = _progress(span, counts)
            await self._finish(target, span, actor, progress)
            return progress
        finally:
            await target.close()

    async def begins(self, start: Start) -> dict[TP, int]:
        """Where every partition is read from. Raises NothingHeard, UnknownPlace."""
        topics = self.subscriptions.topics
        if not topics:
            raise NothingHeard
        begins = dict(await self.bus.offsets(topics, start.at or "earliest"))
        earliest, ends = await self.bus.offsets(topics, "earliest"), await self.bus.offsets(topics, "end")
        for tp, offset in start.offsets.items():
            if tp not in ends:
                known = "、".join(topics)
                raise UnknownPlace(f"没有分区 {tp.topic}/{tp.partition}，或本服务不订阅它；订阅的主题有 {known}。")
            if not earliest[tp] <= offset <= ends[tp]:
                raise UnknownPlace(f"分区 {tp.topic}/{tp.partition} 只保留第 {earliest[tp]} 至 {ends[tp]} 位，没有 {offset}。")
            begins[tp] = offset
        return begins

    async def _prepare(self, target: Database, span: Span) -> None:
        await self._must_be_empty(target)
        await migrations.upgrade(target, self.package)
        if self.live is not None:
            for table in (*CARRIED_BY_THE_KIT, *self.projection.carried):
                await _carry(self.live, target, table)
        rows = [self._offset(target, tp, offset) for tp, offset in span.begins.items()]
        if rows:  # none where nothing was ever published
            async with target.transaction() as connection:
                await connection.execute(insert(consumer_offset), rows)

    async def _must_be_empty(self, target: Database) -> None:
        async with target.reading() as view:
            names = await (await view.session.connection()).run_sync(lambda sync: set(inspect(sync).get_table_names()))
            ours = {*backbone_metadata.tables, "alembic_version", *(table.name for table in self._own_tables())}
            if foreign := sorted(names - ours):
                raise TargetNotEmpty(foreign[0])
            for table in (*MADE_BY_THE_KIT, *self.projection.made):
                if table.name in names and await view.session.scalar(select(func.count()).select_from(table)):
                    raise TargetNotEmpty(table.name)

    def _own_tables(self) -> tuple[Table, ...]:
        return (*self.projection.made, *self.projection.carried, *self.projection.left)

    def _offset(self, target: Database, tp: TP, offset: int) -> dict[str, Any]:
        place = {"consumer": consumer_of(self.service), "topic": tp.topic, "part": tp.partition}
        return {**place, "next_off": offset, "updated_at": target.clock.now()}

    async def _run(self, target: Database, clock: LogClock, span: Span, watch: Watch, stop: asyncio.Event) -> Mapping[str, int]:
        inbox_of_target = DatedInbox(target, self.subscriptions, consumer_of(self.service), clock)
        group = f"{consumer_of(self.service)}.replay-{new_id()}"
        consumer = Consumer(target, BoundedBus(self.bus, span), self.subscriptions, group=group, inbox=inbox_of_target)
        enough = asyncio.Event()
        running = asyncio.create_task(consumer.run(enough), name="replay")
        try:
            while not span.over.is_set():
                await _first(REPORT_SECONDS, span.over, stop)
                if stop.is_set():
                    raise Interrupted
                await watch(_progress(span, _counts(consumer)))
        finally:
            enough.set()
            await running
        return _counts(consumer)

    async def _finish(self, target: Database, span: Span, actor: str, progress: Progress) -> None:
        if self.live is not None:
            await _keep_numbers(self.live, target)
        if self.projection.settle is not None:
            await self.projection.settle(target, self.live)
        act = Act(ActKind.REPLAY, "completed", detail=json.dumps({"counts": progress.counts, "up_to": progress.up_to}))
        async with target.unit_of_work(actor) as uow:
            for tp, end in span.ends.items():
                mine = (consumer_offset.c.topic == tp.topic) & (consumer_offset.c.part == tp.partition)
                behind = update(consumer_offset).where(mine, consumer_offset.c.next_off < end)
                await uow.session.execute(behind.values(next_off=end, updated_at=uow.now))
            await note(uow, act)


def _counts(consumer: Consumer) -> dict[str, int]:
    return {outcome.value: count for outcome, count in consumer.counts.items()}


def _progress(span: Span, counts: Mapping[str, int]) -> Progress:
    up_to = {f"{tp.topic}/{tp.partition}": offset for tp, offset in sorted(span.passed.items())}
    return Progress(span.done, span.total, counts, up_to)


async def _first(seconds: float, *events: asyncio.Event) -> None:
    """Until one of them is set, for so long at the most."""
    waiting = [asyncio.create_task(event.wait()) for event in events]
    await asyncio.wait(waiting, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
    for task in waiting:
        task.cancel()
    await asyncio.gather(*waiting, return_exceptions=True)


async def _carry(live: Database, target: Database, table: Table) -> None:
    """Copy a table whole, in the place of what the migrations put into the fresh one; numbers of rows are given anew."""
    columns = [column for column in table.columns if column.identity is None]
    order = table.primary_key.columns.values()
    async with live.reading() as view:
        rows = [dict(row) for row in (await view.session.execute(select(*columns).order_by(*order))).mappings()]
    async with target.transaction() as connection:
        if await connection.scalar(select(func.count()).select_from(table)):
            await connection.execute(delete(table))
        for start in range(0, len(rows), ROWS_AT_ONCE):
            await connection.execute(insert(table), rows[start : start + ROWS_AT_ONCE])


async def _keep_numbers(live: Database, target: Database) -> None:
    """Let objects go on with numbers that their readers have not seen yet."""
    async with live.reading() as view:
        rows = [dict(row) for row in (await view.session.execute(select(fact_sequence))).mappings()]
    async with target.transaction() as connection:
        for start in range(0, len(rows), ROWS_AT_ONCE):
            fresh = upsert(target.dialect, fact_sequence).values(rows[start : start + ROWS_AT_ONCE])
            higher = fact_sequence.c.last < fresh.excluded.last
            ahead = fresh.on_conflict_do_update(index_elements=["subject"], set_={"last": fresh.excluded.last}, where=higher)
            await connection.execute(ahead)
