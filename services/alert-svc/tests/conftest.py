"""Fixtures: alert-svc on both databases, a caller, facts as the other services publish them, a receiver."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

import httpx
import pytest
import pytest_asyncio
from fastapi import FastAPI

from alert_svc.app import create_app
from alert_svc.deliveries.dispatcher import Dispatcher
from alert_svc.settings import AlertSettings
from alert_svc.subscriptions import SUBSCRIPTIONS
from alert_svc.worker import create_dispatcher
from shared.kit.inbox import Inbox
from shared.kit.runtime import Runtime, open_runtime
from shared.testing.alerts_api import AlertsApi
from shared.testing.clock import FakeClock
from shared.testing.facts import FactTeller
from shared.testing.http import a_client
from shared.testing.receiver import WebhookReceiver
from shared.testing.runtimes import Migrated, a_runtime, clock_of


@pytest_asyncio.fixture
async def runtime(migrated: Migrated, tmp_path: Path) -> AsyncIterator[Runtime]:
    async with a_runtime(AlertSettings, migrated, tmp_path) as runtime:
        yield runtime


@pytest_asyncio.fixture
async def app(runtime: Runtime) -> FastAPI:
    return create_app(runtime)


@pytest_asyncio.fixture
async def client(app: FastAPI, runtime: Runtime) -> AsyncIterator[httpx.AsyncClient]:
    """Somebody who may do everything."""
    async with a_client(app, runtime.database) as client:
        yield client


@pytest.fixture
def clock(runtime: Runtime) -> FakeClock:
    """2022-07-01 09:00."""
    return clock_of(runtime)


@pytest_asyncio.fixture
async def facts(runtime: Runtime, clock: FakeClock) -> FactTeller:
    return FactTeller(Inbox(runtime.database, SUBSCRIPTIONS, "diaodu.alert"), clock)


@pytest_asyncio.fixture
async def receiver() -> AsyncIterator[WebhookReceiver]:
    async with WebhookReceiver() as receiver:
        yield receiver


@pytest_asyncio.fixture
async def alerts(client: httpx.AsyncClient) -> AlertsApi:
    return AlertsApi(client)


Dispatching = Callable[[Runtime], AbstractAsyncContextManager[Dispatcher]]


@pytest_asyncio.fixture
async def dispatching() -> Dispatching:
    """`async with dispatching(runtime): …` runs a worker's sender meanwhile."""

    @asynccontextmanager
    async def run(runtime: Runtime) -> AsyncIterator[Dispatcher]:
        dispatcher = create_dispatcher(runtime)
        stop = asyncio.Event()
        running = asyncio.create_task(dispatcher.run(stop))
        try:
            yield dispatcher
        finally:
            stop.set()
            await running

    return run


@pytest_asyncio.fixture
async def replica(runtime: Runtime) -> AsyncIterator[Runtime]:
    """A second process of the service: the same settings and clock, a database connection of its own."""
    runtime = open_runtime(runtime.settings, runtime.clock)
    yield runtime
    await runtime.close()
