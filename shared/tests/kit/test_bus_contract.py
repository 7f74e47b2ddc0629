"""What both edges of the bus promise. `bus_url` runs every test on the file log and on a real Kafka.

One promise differs and is tolerated by the inbox: the file log drops a repeat of (topic, source, event id), Kafka keeps it.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest

from shared.kit.bus import TP, Ack, BusError, Fenced, RecordRefused, Subscription
from shared.kit.bus_factory import Bus, open_bus
from shared.kit.outgoing import MAX_RECORD_BYTES
from shared.kit.partitioning import partition_for
from shared.testing.eventually import eventually
from shared.tests.kit.bus_records import PARTITIONS, PATIENCE, TOPIC, a_record, next_offsets, read, read_batch, values


@asynccontextmanager
async def opened(url: str) -> AsyncIterator[Bus]:
    bus = open_bus(url)
    await bus.start(PATIENCE)
    try:
        await bus.ensure_topics({TOPIC: PARTITIONS})
        yield bus
    finally:
        await bus.close(10)


@pytest.fixture
async def bus(bus_url: str) -> AsyncIterator[Bus]:
    async with opened(bus_url) as bus:
        yield bus


async def read_nothing(subscription: Subscription) -> None:
    """Several polls in a row bring nothing."""
    for _ in range(3):
        assert (await subscription.poll(200, 0.3)).records == []


async def test_a_published_record_arrives_whole(bus: Bus) -> None:
    headers = (("ce_id", b"1"), ("x-unknown", b"\x00\xff"), ("ce_id", "重复".encode()), ("empty", b""))
    sent = a_record(1, headers=headers, value='{"项目": 1}'.encode())
    [ack] = await bus.publish([sent], PATIENCE)
    subscription = await bus.subscribe("readers", [TOPIC], "m")
    [received] = await read(subscription, 1)
    assert isinstance(ack, Ack)
    assert (received.tp, received.offset) == (ack.tp, ack.offset)
    assert (received.key, received.headers, received.value) == (sent.key, headers, sent.value)
    assert received.timestamp.tzinfo is not None


async def test_a_key_goes_to_the_partition_that_the_partitioner_says(bus: Bus) -> None:
    records = [a_record(n, key=b"6202%02d/project/p" % n) for n in range(30)]
    acks = await bus.publish(records, PATIENCE)
    assert [ack.tp.partition for ack in acks if isinstance(ack, Ack)] == [partition_for(r.key, PARTITIONS) for r in records]


async def test_records_of_one_key_arrive_in_the_order_of_publishing(bus: Bus) -> None:
    keys = [b"620200/project/p%d" % n for n in range(7)]
    for start in range(0, 300, 100):
        await bus.publish([a_record(n, key=keys[n % 7]) for n in range(start, start + 100)], PATIENCE)
    received = await read(await bus.subscribe("readers", [TOPIC], "m"), 300)
    for index, key in enumerate(keys):
        assert [int(r.value or b"") for r in received if r.key == key] == list(range(index, 300, 7))


async def test_records_too_many_for_one_request_keep_their_order_and_know_their_places(bus: Bus) -> None:
    sent = [a_record(n, value=b"%d" % n + b"x" * 400_000) for n in range(5)]
    acks = await bus.publish(sent, PATIENCE)
    received = await read(await bus.subscribe("readers", [TOPIC], "m"), 5)
    assert [record.value for record in received] == [record.value for record in sent]
    assert acks == [Ack(record.tp, record.offset) for record in received]


async def test_records_and_commits_outlive_the_connection(bus_url: str) -> None:
    async with opened(bus_url) as first:
        await first.publish([a_record(1), a_record(2)], PATIENCE)
        subscription = await first.subscribe("readers", [TOPIC], "m")
        batch = await read_batch(subscription, 2)
        await subscription.commit(batch.generation, next_offsets(batch.records[:1]))
    async with opened(bus_url) as second:
        assert values(await read(await second.subscribe("readers", [TOPIC], "m"), 1)) == [b"2"]


async def test_what_was_not_committed_is_delivered_again(bus: Bus) -> None:
    await bus.publish([a_record(n) for n in range(3)], PATIENCE)
    first = await bus.subscribe("readers", [TOPIC], "m1")
    await read(first, 3)
    await first.close(5)
    assert values(await read(await bus.subscribe("readers", [TOPIC], "m2"), 3)) == [b"0", b"1", b"2"]


async def test_a_new_group_starts_at_the_earliest_record(bus: Bus) -> None:
    await bus.publish([a_record(1)], PATIENCE)
    old = await bus.subscribe("old", [TOPIC], "m")
    batch = await read_batch(old, 1)
    await old.commit(batch.generation, next_offsets(batch.records))
    await bus.publish([a_record(2)], PATIENCE)
    assert values(await read(await bus.subscribe("new", [TOPIC], "m"), 2)) == [b"1", b"2"]


async def test_two_members_share_the_partitions_and_one_inherits_all(bus: Bus) -> None:
    every = {TP(TOPIC, part) for part in range(PARTITIONS)}
    first = await bus.subscribe("readers", [TOPIC], "m1")
    assert first.assignment() == every
    second = await bus.subscribe("readers", [TOPIC], "m2")

    async def both_polled() -> tuple[int, int, bool]:
        await first.poll(1, 0.05)
        await second.poll(1, 0.05)
        mine, yours = first.assignment(), second.assignment()
        return len(mine), len(yours), mine | yours == every

    await eventually(both_polled, is_=(6, 6, True), within=PATIENCE)
    await second.close(5)

    async def inherited() -> frozenset[TP]:
        await first.poll(1, 0.05)
        return first.assignment()

    await eventually(inherited, is_=frozenset(every), within=PATIENCE)


async def test_every_record_reaches_one_of_two_members(bus: Bus) -> None:
    first = await bus.subscribe("readers", [TOPIC], "m1")
    second = await bus.subscribe("readers", [TOPIC], "m2")
    await bus.publish([a_record(n, key=b"k%d" % n) for n in range(60)], PATIENCE)
    seen: set[bytes | None] = set()

    async def polled() -> int:
        for member in (first, second):
            seen.update(values((await member.poll(200, 0.1)).records))
        return len(seen)

    await eventually(polled, is_=60, within=PATIENCE)
    assert first.assignment()
    assert second.assignment()


async def test_a_commit_of_a_lost_generation_is_fenced(bus: Bus) -> None:
    await bus.publish([a_record(n, key=b"k%d" % n) for n in range(40)], PATIENCE)
    first = await bus.subscribe("readers", [TOPIC], "m1")
    stale = await read_batch(first, 40)
    second = await bus.subscribe("readers", [TOPIC], "m2")

    async def rebalanced() -> bool:
        return (await first.poll(1, 0.05)).generation > stale.generation

    await eventually(rebalanced, within=PATIENCE)
    with pytest.raises(Fenced):
        await first.commit(stale.generation, next_offsets(stale.records))
    assert await read(second, 1)


async def test_a_commit_for_a_partition_held_by_another_is_fenced(bus: Bus) -> None:
    first = await bus.subscribe("readers", [TOPIC], "m1")
    second = await bus.subscribe("readers", [TOPIC], "m2")

    async def settled() -> tuple[int, int]:
        await first.poll(1, 0.05)
        await second.poll(1, 0.05)
        return len(first.assignment()), len(second.assignment())

    await eventually(settled, is_=(6, 6), within=PATIENCE)
    generation = (await first.poll(1, 0)).generation
    with pytest.raises(Fenced):
        await first.commit(generation, {next(iter(second.assignment())): 1})


async def test_a_repeat_is_dropped_or_delivered_but_never_reordered(bus: Bus) -> None:
    await bus.publish([a_record(1), a_record(2)], PATIENCE)
    again = await bus.publish([a_record(1), a_record(3)], PATIENCE)
    received = values(await read(await bus.subscribe("readers", [TOPIC], "m"), 3))
    assert all(isinstance(result, Ack) for result in again)
    assert received in ([b"1", b"2", b"3"], [b"1", b"2", b"1", b"3"])


async def test_a_paused_partition_is_silent_until_resumed_and_stays_held(bus: Bus) -> None:
    subscription = await bus.subscribe("readers", [TOPIC], "m")
    [ack] = await bus.publish([a_record(1)], PATIENCE)
    assert isinstance(ack, Ack)
    subscription.pause(ack.tp)
    await read_nothing(subscription)
    assert ack.tp in subscription.assignment()
    subscription.resume(ack.tp)
    assert values(await read(subscription, 1)) == [b"1"]


async def test_other_partitions_flow_while_one_is_paused(bus: Bus) -> None:
    subscription = await bus.subscribe("readers", [TOPIC], "m")
    keys = [b"k%d" % n for n in range(24)]
    held = TP(TOPIC, partition_for(keys[0], PARTITIONS))
    subscription.pause(held)
    await bus.publish([a_record(n, key=key) for n, key in enumerate(keys)], PATIENCE)
    expected = [key for key in keys if partition_for(key, PARTITIONS) != held.partition]
    received = await read(subscription, len(expected))
    assert sorted(r.key or b"" for r in received) == sorted(expected)


async def test_a_seek_back_delivers_again_from_there(bus: Bus) -> None:
    await bus.publish([a_record(n) for n in range(5)], PATIENCE)
    subscription = await bus.subscribe("readers", [TOPIC], "m")
    first = await read(subscription, 5)
    subscription.seek(first[2].tp, first[2].offset)
    assert values(await read(subscription, 3)) == [b"2", b"3", b"4"]


async def test_a_seek_past_the_end_starts_over_rather_than_losing_what_is_there(bus: Bus) -> None:
    await bus.publish([a_record(1)], PATIENCE)
    subscription = await bus.subscribe("readers", [TOPIC], "m")
    [record] = await read(subscription, 1)
    subscription.seek(record.tp, 1000)
    assert values(await read(subscription, 1)) == [b"1"]


async def test_a_poll_brings_no_more_than_was_asked_for(bus: Bus) -> None:
    await bus.publish([a_record(n) for n in range(30)], PATIENCE)
    subscription = await bus.subscribe("readers", [TOPIC], "m")
    first = await eventually(lambda: subscription.poll(10, 0.2), satisfies=lambda batch: batch.records, within=PATIENCE)
    assert len(first.records) <= 10


async def test_a_first_record_that_is_too_large_is_refused_with_its_size(bus: Bus) -> None:
    with pytest.raises(RecordRefused, match=str(MAX_RECORD_BYTES)):
        await bus.publish([a_record(1, value=b"x" * (MAX_RECORD_BYTES + 1))], PATIENCE)


async def test_the_largest_record_that_is_allowed_goes_through(bus: Bus) -> None:
    room = MAX_RECORD_BYTES - len(a_record(1).key)
    largest = a_record(1, value=b"x" * room, headers=())
    [ack] = await bus.publish([largest], PATIENCE)
    [received] = await read(await bus.subscribe("readers", [TOPIC], "m"), 1)
    assert isinstance(ack, Ack)
    assert len(received.value or b"") == room


async def test_records_before_one_that_is_refused_are_acknowledged_and_none_behind_it(bus: Bus) -> None:
    records = [a_record(1), a_record(2), a_record(3, value=b"x" * (MAX_RECORD_BYTES + 1)), a_record(4)]
    results = await bus.publish(records, PATIENCE)
    assert [type(result) for result in results] == [Ack, Ack, BusError, BusError]
    assert values(await read(await bus.subscribe("readers", [TOPIC], "m"), 2)) == [b"1", b"2"]


async def test_lag_counts_what_is_not_committed(bus: Bus) -> None:
    subscription = await bus.subscribe("readers", [TOPIC], "m")
    await bus.publish([a_record(n) for n in range(4)], PATIENCE)
    batch = await read_batch(subscription, 4)
    await subscription.commit(batch.generation, next_offsets(batch.records[:3]))
    lag = await bus.lag("readers")
    assert {tp: entry.records for tp, entry in lag.items() if entry.records} == {batch.records[0].tp: 1}
    assert lag[batch.records[0].tp].seconds >= 0


async def test_a_group_that_has_read_everything_has_no_lag(bus: Bus) -> None:
    subscription = await bus.subscribe("readers", [TOPIC], "m")
    await bus.publish([a_record(1)], PATIENCE)
    batch = await read_batch(subscription, 1)
    await subscription.commit(batch.generation, next_offsets(batch.records))
    assert sum(entry.records for entry in (await bus.lag("readers")).values()) == 0


async def test_a_waiting_poll_wakes_when_a_record_comes_from_another_bus(bus: Bus, bus_url: str) -> None:
    subscription = await bus.subscribe("readers", [TOPIC], "m")
    async with opened(bus_url) as other:
        await other.publish([a_record(1)], PATIENCE)
    assert values(await read(subscription, 1)) == [b"1"]


async def test_making_topics_twice_changes_nothing(bus: Bus) -> None:
    await bus.ensure_topics({TOPIC: PARTITIONS})
    subscription = await bus.subscribe("readers", [TOPIC], "m")
    assert len(subscription.assignment()) == PARTITIONS


async def test_a_bus_that_answers_is_healthy(bus: Bus) -> None:
    assert (await bus.health()).ok


async def test_the_log_tells_where_it_begins_where_it_ends_and_where_it_stood_at_a_moment(bus: Bus) -> None:
    assert set((await bus.offsets([TOPIC], "earliest")).values()) == {0}
    await bus.publish([a_record(n) for n in range(3)], PATIENCE)
    [first, second, third] = await read(await bus.subscribe("readers", [TOPIC], "m"), 3)
    ends = await bus.offsets([TOPIC], "end")
    assert (len(ends), sum(ends.values()), ends[first.tp]) == (PARTITIONS, 3, 3)
    assert (await bus.offsets([TOPIC], "earliest"))[first.tp] == first.offset
    same = [record.offset for record in (first, second, third) if record.timestamp >= second.timestamp]
    assert (await bus.offsets([TOPIC], second.timestamp))[first.tp] == min(same)
    assert await bus.offsets([TOPIC], third.timestamp + timedelta(hours=1)) == ends


async def test_a_topic_that_does_not_exist_has_no_offsets(bus: Bus) -> None:
    assert await bus.offsets([], "end") == {}
    assert await bus.offsets(["diaodu.nobody.v1"], "end") == {}
