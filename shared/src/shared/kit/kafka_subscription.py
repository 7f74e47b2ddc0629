"""A member of a Kafka consumer group."""

import asyncio
import time
from collections.abc import Awaitable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, TypeVar

import structlog
from aiokafka import AIOKafkaConsumer, ConsumerRebalanceListener, TopicPartition
from aiokafka.errors import CommitFailedError, IllegalStateError, KafkaError, RebalanceInProgressError

from shared.kit.bus import TP, Batch, BusUnavailable, Fenced, InRecord
from shared.kit.clock import SHANGHAI

log = structlog.get_logger(__name__)

CALL_SECONDS: Final = 10.0
POLL_GRACE_SECONDS: Final = 5.0
LOOK_FOR_STALL_SECONDS: Final = 60.0

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Names:
    """Topics and groups as the broker knows them, and as the suite does."""

    prefix: str

    def outer(self, name: str) -> str:
        return self.prefix + name

    def inner(self, name: str) -> str:
        return name.removeprefix(self.prefix)


async def bounded(call: Awaitable[T], timeout: float) -> T:
    """Await a client call for so long at the most. Raises BusUnavailable for whatever keeps it from answering."""
    try:
        return await asyncio.wait_for(call, timeout)
    except (KafkaError, TimeoutError, OSError) as error:
        raise BusUnavailable(f"kafka: {error!r}") from error


class _Listener(ConsumerRebalanceListener):  # type: ignore[misc]  # aiokafka has no types
    """Counts generations: every assignment is a new one."""

    def __init__(self) -> None:
        self.generation = 0
        self.assigned = asyncio.Event()

    def on_partitions_revoked(self, revoked: Iterable[TopicPartition]) -> None:
        """The generation ends with the next assignment; until then commits are judged by the broker."""

    def on_partitions_assigned(self, assigned: Iterable[TopicPartition]) -> None:
        self.generation += 1
        self.assigned.set()
        log.debug("kafka.assigned", partitions=len(list(assigned)), generation=self.generation)


class KafkaSubscription:
    """Holds partitions for as long as somebody polls; positions are committed by hand only."""

    def __init__(self, consumer: AIOKafkaConsumer, names: Names) -> None:
        self._consumer = consumer
        self._names = names
        self._listener = _Listener()
        self._brought_at = time.monotonic()
        self.group: str = consumer._group_id  # noqa: SLF001 - the client shows its group nowhere else
        self.topics: tuple[str, ...] = ()

    async def join(self, topics: Sequence[str], timeout: float) -> None:
        """Become a member and wait for the first assignment. Raises BusUnavailable, having let go of everything."""
        self.topics = tuple(self._names.outer(topic) for topic in topics)
        self._consumer.subscribe(topics=list(self.topics), listener=self._listener)
        try:
            await bounded(self._consumer.start(), timeout)
            await bounded(self._listener.assigned.wait(), timeout)
        except BusUnavailable:
            await self.close(CALL_SECONDS)
            raise

    async def poll(self, max_records: int, timeout: float) -> Batch:
        generation = self._listener.generation
        call = self._consumer.getmany(timeout_ms=int(timeout * 1000), max_records=max_records)
        try:
            fetched = await bounded(call, timeout + POLL_GRACE_SECONDS)
        except IllegalStateError as error:
            raise BusUnavailable(f"kafka: {error!r}") from error
        records = [self._record(raw) for raws in fetched.values() for raw in raws]
        if records:
            self._brought_at = time.monotonic()
        else:
            await self._look_for_stall()
        return Batch(generation if records else self._listener.generation, records)

    async def commit(self, generation: int, next_offsets: Mapping[TP, int]) -> None:
        held = self.assignment()
        if generation != self._listener.generation or not next_offsets.keys() <= held:
            raise Fenced(f"generation {generation} of {self.group} is over, or a partition belongs to somebody else")
        offsets = {self._outer(tp): offset for tp, offset in next_offsets.items()}
        try:
            await asyncio.wait_for(self._consumer.commit(offsets), CALL_SECONDS)
        except (CommitFailedError, IllegalStateError, RebalanceInProgressError) as error:
            raise Fenced(f"{self.group}: {error!r}") from error
        except (KafkaError, TimeoutError, OSError) as error:
            raise BusUnavailable(f"kafka: {error!r}") from error

    def assignment(self) -> frozenset[TP]:
        return frozenset(TP(self._names.inner(place.topic), place.partition) for place in self._consumer.assignment())

    def seek(self, tp: TP, offset: int) -> None:
        if tp in self.assignment():
            self._consumer.seek(self._outer(tp), offset)

    def pause(self, tp: TP) -> None:
        if tp in self.assignment():
            self._consumer.pause(self._outer(tp))

    def resume(self, tp: TP) -> None:
        if tp in self.assignment():
            self._consumer.resume(self._outer(tp))

    async def close(self, timeout: float) -> None:
        try:
            await asyncio.wait_for(self._consumer.stop(), timeout)
        except (KafkaError, TimeoutError, OSError) as error:
            log.warning("kafka.consumer_abandoned", group=self.group, error=repr(error))

    async def _look_for_stall(self) -> None:
        """Raise BusUnavailable when nothing came for a minute although there is something: the caller then starts afresh."""
        if time.monotonic() - self._brought_at < LOOK_FOR_STALL_SECONDS:
            return
        self._brought_at = time.monotonic()
        flowing = [place for place in self._consumer.assignment() if place not in self._consumer.paused()]
        if not flowing:
            return
        ends = await bounded(self._consumer.end_offsets(flowing), CALL_SECONDS)
        for place in flowing:
            if await bounded(self._consumer.position(place), CALL_SECONDS) < ends[place]:
                raise BusUnavailable(f"kafka: {self.group} makes no progress on {place.topic}/{place.partition}")

    def _outer(self, tp: TP) -> TopicPartition:
        return TopicPartition(self._names.outer(tp.topic), tp.partition)

    def _record(self, raw: Any) -> InRecord:
        return InRecord(
            tp=TP(self._names.inner(raw.topic), raw.partition),
            offset=raw.offset,
            key=raw.key,
            headers=tuple(raw.headers),
            value=raw.value,
            timestamp=datetime.fromtimestamp(raw.timestamp / 1000, SHANGHAI),
        )
