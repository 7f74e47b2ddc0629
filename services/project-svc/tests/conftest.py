"""Fixtures: project-svc on both databases, its clock, and a caller who may do everything."""

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import httpx
import pytest_asyncio
from fastapi import FastAPI
from pydantic import SecretStr

from project_svc.app import create_app
from project_svc.settings import ProjectSettings
from shared.kit.runtime import Runtime, open_runtime
from shared.testing.clock import FakeClock
from shared.testing.http import a_key, anonymous, bearer
from shared.testing.projects_api import ProjectsApi


@pytest_asyncio.fixture
async def runtime(migrated: Callable[[str], Awaitable[str]], tmp_path: Path) -> AsyncIterator[Runtime]:
    """project-svc on a migrated database; its clock is a FakeClock at 2022-07-01 09:00."""
    settings = ProjectSettings.model_validate(
        {
            "environment": "test",
            "database_url": await migrated("project_svc.migrations"),
            "bus_url": f"file://{tmp_path / 'bus.db'}",
            "signing_key": SecretStr("k" * 40),
        }
    )
    runtime = open_runtime(settings, FakeClock())
    yield runtime
    await runtime.close()


@pytest_asyncio.fixture
async def clock(runtime: Runtime) -> FakeClock:
    assert isinstance(runtime.clock, FakeClock)
    return runtime.clock


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
