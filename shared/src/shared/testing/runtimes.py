"""A service's runtime for a test: on a migrated database and the file bus, with a clock that stands still."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TypeVar

from pydantic import SecretStr

from shared.kit.runtime import Runtime, open_runtime
from shared.kit.settings import ServiceSettings
from shared.testing.clock import FakeClock

S = TypeVar("S", bound=ServiceSettings)

Migrated = Callable[[str], Awaitable[str]]
"""The fixture `migrated`: from a package of migrations to the URL of a database that they were applied to."""


def settings_of(kind: type[S], database_url: str, folder: Path, **changes: object) -> S:
    """The least that a service has to be told, with its bus in a folder."""
    values: dict[str, object] = {
        "environment": "test",
        "database_url": database_url,
        "bus_url": f"file://{folder / 'bus.db'}",
        "signing_key": SecretStr("k" * 40),
        **changes,
    }
    return kind.model_validate(values)


@asynccontextmanager
async def a_runtime(kind: type[ServiceSettings], migrated: Migrated, folder: Path) -> AsyncIterator[Runtime]:
    """The runtime of the service with these settings, at 2022-07-01 09:00 until somebody moves its FakeClock."""
    database_url = await migrated(kind.migrations_package())
    runtime = open_runtime(settings_of(kind, database_url, folder), FakeClock())
    try:
        yield runtime
    finally:
        await runtime.close()


def clock_of(runtime: Runtime) -> FakeClock:
    """The clock that the test may move."""
    assert isinstance(runtime.clock, FakeClock)
    return runtime.clock
