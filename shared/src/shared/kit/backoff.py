"""Waiting longer after each failure, with full jitter."""

import asyncio
import random


def spread() -> float:
    """A random part of one, in [0, 1): spreads timers that would fall due together."""
    return random.random()  # noqa: S311 - jitter, not a secret


class Backoff:
    """Doubles from `first` to `most` seconds; each wait is a random part of that, so that many do not return at once."""

    def __init__(self, *, first: float, most: float) -> None:
        self._first = first
        self._most = most
        self._failures = 0

    def reset(self) -> None:
        self._failures = 0

    def next_seconds(self) -> float:
        """How long to wait now; the next answer is longer."""
        ceiling = min(self._most, self._first * 2.0**self._failures)
        self._failures = min(self._failures + 1, 32)
        return random.uniform(ceiling / 4, ceiling)  # noqa: S311 - jitter, not a secret

    async def wait(self, stop: asyncio.Event) -> None:
        """Wait for the next attempt, or until told to stop."""
        await self.standby(stop, self.next_seconds())

    @staticmethod
    async def standby(stop: asyncio.Event, seconds: float) -> None:
        """Wait that long, or until told to stop."""
        try:
            await asyncio.wait_for(stop.wait(), seconds)
        except TimeoutError:
            return
