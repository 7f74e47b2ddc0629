"""A clock that tests move by hand."""

import asyncio
from datetime import date, datetime, timedelta

from shared.kit.clock import SHANGHAI


class FakeClock:
    """Stands still until told otherwise; sleepers wake when the time they wait for is reached."""

    def __init__(self, start: datetime = datetime(2022, 7, 1, 9, 0, tzinfo=SHANGHAI)) -> None:
        self._now = start.astimezone(SHANGHAI)
        self._elapsed = 0.0
        self._sleepers: list[tuple[float, asyncio.Future[None]]] = []

    def now(self) -> datetime:
        return self._now

    def today(self) -> date:
        return self._now.date()

    def monotonic(self) -> float:
        return self._elapsed

    async def sleep(self, seconds: float) -> None:
        waiting: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._sleepers.append((self._elapsed + seconds, waiting))
        await waiting

    def advance(self, by: timedelta) -> None:
        """Move forward, on both the wall and the monotonic clock."""
        self._now += by
        self._elapsed += by.total_seconds()
        due = [waiting for at, waiting in self._sleepers if at <= self._elapsed]
        self._sleepers = [(at, waiting) for at, waiting in self._sleepers if at > self._elapsed]
        for waiting in due:
            if not waiting.done():
                waiting.set_result(None)

    def set(self, instant: datetime) -> None:
        """Set the wall clock, backwards too, as an operator or NTP may; durations do not notice."""
        self._now = instant.astimezone(SHANGHAI)
