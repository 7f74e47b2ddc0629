"""What both buses refuse to send, decided before the first byte leaves: the limits are Kafka's."""

import re
from collections.abc import Sequence
from itertools import chain

from shared.kit.bus import OutRecord, RecordRefused

MAX_RECORD_BYTES = 900_000
"""Of key, headers and value together; a broker takes 1 MiB per batch by default, envelope included."""

_TOPIC_NAME = re.compile(r"[A-Za-z0-9._-]{1,200}")


def sendable_prefix(records: Sequence[OutRecord]) -> tuple[Sequence[OutRecord], str]:
    """The records up to the first that can never be sent, and what is wrong with that one ("" if all can).

    Raises RecordRefused when it is the very first.
    """
    for at, record in enumerate(records):
        if fault := _fault(record):
            if at == 0:
                raise RecordRefused(fault)
            return records[:at], fault
    return records, ""


def _fault(record: OutRecord) -> str:
    if not _TOPIC_NAME.fullmatch(record.topic):
        return f"{_name(record)}: a topic has 1 to 200 letters, digits, dots, dashes or underscores"
    if _at_most(record) > MAX_RECORD_BYTES and (size := _size(record)) > MAX_RECORD_BYTES:
        return f"{_name(record)} has {size} bytes, {MAX_RECORD_BYTES} are allowed"
    return ""


def _name(record: OutRecord) -> str:
    return f"record {record.event_id} of {record.source} for {record.topic!r}"


def _at_most(record: OutRecord) -> int:
    """What the size cannot exceed, at a tenth of the cost of the size: it is asked of every fact."""
    return len(record.key) + len(record.value) + 4 * sum(map(len, chain.from_iterable(record.headers)))


def _size(record: OutRecord) -> int:
    return len(record.key) + len(record.value) + sum(len(name.encode()) + len(value) for name, value in record.headers)
