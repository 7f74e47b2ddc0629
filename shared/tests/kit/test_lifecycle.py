"""Closing is in reverse order, whole, and over in time."""

import asyncio
from datetime import timedelta
from functools import partial

from shared.kit.lifecycle import Lifecycle


async def test_parts_are_closed_last_first_even_when_one_fails() -> None:
    closed: list[str] = []
    lifecycle = Lifecycle(timedelta(seconds=5))

    async def close(name: str) -> None:
        closed.append(name)
        if name == "bus":
            raise OSError("gone")

    for name in ("database", "bus", "http"):
        lifecycle.add(name, partial(close, name))
    assert await lifecycle.close() == ["bus"]
    assert closed == ["http", "bus", "database"]


async def test_a_part_that_hangs_is_left_at_the_deadline() -> None:
    lifecycle = Lifecycle(timedelta(milliseconds=50))
    closed: list[str] = []

    async def quick() -> None:
        closed.append("database")

    lifecycle.add("database", quick)
    lifecycle.add("bus", asyncio.Event().wait)
    assert await asyncio.wait_for(lifecycle.close(), 5) == ["bus"]
    assert closed == ["database"]
