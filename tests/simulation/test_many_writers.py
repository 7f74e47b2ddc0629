"""What only many writers at once can show, on a real PostgreSQL: ids are not committed in their order."""

import asyncio
import random
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Callable, Sequence
from datetime import timedelta
from typing import Any

import pytest
import pytest_asyncio
from sqlalchemy import func, select
from sqlalchemy.exc import DBAPIError

from shared.contracts.catalogue import source_of
from shared.contracts.envelope import unwrap
from shared.kit import outbox as kit_outbox
from shared.kit.backbone import outbox
from shared.kit.bus import TP, Ack, BusError, OutRecord
from shared.kit.db import Database
from shared.kit.relay import Relay
from shared.testing.backbone import a_database, outbox_rows
from shared.testing.eventually import eventually, seconds
from shared.testing.postgres_server import PostgresServer
from tests.simulation.tables import the_fact

pytestmark = pytest.mark.postgres

WRITERS, CHANGES_EACH, MILESTONES = 12, 120, 20
ROLLED_BACK = 0.05
LOCK_TIMEOUT = "55P03"


class Collecting:
    """A bus that acknowledges everything and keeps it in the order of arrival."""

    def __init__(self) -> None:
        self.records: list[OutRecord] = []

    async def publish(self, records: Sequence[OutRecord], timeout: float) -> list[Ack | BusError]:  # noqa: ARG002 - the interface's
        self.records.extend(records)
        return [Ack(TP(record.topic, 0), number) for number, record in enumerate(records)]


class ByCursor(Relay):
    """The mistake: reads on from the last id that it saw, and passes by whatever is committed later under a smaller one."""

    seen = 0

    async def _unsent(self, on_their_way: Sequence[Any] = ()) -> Sequence[Any]:  # noqa: ARG002 - it believes to have passed them
        statement = select(*self._columns).where(outbox.c.id > self.seen).order_by(outbox.c.id).limit(200)
        async with self._database.reading() as view:
            rows = (await view.session.execute(statement)).all()
        self.seen = max((row.id for row in rows), default=self.seen)
        return rows


@pytest_asyncio.fixture
async def database(postgres_server: PostgresServer) -> AsyncIterator[Database]:
    name = postgres_server.create_database()
    # A connection for each writer and the relay's three: who waits for one for two seconds is refused.
    async with a_database(postgres_server.url(name), pool_size=WRITERS + 4) as database:
        yield database
    postgres_server.drop_database(name)


@pytest.fixture(autouse=True)
def _slow_commits(monkeypatch: pytest.MonkeyPatch) -> None:
    """Between its outbox row and its commit a transaction takes its time, as on a disk: others get ahead of it."""
    write_at_once, chance = kit_outbox.write, random.Random(7)  # noqa: S311 - a repeatable load, no secret

    async def write_slowly(*arguments: Any, **options: Any) -> None:
        await write_at_once(*arguments, **options)
        await asyncio.sleep(chance.uniform(0, 0.01))

    monkeypatch.setattr(kit_outbox, "write", write_slowly)


class Abandoned(Exception):
    """A change that its writer takes back."""


async def write(database: Database, seed: int) -> None:
    """Changes of random objects, some of two at once, some taken back."""
    chance = random.Random(seed)  # noqa: S311 - a repeatable load, no secret
    for number in range(CHANGES_EACH):
        try:
            async with database.unit_of_work("writer") as uow:
                for milestone in {chance.randrange(MILESTONES) for _ in range(chance.choice([1, 1, 2]))}:
                    uow.record(the_fact(f"m-{milestone}", number))
                await asyncio.sleep(0)
                if chance.random() < ROLLED_BACK:
                    raise Abandoned
        except Abandoned:
            continue
        except DBAPIError as error:
            # Where the machine stands still for seconds, whoever waits for an object's row is refused: nothing is committed.
            if getattr(error.orig, "sqlstate", None) != LOCK_TIMEOUT:
                raise


async def relayed(database: Database, relay: Relay, bus: Collecting, done: Callable[[int], object]) -> Counter[str]:
    """What arrived, by event id, while the writers wrote and until `done`, which is told how many rows were committed."""
    stop = asyncio.Event()
    running = asyncio.ensure_future(relay.run(stop))
    try:
        await asyncio.gather(*(write(database, seed) for seed in range(WRITERS)))
        committed = len(await outbox_rows(database))
        await eventually(lambda: done(committed), within=seconds(30))
    finally:
        stop.set()
        await running
    return Counter(record.event_id for record in bus.records)


async def test_nothing_that_twelve_writers_commit_is_lost_doubled_or_overtaken(database: Database) -> None:
    bus = Collecting()
    relay = Relay(database, bus, source=source_of("project"), poll_interval=timedelta(milliseconds=5))  # type: ignore[arg-type]  # only publishes
    arrived = await relayed(database, relay, bus, lambda committed: len(bus.records) >= committed)
    assert len(arrived) == len(await outbox_rows(database)) > 1_200
    assert set(arrived.values()) == {1}
    order: dict[str, list[int]] = defaultdict(list)
    for record in bus.records:
        envelope = unwrap(record.headers, record.value)
        order[envelope.subject].append(envelope.sequence)
    assert all(numbers == list(range(1, len(numbers) + 1)) for numbers in order.values())


async def test_a_relay_that_reads_on_from_a_cursor_loses_facts(database: Database) -> None:
    """Guards the test above: the load is such that the mistake shows."""
    bus = Collecting()
    relay = ByCursor(database, bus, source=source_of("project"), poll_interval=timedelta(milliseconds=5))  # type: ignore[arg-type]  # only publishes
    newest = select(func.max(outbox.c.id))

    async def has_passed_the_newest(_committed: int) -> bool:
        async with database.reading() as view:
            return bool(relay.seen == await view.session.scalar(newest))

    arrived = await relayed(database, relay, bus, has_passed_the_newest)
    assert len(arrived) < len(await outbox_rows(database))
