"""The log as a replay reads it: from a beginning to an end, each event at its own time."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from shared.contracts.envelope import MalformedEnvelope, unwrap
from shared.kit.bus import TP, Batch, InRecord, Subscribing, Subscription
from shared.kit.clock import Clock
from shared.kit.db import Database
from shared.kit.inbox import Inbox, Outcome
from shared.kit.subscriptions import Subscriptions


class LogClock:
    """Shows the time at which the event in hand was recorded, so that what it does is dated as it was then."""

    def __init__(self, real: Clock) -> None:
        self._real = real
        self._now = real.now()

    def show(self, moment: datetime) -> None:
        self._now = moment.astimezone(self._real.now().tzinfo)

    def now(self) -> datetime:
        return self._now

    def today(self) -> date:
        return self._now.date()

    def monotonic(self) -> float:
        return self._real.monotonic()

    async def sleep(self, seconds: float) -> None:
        await self._real.sleep(seconds)


class DatedInbox(Inbox):
    """An inbox that takes each event at the time of its recording, and so in a transaction of its own."""

    most_at_once = 1

    def __init__(self, database: Database, subscriptions: Subscriptions, consumer: str, clock: LogClock) -> None:
        super().__init__(database, subscriptions, consumer)
        self._clock = clock

    async def take_all(self, records: Sequence[InRecord]) -> list[Outcome]:
        (record,) = records
        try:
            self._clock.show(unwrap(record.headers, record.value).time)
        except MalformedEnvelope:
            self._clock.show(record.timestamp)
        return await super().take_all(records)


@dataclass
class Span:
    """From where to where each partition is read, and how far it was taken in. `over` is set at the end."""

    begins: Mapping[TP, int]
    ends: Mapping[TP, int]
    passed: dict[TP, int] = field(default_factory=dict)
    over: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self.passed = dict(self.begins)
        self._look()

    @property
    def total(self) -> int:
        return sum(max(0, end - self.begins.get(tp, 0)) for tp, end in self.ends.items())

    @property
    def done(self) -> int:
        return sum(max(0, min(self.passed.get(tp, 0), end) - self.begins.get(tp, 0)) for tp, end in self.ends.items())

    def has(self, record: InRecord) -> bool:
        return record.offset < self.ends.get(record.tp, 0)

    def pass_by(self, next_offsets: Mapping[TP, int]) -> None:
        """Note what the database has taken in."""
        for tp, offset in next_offsets.items():
            self.passed[tp] = max(offset, self.passed.get(tp, 0))
        self._look()

    def _look(self) -> None:
        if self.done >= self.total:
            self.over.set()


class BoundedBus:
    """Subscriptions that end where the span ends."""

    def __init__(self, bus: Subscribing, span: Span) -> None:
        self._bus = bus
        self._span = span

    async def subscribe(self, group: str, topics: Sequence[str], member: str) -> Subscription:
        return _Bounded(await self._bus.subscribe(group, topics, member), self._span)


class _Bounded:
    """Delivers nothing from the span's end on: a partition that came so far is paused."""

    def __init__(self, inner: Subscription, span: Span) -> None:
        self._inner = inner
        self._span = span

    async def poll(self, max_records: int, timeout: float) -> Batch:
        batch = await self._inner.poll(max_records, timeout)
        for tp in {record.tp for record in batch.records if not self._span.has(record)}:
            self._inner.pause(tp)
        return Batch(batch.generation, [record for record in batch.records if self._span.has(record)])

    async def commit(self, generation: int, next_offsets: Mapping[TP, int]) -> None:
        # The consumer commits what its database has; whether the bus remembers it, too, is of no account here.
        self._span.pass_by(next_offsets)
        await self._inner.commit(generation, next_offsets)

    def assignment(self) -> frozenset[TP]:
        return self._inner.assignment()

    def seek(self, tp: TP, offset: int) -> None:
        """Back before the end, there is something to read again.

        What a new member polls first is void, and it is sent to its beginning: that poll may have come to the end already.
        """
        self._inner.seek(tp, offset)
        if offset < self._span.ends.get(tp, 0):
            self._inner.resume(tp)

    def pause(self, tp: TP) -> None:
        self._inner.pause(tp)

    def resume(self, tp: TP) -> None:
        self._inner.resume(tp)

    async def close(self, timeout: float) -> None:
        await self._inner.close(timeout)
