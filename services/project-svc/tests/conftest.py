"""Fixtures: project-svc on both databases, its clock, and a caller who may do everything."""

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
import pytest_asyncio
from fastapi import FastAPI

from project_svc.app import create_app
from project_svc.settings import ProjectSettings
from shared.kit.runtime import Runtime
from shared.testing.clock import FakeClock
from shared.testing.http import a_key, anonymous, bearer
from shared.testing.projects_api import ProjectsApi
from shared.testing.runtimes import Migrated, a_runtime, clock_of


@pytest_asyncio.fixture
async def runtime(migrated: Migrated, tmp_path: Path) -> AsyncIterator[Runtime]:
    async with a_runtime(ProjectSettings, migrated, tmp_path) as runtime:
        yield runtime


@pytest.fixture
def clock(runtime: Runtime) -> FakeClock:
    """2022-07-01 09:00."""
    return clock_of(runtime)


@pytest_asyncio.fixture
async def app(runtime: Runtime) -> FastAPI:
    return create_app(runtime)


@pytest_asyncio.fixture
async def client(app: FastAPI, runtime: Runtime) -> AsyncIterator[httpx.AsyncClient]:
    """A caller whose key outlives the jumps of the clock."""
    async with anonymous(app) as client:
        client.headers.update(bearer(await a_key(runtime.database, days=365)))
        yield client


@pytest_asyncio.fixture
async def api(client: httpx.AsyncClient) -> ProjectsApi:
    return ProjectsApi(client)
