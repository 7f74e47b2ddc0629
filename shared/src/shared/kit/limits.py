"""How much is taken at once: bytes of a body, requests at a time, requests a minute, seconds per request."""

import asyncio
import math
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from starlette.requests import Request

from shared.kit.clock import Clock
from shared.kit.errors import TooLarge, TooMany, Unavailable

QUEUE_SECONDS: Final = 0.5
"""With the wait for a connection (`db.POOL_WAIT_SECONDS`) it keeps what is accepted under two seconds."""
LEARNED: Final = 0.1
"""How much of what is usual is the last one's."""

LONGEST_NUMBER: Final = 18
REMEMBERED_CALLERS: Final = 10_000


class BodyTooLarge(TooLarge):
    code = "request.too-large"


class Overloaded(Unavailable):
    code = "limit.overloaded"


class DeadlineExceeded(Unavailable):
    code = "limit.deadline"


class RateExceeded(TooMany):
    code = "limit.rate"


async def read_body(request: Request, most: int) -> bytes:
    """The whole body, refused as soon as it is known to be too large: by its declared length, or by counting."""
    declared = request.headers.get("content-length", "")
    if declared.isdecimal() and (len(declared) > LONGEST_NUMBER or int(declared) > most):
        raise _too_large(most)
    chunks: list[bytes] = []
    size = 0
    async for chunk in request.stream():
        size += len(chunk)
        if size > most:
            raise _too_large(most)
        chunks.append(chunk)
    return b"".join(chunks)


def _too_large(most: int) -> BodyTooLarge:
    return BodyTooLarge(f"请求体超过上限 {most // 1024} KiB，请分批提交或改用批量接口。", limit=most)


class Bulkhead:
    """At most `most` at a time; others wait for a place, half a second each, and at most `most_waiting` of them.

    Who would wait longer, as things went lately, is sent away at once, while it still costs nothing: a longer queue only makes
    all of them late.
    """

    def __init__(self, most: int, most_waiting: int) -> None:
        self._places = asyncio.Semaphore(most)
        self._most = most
        self._most_waiting = most_waiting
        self._waiting = 0
        self._usual_seconds = 0.0

    @property
    def is_full(self) -> bool:
        """Whether there is no place, and nobody more may wait for one."""
        expected = (self._waiting + 1) * self._usual_seconds / self._most
        return self._places.locked() and (self._waiting >= self._most_waiting or expected > QUEUE_SECONDS)

    @asynccontextmanager
    async def place(self) -> AsyncIterator[None]:
        """Raises Overloaded."""
        if self.is_full:
            raise Overloaded("系统繁忙：排队已满，请稍后用同一个 Idempotency-Key 重试。", retry_after=1)
        await self._wait()
        began = asyncio.get_running_loop().time()
        try:
            yield
        finally:
            self._usual_seconds += LEARNED * (asyncio.get_running_loop().time() - began - self._usual_seconds)
            self._places.release()

    async def _wait(self) -> None:
        if not self._places.locked():
            await self._places.acquire()
            return
        self._waiting += 1
        try:
            await asyncio.wait_for(self._places.acquire(), QUEUE_SECONDS)
        except TimeoutError as error:
            message = f"系统繁忙：排队超过 {QUEUE_SECONDS:g} 秒，请稍后用同一个 Idempotency-Key 重试。"
            raise Overloaded(message, retry_after=1) from error
        finally:
            self._waiting -= 1


@asynccontextmanager
async def deadline(seconds: float) -> AsyncIterator[None]:
    """Give up on what takes longer."""
    try:
        async with asyncio.timeout(seconds) as limit:
            yield
    except TimeoutError as error:
        if not limit.expired():
            raise
        raise DeadlineExceeded(f"处理超过 {seconds:g} 秒，已取消，没有生效；请缩小范围后重试。", retry_after=1) from error


class RateLimit:
    """A token bucket per caller: `per_minute` on average, a tenth of that in a burst."""

    def __init__(self, per_minute: int, clock: Clock) -> None:
        self.per_minute = per_minute
        self._clock = clock
        self._burst = max(per_minute / 10, 1.0)
        self._buckets: dict[str, tuple[float, float]] = {}

    def take(self, caller: str) -> dict[str, str]:
        """Count one request; the headers that tell the caller what is left. Raises RateExceeded."""
        now = self._clock.monotonic()
        tokens, since = self._buckets.pop(caller, (self._burst, now))
        tokens = min(self._burst, tokens + (now - since) * self.per_minute / 60)
        if tokens < 1:
            self._buckets[caller] = (tokens, now)
            seconds = math.ceil((1 - tokens) * 60 / self.per_minute)
            raise RateExceeded(f"请求过于频繁：每分钟最多 {self.per_minute} 次，请 {seconds} 秒后再试。", retry_after=seconds)
        if len(self._buckets) >= REMEMBERED_CALLERS:
            self._buckets.pop(next(iter(self._buckets)))
        self._buckets[caller] = (tokens - 1, now)
        refill = math.ceil((self._burst - tokens + 1) * 60 / self.per_minute)
        return {
            "RateLimit-Policy": f'"default";q={self.per_minute};w=60',
            "RateLimit": f'"default";r={int(tokens - 1)};t={refill}',
        }
