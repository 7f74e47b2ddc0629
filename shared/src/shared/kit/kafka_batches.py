"""Records on their way to Kafka, packed by partition: one batch for each, with one answer, instead of a future for every record.

The client's `send` looks up the topic, chooses the partition and makes a future for each record: more work than the record.
Order is kept: the records of a partition are packed, handed over and acknowledged in the order in which they came.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Final

from aiokafka import AIOKafkaProducer

from shared.kit.bus import TP, Ack, OutRecord
from shared.kit.kafka_subscription import Names
from shared.kit.outgoing import MAX_RECORD_BYTES
from shared.kit.partitioning import partition_for

LARGEST_BATCH: Final = MAX_RECORD_BYTES
"""The producer closes a batch that would get larger; what is too large by itself has a batch of its own."""


@dataclass(slots=True)
class Packed:
    """One batch of one partition, and, once it was handed over, what will tell where it begins in the log."""

    tp: TP
    builder: Any
    begins: asyncio.Future[Any] | None = None


@dataclass(slots=True)
class Packing:
    """The batches of some records, and the place of each record among them."""

    batches: list[Packed] = field(default_factory=list)
    places: list[tuple[Packed, int]] = field(default_factory=list)

    async def hand_over(self, producer: AIOKafkaProducer, names: Names) -> None:
        """Give the batches to the producer, those of a partition in their order."""
        for batch in self.batches:
            batch.builder.close()
            batch.begins = await producer.send_batch(batch.builder, names.outer(batch.tp.topic), partition=batch.tp.partition)

    async def acknowledged(self, acks: list[Ack]) -> None:
        """Add the acknowledgement of each record, in order. Raises at the first that failed, having added those before it."""
        for batch, number in self.places:
            if batch.begins is None:
                raise asyncio.InvalidStateError("not handed over")
            if not batch.begins.done():
                # Not awaited itself: to be given up on must not cancel it, or nobody would hear what became of the batch.
                await asyncio.wait({batch.begins})
            acks.append(Ack(batch.tp, batch.begins.result().offset + number))

    def let_go(self) -> None:
        """Expect no more answers: after the first failure nobody awaits the others, and asyncio would complain of each."""
        for batch in self.batches:
            if batch.begins is not None:
                batch.begins.add_done_callback(_heard)


async def packed(producer: AIOKafkaProducer, records: Sequence[OutRecord], names: Names) -> Packing:
    """Records in as few batches as they fit into. What the client raises for a topic that is not there goes on."""
    packing = Packing()
    partitions = {topic: len(await producer.partitions_for(names.outer(topic))) for topic in {each.topic for each in records}}
    current: dict[TP, Packed] = {}
    for record in records:
        tp = TP(record.topic, _partition_of(record.key, partitions[record.topic]))
        batch = current.get(tp)
        if batch is None or not _added(batch, record):
            batch = current[tp] = Packed(tp, producer.create_batch())
            packing.batches.append(batch)
            _added(batch, record)
        packing.places.append((batch, batch.builder.record_count() - 1))
    return packing


@lru_cache(maxsize=10_000)
def _partition_of(key: bytes, partitions: int) -> int:
    """Remembered, since an object that changed changes again."""
    return partition_for(key, partitions)


def _added(batch: Packed, record: OutRecord) -> bool:
    """False when the batch is full; an empty one takes any record."""
    headers = list(record.headers)
    return batch.builder.append(timestamp=None, key=record.key, value=record.value, headers=headers) is not None


def _heard(answer: asyncio.Future[Any]) -> None:
    if not answer.cancelled():
        answer.exception()
