"""What the Kafka edge does while its broker is frozen or gone: it answers in time, loses nothing, and goes on alone."""

import asyncio
import gc
import time
from collections.abc import AsyncIterator, Iterator

import pytest

from shared.kit.backoff import Backoff
from shared.kit.bus import Ack, BusError, BusUnavailable, Fenced
from shared.kit.bus_factory import Bus, open_bus
from shared.kit.kafka_subscription import KafkaSubscription
from shared.testing.databases import cannot_test_without
from shared.testing.eventually import eventually, seconds
from shared.testing.kafka_server import KafkaServer
from shared.testing.postgres_server import ServerMissing
from shared.tests.kit.bus_records import PARTITIONS, PATIENCE, TOPIC, a_record, next_offsets, read, read_batch, values

# aiokafka leaves a connection that was just being opened, when it was given up, to the garbage collector.
pytestmark = [pytest.mark.kafka, pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning", "ignore:unclosed")]


@pytest.fixture(scope="module")
def broker() -> Iterator[KafkaServer]:
    """A broker of this module's own: it will not be well treated."""
    try:
        with KafkaServer() as server:
            yield server
    except ServerMissing as missing:
        cannot_test_without(missing)


@pytest.fixture
async def bus(broker: KafkaServer, request: pytest.FixtureRequest) -> AsyncIterator[Bus]:
    bus = open_bus(f"kafka://{broker.servers}?prefix={abs(hash(request.node.name))}.")
    await bus.ensure_topics({TOPIC: PARTITIONS})
    yield bus
    await bus.close(5)
    gc.collect()


@pytest.fixture
def frozen(broker: KafkaServer) -> Iterator[KafkaServer]:
    """The test freezes it; it is thawed however the test ends."""
    yield broker
    broker.thaw()


async def relayed(bus: Bus, numbers: range) -> int:
    """Publish as the relay does: in order, on from the first that was not acknowledged; answers how often that failed."""
    rest, failures = list(numbers), 0
    backoff = Backoff(first=0.2, most=1.0)
    while rest:
        results = await bus.publish([a_record(number) for number in rest[:20]], 2.0)
        rest = rest[sum(isinstance(result, Ack) for result in results) :]
        if isinstance(results[-1], BusError):
            failures += 1
            await backoff.wait(asyncio.Event())
    return failures


async def brings_nothing(**_arguments: int) -> dict[object, list[object]]:
    return {}


def tasks() -> set[str]:
    return {task.get_name() for task in asyncio.all_tasks() if task is not asyncio.current_task()}


async def test_a_publish_to_a_frozen_broker_is_unknown_within_its_timeout_and_the_next_one_goes_through(
    bus: Bus, frozen: KafkaServer
) -> None:
    await bus.publish([a_record(1)], PATIENCE)
    frozen.freeze()
    began = time.monotonic()
    results = await bus.publish([a_record(2), a_record(3)], 1.0)
    assert time.monotonic() - began < 3.0
    assert all(isinstance(result, BusError) for result in results)
    frozen.thaw()

    async def again() -> list[type]:
        return [type(result) for result in await bus.publish([a_record(2), a_record(3)], 5.0)]

    await eventually(again, is_=[Ack, Ack], within=seconds(30))
    received = values(await read(await bus.subscribe("readers", [TOPIC], "m"), 3))
    assert list(dict.fromkeys(received)) == [b"1", b"2", b"3"]


async def test_producers_that_were_given_up_leave_nothing_behind(bus: Bus, frozen: KafkaServer) -> None:
    await bus.publish([a_record(1)], PATIENCE)
    before = len(tasks())
    frozen.freeze()
    for _ in range(4):
        await bus.publish([a_record(2)], 0.3)
    await eventually(lambda: len(tasks()), satisfies=lambda seen: seen <= before, within=seconds(10))


async def test_everything_else_answers_in_time_while_the_broker_is_frozen(
    bus: Bus, frozen: KafkaServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shared.kit.kafka_subscription.CALL_SECONDS", 2.0)
    monkeypatch.setattr("shared.kit.kafka.ADMIN_SECONDS", 2.0)
    subscription = await bus.subscribe("readers", [TOPIC], "m")
    await bus.publish([a_record(1)], PATIENCE)
    batch = await read_batch(subscription, 1)
    frozen.freeze()
    began = time.monotonic()
    assert not (await bus.health()).ok
    assert (await subscription.poll(10, 0.5)).records == []
    with pytest.raises((BusUnavailable, Fenced)):
        await subscription.commit(batch.generation, next_offsets(batch.records))
    with pytest.raises(BusUnavailable):
        await bus.lag("readers")
    assert time.monotonic() - began < 12.0


async def test_close_returns_in_time_with_unsent_records_and_a_member_on_a_frozen_broker(bus: Bus, frozen: KafkaServer) -> None:
    await bus.subscribe("readers", [TOPIC], "m")
    await bus.publish([a_record(1)], PATIENCE)
    frozen.freeze()
    pending = asyncio.create_task(bus.publish([a_record(2)], 30.0))
    done, _ = await asyncio.wait([pending], timeout=0.3)
    assert not done
    began = time.monotonic()
    await bus.close(2.0)
    assert time.monotonic() - began < 3.0
    assert [type(result) for result in await pending] == [BusError]


async def test_a_bus_that_finds_no_broker_says_so_in_time() -> None:
    nobody = open_bus("kafka://127.0.0.1:9")
    with pytest.raises(BusUnavailable):
        await nobody.start(3.0)
    with pytest.raises(BusUnavailable):
        await nobody.subscribe("readers", [TOPIC], "m")
    assert [type(result) for result in await nobody.publish([a_record(1)], 2.0)] == [BusError]
    assert not (await nobody.health()).ok
    await nobody.close(1.0)


async def test_a_topic_that_nobody_made_is_said_and_not_made(broker: KafkaServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shared.kit.kafka.REQUEST_TIMEOUT_MS", 1_500)
    bus = open_bus(f"kafka://{broker.servers}")
    with pytest.raises(BusUnavailable, match="UnknownTopic"):
        await bus.subscribe("readers", ["diaodu.nobody.v1"], "m")
    await bus.close(5)


async def test_a_consumer_that_silently_stopped_is_given_up_when_there_is_something_to_read(
    bus: Bus, monkeypatch: pytest.MonkeyPatch
) -> None:
    subscription = await bus.subscribe("readers", [TOPIC], "m")
    assert isinstance(subscription, KafkaSubscription)
    monkeypatch.setattr("shared.kit.kafka_subscription.LOOK_FOR_STALL_SECONDS", 0.0)
    monkeypatch.setattr(subscription._consumer, "getmany", brings_nothing)
    assert (await subscription.poll(10, 0.1)).records == []
    await bus.publish([a_record(1)], PATIENCE)
    with pytest.raises(BusUnavailable, match="no progress"):
        await subscription.poll(10, 0.1)


async def test_a_paused_partition_is_no_stall(bus: Bus, monkeypatch: pytest.MonkeyPatch) -> None:
    subscription = await bus.subscribe("readers", [TOPIC], "m")
    monkeypatch.setattr("shared.kit.kafka_subscription.LOOK_FOR_STALL_SECONDS", 0.0)
    for tp in subscription.assignment():
        subscription.pause(tp)
    await bus.publish([a_record(1)], PATIENCE)
    assert (await subscription.poll(10, 0.1)).records == []


async def test_a_rebalance_that_goes_on_brings_nothing_and_one_without_end_is_given_up(
    bus: Bus, monkeypatch: pytest.MonkeyPatch
) -> None:
    subscription = await bus.subscribe("readers", [TOPIC], "m")
    assert isinstance(subscription, KafkaSubscription)
    subscription._listener.on_partitions_revoked([])
    assert (await subscription.poll(10, 0.1)).records == []
    monkeypatch.setattr("shared.kit.kafka_subscription.LOOK_FOR_STALL_SECONDS", 0.0)
    with pytest.raises(BusUnavailable, match="rebalance"):
        await subscription.poll(10, 0.1)


async def test_a_member_that_nobody_polled_for_too_long_joins_again_at_the_next_poll(
    bus: Bus, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shared.kit.kafka.MAX_POLL_INTERVAL_MS", 1_000)
    subscription = await bus.subscribe("readers", [TOPIC], "m")
    assert isinstance(subscription, KafkaSubscription)
    await subscription.poll(10, 0.1)
    await eventually(lambda: not subscription._listener.assigned.is_set(), within=seconds(20))
    await bus.publish([a_record(1)], PATIENCE)
    assert values(await read(subscription, 1)) == [b"1"]


async def test_a_killed_broker_costs_no_record_and_no_order_and_the_member_reads_on_by_itself(
    bus: Bus, broker: KafkaServer
) -> None:
    subscription = await bus.subscribe("readers", [TOPIC], "m")
    await bus.publish([a_record(0)], PATIENCE)
    first = await read_batch(subscription, 1)
    await subscription.commit(first.generation, next_offsets(first.records))
    relaying = asyncio.create_task(relayed(bus, range(1, 2001)))
    seen = values(await read(subscription, 100))
    await asyncio.to_thread(broker.kill)
    await asyncio.to_thread(broker.start)
    failures = await asyncio.wait_for(relaying, 60)
    wanted = [b"%d" % number for number in range(2001)]

    async def read_on() -> bytes | None:
        seen.extend(values((await subscription.poll(500, 0.2)).records))
        return seen[-1]

    await eventually(read_on, is_=wanted[-1], within=seconds(60))
    assert failures
    assert list(dict.fromkeys(value for value in seen if value != b"0")) == wanted[1:]
