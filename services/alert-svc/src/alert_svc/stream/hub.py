"""Fans the stream out to the clients of this process."""

import asyncio
from datetime import timedelta
from enum import Enum
from typing import Final

import structlog

from alert_svc.stream import service
from alert_svc.stream.errors import StreamFull
from alert_svc.stream.rules import Wanted
from alert_svc.stream.service import Item
from shared.kit.backoff import Backoff
from shared.kit.db import Database, Signal

log = structlog.get_logger(__name__)

BUFFER: Final = 256


class Pause(Enum):
    """Nothing happened for a while."""

    PAUSE = "pause"


class Listener:
    """One client: what it wants, and what waits for it. One that does not keep up is cut off and resumes by its last id."""

    def __init__(self, wanted: Wanted) -> None:
        self.wanted = wanted
        self.cut_off = False
        self._waiting: asyncio.Queue[Item] = asyncio.Queue(BUFFER)
        self._cut = asyncio.Event()

    def offer(self, item: Item) -> None:
        if self.cut_off or not item.is_for(self.wanted):
            return
        if self._waiting.full():
            self.cut()
        else:
            self._waiting.put_nowait(item)

    def cut(self) -> None:
        """Drop what waits and end the client's stream."""
        self.cut_off = True
        while not self._waiting.empty():
            self._waiting.get_nowait()
        self._cut.set()

    async def next(self, draining: asyncio.Event, seconds: float) -> Item | Pause | None:
        """The next event, PAUSE after that many seconds without one, or None when the stream ends.

        It ends because the client was too slow, or because the process stops.
        """
        item = asyncio.ensure_future(self._waiting.get())
        ends = [asyncio.ensure_future(draining.wait()), asyncio.ensure_future(self._cut.wait())]
        try:
            await asyncio.wait({item, *ends}, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
            if any(end.done() for end in ends):
                return None
            return item.result() if item.done() else Pause.PAUSE
        finally:
            for task in (item, *ends):
                task.cancel()


class Hub:
    """Reads what is new once for all clients: woken by commits of this process, and by a poll for those of others."""

    name = "stream"

    def __init__(self, database: Database, poll: timedelta, most_clients: int) -> None:
        self._database = database
        self._most_clients = most_clients
        self._poll = poll.total_seconds()
        self._changed: Signal | None = None
        self._position: int | None = None
        self._listeners: set[Listener] = set()

    def join(self, wanted: Wanted) -> Listener:
        """Take a client on; it is offered what comes from now on. Raises StreamFull."""
        if len(self._listeners) >= self._most_clients:
            raise StreamFull(self._most_clients)
        listener = Listener(wanted)
        self._listeners.add(listener)
        return listener

    def leave(self, listener: Listener) -> None:
        self._listeners.discard(listener)

    async def run(self, stop: asyncio.Event) -> None:
        """Number, read and offer until told to stop; a database that is away is waited for."""
        self._changed = self._changed or self._database.listen()
        backoff = Backoff(first=0.2, most=5.0)
        while not stop.is_set():
            try:
                busy = await self._round()
                backoff.reset()
            except Exception as error:  # noqa: BLE001 - the hub's edge: the events are still in the database
                log.warning("stream.interrupted", error=repr(error))
                await backoff.wait(stop)
                continue
            if not busy:
                await self._changed.wait(self._poll)

    async def _round(self) -> bool:
        if self._position is None:
            self._position = (await service.extent(self._database, self._database.clock.now())).head
        numbered = await service.number_new(self._database)
        items = await service.read_after(self._database, self._position)
        for item in items:
            self._position = item.sequence
            for listener in list(self._listeners):
                listener.offer(item)
        return bool(numbered or items)
