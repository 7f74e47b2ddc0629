"""The classic mistakes of an outbox and an inbox, planted by replacing a part of the kit; the checker must see each."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any, Final

from sqlalchemy import insert, update

from shared.contracts.catalogue import source_of
from shared.contracts.envelope import Envelope, unwrap
from shared.kit import outbox as kit_outbox
from shared.kit.backbone import outbox
from shared.kit.bus import InRecord, OutRecord
from shared.kit.db import Database, UnitOfWork
from shared.kit.inbox import Inbox, Outcome, Reason
from shared.kit.outbox import Recorded
from shared.kit.relay import Relay
from tests.simulation.bus import SimulatedBus
from tests.simulation.kit import Kit, SmallRounds
from tests.simulation.tables import the_fact, written

BETWEEN_SECONDS: Final = 0.1
"""Between two transactions there is always a moment; this one is long enough for a death to fall into it within 20 seeds."""

# --- on the way out ---


async def report_after_the_commit(database: Database, _bus: SimulatedBus, milestone: str, number: int) -> None:
    """The outbox row in a transaction of its own: a process that dies between the two has changed and will never tell."""
    fact = the_fact(milestone, number)
    async with database.unit_of_work("writer") as uow:
        await uow.session.execute(insert(written).values(subject=str(fact.subject()), number=number))
    await asyncio.sleep(BETWEEN_SECONDS)
    async with database.unit_of_work("writer") as uow:
        uow.record(fact)


async def publish_before_the_commit(database: Database, bus: SimulatedBus, milestone: str, number: int) -> None:
    """Told first, committed later, or never."""
    fact = the_fact(milestone, number)
    async with database.unit_of_work("writer") as uow:
        await uow.session.execute(insert(written).values(subject=str(fact.subject()), number=number))
        await kit_outbox.write(uow.session, uow.dialect, [Recorded(fact, uow.now, None)])
        (row,) = (await uow.session.execute(outbox.select().order_by(outbox.c.id.desc()).limit(1))).all()
        headers = kit_outbox.headers_from_json(row.headers)
        record = OutRecord(row.topic, row.aggregate_id.encode(), headers, bytes(row.payload), source_of("project"), row.event_id)
        await bus.publish([record], 10.0)


class MarkBeforeAcknowledgement(SmallRounds):
    """Takes rows for sent when it starts to send them."""

    async def relay_once(self) -> tuple[int, bool]:
        rows = await self._unsent()
        async with self._database.transaction() as connection:
            ids = [row.id for row in rows]
            await connection.execute(update(outbox).where(outbox.c.id.in_(ids)).values(sent_at=self._database.clock.now()))
        if rows:
            await self._bus.publish([self._record(row) for row in rows], 10.0)
        return len(rows), True


class MarkWhatFailedToo(SmallRounds):
    """Marks a whole round, also what was not acknowledged."""

    async def _mark(self, acknowledged: Sequence[tuple[Any, Any]]) -> None:
        del acknowledged
        rows = await self._unsent()
        async with self._database.transaction() as connection:
            ids = [row.id for row in rows]
            await connection.execute(update(outbox).where(outbox.c.id.in_(ids)).values(sent_at=self._database.clock.now()))


class SplitAmongTwo(SmallRounds):
    """No leader: every relay takes rows that the other does not, as SKIP LOCKED would hand them out."""

    _taken: Final[dict[str, str]] = {}

    @asynccontextmanager
    async def _leadership(self) -> AsyncIterator[bool]:
        yield True

    async def _keep_lease(self) -> bool:
        return True

    async def _unsent(self, on_their_way: Sequence[Any] = ()) -> Sequence[Any]:
        rows = await super()._unsent(on_their_way)
        return [row for row in rows if self._taken.setdefault(row.event_id, self._owner) == self._owner][:1]


class BothInOrder(SplitAmongTwo):
    """Two relays that each walk all rows in order: no mistake, only more repeats."""

    async def _unsent(self, on_their_way: Sequence[Any] = ()) -> Sequence[Any]:
        return await Relay._unsent(self, on_their_way)


# --- on the way in ---


class OneByOne(Inbox):
    """Takes the events of a batch in transactions of their own: no mistake, only slow."""

    async def take_all(self, records: Sequence[InRecord]) -> list[Outcome]:
        return [await self.take(record) for record in records]

    async def take(self, record: InRecord) -> Outcome:
        (outcome,) = await Inbox.take_all(self, [record])
        return outcome

    async def _effect(self, uow: UnitOfWork, envelope: Envelope) -> Outcome:
        outcome = await self._handle(uow, envelope)
        await self._set_key(uow, envelope, {"last_sequence": envelope.sequence})
        return outcome


class OffsetBeforeEffect(OneByOne):
    """Remembers that it has passed an event before the event has taken effect."""

    async def take(self, record: InRecord) -> Outcome:
        async with self._database.unit_of_work("consumer") as uow:
            await self._note_offset(uow, record)
        return await super().take(record)


class PoisonTakenForDone(Inbox):
    """Takes a batch in which an event fails for done: what is behind the event is lost with it."""

    async def take_all(self, records: Sequence[InRecord]) -> list[Outcome]:
        try:
            return await super().take_all(records)
        except ValueError:
            await self.park(records[-1], Reason("ValueError", "somewhere in the batch", 1))
            return [Outcome.PARKED for _ in records]


class NoInbox(OneByOne):
    """Trusts the bus to deliver once."""

    async def take(self, record: InRecord) -> Outcome:
        envelope = unwrap(record.headers, record.value)
        async with self._database.unit_of_work("consumer") as uow:
            uow.cause = envelope
            await self._note_offset(uow, record)
            return await self._effect(uow, envelope)


class InboxInAnotherTransaction(OneByOne):
    """Notes the event as taken, commits, and then lets it take effect."""

    async def take(self, record: InRecord) -> Outcome:
        envelope = unwrap(record.headers, record.value)
        async with self._database.unit_of_work("consumer") as uow:
            if not await self._first_time(uow, record, envelope):
                return Outcome.DUPLICATE
        async with self._database.unit_of_work("consumer") as uow:
            uow.cause = envelope
            await self._note_offset(uow, record)
            return await self._effect(uow, envelope)


class PoisonBlocksNobody(Inbox):
    """Sets a poison event aside and goes on with its object."""

    async def _set_key(self, uow: UnitOfWork, envelope: Envelope, changes: dict[str, Any]) -> None:
        if "blocked_at" in changes:
            changes = {"last_sequence": envelope.sequence}
        await super()._set_key(uow, envelope, changes)


MISTAKES: Final[Mapping[str, Kit]] = {
    "the outbox row in another transaction": Kit(write=report_after_the_commit),
    "published before the commit": Kit(write=publish_before_the_commit),
    "marked before the acknowledgement": Kit(relay=MarkBeforeAcknowledgement),
    "marked although it failed": Kit(relay=MarkWhatFailedToo),
    "rows split among two relays": Kit(relay=SplitAmongTwo),
    "the offset before the effect": Kit(inbox=OffsetBeforeEffect),
    "a batch with a failure in it is taken for done": Kit(inbox=PoisonTakenForDone),
    "no inbox": Kit(inbox=NoInbox),
    "the inbox row in another transaction": Kit(inbox=InboxInAnotherTransaction),
    "a poison event that blocks nobody": Kit(inbox=PoisonBlocksNobody),
}
NO_MISTAKES: Final[Mapping[str, Kit]] = {
    "two relays that both walk all rows in order": Kit(relay=BothInOrder),
    "a transaction for each event": Kit(inbox=OneByOne),
}
