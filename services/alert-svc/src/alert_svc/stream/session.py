"""One client's stream: what it missed, then what comes, each event once and in order."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from typing import Final

from fastapi.sse import ServerSentEvent

from alert_svc.stream import service
from alert_svc.stream.hub import Listener
from alert_svc.stream.rules import Resume, resume
from alert_svc.stream.service import Item
from shared.kit.db import Database
from shared.kit.errors import DomainError

RETRY_MS: Final = 2000
RECHECK_SECONDS: Final = 60.0


class StreamSession:
    """Reads on from the database until it has caught up, then from the hub; events in both are told once."""

    def __init__(self, database: Database, listener: Listener, draining: asyncio.Event, retention: timedelta) -> None:
        self._database = database
        self._listener = listener
        self._draining = draining
        self._retention = retention
        self._last = 0

    async def events(
        self, last_event_id: int | None, authenticate: Callable[[], Awaitable[object]]
    ) -> AsyncIterator[ServerSentEvent]:
        """The whole stream of a client. It ends with `bye` when the process stops, the client is too slow or its key dies."""
        yield ServerSentEvent(comment="alert stream", retry=RETRY_MS)
        async for event in self._missed(last_event_id):
            yield event
        async for event in self._live(authenticate):
            yield event
        yield ServerSentEvent(event="bye", data={"retry_ms": RETRY_MS}, retry=RETRY_MS)

    async def _missed(self, last_event_id: int | None) -> AsyncIterator[ServerSentEvent]:
        clock = self._database.clock
        extent = await service.extent(self._database, clock.now() - self._retention)
        match resume(last_event_id, extent):
            case Resume.LIVE:
                self._last = extent.head
            case Resume.RESET:
                self._last = extent.head
                yield ServerSentEvent(event="reset", data={"head": extent.head}, id=str(extent.head))
            case Resume.FROM_LAST:
                self._last = last_event_id or 0
                while items := await service.read_after(self._database, self._last):
                    for item in items:
                        self._last = item.sequence
                        if item.is_for(self._listener.wanted):
                            yield _event(item)

    async def _live(self, authenticate: Callable[[], Awaitable[object]]) -> AsyncIterator[ServerSentEvent]:
        clock = self._database.clock
        checked = clock.monotonic()
        while (item := await self._listener.next(self._draining, RECHECK_SECONDS)) is not None:
            if isinstance(item, Item) and item.sequence > self._last:
                self._last = item.sequence
                yield _event(item)
            if clock.monotonic() - checked >= RECHECK_SECONDS:
                checked = clock.monotonic()
                if not await _still_known(authenticate):
                    return


async def _still_known(authenticate: Callable[[], Awaitable[object]]) -> bool:
    try:
        await authenticate()
    except DomainError:
        return False
    return True


def _event(item: Item) -> ServerSentEvent:
    return ServerSentEvent(event=item.type, id=str(item.sequence), raw_data=item.body)
