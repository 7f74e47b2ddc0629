"""A small real webhook receiver: for tests, demonstrations and measurements.

It answers as it is told to, checks signatures with an implementation of its own, and counts distinct and repeated messages.
"""

import asyncio
import base64
import hashlib
import hmac
import json
from collections import Counter, deque
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Self

LARGEST_MESSAGE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Reply:
    """What the receiver answers to one message; it waits `after` seconds before, and never answers when told so."""

    status: int = 204
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    after: float = 0.0
    never: bool = False


@dataclass(frozen=True, slots=True)
class Received:
    """One request: its headers in lower case, its body as sent, whether a known secret signed it, what it was answered."""

    headers: Mapping[str, str]
    body: str
    is_signed: bool
    status: int
    at: float

    @property
    def webhook_id(self) -> str:
        return self.headers.get("webhook-id", "")

    @property
    def document(self) -> dict[str, Any]:
        parsed: dict[str, Any] = json.loads(self.body)
        return parsed


class WebhookReceiver:
    """`async with WebhookReceiver() as receiver: …` listens on a free port of `host`; senders know it as `reached_at`."""

    def __init__(
        self, *secrets: str, replies: Iterable[Reply] = (), host: str = "127.0.0.1", reached_at: str = "127.0.0.1"
    ) -> None:
        self.secrets = set(secrets)
        self.received: list[Received] = []
        self.most_at_once = 0
        self.replies = deque(replies)
        self.otherwise = Reply()
        self._at_once = 0
        self._host = host
        self._reached_at = reached_at
        self._server: asyncio.Server | None = None
        self._connections: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        if not self._host:
            raise ValueError("a receiver listens at one address: at all of them it would have several ports")
        self._server = await asyncio.start_server(self._connected, self._host, 0)
        return self

    async def __aexit__(self, *_exc: object) -> None:
        if self._server is not None:
            self._server.close()
        for task in self._connections:
            task.cancel()
        await asyncio.gather(*self._connections, return_exceptions=True)
        if self._server is not None:
            await self._server.wait_closed()

    @property
    def port(self) -> int:
        """Where it listens."""
        if self._server is None:
            raise RuntimeError("the receiver is not listening")
        port: int = self._server.sockets[0].getsockname()[1]
        return port

    @property
    def url(self) -> str:
        """Where to push to."""
        return f"http://{self._reached_at}:{self.port}/hook"

    @property
    def counts(self) -> Counter[str]:
        """How often each webhook-id was answered 2xx."""
        return Counter(one.webhook_id for one in self.received if 200 <= one.status < 300)

    @property
    def distinct(self) -> int:
        """Messages that arrived, each counted once."""
        return len(self.counts)

    @property
    def repeats(self) -> int:
        """Messages that were taken and then came again."""
        return self.counts.total() - len(self.counts)

    @property
    def unsigned(self) -> int:
        """Messages that no known secret signed."""
        return sum(not one.is_signed for one in self.received)

    def types(self) -> list[str]:
        """The types of the messages, in the order in which they came."""
        return [one.document["type"] for one in self.received]

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        if task is not None:
            self._connections.add(task)
            task.add_done_callback(self._connections.discard)
        with suppress(asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
            while await self._one(reader, writer):
                pass
        writer.close()

    async def _one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        headers = {name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:] if line)}
        body = (await reader.readexactly(min(int(headers.get("content-length", "0")), LARGEST_MESSAGE))).decode()
        self._at_once += 1
        self.most_at_once = max(self.most_at_once, self._at_once)
        try:
            return await self._answer(writer, headers, body)
        finally:
            self._at_once -= 1

    async def _answer(self, writer: asyncio.StreamWriter, headers: Mapping[str, str], body: str) -> bool:
        reply = self.replies.popleft() if self.replies else self.otherwise
        signed = any(_signed(secret, headers, body) for secret in self.secrets)
        status = 0 if reply.never else reply.status
        self.received.append(Received(headers, body, signed, status, asyncio.get_running_loop().time()))
        if reply.never:
            await asyncio.Event().wait()
        if reply.after:
            await asyncio.sleep(reply.after)
        named = {"content-length": str(len(reply.body)), **reply.headers}
        lines = [f"HTTP/1.1 {reply.status} Reply", *(f"{name}: {value}" for name, value in named.items())]
        writer.write("\r\n".join([*lines, "", ""]).encode("latin-1") + reply.body)
        await writer.drain()
        return True


def _signed(secret: str, headers: Mapping[str, str], body: str) -> bool:
    """Standard Webhooks: `v1,` and the base64 of HMAC-SHA256 over `id.timestamp.body`."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    content = f"{headers.get('webhook-id', '')}.{headers.get('webhook-timestamp', '')}.{body}"
    wanted = "v1," + base64.b64encode(hmac.new(key, content.encode(), hashlib.sha256).digest()).decode()
    return any(hmac.compare_digest(wanted.encode(), given.encode()) for given in headers.get("webhook-signature", "").split(" "))
