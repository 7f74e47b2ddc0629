"""The worker as it runs: from a figure over REST to a fact on the bus."""

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime

import pytest_asyncio

from indicator_svc.worker import create_worker
from shared.kit.runtime import Runtime
from shared.testing.clock import FakeClock
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
        return [each["fact"] for each in await facts_of(runtime.database) if "table" not in each]  # closings come by themselves

    await eventually(told, is_=["scoreboard-computed", "standing-changed", "outlook-changed"], within=seconds(20))
    assert (await api.listed("standings"))[0]["level"] == "orange"


async def test_a_deadline_that_was_missed_is_told_without_anybody_asking(
    api: IndicatorsApi, runtime: Runtime, clock: FakeClock
) -> None:
    people = {"lead_department": "市统计局", "portfolio": "VM-ECON", "responsible_person": "王某"}
    body = {"route": "construction", "name": "中鹏房地产", "region": "620200", "total_investment_wan": "8000", **people}
    application = await api.made("entry-applications", body)
    await api.made(f"entry-applications/{application['id']}/moves", {"act": "qualify", "reason": "见会议纪要"})
    clock.set(datetime.fromisoformat("2022-07-11T09:00:00+08:00"))

    async def told() -> list[str]:
        return [each["fact"] for each in await facts_of(runtime.database) if "table" not in each]  # closings come by themselves

    stop = asyncio.Event()
    running = asyncio.create_task(create_worker(runtime).run(stop))
    await eventually(told, is_=["entry-state-changed", "entry-state-changed", "entry-fell-overdue"], within=seconds(20))
    stop.set()
    await running
