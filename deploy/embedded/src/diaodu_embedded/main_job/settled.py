"""Whether the suite has done all that follows from what it was told, and whether anything got lost on the way."""

import asyncio
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from diaodu_embedded.client import SuiteClient
from shared.kit.backoff import Backoff

SERVICES: Final = ("indicator", "project", "bond", "alert")
HEARD_BY_ALERTS: Final = ("indicator", "project", "bond")
LOOK_EVERY_SECONDS: Final = 0.5
QUIET_SECONDS: Final = 3.0


class NotSettled(Exception):
    """The suite was still busy, or had lost something, when patience ran out; says with what."""


@dataclass(frozen=True, slots=True)
class Ledger:
    """What was recorded, what took effect at alert-svc, and what still waits."""

    recorded: Mapping[str, int]
    """Facts that each of the four services recorded."""
    heard: int
    """Facts of the three services that took effect at alert-svc."""
    owed: int
    """Facts of the three services that should have."""
    waiting: int
    """Facts that are not on the bus yet."""
    parked: int
    """Events that were set aside because they could not be taken."""
    overdue: int
    """Milestones that are past their due day."""
    overdue_alerts: int
    """Alerts about such milestones that are not closed."""
    alerts: int
    """Alerts ever raised."""
    pushes: int
    """Pushes owed to receivers and not delivered yet."""
    delivered: int
    """Pushes that a receiver took."""

    @property
    def facts(self) -> int:
        """Facts that were recorded in all; alert-svc's own, of alerts raised and closed, are among them."""
        return sum(self.recorded.values())

    @property
    def lost(self) -> int:
        """Facts that were recorded, wait nowhere, and have had no effect."""
        return max(0, self.owed - self.heard - self.waiting)

    @property
    def is_settled(self) -> bool:
        return (self.owed, self.waiting, self.pushes, self.overdue) == (self.heard, 0, 0, self.overdue_alerts)


async def read_ledger(suite: SuiteClient) -> Ledger:
    """Ask every service how far it is."""
    status = {service: await suite.get(service, "bus-status") for service in SERVICES}
    heard = {line["source"]: line["sequences"] for line in status["alert"]["heard"]}
    return Ledger(
        recorded={service: each["sequences"] for service, each in status.items()},
        heard=sum(heard.get(status[service]["source"], 0) for service in HEARD_BY_ALERTS),
        owed=sum(status[service]["sequences"] for service in HEARD_BY_ALERTS),
        waiting=sum(each["unsent"] for each in status.values()),
        parked=sum(each["parked"] for each in status.values()),
        overdue=await _overdue(suite),
        overdue_alerts=await _count(suite, "alert", "alerts", rule="milestone.overdue", state=["open", "acknowledged"]),
        alerts=await _count(suite, "alert", "alerts"),
        pushes=await _count(suite, "alert", "deliveries", state="pending")
        + await _count(suite, "alert", "deliveries", state="sending"),
        delivered=await _count(suite, "alert", "deliveries", state="delivered"),
    )


async def until_settled(suite: SuiteClient, patience: float, tell: Callable[[Ledger], None]) -> Ledger:
    """Wait until nothing is under way and nothing new has come up for a moment. Raises NotSettled after `patience` seconds."""
    deadline = time.monotonic() + patience
    last, since = await read_ledger(suite), time.monotonic()
    while not (last.is_settled and time.monotonic() - since >= QUIET_SECONDS):
        if time.monotonic() > deadline:
            raise NotSettled(f"after {patience:g} s: {last}")
        tell(last)
        await Backoff.standby(asyncio.Event(), LOOK_EVERY_SECONDS)
        now = await read_ledger(suite)
        if now != last:
            last, since = now, time.monotonic()
    return last


async def _overdue(suite: SuiteClient) -> int:
    first = await suite.get("project", "milestones", limit=1)
    if not first["items"]:
        return 0
    return await _count(suite, "project", "milestones", state="open", due_before=first["items"][0]["as_of"])


async def _count(suite: SuiteClient, service: str, path: str, **query: object) -> int:
    page = await suite.get(service, path, limit=1, count="true", **query)
    total: int = page["total"]
    return total
