"""Clients of the live stream that come back with the number of the last event that they saw, wherever the service is then."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass, field

import httpx

from shared.kit.backoff import Backoff
from shared.testing.alerts_api import API
from tests.faults.books import Target


@dataclass(frozen=True, slots=True)
class Event:
    """One event of the stream."""

    number: int
    type: str
    object_id: str


@dataclass
class Listener:
    """Hears of one department's alerts, from the first on."""

    target: Target
    department: str
    events: list[Event] = field(default_factory=list)
    connections: int = 0
    farewells: int = 0
    """How often the service said that it stops."""

    async def follow(self) -> None:
        """Listen until cancelled; connect again whenever the stream ends."""
        backoff = Backoff(first=0.05, most=0.5)
        while True:
            with suppress(httpx.TransportError):
                await self._connect()
            await backoff.wait(asyncio.Event())

    async def _connect(self) -> None:
        last = self.events[-1].number if self.events else 0
        async with (
            self.target.client("alert") as client,
            client.stream(
                "GET", f"{API}/stream", params={"department": self.department}, headers={"Last-Event-ID": str(last)}, timeout=60
            ) as answer,
        ):
            if answer.status_code != httpx.codes.OK:
                return
            self.connections += 1
            async for fields in _events(answer.aiter_lines()):
                self._take(fields)

    def _take(self, fields: dict[str, str]) -> None:
        kind = fields.get("event", "")
        if kind == "bye":
            self.farewells += 1
        elif kind:
            assert kind.startswith("alert."), fields
            document = json.loads(fields["data"])
            self.events.append(Event(int(fields["id"]), document["type"], document["data"]["object"]["id"]))


async def _events(lines: AsyncIterator[str]) -> AsyncIterator[dict[str, str]]:
    fields: dict[str, str] = {}
    async for line in lines:
        if line:
            name, _, value = line.partition(":")
            fields[name] = value.removeprefix(" ")
        else:
            yield fields
            fields = {}
