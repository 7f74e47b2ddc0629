"""Load that does not wait for its answers: so many requests a second, however the service is doing.

Plain sockets instead of an HTTP client: what offers the load must not be what the machine is busy with.
"""

import asyncio
import json
from collections.abc import Iterable
from dataclasses import dataclass
from time import monotonic
from typing import Any, Final
from urllib.parse import urlsplit

from shared.kit.backoff import Backoff
from shared.testing.http import bearer, once

TICK_SECONDS: Final = 0.01
ANSWER_SECONDS: Final = 30.0
CREATED: Final = 201


@dataclass(frozen=True, slots=True)
class Reply:
    """What came of one request: `name` is whatever the sender calls it; status 0 is a connection that broke."""

    name: str
    began: float
    seconds: float
    status: int
    headers: dict[str, str]
    document: dict[str, Any]

    @property
    def ended(self) -> float:
        return self.began + self.seconds

    @property
    def accepted(self) -> bool:
        return self.status == CREATED


class Loader:
    """Posts bodies to one path over as many connections as it takes; a connection is used again when its answer came."""

    def __init__(self, url: str, path: str, key: str) -> None:
        address = urlsplit(url)
        self._host, self._port = address.hostname or "", address.port or 80
        self._head = f"POST {path} HTTP/1.1\r\nHost: {address.netloc}\r\nContent-Type: application/json\r\n" + "".join(
            f"{name}: {value}\r\n" for name, value in bearer(key).items()
        )
        self.replies: list[Reply] = []
        self._idle: list[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = []

    async def in_turn(self, bodies: Iterable[tuple[str, dict[str, Any]]], seconds: float, callers: int) -> list[Reply]:
        """So many callers, each with one request at a time, for that long: what the service can do."""
        end, replies, waiting = monotonic() + seconds, list[Reply](), iter(bodies)

        async def call() -> None:
            while monotonic() < end:
                replies.append(await self.post(*next(waiting)))

        await asyncio.gather(*(call() for _ in range(callers)))
        return replies

    async def at_a_rate(self, bodies: Iterable[tuple[str, dict[str, Any]]], per_second: float, seconds: float) -> list[Reply]:
        """So many a second for that long, whatever becomes of them; every one of them is seen through."""
        began, sent, waiting = monotonic(), list[asyncio.Task[Reply]](), iter(bodies)
        while (passed := monotonic() - began) < seconds:
            sent.extend(asyncio.create_task(self.post(*next(waiting))) for _ in range(int(passed * per_second) - len(sent)))
            await Backoff.standby(asyncio.Event(), TICK_SECONDS)
        return list(await asyncio.gather(*sent))

    async def post(self, name: str, body: dict[str, Any]) -> Reply:
        """One request and its answer."""
        began = monotonic()
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                status, headers, document = await self._exchange(json.dumps(body).encode())
        except (OSError, EOFError, TimeoutError):
            status, headers, document = 0, {}, {}
        reply = Reply(name, began, monotonic() - began, status, headers, document)
        self.replies.append(reply)
        return reply

    async def close(self) -> None:
        """Let go of every connection."""
        while self._idle:
            self._idle.pop()[1].close()

    async def _connection(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """One that the service has not closed meanwhile, or a new one."""
        while self._idle:
            reader, writer = self._idle.pop()
            if not reader.at_eof():
                return reader, writer
            writer.close()
        return await asyncio.open_connection(self._host, self._port)

    async def _exchange(self, body: bytes) -> tuple[int, dict[str, str], dict[str, Any]]:
        reader, writer = await self._connection()
        try:
            own = "".join(f"{name}: {value}\r\n" for name, value in once().items())
            writer.write(f"{self._head}{own}Content-Length: {len(body)}\r\n\r\n".encode() + body)
            first, *lines = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").splitlines()
            headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines if line)}
            document = json.loads(await reader.readexactly(int(headers["content-length"])))
        except BaseException:
            writer.close()
            raise
        self._idle.append((reader, writer))
        return int(first.split()[1]), headers, document
