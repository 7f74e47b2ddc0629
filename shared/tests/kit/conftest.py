"""The sample service."""

from collections.abc import AsyncIterator

import pytest_asyncio

from shared.kit.runtime import Runtime
from shared.testing.http import a_client
from shared.testing.parked import Desk, Effects
from shared.testing.sample.app import create_app
from shared.testing.sample.fixtures import client, runtime

__all__ = ["client", "desk", "runtime"]


@pytest_asyncio.fixture
async def desk(runtime: Runtime) -> AsyncIterator[Desk]:
    """The sample service with a subscription, and the person on duty."""
    effects = Effects()
    app = create_app(runtime, subscriptions=effects.subscriptions)
    async with a_client(app, runtime.database, "sample:admin", name="值班员") as client:
        yield Desk(runtime.database, effects, client)
