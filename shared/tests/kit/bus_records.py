"""Records to publish and ways to read them, for the tests of the bus."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from shared.kit.bus import TP, Batch, InRecord, OutRecord, Subscription
from shared.testing.eventually import eventually

TOPIC = "diaodu.project.v1"
PARTITIONS = 12
PATIENCE = 20.0


def a_record(number: int, *, key: bytes = b"620200/project/p1", **changes: Any) -> OutRecord:
    record = OutRecord(
        topic=TOPIC,
        key=key,
        headers=(("ce_id", b"%d" % number),),
        value=b"%d" % number,
        source="/project-svc",
        event_id=f"event-{number}",
    )
    return replace(record, **changes)


async def read_batch(subscription: Subscription, count: int, within: float = PATIENCE) -> Batch:
    """Poll until so many records came, without committing; the generation is that of the last poll."""
    polls: list[Batch] = []

    async def polled() -> int:
        polls.append(await subscription.poll(200, 0.2))
        return sum(len(batch.records) for batch in polls)

    await eventually(polled, satisfies=lambda seen: seen >= count, within=within)
    return Batch(polls[-1].generation, [record for batch in polls for record in batch.records])


async def read(subscription: Subscription, count: int, within: float = PATIENCE) -> list[InRecord]:
    return list((await read_batch(subscription, count, within)).records)


def next_offsets(records: Sequence[InRecord]) -> dict[TP, int]:
    return {record.tp: record.offset + 1 for record in records}


def values(records: Sequence[InRecord]) -> list[bytes | None]:
    return [record.value for record in records]
