"""The relay: takes facts from the outbox to the bus, in order, at least once.

It claims rows by state (`sent_at IS NULL ORDER BY id`), never by a cursor: on PostgreSQL a cursor passes by rows whose
transaction commits late. One relay at a time does the work, because two that split the rows would break the order of one
object. It marks only the acknowledged prefix, after the acknowledgement.
"""

import asyncio
import json
import zlib
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final

import structlog
from sqlalchemy import ColumnElement, Row, Text, cast, delete, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from shared.kit.backbone import outbox, relay_lease
from shared.kit.backoff import Backoff
from shared.kit.bus import Ack, BusError, BusUnavailable, EventBus, OutRecord, RecordRefused
from shared.kit.database_problems import TROUBLE
from shared.kit.db import Database
from shared.kit.ids import new_id
from shared.kit.outbox import headers_from_json, upsert
from shared.kit.sets import as_table

log = structlog.get_logger(__name__)

Rows = Sequence[Any]
Acknowledged = Sequence[tuple[Row[Any], Ack]]

LEASE: Final = timedelta(seconds=10)
PUBLISH_TIMEOUT_SECONDS: Final = 10.0
ROWS_PER_ROUND: Final = 500
REFUSED_WAIT_SECONDS: Final = 60.0
STANDBY_SECONDS: Final = 1.0
OTHER_WAYS: Final = ("enable_sort", "enable_bitmapscan", "enable_seqscan")
WALK: Final = "SELECT " + ", ".join(f"set_config('{name}', 'off', false)" for name in OTHER_WAYS)
WALK_NO_MORE: Final = "SELECT " + ", ".join(f"set_config('{name}', 'on', false)" for name in OTHER_WAYS)


@dataclass
class RelayState:
    """What the relay tells the health check and the metrics."""

    leading: bool = False
    sent: int = 0
    failures: int = 0
    refused: dict[str, float] = field(default_factory=dict)


class Relay:
    """A component of a worker; several may run, one at a time leads."""

    name = "relay"
    rows_per_round = ROWS_PER_ROUND

    def __init__(self, database: Database, bus: EventBus, *, source: str, poll_interval: timedelta) -> None:
        self.state = RelayState()
        self._database = database
        self._bus = bus
        self._source = source
        self._poll_seconds = poll_interval.total_seconds()
        self._columns = columns_to_send(database.dialect)
        self._owner = new_id()
        self._lease_until = database.clock.now()
        self._own: AsyncConnection | None = None
        self._ahead: Rows = ()
        self._unmarked: Acknowledged = ()

    async def run(self, stop: asyncio.Event) -> None:
        """Relay until told to stop; never gives up on a bus or a database that is down."""
        backoff = Backoff(first=0.2, most=10.0)
        while not stop.is_set():
            try:
                async with self._leadership() as leading:
                    self.state.leading = leading
                    await self._lead(stop, backoff) if leading else await backoff.standby(stop, STANDBY_SECONDS)
            except (*TROUBLE, BusUnavailable) as error:
                self.state.failures += 1
                log.warning("relay.interrupted", error=repr(error))
                await backoff.wait(stop)
            finally:
                self.state.leading = False

    async def _lead(self, stop: asyncio.Event, backoff: Backoff) -> None:
        self._ahead, self._unmarked = (), ()
        while not stop.is_set():
            if self._database.dialect == "sqlite" and not await self._keep_lease():
                return
            sent, complete = await self.relay_once()
            if not complete:
                self.state.failures += 1
                await backoff.wait(stop)
            else:
                backoff.reset()
            if sent < self.rows_per_round:
                await self._database.facts_written.wait(self._poll_seconds)
        await self._mark(self._unmarked)

    async def relay_once(self) -> tuple[int, bool]:
        """Send one round; answers how many were acknowledged, and whether all of the round were.

        While a full round is on its way the one before it is marked and the next one is read. A round that was not
        acknowledged to its end lets go of what was read ahead: what comes after a fact is not sent before it.
        """
        rows, self._ahead = self._ahead or await self._unsent(), ()
        if not rows:
            return 0, True
        publishing = asyncio.ensure_future(self._publish(rows))
        try:
            ahead = await self._meanwhile(rows) if len(rows) == self.rows_per_round else ()
        finally:
            acknowledged, complete = await publishing
        if ahead and len(acknowledged) == len(rows):
            self._ahead, self._unmarked = ahead, acknowledged
        else:
            unmarked, self._unmarked = self._unmarked, ()
            await self._mark([*unmarked, *acknowledged])
        return len(acknowledged), complete

    async def _meanwhile(self, rows: Rows) -> Rows:
        unmarked, self._unmarked = self._unmarked, ()
        await self._mark(unmarked)
        return await self._unsent(rows)

    async def _publish(self, rows: Rows) -> tuple[Acknowledged, bool]:
        try:
            results = await self._bus.publish([self._record(row) for row in rows], PUBLISH_TIMEOUT_SECONDS)
        except RecordRefused as error:
            await self._set_aside(rows[0], error)
            return (), True
        acknowledged = [(row, ack) for row, ack in zip(rows, results, strict=True) if isinstance(ack, Ack)]
        for result in results[len(acknowledged) :]:
            if isinstance(result, BusError):
                log.warning("relay.send_unknown", reason=result.reason, rows=len(rows) - len(acknowledged))
                break
        return acknowledged, len(acknowledged) == len(rows)

    async def _unsent(self, on_their_way: Rows = ()) -> Rows:
        statement = select(*self._columns).where(outbox.c.sent_at.is_(None)).order_by(outbox.c.id).limit(self.rows_per_round)
        if on_their_way:
            given = as_table(self._database.dialect, {"id": [row.id for row in on_their_way]})
            statement = statement.where(outbox.c.id.not_in(select(given.c.id)))
        if waiting := self._set_aside_now():
            statement = statement.where(outbox.c.aggregate_id.not_in(waiting))
        if self._own is None:
            async with self._database.reading() as view:
                return (await view.session.execute(statement)).all()
        async with self._database.in_time():
            return (await self._own.execute(statement)).all()

    def _record(self, row: Row[Any]) -> OutRecord:
        return OutRecord(
            topic=row.topic,
            key=row.aggregate_id.encode(),
            headers=headers_from_json(json.loads(row.headers)),
            value=bytes(row.payload),
            source=self._source,
            event_id=row.event_id,
        )

    async def _mark(self, acknowledged: Acknowledged) -> None:
        if not acknowledged:
            return
        given = as_table(
            self._database.dialect,
            {
                "id": [row.id for row, _ in acknowledged],
                "part": [ack.tp.partition for _, ack in acknowledged],
                "off": [ack.offset for _, ack in acknowledged],
            },
        )
        marks = {"sent_at": self._database.clock.now(), "sent_partition": given.c.part, "sent_offset": given.c.off}
        statement = update(outbox).where(outbox.c.id == given.c.id).values(marks)
        if self._own is None:
            async with self._database.transaction() as connection:
                await connection.execute(statement)
        else:
            async with self._database.in_time():
                await self._own.execute(statement)
        self.state.sent += len(acknowledged)

    async def _set_aside(self, row: Row[Any], error: RecordRefused) -> None:
        """A record that the bus will never take stops its own object, visibly, and nothing else."""
        self.state.refused[row.aggregate_id] = self._database.clock.monotonic() + REFUSED_WAIT_SECONDS
        log.error("relay.record_refused", subject=row.aggregate_id, event_id=row.event_id, error=str(error))
        async with self._database.transaction() as connection:
            await connection.execute(
                update(outbox).where(outbox.c.id == row.id).values(attempts=outbox.c.attempts + 1, last_error=str(error))
            )

    def _set_aside_now(self) -> list[str]:
        now = self._database.clock.monotonic()
        self.state.refused = {subject: until for subject, until in self.state.refused.items() if until > now}
        return list(self.state.refused)

    @asynccontextmanager
    async def _leadership(self) -> AsyncIterator[bool]:
        if self._database.dialect == "sqlite":
            self._lease_until = self._database.clock.now()
            try:
                yield await self._keep_lease()
            finally:
                await self._release_lease()
            return
        async with self._database.advisory_lock(lock_number("relay")) as connection:
            if connection is None:
                yield False
                return
            # Through the connection that holds the lock: a round trip each, and who lost the lock reads and marks nothing.
            async with self._walking(connection), self._database.hearing(connection):
                self._own = connection
                try:
                    yield True
                finally:
                    self._own = None

    @asynccontextmanager
    async def _walking(self, connection: AsyncConnection) -> AsyncIterator[None]:
        """Let PostgreSQL walk the index of unsent rows and stop after a round.

        Its statistics know of few such rows; after an outage there are many, and it would read and sort them all for each round.
        """
        async with self._database.in_time():
            await connection.execute(text(WALK))
        try:
            yield
        finally:
            if not connection.invalidated and not connection.closed:
                async with self._database.in_time():
                    await connection.execute(text(WALK_NO_MORE))

    async def _keep_lease(self) -> bool:
        """Take or renew the lease row; the lock table of a database that has no advisory locks."""
        now = self._database.clock.now()
        if self._lease_until - now > LEASE / 2:
            return True
        statement = upsert("sqlite", relay_lease).values(name="relay", owner=self._owner, until=now + LEASE)
        free = (relay_lease.c.owner == self._owner) | (relay_lease.c.until < now) | (relay_lease.c.until > now + 2 * LEASE)
        statement = statement.on_conflict_do_update(
            index_elements=["name"], set_={"owner": self._owner, "until": now + LEASE}, where=free
        )
        async with self._database.transaction() as connection:
            taken = (await connection.execute(statement)).rowcount > 0
        self._lease_until = now + LEASE if taken else now
        return taken

    async def _release_lease(self) -> None:
        """Let a standby take over at once rather than when the lease runs out."""
        mine = relay_lease.c.owner == self._owner
        async with self._database.transaction() as connection:
            await connection.execute(delete(relay_lease).where(mine))


def columns_to_send(dialect: str) -> tuple[ColumnElement[Any], ...]:
    """What is read of a row. Headers are read as text: its driver's decoders would cost PostgreSQL's reader more than all else.

    So is the id, which SQLite keeps in another form and gives back in this one.
    """
    event_id = outbox.c.event_id if dialect == "sqlite" else cast(outbox.c.event_id, Text).label("event_id")
    headers = cast(outbox.c.headers, Text).label("headers")
    return outbox.c.id, event_id, outbox.c.topic, outbox.c.aggregate_id, headers, outbox.c.payload


def lock_number(name: str) -> int:
    """The advisory lock that belongs to a name; each service has its own database, so names do not meet."""
    return zlib.crc32(f"diaodu/{name}".encode())
