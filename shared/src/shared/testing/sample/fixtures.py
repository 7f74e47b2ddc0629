"""Fixtures: the sample on both databases, and callers of it."""

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import httpx
import pytest_asyncio

from shared.kit.runtime import Runtime, open_runtime
from shared.testing.clock import FakeClock
from shared.testing.http import a_client
from shared.testing.sample.app import create_app
from shared.testing.sample.settings import sample_settings

PACKAGE = "shared.testing.sample.migrations"


@pytest_asyncio.fixture
async def runtime(migrated: Callable[[str], Awaitable[str]], tmp_path: Path) -> AsyncIterator[Runtime]:
    """The sample's runtime on a migrated database; its clock is a FakeClock."""
    runtime = open_runtime(sample_settings(await migrated(PACKAGE), tmp_path), FakeClock())
    yield runtime
    await runtime.close()


@pytest_asyncio.fixture
async def client(runtime: Runtime) -> AsyncIterator[httpx.AsyncClient]:
    """Somebody who may do everything."""
    async with a_client(create_app(runtime), runtime.database) as client:
        yield client
