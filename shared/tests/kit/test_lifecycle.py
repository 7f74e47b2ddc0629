"""Closing is in reverse order, whole, and over in time."""

import asyncio
import contextlib
from datetime import timedelta
from functools import partial

import pytest

from shared.kit.lifecycle import Lifecycle, cut_off, together


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


async def test_a_part_that_falls_takes_the_others_down_in_order() -> None:
    stop = asyncio.Event()
    ended: list[str] = []

    async def worker() -> None:
        await stop.wait()
        ended.append("worker")

    async def falling() -> None:
        raise OSError("no space left on device")

    with pytest.raises(OSError, match="no space"):
        await asyncio.wait_for(together(stop, worker(), falling()), 5)
    assert ended == ["worker"]


async def test_a_part_that_ends_early_leaves_no_half_process_behind() -> None:
    stop = asyncio.Event()
    await asyncio.wait_for(together(stop, stop.wait(), asyncio.sleep(0)), 5)
    assert stop.is_set()


async def test_a_task_that_misses_a_cancellation_is_cancelled_again() -> None:
    missed = 0

    async def deaf() -> None:
        nonlocal missed
        while missed < 2:
            try:
                await asyncio.Event().wait()
            except asyncio.CancelledError:
                missed += 1
        await asyncio.Event().wait()

    task = asyncio.create_task(deaf())
    await asyncio.sleep(0)
    await asyncio.wait_for(cut_off([task]), 5)
    assert (task.cancelled(), missed) == (True, 2)


async def test_tasks_that_will_not_end_are_left_in_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shared.kit.lifecycle.CANCEL_SECONDS", 0.01)
    enough = asyncio.Event()

    async def deaf() -> None:
        while not enough.is_set():
            with contextlib.suppress(asyncio.CancelledError):
                await enough.wait()

    task = asyncio.create_task(deaf())
    await asyncio.sleep(0)
    await asyncio.wait_for(cut_off([task]), 5)
    assert not task.done()
    enough.set()
    await task
