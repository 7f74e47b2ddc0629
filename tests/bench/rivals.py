"""Two makers of alerts under one interface: ours on PostgreSQL and Kafka, and Prometheus Alertmanager."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Final, Protocol

import httpx

from shared.contracts.catalogue import source_of
from shared.contracts.envelope import wrap
from shared.kit.bus import Ack, EventBus, OutRecord
from shared.kit.bus_factory import open_bus
from shared.kit.clock import SystemClock
from shared.kit.ids import new_id
from shared.testing.alerts_api import AlertsApi
from shared.testing.facts import an_overdue
from shared.testing.http import bearer
from shared.testing.receiver import Received, WebhookReceiver
from shared.testing.stack import Stack
from tests.bench.alertmanager_server import Alertmanager

PUBLISH_SECONDS: Final = 30.0


class Rival(Protocol):
    """Takes names, each an object that is to be warned of, and pushes one warning per name to a receiver."""

    name: str

    async def accept(self, names: Sequence[str]) -> None:
        """Hand over one alert per name; returns when the other side has promised to keep them."""
        ...

    async def crash(self) -> None:
        """End it as a power cut would, and start it again."""
        ...

    def named_in(self, push: Received) -> list[str]:
        """The names that a push warns of."""
        ...


@dataclass
class Theirs:
    """Alertmanager: what it answered 200 is accepted."""

    server: Alertmanager
    name: str = "Alertmanager 0.28.1"

    async def accept(self, names: Sequence[str]) -> None:
        await self.server.accept(names)

    async def crash(self) -> None:
        self.server.kill()
        await self.server.start()

    def named_in(self, push: Received) -> list[str]:
        return [alert["labels"]["object"] for alert in push.document["alerts"]]


@dataclass
class Ours:
    """alert-svc: a fact that the broker acknowledged is accepted, as it is for the services that publish."""

    stack: Stack
    bus: EventBus
    name: str = "diaodu alert-svc"

    async def accept(self, names: Sequence[str]) -> None:
        now = SystemClock().now()
        facts = [an_overdue(milestone_id=name) for name in names]
        envelopes = [wrap(fact, event_id=new_id(), sequence=1, time=now, traceparent=None) for fact in facts]
        records = [
            OutRecord(each.topic, each.partitionkey.encode(), each.headers(), each.data, source_of("project"), each.id)
            for each in envelopes
        ]
        results = await self.bus.publish(records, PUBLISH_SECONDS)
        if not all(isinstance(result, Ack) for result in results):
            raise RuntimeError(f"the broker did not take everything: {results[-1]}")

    async def crash(self) -> None:
        self.stack.worker("alert").kill()
        await asyncio.to_thread(self.stack.start, "alert", "worker")

    def named_in(self, push: Received) -> list[str]:
        return [push.document["data"]["object"]["id"]]


@asynccontextmanager
async def theirs(receiver: WebhookReceiver) -> AsyncIterator[Rival]:
    """A fresh Alertmanager that pushes to this receiver."""
    async with Alertmanager(receiver.url) as server:
        yield Theirs(server)


def ours(stack: Stack) -> Callable[[WebhookReceiver], Any]:
    """alert-svc of this stack, with this receiver registered for as long as the block lasts."""

    @asynccontextmanager
    async def registered(receiver: WebhookReceiver) -> AsyncIterator[Rival]:
        bus = open_bus(stack.bus_url)
        await bus.start(PUBLISH_SECONDS)
        async with httpx.AsyncClient(
            base_url=stack.urls["alert"], headers=bearer(stack.key), timeout=30, trust_env=False
        ) as client:
            api = AlertsApi(client)
            endpoint = await api.register(receiver)
            try:
                yield Ours(stack, bus)
            finally:
                await api.remove(endpoint["id"])
                await bus.close(5)

    return registered
