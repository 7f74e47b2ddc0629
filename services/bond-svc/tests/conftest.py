"""Fixtures: bond-svc on both databases, its clock, and a caller who may do everything."""

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import httpx
import pytest
import pytest_asyncio
from fastapi import FastAPI
from pydantic import SecretStr

from bond_svc.app import create_app
from bond_svc.settings import BondSettings
from shared.kit.runtime import Runtime, open_runtime
from shared.testing.bonds_api import BondsApi
from shared.testing.clock import FakeClock
from shared.testing.http import a_key, anonymous, bearer


@pytest.fixture
def clock() -> FakeClock:
    """2022-07-01 09:00."""
    return FakeClock()


@pytest_asyncio.fixture
async def runtime(migrated: Callable[[str], Awaitable[str]], tmp_path: Path, clock: FakeClock) -> AsyncIterator[Runtime]:
    settings = BondSettings.model_validate(
        {
            "environment": "test",
            "database_url": await migrated("bond_svc.migrations"),
            "bus_url": f"file://{tmp_path / 'bus.db'}",
            "signing_key": SecretStr("k" * 40),
        }
    )
    runtime = open_runtime(settings, clock)
    yield runtime
    await runtime.close()


@pytest.fixture
def app(runtime: Runtime) -> FastAPI:
    return create_app(runtime)


@pytest_asyncio.fixture
async def client(app: FastAPI, runtime: Runtime) -> AsyncIterator[httpx.AsyncClient]:
    """A caller whose key outlives the jumps of the clock."""
    async with anonymous(app) as client:
        client.headers.update(bearer(await a_key(runtime.database, days=365)))
        yield client


@pytest.fixture
def api(client: httpx.AsyncClient, runtime: Runtime) -> BondsApi:
    return BondsApi(client, runtime.database)
