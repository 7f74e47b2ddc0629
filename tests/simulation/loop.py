"""An event loop whose time is virtual and whose order is the seed's: what may run next, runs next by chance, and nobody waits."""

import asyncio
import random
import selectors
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any, Final

from shared.kit.clock import SHANGHAI

START: Final = datetime(2022, 7, 1, 9, 0, tzinfo=SHANGHAI)


class NothingScheduled(Exception):
    """Every task waits for another: a deadlock."""


class _NoWaiting(selectors.SelectSelector):
    """Moves the clock on instead of waiting."""

    def __init__(self, loop: "VirtualLoop") -> None:
        super().__init__()
        self._loop = loop

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if timeout is None:
            raise NothingScheduled
        self._loop.elapsed += max(0.0, timeout)
        return []

    def get_map(self) -> Mapping[Any, selectors.SelectorKey]:
        return super().get_map() or {}


class VirtualLoop(asyncio.SelectorEventLoop):
    """Runs what is ready in an order drawn from `chance`; `elapsed` is the time since the start, in virtual seconds."""

    def __init__(self, chance: random.Random) -> None:
        self.elapsed = 0.0
        self._chance = chance
        super().__init__(_NoWaiting(self))

    def time(self) -> float:
        return self.elapsed

    def _run_once(self) -> None:
        ready: Any = self._ready  # type: ignore[attr-defined]  # asyncio's own queue: the seam that the simulation needs
        if len(ready) > 1:
            shuffled = list(ready)
            self._chance.shuffle(shuffled)
            ready.clear()
            ready.extend(shuffled)
        super()._run_once()  # type: ignore[misc]  # likewise


class VirtualClock:
    """The loop's time as a clock; `jump` moves the wall clock of one process, forward or back, and no duration notices."""

    def __init__(self, loop: VirtualLoop) -> None:
        self._loop = loop
        self.jump = timedelta(0)

    def now(self) -> datetime:
        return START + timedelta(seconds=self._loop.elapsed) + self.jump

    def today(self) -> date:
        return self.now().date()

    def monotonic(self) -> float:
        return self._loop.elapsed

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)
