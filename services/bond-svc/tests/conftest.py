"""Fixtures: bond-svc on both databases, its clock, and a caller who may do everything."""

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
import pytest_asyncio
from fastapi import FastAPI

from bond_svc.app import create_app
from bond_svc.settings import BondSettings
from shared.kit.runtime import Runtime
from shared.testing.bonds_api import BondsApi
from shared.testing.clock import FakeClock
from shared.testing.http import a_key, anonymous, bearer
from shared.testing.runtimes import Migrated, a_runtime, clock_of


@pytest.fixture
def clock(runtime: Runtime) -> FakeClock:
    """2022-07-01 09:00."""
    return clock_of(runtime)


@pytest_asyncio.fixture
async def runtime(migrated: Migrated, tmp_path: Path) -> AsyncIterator[Runtime]:
    async with a_runtime(BondSettings, migrated, tmp_path) as runtime:
        yield runtime


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
