"""Waiting for a condition, never for a time."""

import asyncio
import inspect
import os
import time
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar, overload

LOOK_EVERY_SECONDS = 0.02

T = TypeVar("T")


@overload
async def eventually(
    look: Callable[[], Awaitable[T]], *, is_: object = None, satisfies: Callable[[T], object] | None = None, within: float = 10.0
) -> T: ...


@overload
async def eventually(
    look: Callable[[], T], *, is_: object = None, satisfies: Callable[[T], object] | None = None, within: float = 10.0
) -> T: ...


async def eventually(
    look: Callable[[], Any], *, is_: object = None, satisfies: Callable[[Any], object] | None = None, within: float = 10.0
) -> Any:
    """Call `look` until it answers `is_` (or something that `satisfies`; by default, something true); answers what it saw.

    Fails after `patient(within)` seconds saying what it last saw. An AssertionError or LookupError of `look` counts as not yet.
    """
    good = satisfies or ((lambda seen: seen == is_) if is_ is not None else bool)
    deadline = time.monotonic() + patient(within)
    while True:
        seen, fault = await _look(look)
        if fault is None and good(seen):
            return seen
        if time.monotonic() >= deadline:
            wanted = f", wanted {is_!r}" if is_ is not None else ""
            raise AssertionError(f"after {patient(within):g} s the last look saw {fault or seen!r}{wanted}")
        await asyncio.sleep(LOOK_EVERY_SECONDS)


async def _look(look: Callable[[], Any]) -> tuple[Any, BaseException | None]:
    try:
        seen = look()
        return (await seen if inspect.isawaitable(seen) else seen), None
    except (AssertionError, LookupError) as fault:
        return None, fault


def patient(within: float) -> float:
    """How long a wait of `within` seconds on a machine of one's own may take: longer by PATIENCE where several tests share it."""
    return within * float(os.environ.get("PATIENCE", "1"))


def seconds(number: float) -> float:
    """So that a test reads `within=seconds(10)`."""
    return number
