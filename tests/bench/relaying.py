"""The relay beside a bare producer: the same records in batches of the same size, to the same broker, in turns."""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack
from datetime import timedelta
from typing import Final

from aiokafka import AIOKafkaProducer
from sqlalchemy import select

from shared.contracts.catalogue import source_of, topic_of
from shared.kit.backbone import backbone_metadata, outbox
from shared.kit.bus_factory import open_bus
from shared.kit.clock import SystemClock
from shared.kit.db import Database
from shared.kit.outbox import headers_from_json
from shared.kit.relay import ROWS_PER_ROUND, Relay
from shared.testing.backbone import a_withdrawal
from shared.testing.eventually import eventually
from shared.testing.kafka_server import KafkaServer
from shared.testing.postgres_server import PostgresServer
from tests.bench.measures import Measure, Pace, Stopwatch, beside

Record = tuple[str, bytes, bytes, list[tuple[str, bytes]]]
Look = Callable[[int], None]

OBJECTS: Final = 500
PER_TRANSACTION: Final = 500
PATIENCE_SECONDS: Final = 300.0


def measure_relay(facts: int, rounds: int) -> list[Measure]:
    """The best of several rounds of each."""
    with PostgresServer() as postgres, KafkaServer() as kafka:
        ours, bare = asyncio.run(_in_turns(postgres, kafka, facts, rounds))
    return beside(f"relay: outbox → broker, best of {rounds} × {facts:,}", ours, bare, "≥ 0.5 × bare")


async def _in_turns(postgres: PostgresServer, kafka: KafkaServer, facts: int, rounds: int) -> tuple[list[Pace], list[Pace]]:
    bus_url = f"kafka://{kafka.servers}"
    async with AsyncExitStack() as stack:
        database = await a_backbone(stack, postgres)
        bus = open_bus(bus_url)
        stack.push_async_callback(bus.close, 5)
        relay = Relay(database, bus, source=source_of("project"), poll_interval=timedelta(milliseconds=200))
        producer = AIOKafkaProducer(bootstrap_servers=kafka.servers, acks="all", enable_idempotence=True, linger_ms=0)
        await producer.start()
        stack.push_async_callback(producer.stop)
        await bus.ensure_topics({topic_of("project"): None})
        ours, bare = [], []
        for _ in range(rounds):
            await record(database, facts)
            ours.append(await relayed(relay, facts))
            bare.append(await _produced(producer, await _sent_last(database, facts)))
    return ours, bare


async def a_backbone(stack: AsyncExitStack, postgres: PostgresServer) -> Database:
    """A fresh database with the backbone's tables, closed with the stack."""
    database = Database(postgres.url(postgres.create_database()), clock=SystemClock())
    stack.push_async_callback(database.close)
    async with database.engine.begin() as connection:
        await connection.run_sync(backbone_metadata.create_all)
    return database


async def record(database: Database, facts: int) -> None:
    """Record so many facts about some objects, as a service does."""
    for start in range(0, facts, PER_TRANSACTION):
        async with database.unit_of_work("bench") as uow:
            for number in range(start, min(start + PER_TRANSACTION, facts)):
                uow.record(a_withdrawal(f"m-{number % OBJECTS}"))


def unseen(done: int) -> None:
    """Look at nothing."""
    del done


async def relayed(relay: Relay, facts: int, look: Look = unseen) -> Pace:
    """The pace of a relay from its start until so many more are sent; `look` sees how many are."""
    before = relay.state.sent

    def sent() -> int:
        look(relay.state.sent - before)
        return relay.state.sent - before

    stop, watch = asyncio.Event(), Stopwatch()
    running = asyncio.create_task(relay.run(stop))
    await eventually(sent, satisfies=lambda done: done >= facts, within=PATIENCE_SECONDS)
    pace = watch.pace(facts)
    stop.set()
    await running
    return pace


async def _sent_last(database: Database, facts: int) -> list[Record]:
    columns = (outbox.c.topic, outbox.c.payload, outbox.c.aggregate_id, outbox.c.headers)
    async with database.reading() as view:
        newest_first = (await view.session.execute(select(*columns).order_by(outbox.c.id.desc()).limit(facts))).all()
    rows = reversed(newest_first)
    return [(row.topic, row.payload, row.aggregate_id.encode(), list(headers_from_json(row.headers))) for row in rows]


async def _produced(producer: AIOKafkaProducer, records: Sequence[Record]) -> Pace:
    """The pace of a bare producer: a batch at a time, each awaited to its last acknowledgement."""
    watch = Stopwatch()
    for start in range(0, len(records), ROWS_PER_ROUND):
        batch = records[start : start + ROWS_PER_ROUND]
        sent = [await producer.send(topic, value, key, headers=headers) for topic, value, key, headers in batch]
        for place in sent:
            await place
    return watch.pace(len(records))
