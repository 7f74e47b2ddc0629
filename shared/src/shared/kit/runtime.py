"""What a process of a service stands on: settings, clock, database and bus."""

from dataclasses import dataclass

from shared.kit.bus import EventBus
from shared.kit.bus_factory import open_bus
from shared.kit.clock import Clock
from shared.kit.db import Database
from shared.kit.settings import ServiceSettings

CLOSE_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Runtime:
    """Shared by the HTTP application and the worker when both live in one process."""

    settings: ServiceSettings
    clock: Clock
    database: Database
    bus: EventBus

    async def close(self) -> None:
        """Let go of bus and database, in bounded time."""
        await self.bus.close(CLOSE_SECONDS)
        await self.database.close()


def open_runtime(settings: ServiceSettings, clock: Clock, bus: EventBus | None = None) -> Runtime:
    """Put the parts together; nothing is reached yet. `bus` is given where several services share one in a process."""
    return Runtime(
        settings=settings,
        clock=clock,
        database=Database(settings.database_url, clock=clock),
        bus=bus or open_bus(settings.bus_url),
    )
