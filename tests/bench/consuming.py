"""The consumer, with its inbox and a small effect, beside a bare poll with a batched insert of the same effect, in turns."""

import asyncio
from contextlib import AsyncExitStack
from typing import Final
from uuid import uuid4

import asyncpg
from aiokafka import AIOKafkaConsumer
from sqlalchemy import Identity, MetaData, String
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from shared.contracts.catalogue import source_of, topic_of
from shared.contracts.envelope import wrap
from shared.contracts.project import MilestoneWithdrawn
from shared.kit.bus import Ack, EventBus, OutRecord
from shared.kit.bus_factory import open_bus
from shared.kit.consumer import MOST_AT_ONCE, Consumer
from shared.kit.db import Database, UnitOfWork
from shared.kit.ids import new_id
from shared.kit.inbox import Outcome
from shared.kit.subscriptions import Subscriptions
from shared.testing.backbone import AT, a_withdrawal
from shared.testing.eventually import eventually
from shared.testing.kafka_server import KafkaServer
from shared.testing.postgres_server import PostgresServer
from tests.bench.measures import Measure, Pace, Stopwatch, beside
from tests.bench.relaying import OBJECTS, PATIENCE_SECONDS, Look, a_backbone, unseen

PUBLISHED_AT_ONCE: Final = 500
GROUP: Final = "bench"
INSERT: Final = "INSERT INTO effect (subject, reason) SELECT * FROM unnest($1::text[], $2::text[])"


class Tables(DeclarativeBase):
    metadata = MetaData()


class Effect(Tables):
    """The small effect: one row for each fact."""

    __tablename__ = "effect"

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    subject: Mapped[str] = mapped_column(String(300))
    reason: Mapped[str] = mapped_column(String(300))


async def _take_effect(uow: UnitOfWork, fact: MilestoneWithdrawn) -> None:
    uow.session.add(Effect(subject=str(fact.subject()), reason=fact.reason))


def measure_consumer(facts: int, rounds: int) -> list[Measure]:
    """The best of several rounds of each; each round begins with a topic of its own that is full."""
    with PostgresServer() as postgres, KafkaServer() as kafka:
        ours, bare = asyncio.run(_in_turns(postgres, kafka, facts, rounds))
    return beside(f"consumer: broker → effect, best of {rounds} × {facts:,}", ours, bare, "≥ 0.3 × bare")


async def _in_turns(postgres: PostgresServer, kafka: KafkaServer, facts: int, rounds: int) -> tuple[list[Pace], list[Pace]]:
    ours, bare = [], []
    for _ in range(rounds):
        async with AsyncExitStack() as stack:
            database = await a_database_for_effects(stack, postgres)
            prefix = f"{uuid4().hex[:8]}."
            bus = open_bus(f"kafka://{kafka.servers}?prefix={prefix}")
            stack.push_async_callback(bus.close, 5)
            await bus.ensure_topics({topic_of("project"): None})
            await publish(bus, facts)
            ours.append(await consumed(database, bus, facts))
            url = str(database.engine.url.render_as_string(hide_password=False)).replace("+asyncpg", "")
            bare.append(await _polled(kafka.servers, prefix + topic_of("project"), url, facts))
    return ours, bare


async def a_database_for_effects(stack: AsyncExitStack, postgres: PostgresServer) -> Database:
    """A fresh database with the backbone's tables and the effect's, closed with the stack."""
    database = await a_backbone(stack, postgres)
    async with database.engine.begin() as connection:
        await connection.run_sync(Tables.metadata.create_all)
    return database


async def publish(bus: EventBus, facts: int) -> None:
    """Fill a topic with so many facts about some objects."""
    for start in range(0, facts, PUBLISHED_AT_ONCE):
        numbers = range(start, min(start + PUBLISHED_AT_ONCE, facts))
        results = await bus.publish([_record(number) for number in numbers], PATIENCE_SECONDS)
        if not all(isinstance(result, Ack) for result in results):
            raise RuntimeError(f"the broker did not take everything: {results[-1]}")


def _record(number: int) -> OutRecord:
    fact = a_withdrawal(f"m-{number % OBJECTS}")
    envelope = wrap(fact, event_id=new_id(), sequence=number // OBJECTS + 1, time=AT, traceparent=None)
    key = envelope.partitionkey.encode()
    return OutRecord(envelope.topic, key, envelope.headers(), envelope.data, source_of("project"), envelope.id)


async def consumed(database: Database, bus: EventBus, facts: int, look: Look = unseen) -> Pace:
    """The pace of a consumer from its first effect on until so many facts took effect; `look` sees how many have."""
    consumer, stop = Consumer(database, bus, Subscriptions({MilestoneWithdrawn: _take_effect}), group=GROUP), asyncio.Event()
    running = asyncio.create_task(consumer.run(stop))

    def handled() -> int:
        look(consumer.counts[Outcome.HANDLED])
        return consumer.counts[Outcome.HANDLED]

    # From the first effect on: joining a group takes time that has nothing to do with how many facts follow.
    first = await eventually(handled, within=PATIENCE_SECONDS)
    watch = Stopwatch()
    await eventually(handled, is_=facts, within=PATIENCE_SECONDS)
    pace = watch.pace(facts - first)
    stop.set()
    await running
    return pace


async def _polled(servers: str, topic: str, url: str, facts: int) -> Pace:
    consumer = AIOKafkaConsumer(
        topic, bootstrap_servers=servers, group_id="bare", enable_auto_commit=False, auto_offset_reset="earliest"
    )
    await consumer.start()
    connection = await asyncpg.connect(url)
    try:
        taken, first, watch = 0, 0, Stopwatch()
        while taken < facts:
            batches = await consumer.getmany(timeout_ms=500, max_records=MOST_AT_ONCE)
            records = [record for batch in batches.values() for record in batch]
            rows = [(record.key.decode(), record.value.decode()[:100]) for record in records]
            await connection.execute(INSERT, *([row[at] for row in rows] for at in (0, 1)))
            await consumer.commit()
            taken += len(records)
            if not first:
                first, watch = taken, Stopwatch()
        return watch.pace(facts - first)
    finally:
        await connection.close()
        await consumer.stop()
