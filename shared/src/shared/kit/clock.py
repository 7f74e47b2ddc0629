"""Time as an argument: the only module that reads the machine's clock."""

import asyncio
import time
from datetime import date, datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")


class Clock(Protocol):
    """What a service may know of time. Instants are aware and in Asia/Shanghai."""

    def now(self) -> datetime:
        """The present instant."""
        ...

    def today(self) -> date:
        """The present civil day in Shanghai."""
        ...

    def monotonic(self) -> float:
        """Seconds that never go back, for durations."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Wait that long."""
        ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        return datetime.now(SHANGHAI)

    def today(self) -> date:
        return self.now().date()

    def monotonic(self) -> float:
        return time.monotonic()

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


class ShiftedClock(SystemClock):
    """A clock that was started at a given instant and runs at the real pace.

    The demo city lives in July 2022 with it; production refuses the setting that makes one.
    """

    def __init__(self, start: datetime) -> None:
        if start.tzinfo is None:
            raise ValueError("a clock starts at an aware instant, e.g. 2022-07-01T09:00:00+08:00")
        self._start = start.astimezone(SHANGHAI)
        self._origin = time.monotonic()

    def now(self) -> datetime:
        return self._start + timedelta(seconds=time.monotonic() - self._origin)
