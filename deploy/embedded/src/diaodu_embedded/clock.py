"""The clock of a data directory: it may start at another time, but it never goes back.

Rows carry the instants at which things are due. If a restart put the clock back, a retry that was due a moment ago would lie
in the future again.
"""

import asyncio
from datetime import datetime

import structlog

from diaodu_embedded.data_dir import DataDir
from shared.kit.backoff import Backoff
from shared.kit.clock import Clock, ShiftedClock, SystemClock

log = structlog.get_logger(__name__)

NOTED_EVERY_SECONDS = 2.0


def clock_for(data_dir: DataDir, start: datetime | None) -> Clock:
    """The machine's clock, or one that goes on from `start` or from where the last run here left off, whichever is later."""
    if start is None:
        return SystemClock()
    last = data_dir.last_instant()
    if last is None or last <= start:
        return ShiftedClock(start)
    log.info("clock.resumed", asked=start.isoformat(), resumed=last.isoformat())
    return ShiftedClock(last)


class ClockKeeper:
    """Writes down what the clock shows, so that the next start can go on from there."""

    name = "clock-keeper"

    def __init__(self, clock: Clock, data_dir: DataDir) -> None:
        self._clock = clock
        self._data_dir = data_dir

    async def run(self, stop: asyncio.Event) -> None:
        while not stop.is_set():
            await self._note()
            await Backoff.standby(stop, NOTED_EVERY_SECONDS)
        await self._note()

    async def _note(self) -> None:
        """A full disk costs the next start a moment of its clock, and this run nothing."""
        try:
            await asyncio.to_thread(self._data_dir.note_instant, self._clock.now())
        except OSError as error:
            log.warning("clock.not_noted", error=repr(error))
