"""From a URL to a bus: the one place that knows both edges."""

from collections.abc import Mapping
from pathlib import Path
from typing import Protocol
from urllib.parse import parse_qs, unquote, urlsplit

from shared.kit.bus import EventBus
from shared.kit.embedded_bus import EmbeddedBus


class Bus(EventBus, Protocol):
    """What both edges offer beyond publishing and subscribing."""

    async def ensure_topics(self, topics: Mapping[str, int | None], timeout: float = 30.0) -> None:
        """Make the topics that are missing, with so many partitions (None: the bus's own number); the others stay as they are."""
        ...


class UnknownBus(ValueError):
    """The URL names no bus."""


def open_bus(url: str) -> Bus:
    """`file:///var/lib/diaodu/bus.db`, or `kafka://host:port,host:port` with an optional `?prefix=` for all topics and groups and
    `?replication=` for topics that it makes.

    Nothing is reached yet. Raises UnknownBus.
    """
    parts = urlsplit(url)
    if parts.scheme == "file" and not parts.netloc and parts.path.startswith("/"):
        return EmbeddedBus(Path(unquote(parts.path)))
    if parts.scheme == "kafka" and parts.netloc:
        return _kafka(parts.netloc, parse_qs(parts.query))
    raise UnknownBus(f"{url!r} is neither file:///absolute/path.db nor kafka://host:port[,host:port]")


def _kafka(servers: str, options: Mapping[str, list[str]]) -> Bus:
    from shared.kit.kafka import KafkaBus  # noqa: PLC0415 - only a deployment that has Kafka pays for its client

    return KafkaBus(
        servers, prefix="".join(options.get("prefix", [])), replication=int("".join(options.get("replication", ["1"])))
    )
