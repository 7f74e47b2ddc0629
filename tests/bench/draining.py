"""What an outage leaves behind: a long queue, drained from the outbox to the broker and on to its effects, in bounded memory."""

import asyncio
from contextlib import AsyncExitStack
from datetime import timedelta
from pathlib import Path
from typing import Final

from shared.contracts.catalogue import source_of, topic_of
from shared.kit.bus_factory import open_bus
from shared.kit.relay import Relay
from shared.testing.kafka_server import KafkaServer
from shared.testing.postgres_server import PostgresServer
from tests.bench.consuming import a_database_for_effects, consumed
from tests.bench.filling import queue
from tests.bench.measures import Measure, Pace
from tests.bench.relaying import OBJECTS, relayed

WARM_SHARE: Final = 10
"""A tenth of the facts: by then every buffer has been made."""


class Memory:
    """Resident memory of this process, looked at while something runs: where it stood after a tenth, and its highest since."""

    def __init__(self) -> None:
        self.warm = 0.0
        self.highest = 0.0

    def look(self, share: float) -> None:
        now = _resident_mib()
        if share * WARM_SHARE < 1:
            self.warm = now
        self.highest = max(self.highest, now)


def measure_drain(facts: int) -> list[Measure]:
    """The pace of relay and consumer over the whole queue, and by how much memory grew after the first tenth."""
    with PostgresServer() as postgres, KafkaServer() as kafka:
        (sent, while_sending), (taken, while_taking) = asyncio.run(_drained(postgres, kafka, facts))
    owed = "≤ 1.1 × after a tenth"
    return [
        Measure(f"drain: {facts:,} from the outbox", "facts/s", sent.per_second),
        Measure("drain: relay's highest memory beside after a tenth", "MiB", while_sending.highest, while_sending.warm, owed),
        Measure(f"drain: {facts:,} from the broker", "facts/s", taken.per_second),
        Measure("drain: consumer's highest memory beside after a tenth", "MiB", while_taking.highest, while_taking.warm, owed),
    ]


async def _drained(postgres: PostgresServer, kafka: KafkaServer, facts: int) -> tuple[tuple[Pace, Memory], tuple[Pace, Memory]]:
    async with AsyncExitStack() as stack:
        database = await a_database_for_effects(stack, postgres)
        bus = open_bus(f"kafka://{kafka.servers}")
        stack.push_async_callback(bus.close, 5)
        await bus.ensure_topics({topic_of("project"): None})
        await queue(database, facts, OBJECTS)
        relay = Relay(database, bus, source=source_of("project"), poll_interval=timedelta(milliseconds=200))
        sending, taking = Memory(), Memory()
        sent = await relayed(relay, facts, lambda done: sending.look(done / facts))
        taken = await consumed(database, bus, facts, lambda done: taking.look(done / facts))
    return (sent, sending), (taken, taking)


def _resident_mib() -> float:
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.partition("VmRSS:")[2].split()[0]) / 1024
