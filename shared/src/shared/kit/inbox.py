"""Taking events: inbox rows, effects and new facts in one transaction.

A repeated event stops at the inbox row; an event that comes twice under another id stops at its sequence. A poison event parks
its object: it and every later event of the same object wait in order, and nothing else waits for them. `redrive.py` tries them
again.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

import structlog

from shared.contracts.catalogue import FACTS
from shared.contracts.envelope import Envelope, MalformedEnvelope, unwrap
from shared.kit.arrivals import Arrival, Arrivals
from shared.kit.backbone import consumer_offset, inbox, inbox_key, outbox, parked_event
from shared.kit.bus import InRecord
from shared.kit.db import Database, UnitOfWork
from shared.kit.ids import new_id
from shared.kit.outbox import LARGEST_FACT, headers_to_json, storable, upsert
from shared.kit.subscriptions import Subscriptions

log = structlog.get_logger(__name__)

LONGEST_KEY: Final = 300


class Outcome(StrEnum):
    """What became of an event."""

    HANDLED = "handled"
    IGNORED = "ignored"
    DUPLICATE = "duplicate"
    STALE = "stale"
    PARKED = "parked"
    UNKNOWN = "unknown"
    """A type that this release has never heard of: one from a newer publisher."""


@dataclass(frozen=True, slots=True)
class Reason:
    """Why an event was parked."""

    error_class: str
    error: str
    attempts: int


class Inbox:
    """The receiving side of one consumer group on one database."""

    most_at_once: int | None = None
    """Events that may share a transaction; None: as many as the consumer likes."""

    def __init__(self, database: Database, subscriptions: Subscriptions, consumer: str) -> None:
        self._database = database
        self._subscriptions = subscriptions
        self._consumer = consumer
        self.unknown_fields = 0
        """Fields that were passed over because this release does not know them, counted whenever an event is read."""
        self._told: set[str] = set()

    @property
    def consumer(self) -> str:
        """The name under which events are noted as taken."""
        return self._consumer

    async def take(self, record: InRecord) -> Outcome:
        """Let an event take effect once. Raises what the handler raises, and MalformedEnvelope; then nothing happened."""
        return (await self.take_all([record]))[0]

    async def take_all(self, records: Sequence[InRecord]) -> list[Outcome]:
        """Let events of one partition take effect once and in order, in one transaction: all of them or none.

        Raises what a handler raises, and MalformedEnvelope; then nothing happened.
        """
        arrivals = [Arrival(record, unwrap(record.headers, record.value)) for record in records]
        async with self._database.unit_of_work(f"event:{arrivals[0].envelope.source}") as uow:
            await self._note_offset(uow, records[-1])
            noted = await Arrivals.noted(uow, self._consumer, arrivals)
            outcomes = [await self._take_next(uow, noted, arrival) for arrival in arrivals]
            await noted.write(uow)
        return outcomes

    async def _take_next(self, uow: UnitOfWork, noted: Arrivals, arrival: Arrival) -> Outcome:
        record, envelope = arrival.record, arrival.envelope
        if not noted.is_new(arrival):
            return Outcome.DUPLICATE
        state = noted.state_of(arrival)
        if state is not None and envelope.sequence <= state.last_sequence:
            return Outcome.STALE
        await uow.turn_to(envelope)
        if state is not None and state.blocked_because is not None:
            await self._park(uow, record, envelope, Reason("Blocked", state.blocked_because, 0))
            return Outcome.PARKED
        if state is not None and envelope.sequence > state.last_sequence + 1:
            gap = Reason("Gap", f"sequence {envelope.sequence} came after {state.last_sequence}", 0)
            await self._block(uow, record, envelope, gap)
            state.blocked_because = _said(gap)
            return Outcome.PARKED
        outcome = await self._handle(uow, envelope)
        noted.moved(arrival)
        return outcome

    async def park(self, record: InRecord, reason: Reason) -> None:
        """Set a poison event aside, and with it its object."""
        try:
            envelope = unwrap(record.headers, record.value)
        except MalformedEnvelope:
            await self._park_unreadable(record, reason)
            return
        async with self._database.unit_of_work(f"event:{envelope.source}", envelope.traceparent) as uow:
            await self._note_offset(uow, record)
            if await self._first_time(uow, record, envelope):
                await self._block(uow, record, envelope, reason)

    async def _handle(self, uow: UnitOfWork, envelope: Envelope) -> Outcome:
        handler = self._subscriptions.handler_of(envelope.type)
        if handler is None:
            if envelope.type in FACTS:
                return Outcome.IGNORED
            if self._is_news(envelope.type):
                log.warning("event.unknown_type", consumer=self._consumer, type=envelope.type)
            return Outcome.UNKNOWN
        fact, beyond = envelope.read()
        self.unknown_fields += len(beyond)
        for name in beyond:
            if self._is_news(f"{envelope.type}: {name}"):
                log.warning("event.unknown_field", consumer=self._consumer, type=envelope.type, field=name)
        await handler(uow, fact)
        return Outcome.HANDLED

    def _is_news(self, name: str) -> bool:
        known = name in self._told
        self._told.add(name)
        return not known

    async def _first_time(self, uow: UnitOfWork, record: InRecord, envelope: Envelope) -> bool:
        statement = upsert(uow.dialect, inbox).values(
            consumer=self._consumer,
            source=envelope.source,
            event_id=envelope.id,
            topic=record.tp.topic,
            part=record.tp.partition,
            off=record.offset,
            processed_at=uow.now,
        )
        statement = statement.on_conflict_do_nothing().returning(inbox.c.event_id)
        return (await uow.session.execute(statement)).first() is not None

    async def _set_key(self, uow: UnitOfWork, envelope: Envelope, changes: dict[str, Any]) -> None:
        statement = upsert(uow.dialect, inbox_key).values(
            **{
                "consumer": self._consumer,
                "source": envelope.source,
                "key": envelope.partitionkey,
                "last_sequence": envelope.sequence - 1,
                **changes,
            }
        )
        await uow.session.execute(statement.on_conflict_do_update(index_elements=["consumer", "source", "key"], set_=changes))

    async def _note_offset(self, uow: UnitOfWork, record: InRecord) -> None:
        statement = upsert(uow.dialect, consumer_offset).values(
            consumer=self._consumer,
            topic=record.tp.topic,
            part=record.tp.partition,
            next_off=record.offset + 1,
            updated_at=uow.now,
        )
        ahead = consumer_offset.c.next_off < statement.excluded.next_off
        await uow.session.execute(
            statement.on_conflict_do_update(
                index_elements=["consumer", "topic", "part"],
                set_={"next_off": record.offset + 1, "updated_at": uow.now},
                where=ahead,
            )
        )

    async def _block(self, uow: UnitOfWork, record: InRecord, envelope: Envelope, reason: Reason) -> None:
        await self._park(uow, record, envelope, reason)
        await self._set_key(uow, envelope, {"blocked_at": uow.now, "blocked_reason": _said(reason)})
        log.error(
            "event.parked",
            event_id=envelope.id,
            subject=envelope.subject,
            type=envelope.type,
            error_class=reason.error_class,
            error=reason.error,
            attempts=reason.attempts,
        )

    async def _park(self, uow: UnitOfWork, record: InRecord, envelope: Envelope, reason: Reason) -> None:
        identity = {
            "source": envelope.source,
            "event_id": envelope.id,
            "key": envelope.partitionkey,
            "sequence": envelope.sequence,
        }
        await self._keep(uow, record, identity, reason)
        await self._dead_letter(uow, record, envelope, reason)

    async def _park_unreadable(self, record: InRecord, reason: Reason) -> None:
        place = f"{record.tp.topic}/{record.tp.partition}/{record.offset}"
        key = storable((record.key or b"").decode(errors="replace"))[:LONGEST_KEY]
        async with self._database.unit_of_work("event:unreadable") as uow:
            await self._note_offset(uow, record)
            await self._keep(uow, record, {"source": "unreadable", "event_id": place, "key": key, "sequence": 0}, reason)
        log.error("event.unreadable", place=place, error=reason.error)

    async def _keep(self, uow: UnitOfWork, record: InRecord, identity: dict[str, Any], reason: Reason) -> None:
        statement = upsert(uow.dialect, parked_event).values(
            consumer=self._consumer,
            topic=record.tp.topic,
            part=record.tp.partition,
            off=record.offset,
            headers=headers_to_json(record.headers),
            value=record.value,
            error_class=reason.error_class,
            error=storable(reason.error),
            attempts=reason.attempts,
            first_at=uow.now,
            last_at=uow.now,
            state="parked",
            **identity,
        )
        await uow.session.execute(statement.on_conflict_do_nothing())

    async def _dead_letter(self, uow: UnitOfWork, record: InRecord, envelope: Envelope, reason: Reason) -> None:
        """Show the event on the dead-letter topic too, where other tools look; the parked row is what is re-driven."""
        headers = (*record.headers, ("x-consumer", self._consumer.encode()), ("x-error-class", reason.error_class.encode()))
        payload = record.value or b""
        if len(payload) > LARGEST_FACT:  # with these headers the bus might never take it
            headers, payload = (*headers, ("x-payload-bytes", b"%d" % len(payload))), b""
        await uow.session.execute(
            upsert(uow.dialect, outbox).values(
                event_id=new_id(),
                topic=f"{record.tp.topic}.dead-letter",
                aggregate_type="dead-letter",
                aggregate_id=f"{self._consumer}/{envelope.source}/{envelope.id}",
                aggregate_version=1,
                type=envelope.type,
                headers=headers_to_json(headers),
                payload=payload,
                occurred_at=uow.now,
                sent_at=uow.now if uow.silent else None,
            )
        )


def _said(reason: Reason) -> str:
    return storable(f"{reason.error_class}: {reason.error}"[:2000])
