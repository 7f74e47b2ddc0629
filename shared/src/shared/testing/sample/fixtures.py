"""Fixtures: the sample on both databases, and callers of it."""

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest_asyncio

from shared.kit.runtime import Runtime
from shared.testing.http import a_client
from shared.testing.runtimes import Migrated, a_runtime
from shared.testing.sample.app import create_app
from shared.testing.sample.settings import SampleSettings


@pytest_asyncio.fixture
async def runtime(migrated: Migrated, tmp_path: Path) -> AsyncIterator[Runtime]:
    async with a_runtime(SampleSettings, migrated, tmp_path) as runtime:
        yield runtime


@pytest_asyncio.fixture
async def client(runtime: Runtime) -> AsyncIterator[httpx.AsyncClient]:
    """Somebody who may do everything."""
    async with a_client(create_app(runtime), runtime.database) as client:
        yield client
