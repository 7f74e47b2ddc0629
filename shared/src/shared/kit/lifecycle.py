"""Taking a process down in the reverse order of its making, by name, with one deadline for everything."""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Coroutine
from datetime import timedelta
from typing import Any, Final

import structlog

log = structlog.get_logger(__name__)

LEAST_SECONDS: Final = 0.1
"""What even the last part gets when the ones before it used up the deadline."""
CANCEL_TRIES: Final = 10
CANCEL_SECONDS: Final = 0.5


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


async def together(stop: asyncio.Event, *parts: Coroutine[Any, Any, object]) -> None:
    """Run the parts of a process until all have ended: when one does, for whatever reason, the others are asked to stop.

    Half a process would take requests in and never act on them. Raises what the first part fell on.
    """
    tasks = [asyncio.create_task(part) for part in parts]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        stop.set()
        await asyncio.wait(tasks)
    for task in tasks:
        task.result()


async def cut_off(tasks: Collection[asyncio.Task[Any]]) -> None:
    """Cancel until they have ended, or it is hopeless; never hangs.

    Once may not be enough: `asyncio.wait_for` of Python 3.11 loses a cancellation that comes together with its answer.
    """
    pending = set(tasks)
    for _ in range(CANCEL_TRIES):
        if not pending:
            return
        for task in pending:
            task.cancel()
        _, pending = await asyncio.wait(pending, timeout=CANCEL_SECONDS)
    log.error("lifecycle.would_not_end", tasks=[task.get_name() for task in pending])
