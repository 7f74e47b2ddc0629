"""From a poison event to an object that is whole again: over the real bus, by the person on duty, on both edges."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import pytest_asyncio

from shared.contracts.catalogue import dead_letter_topic_of, topic_of
from shared.kit.bus_factory import Bus, open_bus
from shared.kit.clock import SystemClock
from shared.kit.consumer import Consumer
from shared.kit.db import Database
from shared.kit.relay import Relay
from shared.kit.runtime import open_runtime
from shared.testing.backbone import a_database, a_withdrawal
from shared.testing.eventually import eventually, seconds
from shared.testing.http import a_client
from shared.testing.outbox import facts_of
from shared.testing.parked import CONSUMER, Desk, Effects
from shared.testing.runtimes import Migrated
from shared.testing.sample.app import create_app
from shared.testing.sample.settings import SampleSettings, sample_settings

PATIENCE = seconds(40)


@pytest_asyncio.fixture
async def bus(bus_url: str) -> AsyncIterator[Bus]:
    bus = open_bus(bus_url)
    await bus.start(20)
    await bus.ensure_topics({topic_of("project"): None, dead_letter_topic_of("project"): None})
    yield bus
    await bus.close(10)


@pytest_asyncio.fixture
async def publisher(tmp_path: Path) -> AsyncIterator[Database]:
    async with a_database(f"sqlite+aiosqlite:///{tmp_path}/publisher.db") as database:
        yield database


@pytest_asyncio.fixture
async def desk(migrated: Migrated, bus_url: str, tmp_path: Path) -> AsyncIterator[Desk]:
    """The subscriber on its own database, and the person on duty."""
    effects = Effects()
    url = await migrated(SampleSettings.migrations_package())
    runtime = open_runtime(sample_settings(url, tmp_path, bus_url=bus_url), SystemClock())
    async with a_client(create_app(runtime, subscriptions=effects.subscriptions), runtime.database, "sample:admin") as client:
        yield Desk(runtime.database, effects, client)
    await runtime.close()


@asynccontextmanager
async def running(publisher: Database, desk: Desk, bus: Bus) -> AsyncIterator[None]:
    """The publisher's relay and the subscriber's consumer."""
    stop = asyncio.Event()
    relay = Relay(publisher, bus, source="/project-svc", poll_interval=timedelta(milliseconds=20))
    consumer = Consumer(desk.database, bus, desk.effects.subscriptions, group=CONSUMER)
    tasks = [asyncio.create_task(part.run(stop)) for part in (relay, consumer)]
    try:
        yield
    finally:
        stop.set()
        await asyncio.wait_for(asyncio.gather(*tasks), 30)


async def write(publisher: Database, milestone: str, number: int) -> None:
    for _ in range(number):
        async with publisher.unit_of_work("test") as uow:
            uow.record(a_withdrawal(milestone))


async def effects_of(desk: Desk, milestone: str) -> list[int]:
    facts = [fact for fact in await facts_of(desk.database) if fact.get("milestone_id") == f"effect-{milestone}"]
    return [int(fact["reason"]) for fact in facts]


async def test_a_poison_event_waits_with_its_object_and_takes_effect_in_order_once_the_code_is_mended_and_it_is_retried(
    publisher: Database, desk: Desk, bus: Bus
) -> None:
    desk.effects.bad.add("ill")
    async with running(publisher, desk, bus):
        await write(publisher, "ill", 3)
        await write(publisher, "well", 2)
        await eventually(lambda: effects_of(desk, "well"), is_=[1, 2], within=PATIENCE)
        await eventually(lambda: desk.listed(state="parked"), satisfies=lambda rows: len(rows) == 3, within=PATIENCE)
        desk.effects.bad.clear()
        [result] = await desk.redrive()
        await write(publisher, "ill", 2)
        await eventually(lambda: effects_of(desk, "ill"), is_=[1, 2, 3, 4, 5], within=PATIENCE)
    assert (result["taken"], result["left"]) == (3, 0)
    assert await effects_of(desk, "well") == [1, 2]
    assert await desk.is_open("ill")


async def test_a_poison_event_is_dropped_and_the_rest_of_its_object_goes_on(publisher: Database, desk: Desk, bus: Bus) -> None:
    desk.effects.bad.add("ill")
    async with running(publisher, desk, bus):
        await write(publisher, "ill", 3)
        await eventually(lambda: desk.listed(state="parked"), satisfies=lambda rows: len(rows) == 3, within=PATIENCE)
        assert (await desk.drop(await desk.number_of(1))).status_code == 200
        desk.effects.bad.clear()
        await desk.redrive()
        await write(publisher, "ill", 1)
        await eventually(lambda: effects_of(desk, "ill"), is_=[2, 3, 4], within=PATIENCE)
    assert await desk.states() == [(1, "dropped"), (2, "resolved"), (3, "resolved")]
