"""The worker as it runs: from a figure over REST to a fact on the bus."""

import asyncio
from collections.abc import AsyncIterator

import pytest_asyncio

from indicator_svc.worker import create_worker
from shared.kit.runtime import Runtime
from shared.testing.eventually import eventually, seconds
from shared.testing.indicators_api import IndicatorsApi, a_scheme
from shared.testing.outbox import facts_of


@pytest_asyncio.fixture
async def working(runtime: Runtime) -> AsyncIterator[None]:
    """The worker runs meanwhile."""
    stop = asyncio.Event()
    task = asyncio.create_task(create_worker(runtime).run(stop))
    yield
    stop.set()
    await task


async def test_a_figure_that_crosses_a_threshold_is_told_without_anybody_asking(
    api: IndicatorsApi, runtime: Runtime, working: None
) -> None:
    await api.publish(a_scheme())
    await api.observe("6.4")

    async def told() -> list[str]:
        return [fact["fact"] for fact in await facts_of(runtime.database)]

    await eventually(told, is_=["scoreboard-computed", "standing-changed"], within=seconds(20))
    assert (await api.listed("standings"))[0]["level"] == "orange"
