"""The bus as the suite sees it; `kafka.py` and `embedded_bus.py` are its two edges and pass one contract suite.

Delivery is at least once and ordered per key. A send that failed or timed out is *unknown*: it may be in the log, or appear
later. Every call is bounded in time.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, NamedTuple, Protocol


class TP(NamedTuple):
    """A partition of a topic."""

    topic: str
    partition: int


At = datetime | Literal["earliest", "end"]
"""A moment in the log: when records were appended to it, or either end of what it keeps."""


@dataclass(frozen=True, slots=True)
class OutRecord:
    """A record to publish; (`source`, `event_id`) lets an edge that can do so drop a repeat."""

    topic: str
    key: bytes
    headers: tuple[tuple[str, bytes], ...]
    value: bytes
    source: str
    event_id: str


@dataclass(frozen=True, slots=True)
class InRecord:
    """A record as read."""

    tp: TP
    offset: int
    key: bytes | None
    headers: tuple[tuple[str, bytes], ...]
    value: bytes | None
    timestamp: datetime


@dataclass(frozen=True, slots=True)
class Ack:
    """The record is durable in the log at this place."""

    tp: TP
    offset: int


@dataclass(frozen=True, slots=True)
class BusError:
    """The record's fate is unknown, or it is known not to have been sent; the reason is for the log."""

    reason: str


@dataclass(frozen=True, slots=True)
class Lag:
    """What a group has not committed yet."""

    records: int
    seconds: float


@dataclass(frozen=True, slots=True)
class BusHealth:
    """Whether the bus answered, and what it said if not."""

    ok: bool
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Batch:
    """Records of the partitions that the subscription held at `generation`, in order per partition."""

    generation: int
    records: Sequence[InRecord]


class BusUnavailable(Exception):
    """The bus did not answer in time, or refused; the same call may succeed later."""


class RecordRefused(Exception):
    """The bus will never take this record (too large, unknown topic); sending it again is useless."""


class Fenced(Exception):
    """A commit for partitions that meanwhile belong to somebody else. Normal after a rebalance: the new owner redelivers."""


class Subscription(Protocol):
    """A member of a consumer group."""

    async def poll(self, max_records: int, timeout: float) -> Batch:
        """Up to that many records, at once when there are any, else after waiting up to `timeout` seconds."""
        ...

    async def commit(self, generation: int, next_offsets: Mapping[TP, int]) -> None:
        """Remember where to go on. Raises Fenced when a partition was lost, BusUnavailable when the bus is down."""
        ...

    def assignment(self) -> frozenset[TP]:
        """The partitions held now."""
        ...

    def seek(self, tp: TP, offset: int) -> None:
        """Read on from there."""
        ...

    def pause(self, tp: TP) -> None:
        """Stop delivering a partition while staying its owner."""
        ...

    def resume(self, tp: TP) -> None:
        """Deliver a paused partition again."""
        ...

    async def close(self, timeout: float) -> None:
        """Leave the group; returns within `timeout` seconds, always."""
        ...


class Subscribing(Protocol):
    """What a consumer needs of a bus."""

    async def subscribe(self, group: str, topics: Sequence[str], member: str) -> Subscription:
        """Join a group. Raises BusUnavailable."""
        ...


class EventBus(Subscribing, Protocol):
    """A durable, partitioned log."""

    async def start(self, timeout: float) -> None:
        """Reach the bus. Raises BusUnavailable."""
        ...

    async def publish(self, records: Sequence[OutRecord], timeout: float) -> list[Ack | BusError]:
        """Append in order; answers one result per record: acknowledged ones first, then BusError for all after a failure.

        Raises RecordRefused for a first record that can never be sent.
        """
        ...

    async def offsets(self, topics: Sequence[str], at: At) -> Mapping[TP, int]:
        """Where each partition stood: the first offset that is kept, the next one, or the first appended at that time or later.

        A topic that does not exist has no partitions. Raises BusUnavailable.
        """
        ...

    async def lag(self, group: str) -> Mapping[TP, Lag]:
        """How far a group is behind, per partition."""
        ...

    async def health(self) -> BusHealth:
        """Whether the bus answers now; never raises."""
        ...

    async def close(self, timeout: float) -> None:
        """Let go of everything; returns within `timeout` seconds, always."""
        ...
