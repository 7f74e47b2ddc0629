"""The consumer: polls the bus, lets each event take effect once, and moves the offset after the database.

Events of one partition share a transaction while all goes well. When one of them does not go through nothing of it happened,
and its halves are tried by themselves, down to the event that fails: it alone is retried or parked, as if it had come alone.

A database that is down is not poison: the partition is paused and the same record is tried again, for ever, while polling
goes on so that the group keeps its member. An event that fails on its own account is tried three times and then parked.
"""

import asyncio
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import structlog
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm.exc import StaleDataError

from shared.kit import database_problems
from shared.kit.backbone import consumer_offset
from shared.kit.backoff import Backoff
from shared.kit.bus import TP, BusUnavailable, Fenced, InRecord, Subscribing, Subscription
from shared.kit.db import Database
from shared.kit.errors import DomainError, Kind
from shared.kit.ids import new_id
from shared.kit.inbox import Inbox, Outcome, Reason
from shared.kit.subscriptions import Subscriptions

log = structlog.get_logger(__name__)

POLL_SECONDS: Final = 0.5
POLL_RECORDS: Final = 200
LEAST_AT_ONCE: Final = 10
MOST_AT_ONCE: Final = 500
BATCH_SECONDS: Final = 0.2
TRIES: Final = 3
CLOSE_SECONDS: Final = 5.0
STALLED_AFTER_SECONDS: Final = 60.0


@dataclass
class Retry:
    """A record that did not go through: how often, and when to try it again."""

    offset: int
    attempts: int
    due: float
    backoff: Backoff


@dataclass
class Pace:
    """How many events make a transaction that is worth its commit, and holds its locks for a moment only."""

    events: int = LEAST_AT_ONCE

    def took(self, events: int, seconds: float) -> None:
        """Learn from a batch: fewer the next time when it took too long, more when it was full and did not."""
        if seconds > BATCH_SECONDS:
            self.events = max(LEAST_AT_ONCE, min(self.events, int(events * BATCH_SECONDS / seconds)))
        elif events == self.events:
            self.events = min(MOST_AT_ONCE, 2 * self.events)


class Consumer:
    """A component of a worker: one member of the service's consumer group."""

    name = "consumer"

    def __init__(
        self,
        database: Database,
        bus: Subscribing,
        subscriptions: Subscriptions,
        *,
        group: str,
        inbox: Inbox | None = None,
    ) -> None:
        """`group` is the one on the bus; an inbox of its own may know the database's events under another name."""
        self.counts: dict[Outcome, int] = dict.fromkeys(Outcome, 0)
        self._database = database
        self._bus = bus
        self._topics = subscriptions.topics
        self._group = group
        self._member = f"{group}-{new_id()}"
        self._inbox = inbox or Inbox(database, subscriptions, group)
        self._pace = Pace()
        self._retries: dict[TP, Retry] = {}
        self._held: frozenset[TP] = frozenset()
        self._progress_at = database.clock.monotonic()

    @property
    def stalled(self) -> bool:
        """True when no poll has succeeded for a minute; a service that listens to nothing never stalls."""
        return bool(self._topics) and self._database.clock.monotonic() - self._progress_at > STALLED_AFTER_SECONDS

    @property
    def unknown_fields(self) -> int:
        """Fields of facts that were passed over because this release does not know them."""
        return self._inbox.unknown_fields

    async def run(self, stop: asyncio.Event) -> None:
        """Consume until told to stop; a bus that is down is waited for."""
        backoff = Backoff(first=0.2, most=5.0)
        while self._topics and not stop.is_set():
            try:
                subscription = await self._bus.subscribe(self._group, self._topics, self._member)
            except BusUnavailable as error:
                log.warning("consumer.bus_unavailable", error=str(error))
                await backoff.wait(stop)
                continue
            try:
                await self._consume(subscription, stop, backoff)
            except (*database_problems.TROUBLE, BusUnavailable) as error:
                log.warning("consumer.interrupted", error=repr(error))
                await backoff.wait(stop)
            finally:
                self._held, self._retries = frozenset(), {}
                await subscription.close(CLOSE_SECONDS)
        await stop.wait()

    async def _consume(self, subscription: Subscription, stop: asyncio.Event, backoff: Backoff) -> None:
        while not stop.is_set():
            self._resume_due(subscription)
            batch = await subscription.poll(max(POLL_RECORDS, self._pace.events), self._poll_seconds())
            self._progress_at = self._database.clock.monotonic()
            backoff.reset()
            fresh = await self._welcome(subscription)
            next_offsets = await self._take_all(subscription, [r for r in batch.records if r.tp not in fresh], stop)
            if next_offsets:
                try:
                    await subscription.commit(batch.generation, next_offsets)
                except Fenced:
                    log.info("consumer.fenced", partitions=len(next_offsets))

    async def _welcome(self, subscription: Subscription) -> frozenset[TP]:
        """Begin newly held partitions where our own database says; answers those whose polled records are void."""
        held = subscription.assignment()
        gained = held - self._held
        self._held = held
        self._retries = {tp: retry for tp, retry in self._retries.items() if tp in held}
        known = await self._known_offsets() if gained else {}
        for tp in gained & known.keys():
            subscription.seek(tp, known[tp])
        return frozenset(gained & known.keys())

    async def _known_offsets(self) -> Mapping[TP, int]:
        statement = select(consumer_offset).where(consumer_offset.c.consumer == self._inbox.consumer)
        async with self._database.reading() as view:
            rows = (await view.session.execute(statement)).all()
        return {TP(row.topic, row.part): row.next_off for row in rows}

    async def _take_all(self, subscription: Subscription, records: list[InRecord], stop: asyncio.Event) -> dict[TP, int]:
        done: dict[TP, int] = {}
        of_partition: dict[TP, list[InRecord]] = defaultdict(list)
        for record in records:
            of_partition[record.tp].append(record)
        for tp, its in of_partition.items():
            if taken := await self._take_partition(subscription, its, stop):
                done[tp] = its[taken - 1].offset + 1
        return done

    async def _take_partition(self, subscription: Subscription, records: list[InRecord], stop: asyncio.Event) -> int:
        """How many of one partition's records are done with; the first that is not comes again."""
        done = 0
        while done < len(records) and not stop.is_set():
            batch = records[done : done + self._at_once(records[done])]
            taken = await self._take(subscription, batch)
            done += taken
            if taken < len(batch):
                break
        return done

    def _at_once(self, first: InRecord) -> int:
        if first.tp in self._retries:
            return 1
        return min(self._pace.events, self._inbox.most_at_once or self._pace.events)

    async def _take(self, subscription: Subscription, batch: list[InRecord]) -> int:
        """How many of a batch are done with. One that does not go through as a whole is halved until what fails is alone.

        Where a database that is away or another's lock is to blame, smaller batches would only wait as long again.
        """
        began = self._database.clock.monotonic()
        try:
            outcomes = await self._inbox.take_all(batch)
        except Exception as error:  # noqa: BLE001 - the consumer's edge: whatever a handler raises is retried or parked
            if len(batch) == 1 or is_transient(error):
                return int(await self._failed(subscription, batch[0], error))
        else:
            self._pace.took(len(batch), self._database.clock.monotonic() - began)
            for outcome in outcomes:
                self.counts[outcome] += 1
            self._retries.pop(batch[0].tp, None)
            return len(batch)
        half = len(batch) // 2
        done = await self._take(subscription, batch[:half])
        return done if done < half else done + await self._take(subscription, batch[half:])

    async def _failed(self, subscription: Subscription, record: InRecord, error: Exception) -> bool:
        retry = self._retry_of(record)
        retry.attempts += 1
        fields = {"topic": record.tp.topic, "partition": record.tp.partition, "offset": record.offset, "error": repr(error)}
        if not is_transient(error) and retry.attempts >= TRIES:
            await self._inbox.park(record, Reason(type(error).__name__, str(error)[:4000], retry.attempts))
            self.counts[Outcome.PARKED] += 1
            self._retries.pop(record.tp, None)
            return True
        log.warning("event.retried", attempts=retry.attempts, transient=is_transient(error), **fields)
        retry.due = self._database.clock.monotonic() + retry.backoff.next_seconds()
        subscription.seek(record.tp, record.offset)
        subscription.pause(record.tp)
        return False

    def _retry_of(self, record: InRecord) -> Retry:
        known = self._retries.get(record.tp)
        if known is None or known.offset != record.offset:
            known = Retry(record.offset, 0, 0.0, Backoff(first=0.1, most=10.0))
            self._retries[record.tp] = known
        return known

    def _poll_seconds(self) -> float:
        if not self._retries:
            return POLL_SECONDS
        next_due = min(retry.due for retry in self._retries.values()) - self._database.clock.monotonic()
        return min(POLL_SECONDS, max(0.01, next_due))

    def _resume_due(self, subscription: Subscription) -> None:
        now = self._database.clock.monotonic()
        for tp, retry in self._retries.items():
            if retry.due <= now:
                subscription.resume(tp)


def is_transient(error: Exception) -> bool:
    """Whether trying again later may succeed without anybody mending the event or the code."""
    if isinstance(error, DomainError):
        return error.kind is Kind.UNAVAILABLE
    if isinstance(error, DBAPIError):
        return error.connection_invalidated or database_problems.passes(error.orig)
    return isinstance(error, PoolTimeout | StaleDataError | BusUnavailable | OSError) or database_problems.passes(error)
