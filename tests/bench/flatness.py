"""What a fact costs does not depend on how many rows outbox and inbox hold already."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta
from typing import Final
from uuid import uuid4

from sqlalchemy import delete

from shared.contracts.catalogue import source_of, topic_of
from shared.kit.backbone import consumer_offset, inbox_key
from shared.kit.bus import EventBus
from shared.kit.bus_factory import open_bus
from shared.kit.db import Database
from shared.kit.relay import Relay
from shared.testing.kafka_server import KafkaServer
from shared.testing.postgres_server import PostgresServer
from tests.bench.consuming import GROUP, a_database_for_effects, consumed, publish
from tests.bench.filling import leave_behind
from tests.bench.measures import Measure, Pace
from tests.bench.relaying import record, relayed

OWED: Final = "≤ 1.5 × the fewest"


def measure_flat(sizes: Sequence[int], facts: int, rounds: int) -> list[Measure]:
    """Microseconds a fact with so many rows there before, the best of several rounds, beside those with the fewest rows."""
    with PostgresServer() as postgres, KafkaServer() as kafka:
        costs = asyncio.run(_in_turns(postgres, kafka, sizes, (facts, rounds)))
    return [
        Measure(f"{name} with {size:,} rows there", "µs/fact", cost, of_sizes[0], OWED)
        for name, of_sizes in zip(("relay", "consumer"), zip(*costs, strict=True), strict=True)
        for size, cost in zip(sizes, of_sizes, strict=True)
    ]


async def _in_turns(
    postgres: PostgresServer, kafka: KafkaServer, sizes: Sequence[int], work: tuple[int, int]
) -> list[tuple[float, float]]:
    """The least that relay and consumer cost with each size; the first round, in which all is new, counts nowhere."""
    facts, rounds = work
    sent: dict[int, list[Pace]] = {size: [] for size in sizes}
    taken: dict[int, list[Pace]] = {size: [] for size in sizes}
    async with AsyncExitStack() as stack:
        databases = {size: await a_database_for_effects(stack, postgres) for size in sizes}
        for size, database in databases.items():
            await leave_behind(database, size, consumer=GROUP, source=source_of("project"))
        for _ in range(1 + rounds):
            for size, database in databases.items():
                sent[size].append(await _sent(database, kafka, facts))
                taken[size].append(await _taken(database, kafka, facts))
    return [(_least(sent[size][1:]), _least(taken[size][1:])) for size in sizes]


async def _sent(database: Database, kafka: KafkaServer, facts: int) -> Pace:
    async with _a_topic(kafka) as bus:
        await record(database, facts)
        relay = Relay(database, bus, source=source_of("project"), poll_interval=timedelta(milliseconds=200))
        return await relayed(relay, facts)


async def _taken(database: Database, kafka: KafkaServer, facts: int) -> Pace:
    """The numbers of the objects begin at 1 in every topic, so the consumer forgets how far the last one's had come."""
    async with _a_topic(kafka) as bus:
        await publish(bus, facts)
        async with database.transaction() as connection:
            await connection.execute(delete(inbox_key))
            await connection.execute(delete(consumer_offset))
        return await consumed(database, bus, facts)


@asynccontextmanager
async def _a_topic(kafka: KafkaServer) -> AsyncIterator[EventBus]:
    bus = open_bus(f"kafka://{kafka.servers}?prefix={uuid4().hex[:8]}.")
    try:
        await bus.ensure_topics({topic_of("project"): None})
        yield bus
    finally:
        await bus.close(5)


def _least(paces: Sequence[Pace]) -> float:
    return min(1e6 / pace.per_second for pace in paces)
