"""A projection that was lost is made again from the log, the same as it was, and nobody hears history a second time."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from sqlalchemy import Table, func, select

from alert_svc.projection import projection
from alert_svc.settings import AlertSettings
from alert_svc.subscriptions import SUBSCRIPTIONS
from alert_svc.tables import Base
from alert_svc.worker import create_worker
from shared.contracts.catalogue import topic_of
from shared.contracts.facts import Fact
from shared.kit.backbone import api_key, consumer_offset, operator_act, outbox, parked_event
from shared.kit.bus import TP, OutRecord
from shared.kit.bus_factory import open_bus
from shared.kit.clock import SystemClock
from shared.kit.consumer import Consumer
from shared.kit.db import Database
from shared.kit.errors import DomainError
from shared.kit.inbox import Inbox
from shared.kit.replay import Progress, Start
from shared.kit.runtime import Runtime, open_runtime
from shared.testing.clock import FakeClock
from shared.testing.eventually import eventually, seconds
from shared.testing.facts import FactTeller, a_completion, a_shortfall, a_standing, an_overdue
from shared.testing.http import a_key
from shared.testing.runtimes import Migrated, clock_of, settings_of

GROUP = "diaodu.alert"
OURS = Base.metadata.tables
ALERT = (
    *("rule", "rule_number", "object_key", "period", "occurrence", "level", "state", "reason", "clause", "entries"),
    *("raised_at", "level_since", "closed_at", "closed_because", "lead_department", "responsible"),
)
OFFSET = ("topic", "part", "next_off")
MANY = 5
HISTORY = (an_overdue(), a_standing(), a_shortfall(), an_overdue(7), a_completion(), an_overdue(milestone_id="other"))


async def rows(database: Database, table: Table, *names: str) -> list[tuple[Any, ...]]:
    """What these columns hold, sorted."""
    async with database.reading() as view:
        found = (await view.session.execute(select(*(table.c[name] for name in names)))).all()
        return sorted((tuple(row) for row in found), key=str)


async def count(database: Database, table: Table) -> int:
    async with database.reading() as view:
        return await view.session.scalar(select(func.count()).select_from(table)) or 0


@dataclass
class City:
    """alert-svc beside a bus that others publish to."""

    runtime: Runtime
    fresh_url: str
    teller: FactTeller

    async def publish(self, *facts: Fact) -> None:
        for fact in facts:
            record = self.teller.record(fact)
            identity = dict(record.headers)["ce_id"].decode()
            sent = OutRecord(record.tp.topic, record.key or b"", record.headers, record.value or b"", "/somebody", identity)
            await self.runtime.bus.publish([sent], 10)

    async def consume(self, database: Database, number: int) -> dict[str, int]:
        """Let the service take in so many events, as its worker does; what became of them."""
        consumer, stop = Consumer(database, self.runtime.bus, SUBSCRIPTIONS, group=GROUP), asyncio.Event()
        running = asyncio.create_task(consumer.run(stop))
        await eventually(lambda: sum(consumer.counts.values()), is_=number, within=seconds(40))
        stop.set()
        await running
        return {outcome.value: times for outcome, times in consumer.counts.items() if times}

    async def whole_log(self) -> list[tuple[Any, ...]]:
        """The end of every partition that the service hears."""
        ends = await self.runtime.bus.offsets(SUBSCRIPTIONS.topics, "end")
        return sorted(((tp.topic, tp.partition, end) for tp, end in ends.items()), key=str)

    async def replay(
        self, start: Start | None = None, *, lost: bool = False, into: str | None = None, bus: Any = None
    ) -> Progress:
        replay = replace(create_worker(self.runtime).replay(), bus=bus or self.runtime.bus)
        chosen = replace(replay, live=None) if lost else replay

        async def watch(progress: Progress) -> None:
            assert progress.done <= progress.total

        url, begin = into or self.fresh_url, start or Start()
        return await chosen.into(url, begin, SystemClock(), "cli:王某", watch, asyncio.Event())


class BusyBus:
    """The bus of a city that goes on: whoever asks where its log ends is answered, and then it has grown."""

    def __init__(self, city: City) -> None:
        self._city = city
        self.published = 0

    async def offsets(self, topics: Sequence[str], place: Any) -> Mapping[TP, int]:
        found = await self._city.runtime.bus.offsets(topics, place)
        if place == "end":
            facts = [an_overdue(milestone_id=f"during-{self.published + number}") for number in range(MANY)]
            await self._city.publish(*facts)
            self.published += MANY
        return found

    def __getattr__(self, name: str) -> Any:
        return getattr(self._city.runtime.bus, name)


@pytest_asyncio.fixture
async def city(migrated: Migrated, database_url: str, bus_url: str, tmp_path: Path) -> AsyncIterator[City]:
    live = await migrated(AlertSettings.migrations_package())
    bus = open_bus(bus_url)
    await bus.ensure_topics({topic_of(service): None for service in ("project", "indicator", "bond", "alert")})
    await bus.close(5)
    runtime = open_runtime(settings_of(AlertSettings, live, tmp_path, bus_url=bus_url), FakeClock())
    await runtime.bus.start(20)
    yield City(runtime, database_url, FactTeller(Inbox(runtime.database, SUBSCRIPTIONS, "nobody"), runtime.clock))
    await runtime.close()


@pytest_asyncio.fixture
async def fresh(database_url: str) -> AsyncIterator[Database]:
    """The database that is replayed into, as somebody sees it afterwards."""
    database = Database(database_url, clock=FakeClock())
    yield database
    await database.close()


async def test_a_lost_projection_is_made_again_the_same_and_nothing_is_told_twice(city: City, fresh: Database) -> None:
    live = city.runtime.database
    await city.publish(*HISTORY)
    await city.consume(live, 6)
    done = await city.replay(lost=True)
    assert (done.done, done.total, done.counts["handled"], done.counts["parked"]) == (6, 6, 6, 0)
    alerts = await rows(live, OURS["alert"], *ALERT)
    assert len(alerts) >= 4
    assert await rows(fresh, OURS["alert"], *ALERT) == alerts
    assert await rows(fresh, OURS["case_entry"], "kind", "at") == await rows(live, OURS["case_entry"], "kind", "at")
    taken = await rows(live, consumer_offset, *OFFSET)
    assert [place for place in await rows(fresh, consumer_offset, *OFFSET) if place[2]] == taken
    assert await count(fresh, OURS["delivery"]) == 0
    assert all(sent is not None for (sent,) in await rows(fresh, outbox, "sent_at"))
    assert await rows(fresh, operator_act, "act", "outcome", "actor") == [("replay", "completed", "cli:王某")]


async def test_the_new_database_goes_on_where_the_replay_ended_and_the_old_ones_offsets_stay(city: City, fresh: Database) -> None:
    await city.publish(*HISTORY[:3])
    before = await rows(city.runtime.database, consumer_offset, *OFFSET)
    lag = {tp: each.records for tp, each in (await city.runtime.bus.lag(GROUP)).items()}
    await city.replay()
    assert {tp: each.records for tp, each in (await city.runtime.bus.lag(GROUP)).items()} == lag
    assert await rows(city.runtime.database, consumer_offset, *OFFSET) == before
    await city.publish(*HISTORY[3:])
    assert await city.consume(city.runtime.database, 6) == {"handled": 6}
    assert await city.consume(fresh, 3) == {"handled": 3}
    assert await rows(fresh, OURS["alert"], *ALERT) == await rows(city.runtime.database, OURS["alert"], *ALERT)


async def test_facts_that_are_published_during_a_replay_are_neither_lost_nor_doubled(city: City, fresh: Database) -> None:
    live, bus = city.runtime.database, BusyBus(city)
    await city.publish(*HISTORY[:3])
    done = await city.replay(bus=bus)
    await city.publish(a_completion(), an_overdue(milestone_id="after"))
    told = 3 + bus.published + 2
    assert done.done == done.total == done.counts["handled"] < told - 2
    assert await city.consume(live, told) == {"handled": told}
    assert await city.consume(fresh, told - done.total) == {"handled": told - done.total}
    assert await rows(fresh, OURS["alert"], *ALERT) == await rows(live, OURS["alert"], *ALERT)
    assert await rows(fresh, consumer_offset, *OFFSET) == await city.whole_log()


async def test_receivers_are_left_behind_and_rules_keys_and_the_stream_go_along(city: City, fresh: Database) -> None:
    live = city.runtime.database
    await a_key(live, name="移动端")
    await city.publish(*HISTORY)
    await city.replay()
    assert await count(fresh, OURS["webhook_endpoint"]) == 0
    assert await rows(fresh, OURS["alert_rule"], "id", "code") == await rows(live, OURS["alert_rule"], "id", "code")
    assert await rows(fresh, api_key, "id", "name") == await rows(live, api_key, "id", "name")
    numbers = [number for (number,) in await rows(fresh, OURS["case_entry"], "sequence")]
    announced = [text for (text,) in await rows(fresh, OURS["case_entry"], "announcement") if text]
    assert len([number for number in numbers if number]) == len(announced)


async def test_what_is_made_again_is_dated_as_it_was_then(city: City, fresh: Database) -> None:
    then = city.runtime.clock.now()
    await city.publish(a_standing())
    clock_of(city.runtime).advance(timedelta(days=3))
    await city.replay()
    assert await rows(fresh, OURS["alert"], "raised_at", "level_since") == [(then, then)]


async def test_a_poison_event_is_set_aside_in_a_replay_as_well(city: City, fresh: Database) -> None:
    headers = dict(city.teller.record(an_overdue()).headers) | {"ce_partitionkey": b"620200/milestone/ill", "ce_id": b"ill"}
    poison = OutRecord(topic_of("project"), b"ill", tuple(headers.items()), b'{"region": "620200"}', "/somebody", "ill")
    await city.runtime.bus.publish([poison], 10)
    await city.publish(*HISTORY[1:3])
    done = await city.replay()
    assert (done.counts["handled"], done.counts["parked"]) == (2, 1)
    assert await rows(fresh, parked_event, "consumer", "state") == [(GROUP, "parked")]
    assert all(sent is not None for (sent,) in await rows(fresh, outbox, "sent_at"))


async def test_a_replay_begins_at_a_time_or_at_offsets(city: City, tmp_path: Path) -> None:
    await city.publish(*HISTORY)
    ends = await city.runtime.bus.offsets(SUBSCRIPTIONS.topics, "end")
    busy = max(ends, key=lambda tp: ends[tp])
    assert (await city.replay(Start(at=clock_of(city.runtime).now().replace(year=2199)))).total == 0
    second = f"sqlite+aiosqlite:///{tmp_path / 'second.db'}"
    done = await city.replay(Start(offsets={busy: ends[busy]}), into=second)
    assert (done.done, done.total) == (6 - ends[busy], 6 - ends[busy])
    assert done.up_to == {f"{tp.topic}/{tp.partition}": offset for tp, offset in ends.items()}


async def test_a_target_that_is_not_empty_is_refused_and_stays_as_it_was(city: City, fresh: Database) -> None:
    await city.publish(*HISTORY[:2])
    await city.replay()
    before = await rows(fresh, OURS["alert"], *ALERT)
    with pytest.raises(DomainError, match="不是空的"):
        await city.replay()
    assert await rows(fresh, OURS["alert"], *ALERT) == before


@pytest.mark.parametrize(("place", "words"), [(TP("diaodu.nobody.v1", 0), "不订阅"), (TP(topic_of("project"), 0), "只保留")])
async def test_a_place_that_the_log_does_not_have_is_named(city: City, place: TP, words: str) -> None:
    with pytest.raises(DomainError, match=words):
        await city.replay(Start(offsets={place: 10**6}))


async def test_a_log_to_which_nothing_was_published_is_replayed_to_nothing(migrated: Migrated, tmp_path: Path) -> None:
    runtime = open_runtime(settings_of(AlertSettings, await migrated(AlertSettings.migrations_package()), tmp_path), FakeClock())
    city = City(
        runtime,
        f"sqlite+aiosqlite:///{tmp_path / 'fresh.db'}",
        FactTeller(Inbox(runtime.database, SUBSCRIPTIONS, "x"), runtime.clock),
    )
    assert (await city.replay()).total == 0
    await runtime.close()


def test_every_table_of_the_service_is_made_carried_or_left_behind() -> None:
    declared = projection()
    named = [table.name for table in (*declared.made, *declared.carried, *declared.left)]
    assert sorted(named) == sorted(OURS)
