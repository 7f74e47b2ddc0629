"""The whole suite in one process: four databases, one bus, four interfaces behind one port, four workers in one loop."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from fastapi import FastAPI

from diaodu_embedded.clock import ClockKeeper, clock_for
from diaodu_embedded.data_dir import ENVIRONMENT, DataDir
from diaodu_embedded.front import create_front
from diaodu_embedded.services import DIFFERENCES, SERVICES
from diaodu_embedded.settings import EmbeddedSettings
from shared.kit import api_keys, migrations
from shared.kit.api_keys import FullKey
from shared.kit.bus_factory import open_bus
from shared.kit.cli import Service
from shared.kit.clock import Clock
from shared.kit.lifecycle import Lifecycle, together
from shared.kit.runtime import CLOSE_SECONDS, Runtime, open_runtime
from shared.kit.server import Draining, listen, serve, stop_on_signals
from shared.kit.worker import Check, Worker

SHUTDOWN: Final = timedelta(seconds=10)
BUS_START_SECONDS: Final = 10.0


@dataclass(frozen=True, slots=True)
class Part:
    """One service in this process."""

    service: Service
    runtime: Runtime
    app: FastAPI
    worker: Worker


async def run_suite(settings: EmbeddedSettings, say: Callable[[str], None]) -> None:
    """Run until SIGTERM or SIGINT. `say` gets one line for the operator at a time, `ready <url>` among them."""
    data_dir = DataDir.open(settings.data_dir)
    lifecycle = Lifecycle(SHUTDOWN)
    lifecycle.add("data-dir", _async(data_dir.release))
    try:
        await _run(settings, data_dir, lifecycle, say)
    finally:
        await lifecycle.close()


async def _run(settings: EmbeddedSettings, data_dir: DataDir, lifecycle: Lifecycle, say: Callable[[str], None]) -> None:
    listening = listen(settings.host, settings.port)
    clock = clock_for(data_dir, settings.clock_start)
    parts = await _open_parts(settings, data_dir, clock, lifecycle)
    await _admit(data_dir.admin_key(), parts, clock)
    say(f"管理密钥：{data_dir.admin_key_file}")
    stop = asyncio.Event()
    stop_on_signals(stop)
    front = create_front({part.service.name: part.app for part in parts}, lambda: _worker_checks(parts), clock)
    await together(
        stop,
        *(part.worker.run(stop) for part in parts),
        ClockKeeper(clock, data_dir).run(stop),
        serve(front, listening, stop, _draining(parts), lambda url: say(f"ready {url}")),
    )


async def _open_parts(settings: EmbeddedSettings, data_dir: DataDir, clock: Clock, lifecycle: Lifecycle) -> Sequence[Part]:
    bus = open_bus(data_dir.bus_url)
    lifecycle.add("bus", lambda: bus.close(CLOSE_SECONDS))
    await bus.start(BUS_START_SECONDS)
    parts: list[Part] = []
    for service in SERVICES:
        own = service.settings_type(
            environment=ENVIRONMENT,
            database_url=data_dir.database_url(service.name),
            bus_url=data_dir.bus_url,
            signing_key=data_dir.signing_key(),
            shutdown_deadline=SHUTDOWN / 2,
            log_level=settings.log_level,
            **DIFFERENCES.get(service.name, {}),
        )
        runtime = open_runtime(own, clock, bus)
        lifecycle.add(f"{service.name}-database", runtime.database.close)
        await migrations.upgrade(runtime.database, service.settings_type.migrations_package())
        parts.append(Part(service, runtime, service.create_app(runtime), service.create_worker(runtime)))
    return parts


async def _admit(key: FullKey, parts: Sequence[Part], clock: Clock) -> None:
    """Let the first key into every service; said again at every start, so that it does not run out under a moved clock."""
    for part in parts:
        await api_keys.register(part.runtime.database, key, "admin", ["*"], clock.now() + api_keys.LONGEST_LIFE)


async def _worker_checks(parts: Sequence[Part]) -> list[Check]:
    return [
        Check(f"{part.service.name}-{check.name}", check.ok, check.detail)
        for part in parts
        for check in await part.worker.readiness()
    ]


def _draining(parts: Sequence[Part]) -> Draining:
    def tell() -> None:
        for part in parts:
            part.app.state.draining.set()

    return Draining(tell, timedelta(0), SHUTDOWN / 2)


def _async(act: Callable[[], None]) -> Callable[[], Awaitable[None]]:
    async def awaitable() -> None:
        act()

    return awaitable
