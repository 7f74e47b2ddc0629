"""Taking a process down in the reverse order of its making, by name, with one deadline for everything."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Final

import structlog

log = structlog.get_logger(__name__)

LEAST_SECONDS: Final = 0.1
"""What even the last part gets when the ones before it used up the deadline."""


class Lifecycle:
    """What was opened, and how each of it is closed."""

    def __init__(self, deadline: timedelta) -> None:
        self._seconds = deadline.total_seconds()
        self._parts: list[tuple[str, Callable[[], Awaitable[object]]]] = []

    def add(self, name: str, close: Callable[[], Awaitable[object]]) -> None:
        """Remember how to close a part; the last one added is closed first."""
        self._parts.append((name, close))

    async def close(self) -> list[str]:
        """Close every part; answers the names of those that failed or took too long. Never raises, never hangs."""
        loop = asyncio.get_running_loop()
        end = loop.time() + self._seconds
        failed: list[str] = []
        while self._parts:
            name, close = self._parts.pop()
            try:
                await asyncio.wait_for(close(), max(LEAST_SECONDS, end - loop.time()))
                log.debug("lifecycle.closed", part=name)
            except Exception as error:  # noqa: BLE001 - one part that will not close must not keep the others open
                failed.append(name)
                log.warning("lifecycle.close_failed", part=name, error=repr(error))
        return failed
