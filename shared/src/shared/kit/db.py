"""Units of work: the one place that commits.

One request or one event is one transaction. State and the facts that report its change are written together; when the block
ends well everything is committed, otherwise nothing happened.
"""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager, nullcontext
from datetime import datetime
from typing import Any, Final, Literal, Protocol, TypeVar

from sqlalchemy import Select, event, text
from sqlalchemy.engine import Connection
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, AsyncSession, create_async_engine
from sqlalchemy.orm import Session
from sqlalchemy.pool import ConnectionPoolEntry

from shared.contracts.envelope import Envelope
from shared.contracts.facts import Fact
from shared.kit import outbox
from shared.kit.clock import Clock
from shared.kit.dead_peers import connect_noticing_death
from shared.kit.errors import Unavailable
from shared.kit.tables import Versioned
from shared.kit.wakeups import Announcer

Dialect = Literal["sqlite", "postgresql"]
S = TypeVar("S", bound=Select[Any])
WAL_IS_SAFE_FROM: Final = (3, 51, 3)
WRITER_WAIT_SECONDS: Final = 10.0
POOL_WAIT_SECONDS: Final = 1.0
STATEMENT_TIMEOUT_MS: Final = 15_000
LOCK_TIMEOUT_MS: Final = 5_000
LONGEST_TRANSACTION_SECONDS: Final = 60.0
"""Beyond the timeouts that the server keeps: a server that is frozen or gone without a word keeps none."""


class Recorder(Protocol):
    """Takes the facts that a change reports; a model's transition is given one."""

    def record(self, fact: Fact) -> None:
        """Write this fact with the change, or not at all."""
        ...


class Signal:
    """Wakes a waiter in this process; set while nobody waits, it wakes the next one."""

    def __init__(self) -> None:
        self._event = asyncio.Event()

    def set(self) -> None:
        self._event.set()

    def clear(self) -> None:
        """Forget it: for who is about to look at everything anyway."""
        self._event.clear()

    async def wait(self, seconds: float) -> None:
        """Return when set, or after that many seconds."""
        try:
            await asyncio.wait_for(self._event.wait(), seconds)
        except TimeoutError:
            return
        self._event.clear()


class ReadSession:
    """A consistent, read-only view of the database."""

    def __init__(self, session: AsyncSession, clock: Clock) -> None:
        self.session = session
        self.clock = clock
        self.now = clock.now()


class UnitOfWork:
    """One transaction: rows through `session`, facts through `record`. `now` stands still for its whole length."""

    def __init__(self, session: AsyncSession, clock: Clock, actor: str, dialect: Dialect, traceparent: str | None = None) -> None:
        self.session = session
        self.clock = clock
        self.now: datetime = clock.now()
        self.actor = actor
        self.dialect = dialect
        self.traceparent = traceparent
        self.cause: Envelope | None = None
        self.silent = False
        self._facts: list[outbox.Recorded] = []
        self._written = 0

    def record(self, fact: Fact) -> None:
        """Put a fact into the outbox when this unit of work commits."""
        self._facts.append(outbox.Recorded(fact, self.now, self.traceparent))

    async def turn_to(self, cause: Envelope) -> None:
        """Work for this event from now on as in a unit of work of its own: what another event loaded is read anew.

        Rows that were only added stay pending, so that those of many events are inserted together.
        """
        if len(self.session.identity_map):
            await self.session.flush()
            self.session.expunge_all()
        self.cause, self.actor, self.traceparent = cause, f"event:{cause.source}", cause.traceparent

    @property
    def recorded(self) -> tuple[outbox.Recorded, ...]:
        """The facts recorded so far, in order."""
        return tuple(self._facts)

    @asynccontextmanager
    async def savepoint(self) -> AsyncIterator[None]:
        """A part that can fail alone: on an exception its rows and its facts are undone, and the exception goes on."""
        mark = len(self._facts)
        async with self.session.begin_nested():
            try:
                yield
            except BaseException:
                del self._facts[mark:]
                self._written = min(self._written, mark)
                raise

    async def write_out(self) -> None:
        """Send rows and facts to the database now, so that what it refuses of them is raised here. Raises TooLarge."""
        await self.session.flush()
        if fresh := self._facts[self._written :]:
            await outbox.write(self.session, self.dialect, fresh, silent=self.silent)
        self._written = len(self._facts)


class Database:
    """A service's own database. Built without touching it; closed by the lifecycle."""

    def __init__(self, url: str, *, clock: Clock, pool_size: int = 10, silent: bool = False) -> None:
        """`silent`: what is recorded counts as told already, so that nobody hears history again (see `replay.py`)."""
        self.clock = clock
        self.silent = silent
        self.engine = _engine(url, pool_size)
        self.dialect: Dialect = "sqlite" if self.engine.dialect.name == "sqlite" else "postgresql"
        self._announcer = None if self.dialect == "sqlite" else Announcer(self.engine)
        self.facts_written = Signal()
        self._listeners: list[Signal] = []
        self._writer = asyncio.Lock()

    def listen(self) -> Signal:
        """A signal of the caller's own, set after every unit of work that this process committed (see also `hearing`)."""
        signal = Signal()
        self._listeners.append(signal)
        return signal

    def hearing(self, connection: AsyncConnection) -> AbstractAsyncContextManager[None]:
        """Wake this process's waiters for what others committed, too, while the block lasts; told through `connection`."""
        return nullcontext() if self._announcer is None else self._announcer.hearing(connection, self._wake)

    @asynccontextmanager
    async def unit_of_work(self, actor: str, traceparent: str | None = None) -> AsyncIterator[UnitOfWork]:
        """Commit state and facts when the block ends well; otherwise nothing happened.

        Raises Unavailable when the database cannot be had in time.
        """
        async with self.in_time(), self._one_writer(), AsyncSession(self.engine, expire_on_commit=False) as session:
            uow = UnitOfWork(session, self.clock, actor, self.dialect, traceparent)
            uow.silent = self.silent
            _stamp_on_flush(session.sync_session, uow)
            yield uow
            await uow.write_out()
            await session.commit()
        self._wake(facts=bool(uow.recorded))
        if uow.recorded and self._announcer is not None:
            self._announcer.announce()

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[ReadSession]:
        """One consistent view for several queries; writes are refused by PostgreSQL and never committed on SQLite."""
        async with self.in_time(), AsyncSession(self.engine, expire_on_commit=False, autoflush=False) as session:
            options: dict[str, Any] = (
                {"reading": True}
                if self.dialect == "sqlite"
                else {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
            )
            await session.connection(execution_options=options)
            yield ReadSession(session, self.clock)

    @asynccontextmanager
    async def transaction(self, *, however_long: bool = False) -> AsyncIterator[AsyncConnection]:
        """A plain transaction for the backbone's own rows (relay, leases, purges); commits when the block ends well."""
        in_time = nullcontext() if however_long else self.in_time()
        async with in_time, self._one_writer(), self.engine.begin() as connection:
            yield connection

    @asynccontextmanager
    async def advisory_lock(self, number: int) -> AsyncIterator[AsyncConnection | None]:
        """Hold PostgreSQL's session lock of that number on a connection of its own; None when somebody else holds it."""
        async with AsyncExitStack() as stack:
            async with self.in_time():
                connection = await stack.enter_async_context(self.engine.connect())
                own = await connection.execution_options(isolation_level="AUTOCOMMIT")
                held = bool(await own.scalar(text("SELECT pg_try_advisory_lock(:number)"), {"number": number}))
            try:
                yield own if held else None
            finally:
                if held and not own.invalidated and not own.closed:
                    async with self.in_time():
                        await own.execute(text("SELECT pg_advisory_unlock(:number)"), {"number": number})

    async def ping(self) -> None:
        """Ask the database for a sign of life. Raises what the driver raises."""
        async with self.in_time(), self.engine.connect() as connection:
            own = await connection.execution_options(reading=True)
            await own.execute(text("SELECT 1"))

    async def close(self) -> None:
        if self._announcer is not None:
            await self._announcer.close()
        await self.engine.dispose()

    def _wake(self, *, facts: bool = True) -> None:
        if facts:
            self.facts_written.set()
        for listener in self._listeners:
            listener.set()

    def in_time(self) -> AbstractAsyncContextManager[object]:
        """TimeoutError where the server does not answer; SQLite's calls end by themselves."""
        return nullcontext() if self.dialect == "sqlite" else asyncio.timeout(LONGEST_TRANSACTION_SECONDS)

    def _one_writer(self) -> AbstractAsyncContextManager[None]:
        """SQLite has one writer at a time: queue for it here, in order, rather than in SQLite's busy loop."""
        return self._hold_writer() if self.dialect == "sqlite" else nullcontext()

    @asynccontextmanager
    async def _hold_writer(self) -> AsyncIterator[None]:
        try:
            await asyncio.wait_for(self._writer.acquire(), WRITER_WAIT_SECONDS)
        except TimeoutError as error:
            raise Unavailable("数据库正忙：排队写入超时，请稍后重试。") from error
        try:
            yield
        finally:
            self._writer.release()


def for_update(statement: S, *, skip_locked: bool = False) -> S:
    """Lock the rows that are read. SQLite needs no such words: its unit of work holds the write lock from the start."""
    return statement.with_for_update(skip_locked=skip_locked)


def _stamp_on_flush(session: Session, uow: UnitOfWork) -> None:
    @event.listens_for(session, "before_flush")
    def stamp(session: Session, _context: Any, _instances: Any) -> None:
        for row in session.new:
            if isinstance(row, Versioned):
                row.created_at = row.updated_at = uow.now
        for row in session.dirty:
            if isinstance(row, Versioned) and session.is_modified(row):
                row.updated_at = uow.now


def _engine(url: str, pool_size: int) -> AsyncEngine:
    if url.startswith("sqlite"):
        engine = create_async_engine(url, pool_size=pool_size, max_overflow=0, pool_timeout=POOL_WAIT_SECONDS)
        event.listen(engine.sync_engine, "connect", _prepare_sqlite)
        event.listen(engine.sync_engine, "begin", _begin_sqlite)
        return engine
    timeouts = {"statement_timeout": str(STATEMENT_TIMEOUT_MS), "lock_timeout": str(LOCK_TIMEOUT_MS)}
    return create_async_engine(
        url,
        pool_size=pool_size + 1,  # the announcer keeps one
        max_overflow=0,
        pool_timeout=POOL_WAIT_SECONDS,
        pool_pre_ping=True,
        connect_args={
            "timeout": 5,
            "server_settings": {"application_name": "diaodu", **timeouts},
            "async_creator_fn": connect_noticing_death,
        },
    )


def _prepare_sqlite(connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
    connection.isolation_level = None
    journal = "WAL" if sqlite3.sqlite_version_info >= WAL_IS_SAFE_FROM else "TRUNCATE"
    cursor = connection.cursor()
    for pragma in (f"journal_mode={journal}", "synchronous=FULL", "busy_timeout=5000", "foreign_keys=ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    # A transaction that begins deferred and writes later fails at once with "database is locked", whatever the timeout.
    reading = connection.get_execution_options().get("reading", False)
    connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")
