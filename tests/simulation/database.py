"""SQLite in the loop: the kit's own `Database` on a connection that awaits the simulation instead of a thread."""

import asyncio
import sqlite3
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any, Final, Self
from unittest.mock import patch

from sqlalchemy.ext.asyncio import create_async_engine

from shared.kit.clock import Clock
from shared.kit.db import Database
from tests.simulation.faults import Life

BUSY_SECONDS: Final = 5.0
BUSY_STEP_SECONDS: Final = 0.01


class _Cursor:
    """What SQLAlchemy asks of an aiosqlite cursor."""

    def __init__(self, life: Life, cursor: sqlite3.Cursor) -> None:
        self._life = life
        self._cursor = cursor

    def __getattr__(self, name: str) -> Any:
        return getattr(self._cursor, name)

    async def __aenter__(self) -> Self:
        return self

    async def execute(self, operation: str, parameters: Any = ()) -> "_Cursor":
        if operation.startswith("PRAGMA busy_timeout"):
            return self  # SQLite would wait in real time for a lock that only virtual time gives back; `_run` waits instead
        await self._run(partial(self._cursor.execute, operation, parameters))
        return self

    async def executemany(self, operation: str, parameters: Any) -> "_Cursor":
        await self._run(partial(self._cursor.executemany, operation, parameters))
        return self

    async def fetchall(self) -> list[Any]:
        self._life.must_live()
        return self._cursor.fetchall()

    async def close(self) -> None:
        with suppress(sqlite3.ProgrammingError):
            self._cursor.close()

    async def _run(self, statement: Callable[[], object]) -> None:
        await self._life.seam()
        waited = 0.0
        while True:
            try:
                statement()
            except sqlite3.OperationalError as error:
                if "locked" not in str(error) or waited >= BUSY_SECONDS:
                    raise
                waited += BUSY_STEP_SECONDS
                await asyncio.sleep(BUSY_STEP_SECONDS)
                self._life.must_live()
            else:
                return


class _AtOnce:
    """aiosqlite's queue to its thread; here there is no thread."""

    def put_nowait(self, job: tuple[asyncio.Future[object], Callable[[], object]]) -> None:
        waiting, act = job
        waiting.set_result(act())


class _Connection:
    """What SQLAlchemy asks of an aiosqlite connection. `stop` is what a dead process does: nothing is finished."""

    def __init__(self, life: Life, path: Path) -> None:
        self._life = life
        self._conn = self._connection = sqlite3.connect(path, timeout=0)
        self._tx = _AtOnce()

    def cursor(self, **_options: object) -> _Cursor:
        self._life.must_live()
        return _Cursor(self._life, self._conn.cursor())

    async def create_function(self, *arguments: Any, **options: Any) -> None:
        self._conn.create_function(*arguments, **options)

    async def commit(self) -> None:
        """The process may die before the commit, and after it, before it learns of it."""
        await self._life.seam()
        self._conn.commit()
        await self._life.seam()

    async def rollback(self) -> None:
        self._life.must_live()
        self._conn.rollback()

    async def close(self) -> None:
        self.stop()

    def stop(self) -> None:
        self._conn.close()


class SimulatedDatabase(Database):
    """The kit's database of one process, on a file that other processes have open too."""

    def __init__(self, path: Path, clock: Clock, life: Life) -> None:
        self._open: list[_Connection] = []

        async def connect(*_arguments: object, **_options: object) -> _Connection:
            await life.seam()
            connection = _Connection(life, path)
            self._open.append(connection)
            return connection

        with patch("shared.kit.db.create_async_engine", partial(create_async_engine, async_creator=connect)):
            super().__init__(f"sqlite+aiosqlite:///{path}", clock=clock)

    def cut(self) -> None:
        """What the operating system does with a dead process's files: closes them; what was not committed is gone."""
        for connection in self._open:
            connection.stop()
