"""A member of a Kafka consumer group."""

import asyncio
import contextlib
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import structlog
from aiokafka import AIOKafkaConsumer, ConsumerRebalanceListener, TopicPartition
from aiokafka.errors import CommitFailedError, IllegalStateError, KafkaError, RebalanceInProgressError

from shared.kit.bus import TP, Batch, BusUnavailable, Fenced, InRecord
from shared.kit.clock import SHANGHAI
from shared.kit.kafka_clients import bounded, stop

log = structlog.get_logger(__name__)

CALL_SECONDS: Final = 10.0
POLL_GRACE_SECONDS: Final = 5.0
LOOK_FOR_STALL_SECONDS: Final = 60.0


@dataclass(frozen=True, slots=True)
class Names:
    """Topics and groups as the broker knows them, and as the suite does."""

    prefix: str

    def outer(self, name: str) -> str:
        return self.prefix + name

    def inner(self, name: str) -> str:
        return name.removeprefix(self.prefix)


class _Listener(ConsumerRebalanceListener):  # type: ignore[misc]  # aiokafka has no types
    """Counts generations: every assignment is a new one."""

    def __init__(self) -> None:
        self.generation = 0
        self.assigned = asyncio.Event()

    def on_partitions_revoked(self, revoked: Iterable[TopicPartition]) -> None:
        """A rebalance begins. The generation ends with the next assignment; until then the broker judges commits."""
        self.assigned.clear()
        log.debug("kafka.revoked", partitions=len(list(revoked)), generation=self.generation)

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
        self.closed = False

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
        batch = await self._fetch(max_records, timeout) if await self._assigned(timeout) else self._batch({})
        if batch.records:
            self._brought_at = time.monotonic()
        else:
            await self._look_for_stall()
        return batch

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
        self.closed = True
        await stop(self._consumer, timeout)

    async def _assigned(self, timeout: float) -> bool:
        """Whether no rebalance is going on, or it ends within that time; the client itself would wait for it without end."""
        if not self._listener.assigned.is_set():
            # One that left its group because nobody polled joins again only when it sees a poll.
            with self._consumer._subscription.fetch_context():  # noqa: SLF001 - a call that fetches would wait for the group
                pass
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._listener.assigned.wait(), max(timeout, 0.001))
        return self._listener.assigned.is_set()

    async def _fetch(self, max_records: int, timeout: float) -> Batch:
        async def fetched() -> Batch:
            return self._batch(await self._consumer.getmany(timeout_ms=int(timeout * 1000), max_records=max_records))

        try:
            return await bounded(fetched(), timeout + POLL_GRACE_SECONDS)
        except BusUnavailable:
            if self._listener.assigned.is_set():
                raise
            return self._batch({})  # a rebalance began meanwhile
        except IllegalStateError as error:
            raise BusUnavailable(f"kafka: {error!r}") from error

    async def _look_for_stall(self) -> None:
        """Raise BusUnavailable when nothing came for a minute although there is something: the caller then starts afresh."""
        if time.monotonic() - self._brought_at < LOOK_FOR_STALL_SECONDS:
            return
        if not self._listener.assigned.is_set():
            raise BusUnavailable(f"kafka: a rebalance of {self.group} has not ended")
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

    def _batch(self, fetched: Mapping[TopicPartition, Sequence[Any]]) -> Batch:
        of_partition = {TP(self._names.inner(place.topic), place.partition): raws for place, raws in fetched.items()}
        return Batch(self._listener.generation, [_record(tp, raw) for tp, raws in of_partition.items() for raw in raws])


def _record(tp: TP, raw: Any) -> InRecord:
    timestamp = datetime.fromtimestamp(raw.timestamp / 1000, SHANGHAI)
    return InRecord(tp, raw.offset, raw.key, tuple(raw.headers), raw.value, timestamp)
