"""Which partition a key belongs to: the same on both buses, so that moving from the file log to Kafka keeps every object's place.

Kafka's own rule: MurmurHash2 (32 bit, seed 0x9747b28c) of the key, made positive, modulo the number of partitions.
"""

_SEED = 0x9747B28C
_M = 0x5BD1E995
_MASK = 0xFFFFFFFF


def partition_for(key: bytes, partitions: int) -> int:
    """The partition of `key` among `partitions` of them, as Kafka's default partitioner chooses it."""
    return (murmur2(key) & 0x7FFFFFFF) % partitions


def murmur2(data: bytes) -> int:
    """MurmurHash2 as an unsigned 32-bit number, equal to `org.apache.kafka.common.utils.Utils.murmur2`."""
    h = (_SEED ^ len(data)) & _MASK
    tail = len(data) & ~3
    for at in range(0, tail, 4):
        h = (h * _M & _MASK) ^ _mixed(int.from_bytes(data[at : at + 4], "little"))
    if rest := data[tail:]:
        h = ((h ^ int.from_bytes(rest, "little")) * _M) & _MASK
    h = ((h ^ (h >> 13)) * _M) & _MASK
    return h ^ (h >> 15)


def _mixed(word: int) -> int:
    k = word * _M & _MASK
    return ((k ^ (k >> 24)) * _M) & _MASK
