"""What is noted of many events of one partition at once: that they came, how far their objects were, how far they are now."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

from sqlalchemy import literal, select, true

from shared.contracts.envelope import Envelope
from shared.kit.backbone import inbox, inbox_key
from shared.kit.bus import InRecord
from shared.kit.columns import Instant
from shared.kit.db import UnitOfWork
from shared.kit.outbox import upsert
from shared.kit.sets import Values, as_table

Name = tuple[str, str]
"""Of an event: source and id. Of an object: source and partition key."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """A record, and the event in it."""

    record: InRecord
    envelope: Envelope

    @property
    def identity(self) -> Name:
        return self.envelope.source, self.envelope.id

    @property
    def key(self) -> Name:
        return self.envelope.source, self.envelope.partitionkey


@dataclass(slots=True)
class KeyState:
    """How far an object is, and why it waits where it does."""

    last_sequence: int
    blocked_because: str | None = None
    moved: bool = False


class Arrivals:
    """The events of one batch that are new here, and the state of their objects, locked."""

    def __init__(self, consumer: str, fresh: set[Name], states: dict[Name, KeyState]) -> None:
        self._consumer = consumer
        self._fresh = fresh
        self._states = states

    @classmethod
    async def noted(cls, uow: UnitOfWork, consumer: str, arrivals: Sequence[Arrival]) -> Self:
        """Note that these events of one partition came, and lock the objects of those that are new."""
        fresh = await _first_times(uow, consumer, arrivals)
        keys = {each.key for each in arrivals if each.identity in fresh}
        return cls(consumer, fresh, await _states(uow, consumer, sorted(keys)) if keys else {})

    def is_new(self, arrival: Arrival) -> bool:
        """True once for each event that is new, also where it comes twice in the batch."""
        if arrival.identity not in self._fresh:
            return False
        self._fresh.discard(arrival.identity)
        return True

    def state_of(self, arrival: Arrival) -> KeyState | None:
        """None for an object of which nothing came before."""
        return self._states.get(arrival.key)

    def moved(self, arrival: Arrival) -> None:
        """Its object has come to this event."""
        state = self._states.setdefault(arrival.key, KeyState(0))
        state.last_sequence, state.moved = arrival.envelope.sequence, True

    async def write(self, uow: UnitOfWork) -> None:
        """Keep how far the objects have come."""
        moved = sorted((key, state.last_sequence) for key, state in self._states.items() if state.moved)
        if not moved:
            return
        columns: dict[str, Values] = {
            "source": [source for (source, _), _ in moved],
            "key": [key for (_, key), _ in moved],
            "last": [last for _, last in moved],
        }
        given = as_table(uow.dialect, columns)
        rows = select(literal(self._consumer), given.c.source, given.c.key, given.c.last).where(true())
        statement = upsert(uow.dialect, inbox_key).from_select(["consumer", "source", "key", "last_sequence"], rows)
        changes = {"last_sequence": statement.excluded.last_sequence}
        await uow.session.execute(statement.on_conflict_do_update(index_elements=["consumer", "source", "key"], set_=changes))


async def _first_times(uow: UnitOfWork, consumer: str, arrivals: Sequence[Arrival]) -> set[Name]:
    # Sorted: two consumers that take the same events, one of them no longer in charge, would deadlock in other orders.
    first = sorted({each.identity: each.record.offset for each in reversed(arrivals)}.items())
    columns: dict[str, Values] = {
        "source": [source for (source, _), _ in first],
        "event_id": [event_id for (_, event_id), _ in first],
        "off": [offset for _, offset in first],
    }
    given, place = as_table(uow.dialect, columns), arrivals[0].record.tp
    noted = (literal(consumer), given.c.source, given.c.event_id, literal(place.topic), literal(place.partition), given.c.off)
    rows = select(*noted, literal(uow.now, Instant())).where(true())
    names = ["consumer", "source", "event_id", "topic", "part", "off", "processed_at"]
    statement = upsert(uow.dialect, inbox).from_select(names, rows).on_conflict_do_nothing()
    found = await uow.session.execute(statement.returning(inbox.c.source, inbox.c.event_id))
    return {(row.source, row.event_id) for row in found}


async def _states(uow: UnitOfWork, consumer: str, keys: Sequence[Name]) -> dict[Name, KeyState]:
    given = as_table(uow.dialect, {"source": [source for source, _ in keys], "key": [key for _, key in keys]})
    mine = (inbox_key.c.consumer == consumer) & (inbox_key.c.source == given.c.source) & (inbox_key.c.key == given.c.key)
    columns = (inbox_key.c.source, inbox_key.c.key, inbox_key.c.last_sequence, inbox_key.c.blocked_at, inbox_key.c.blocked_reason)
    statement = select(*columns).where(mine).order_by(inbox_key.c.source, inbox_key.c.key).with_for_update(of=inbox_key)
    return {
        (row.source, row.key): KeyState(row.last_sequence, None if row.blocked_at is None else row.blocked_reason or "")
        for row in await uow.session.execute(statement)
    }
