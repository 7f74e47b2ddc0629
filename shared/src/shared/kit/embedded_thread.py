"""The one thread that touches the bus file, so that SQLite's waits never stop the event loop."""

import asyncio
import contextlib
import queue
import sqlite3
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from shared.kit.bus import BusUnavailable
from shared.kit.embedded_groups import Groups
from shared.kit.embedded_log import RecordLog
from shared.kit.embedded_schema import open_database

LOOK_EVERY_SECONDS = 0.02
PATIENCE_SECONDS = 10.0

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class BusFile:
    """The open file and the two views of it."""

    database: sqlite3.Connection
    log: RecordLog
    groups: Groups


def open_bus_file(path: Path, partitions: int, lease: float) -> BusFile:
    """Create or open the file of a bus whose new topics get so many partitions."""
    database = open_database(path)
    log = RecordLog(database, partitions)
    return BusFile(database, log, Groups(database, log, lease))


class FileThread:
    """Runs jobs in order, and wakes those who wait for a write, whichever process wrote.

    It is a daemon: a process that ends in the middle of a write loses nothing that was acknowledged, as after a kill.
    """

    def __init__(self, connect: Callable[[], BusFile]) -> None:
        self._connect = connect
        self._loop = asyncio.get_running_loop()
        self._ended: asyncio.Future[None] = self._loop.create_future()
        self._pulse = asyncio.Event()
        self._jobs: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        self._file: BusFile | None = None
        self._version = 0
        self._looked_at = 0.0
        self._closed = False
        threading.Thread(target=self._live, name="embedded-bus", daemon=True).start()

    async def run(self, work: Callable[[BusFile], T], timeout: float = PATIENCE_SECONDS) -> T:
        """Do that work there. Raises BusUnavailable when SQLite cannot, when it takes too long, or the bus is closed."""
        if self._closed:
            raise BusUnavailable("the bus is closed")
        outcome: asyncio.Future[T] = self._loop.create_future()
        self._jobs.put(lambda: self._answer(outcome, work))
        try:
            return await asyncio.wait_for(outcome, timeout)
        except TimeoutError as error:
            raise BusUnavailable(f"the bus file did not answer within {timeout:g} s") from error

    @property
    def pulse(self) -> asyncio.Event:
        """Set at the next write; taken before looking at the file, so that no write falls between looking and waiting."""
        return self._pulse

    def wake(self) -> None:
        """Let everybody who waits look again."""
        self._pulse.set()
        self._pulse = asyncio.Event()

    async def close(self, timeout: float) -> None:
        """Finish the jobs that were given, if that takes no longer than `timeout` seconds."""
        if not self._closed:
            self._closed = True
            self._jobs.put(None)
        await asyncio.wait([self._ended], timeout=timeout)

    def _live(self) -> None:
        with contextlib.suppress(RuntimeError):  # the event loop is closed: nobody waits any more
            self._work()
        if self._file is not None:
            self._file.database.close()
        with contextlib.suppress(RuntimeError):
            self._tell(self._ended, None)

    def _work(self) -> None:
        while True:
            with contextlib.suppress(queue.Empty):
                if (job := self._jobs.get(timeout=LOOK_EVERY_SECONDS)) is None:
                    return
                job()
            self._look()

    def _answer(self, outcome: asyncio.Future[T], work: Callable[[BusFile], T]) -> None:
        if outcome.cancelled():
            return
        try:
            result = work(self._opened())
        except sqlite3.Error as error:
            self._tell(outcome, BusUnavailable(f"bus file: {error}"))
        except Exception as error:  # noqa: BLE001 - handed to whoever waits for this job
            self._tell(outcome, error)
        else:
            self._tell(outcome, result)

    def _opened(self) -> BusFile:
        if self._file is None:
            self._file = self._connect()
        return self._file

    def _look(self) -> None:
        if self._file is None or time.monotonic() - self._looked_at < LOOK_EVERY_SECONDS:
            return
        self._looked_at = time.monotonic()
        with contextlib.suppress(sqlite3.Error):  # busy: look again next time
            (version,) = self._file.database.execute("PRAGMA data_version").fetchone()
            if version != self._version:
                self._version = version
                self._loop.call_soon_threadsafe(self.wake)

    def _tell(self, outcome: asyncio.Future[T], result: T | Exception) -> None:
        self._loop.call_soon_threadsafe(_settle, outcome, result)


def _settle(outcome: asyncio.Future[T], result: T | Exception) -> None:
    if outcome.done():
        return
    if isinstance(result, Exception):
        outcome.set_exception(result)
    else:
        outcome.set_result(result)
