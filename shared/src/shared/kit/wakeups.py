"""Wakes the processes that share a PostgreSQL database when one of them has committed; their next look is the guarantee.

NOTIFY is sent after the commit and on a connection of its own: within the transaction it would take a lock that all commits of
the server wait for. Many commits share one.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any, Final

import structlog
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from shared.kit.backoff import Backoff
from shared.kit.database_problems import TROUBLE
from shared.kit.ids import new_id

log = structlog.get_logger(__name__)

CHANNEL: Final = "diaodu_committed"
CALL_SECONDS: Final = 5.0


class Announcer:
    """Says that this process has committed. Nobody waits for it, and what fails is left to the others' next look."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._name = new_id()
        self._committed = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def announce(self) -> None:
        """Soon, once for all commits until then."""
        self._committed.set()
        if self._task is None:
            self._task = asyncio.create_task(self._announce_all(), name="announcer")

    async def close(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
            self._task = None

    @asynccontextmanager
    async def hearing(self, connection: AsyncConnection, woken: Callable[[], None]) -> AsyncIterator[None]:
        """Call `woken` for what other processes announce, as long as the block lasts and the connection lives."""
        driver = (await connection.get_raw_connection()).driver_connection
        if driver is None:
            raise RuntimeError("a connection in use has a driver's connection")

        def hear(_connection: Any, _server_process: int, _channel: str, speaker: str) -> None:
            if speaker != self._name:
                woken()

        async with asyncio.timeout(CALL_SECONDS):
            await driver.add_listener(CHANNEL, hear)
        try:
            yield
        finally:
            if not connection.invalidated and not connection.closed and not driver.is_closed():
                async with asyncio.timeout(CALL_SECONDS):
                    await driver.remove_listener(CHANNEL, hear)

    async def _announce_all(self) -> None:
        backoff, never = Backoff(first=0.2, most=10.0), asyncio.Event()
        while True:
            try:
                await self._announce_while_connected(backoff)
            except TROUBLE as error:
                log.info("announcer.interrupted", error=repr(error))
                await backoff.wait(never)

    async def _announce_while_connected(self, backoff: Backoff) -> None:
        async with self._engine.connect() as connection:
            own = await connection.execution_options(isolation_level="AUTOCOMMIT")
            while True:
                await self._committed.wait()
                self._committed.clear()
                async with asyncio.timeout(CALL_SECONDS):
                    await own.execute(text("SELECT pg_notify(:channel, :speaker)"), {"channel": CHANNEL, "speaker": self._name})
                backoff.reset()
