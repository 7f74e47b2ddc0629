"""Fixtures: indicator-svc on both databases, a caller, its worker's timers by hand, and the facts that it recorded."""

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
import pytest_asyncio
from fastapi import FastAPI

from indicator_svc.app import create_app
from indicator_svc.scoreboards.service import recompute_stale
from indicator_svc.settings import IndicatorSettings
from indicator_svc.standings.service import judge_changed
from shared.kit.runtime import Runtime
from shared.testing.clock import FakeClock
from shared.testing.http import a_client
from shared.testing.indicators_api import IndicatorsApi
from shared.testing.outbox import facts_of
from shared.testing.runtimes import Migrated, a_runtime, clock_of

HOME = "620200"
Work = Callable[[], Awaitable[list[dict[str, Any]]]]


@pytest.fixture
def clock(runtime: Runtime) -> FakeClock:
    """2022-07-01 09:00."""
    return clock_of(runtime)


@pytest_asyncio.fixture
async def runtime(migrated: Migrated, tmp_path: Path) -> AsyncIterator[Runtime]:
    async with a_runtime(IndicatorSettings, migrated, tmp_path) as runtime:
        yield runtime


@pytest.fixture
def app(runtime: Runtime) -> FastAPI:
    return create_app(runtime)


@pytest_asyncio.fixture
async def client(app: FastAPI, runtime: Runtime) -> AsyncIterator[httpx.AsyncClient]:
    """Somebody who may do everything."""
    async with a_client(app, runtime.database) as client:
        yield client


@pytest.fixture
def api(client: httpx.AsyncClient) -> IndicatorsApi:
    return IndicatorsApi(client)


@pytest.fixture
def work(runtime: Runtime) -> Work:
    """`await work()`: the worker's timers go round once; answers the facts recorded meanwhile."""

    async def once() -> list[dict[str, Any]]:
        before = len(await facts_of(runtime.database))
        await recompute_stale(runtime.database, HOME)
        await judge_changed(runtime.database)
        return (await facts_of(runtime.database))[before:]

    return once
