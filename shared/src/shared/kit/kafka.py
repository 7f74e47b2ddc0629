"""The production edge of the bus: Kafka, through aiokafka. The only module that knows that client.

What was measured of it decides the shape: `send_and_wait` and `stop` hang for ever when the broker is gone, so every call here is
bounded; a send that was given up on can still arrive, so it is *unknown*, its producer is abandoned and the next call makes a
new one; a consumer can stall silently, so a poll that brought nothing for a minute looks whether there was something to bring.
"""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Awaitable, Mapping, Sequence
from typing import Any, Final

import structlog
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import (
    KafkaError,
    TopicAlreadyExistsError,
    for_code,
)
from aiokafka.structs import OffsetAndMetadata

from shared.kit.bus import TP, Ack, At, BusError, BusHealth, BusUnavailable, Lag, OutRecord
from shared.kit.kafka_batches import LARGEST_BATCH, Packing, packed
from shared.kit.kafka_clients import abandon, bounded, stop
from shared.kit.kafka_subscription import KafkaSubscription, Names
from shared.kit.outgoing import sendable_prefix

log = structlog.get_logger(__name__)

PARTITIONS: Final = 12
REQUEST_TIMEOUT_MS: Final = 10_000
SESSION_TIMEOUT_MS: Final = 10_000
HEARTBEAT_MS: Final = 3_000
MAX_POLL_INTERVAL_MS: Final = 300_000
JOIN_SECONDS: Final = 30.0
ABANDON_SECONDS: Final = 2.0
HEALTH_SECONDS: Final = 3.0
ADMIN_SECONDS: Final = 15.0


class KafkaBus:
    """An EventBus on a Kafka cluster. `prefix` goes before every topic and group, so that tests share a broker unseen.

    `security` is passed to every client as it is (`security_protocol`, `sasl_mechanism`, `ssl_context` …). Topics are made by
    `ensure_topics` only; brokers are expected not to make any by themselves.
    """

    def __init__(
        self, servers: str, *, prefix: str = "", replication: int = 1, security: Mapping[str, Any] | None = None
    ) -> None:
        self._names = Names(prefix)
        self._replication = replication
        self._client = {"bootstrap_servers": servers, "request_timeout_ms": REQUEST_TIMEOUT_MS, **(security or {})}
        self._producer: AIOKafkaProducer | None = None
        self._making = asyncio.Lock()
        self._subscriptions: list[KafkaSubscription] = []
        self._abandoned: set[asyncio.Task[None]] = set()
        self._closed = False

    async def start(self, timeout: float) -> None:
        await self._ready_producer(timeout)

    async def publish(self, records: Sequence[OutRecord], timeout: float) -> list[Ack | BusError]:
        sendable, fault = sendable_prefix(records)
        end = time.monotonic() + timeout
        packing = Packing()
        acks: list[Ack] = []
        try:
            producer = await self._ready_producer(timeout)
            async with asyncio.timeout(end - time.monotonic()):
                packing = await packed(producer, sendable, self._names)
                await packing.hand_over(producer, self._names)
                await packing.acknowledged(acks)
        except (KafkaError, BusUnavailable, TimeoutError, OSError) as error:
            fault = f"unknown: {error!r}"
            self._abandon_producer()
        finally:
            packing.let_go()
        return [*acks, *(BusError(fault) for _ in records[len(acks) :])]

    async def subscribe(self, group: str, topics: Sequence[str], member: str) -> KafkaSubscription:
        consumer = AIOKafkaConsumer(
            **self._client,
            group_id=self._names.outer(group),
            client_id=member,
            enable_auto_commit=False,
            auto_offset_reset="earliest",
            session_timeout_ms=SESSION_TIMEOUT_MS,
            heartbeat_interval_ms=HEARTBEAT_MS,
            max_poll_interval_ms=MAX_POLL_INTERVAL_MS,
            metadata_max_age_ms=30_000,
        )
        subscription = KafkaSubscription(consumer, self._names)
        await subscription.join(topics, JOIN_SECONDS)
        self._subscriptions = [*(each for each in self._subscriptions if not each.closed), subscription]
        return subscription

    async def ensure_topics(self, topics: Mapping[str, int | None], timeout: float = 30.0) -> None:
        """Make the topics that are missing, with so many partitions (None: 12); the others stay as they are."""
        wanted = [NewTopic(self._names.outer(name), count or PARTITIONS, self._replication) for name, count in topics.items()]
        async with self._admin(timeout) as admin:
            answer = await admin.create_topics(wanted)
            for name, code, *_ in answer.topic_errors:
                if (error := for_code(code)) is not TopicAlreadyExistsError and code != 0:
                    raise BusUnavailable(f"topic {name} could not be made: {error.__name__}")

    async def offsets(self, topics: Sequence[str], at: At) -> Mapping[TP, int]:
        async with self._admin(ADMIN_SECONDS) as admin:
            described = await admin.describe_topics([self._names.outer(topic) for topic in topics]) if topics else []
        places = [TopicPartition(each["topic"], part["partition"]) for each in described for part in each["partitions"]]
        consumer = AIOKafkaConsumer(**self._client, enable_auto_commit=False)
        try:
            await bounded(consumer.start(), ADMIN_SECONDS)
            found = await _offsets_at(consumer, places, at) if places else {}
        finally:
            await stop(consumer, ABANDON_SECONDS)
        return {TP(self._names.inner(place.topic), place.partition): offset for place, offset in found.items()}

    async def lag(self, group: str) -> Mapping[TP, Lag]:
        async with self._admin(ADMIN_SECONDS) as admin:
            committed = await admin.list_consumer_group_offsets(self._names.outer(group))
            topics = {tp.topic for tp in committed} | self._topics_of(group)
            described = await admin.describe_topics(sorted(topics)) if topics else []
        places = [TopicPartition(topic["topic"], part["partition"]) for topic in described for part in topic["partitions"]]
        return await self._lags(places, committed)

    async def health(self) -> BusHealth:
        try:
            async with self._admin(HEALTH_SECONDS) as admin:
                await admin.describe_cluster()
        except BusUnavailable as error:
            return BusHealth(ok=False, detail=str(error))
        return BusHealth(ok=True)

    async def close(self, timeout: float) -> None:
        self._closed = True
        producer, self._producer = self._producer, None
        closing: list[Awaitable[None]] = [each.close(timeout) for each in self._subscriptions]
        if producer is not None:
            closing.append(abandon(producer, timeout))
        await asyncio.gather(*closing, *self._abandoned, return_exceptions=True)

    async def _ready_producer(self, timeout: float) -> AIOKafkaProducer:
        async with self._making:
            if self._closed:
                raise BusUnavailable("the bus is closed")
            if self._producer is None:
                producer = AIOKafkaProducer(
                    **self._client, acks="all", enable_idempotence=True, max_batch_size=LARGEST_BATCH, linger_ms=0
                )
                try:
                    await bounded(producer.start(), timeout)
                except (BusUnavailable, asyncio.CancelledError):
                    self._abandon(producer)
                    raise
                self._producer = producer
            return self._producer

    def _abandon_producer(self) -> None:
        """Never use a producer again that failed: what it still holds may arrive, later, behind the next one's records."""
        producer, self._producer = self._producer, None
        if producer is not None:
            self._abandon(producer)

    def _abandon(self, producer: AIOKafkaProducer) -> None:
        task = asyncio.create_task(abandon(producer, ABANDON_SECONDS), name="kafka-abandon-producer")
        self._abandoned.add(task)
        task.add_done_callback(self._abandoned.discard)

    def _topics_of(self, group: str) -> set[str]:
        wanted = self._names.outer(group)
        return {topic for each in self._subscriptions if each.group == wanted for topic in each.topics}

    async def _lags(self, places: list[TopicPartition], committed: Mapping[TopicPartition, OffsetAndMetadata]) -> dict[TP, Lag]:
        consumer = AIOKafkaConsumer(**self._client, enable_auto_commit=False)
        try:
            await bounded(consumer.start(), ADMIN_SECONDS)
            ends = await bounded(consumer.end_offsets(places), ADMIN_SECONDS) if places else {}
            starts = await bounded(consumer.beginning_offsets(places), ADMIN_SECONDS) if places else {}
            found: dict[TP, Lag] = {}
            for place in places:
                at = max(committed[place].offset if place in committed else 0, starts[place])
                behind = max(0, ends[place] - at)
                age = await _age_at(consumer, place, at) if behind else 0.0
                found[TP(self._names.inner(place.topic), place.partition)] = Lag(behind, age)
            return found
        finally:
            await stop(consumer, ABANDON_SECONDS)

    @contextlib.asynccontextmanager
    async def _admin(self, timeout: float) -> AsyncIterator[AIOKafkaAdminClient]:
        # Its own timeout comes first: a call that is cancelled from outside leaves its connection to the garbage collector.
        admin = AIOKafkaAdminClient(**{**self._client, "request_timeout_ms": int(timeout * 1000 / 3)})
        try:
            async with asyncio.timeout(timeout):
                await admin.start()
                yield admin
        except (KafkaError, TimeoutError, OSError) as error:
            raise BusUnavailable(f"kafka: {error!r}") from error
        finally:
            await stop(admin, ABANDON_SECONDS)


async def _offsets_at(consumer: AIOKafkaConsumer, places: list[TopicPartition], at: At) -> dict[TopicPartition, int]:
    if at == "earliest":
        return dict(await bounded(consumer.beginning_offsets(places), ADMIN_SECONDS))
    ends = dict(await bounded(consumer.end_offsets(places), ADMIN_SECONDS))
    if at == "end":
        return ends
    since = int(at.timestamp() * 1000)
    found = await bounded(consumer.offsets_for_times(dict.fromkeys(places, since)), ADMIN_SECONDS)
    return {place: ends[place] if found.get(place) is None else found[place].offset for place in places}


async def _age_at(consumer: AIOKafkaConsumer, place: TopicPartition, offset: int) -> float:
    """Seconds since the record at that offset was appended; 0 when it cannot be read now."""
    consumer.assign([place])
    consumer.seek(place, offset)
    records = (await bounded(consumer.getmany(place, timeout_ms=1_000, max_records=1), ADMIN_SECONDS)).get(place, [])
    return max(0.0, time.time() - records[0].timestamp / 1000) if records else 0.0
