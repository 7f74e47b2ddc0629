"""The partition of a key is Kafka's."""

import pytest
from aiokafka.partitioner import DefaultPartitioner
from hypothesis import given
from hypothesis import strategies as st

from shared.kit.partitioning import murmur2, partition_for


# From org.apache.kafka.common.utils.UtilsTest#testMurmur2 (Kafka 3.9, Apache-2.0); Java prints them signed.
@pytest.mark.parametrize(
    ("key", "signed"),
    [
        (b"21", -973932308),
        (b"foobar", -790332482),
        (b"a-little-bit-long-string", -985981536),
        (b"a-little-bit-longer-string", -1486304829),
        (b"lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8", -58897971),
        (b"abc", 479470107),
    ],
)
def test_the_hash_is_the_one_of_the_java_client(key: bytes, signed: int) -> None:
    assert murmur2(key) == signed % 2**32


@given(key=st.binary(max_size=64), partitions=st.integers(min_value=1, max_value=100))
def test_the_kafka_client_chooses_the_same_partition(key: bytes, partitions: int) -> None:
    chosen = DefaultPartitioner()(key, list(range(partitions)), [])
    assert partition_for(key, partitions) == chosen


def test_the_keys_of_a_province_spread_over_all_partitions() -> None:
    keys = [f"6202{n:02d}/project/{n}".encode() for n in range(100)]
    assert {partition_for(key, 12) for key in keys} == set(range(12))
