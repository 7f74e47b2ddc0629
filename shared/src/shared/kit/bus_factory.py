"""From a URL to a bus: the one place that knows both edges."""

from collections.abc import Mapping
from pathlib import Path
from typing import Protocol
from urllib.parse import parse_qs, unquote, urlsplit

from shared.kit.bus import EventBus
from shared.kit.embedded_bus import EmbeddedBus
from shared.kit.kafka_security import OPTIONS as SECURITY_OPTIONS
from shared.kit.kafka_security import client_security


class Bus(EventBus, Protocol):
    """What both edges offer beyond publishing and subscribing."""

    async def ensure_topics(self, topics: Mapping[str, int | None], timeout: float = 30.0) -> None:
        """Make the topics that are missing, with so many partitions (None: the bus's own number); the others stay as they are."""
        ...


class UnknownBus(ValueError):
    """The URL names no bus."""


def open_bus(url: str) -> Bus:
    """`file:///var/lib/diaodu/bus.db`, or `kafka://host:port,host:port`.

    Options of the latter: `?prefix=` for all topics and groups, `replication=` for topics that it makes, and those of
    `kafka_security.py`. Nothing is reached yet. Raises UnknownBus.
    """
    parts = urlsplit(url)
    if parts.scheme == "file" and not parts.netloc and parts.path.startswith("/") and not parts.query:
        return EmbeddedBus(Path(unquote(parts.path)))
    if parts.scheme == "kafka" and parts.netloc and parts.path in ("", "/"):
        return _kafka(parts.netloc, _options(parts.query))
    raise UnknownBus(f"{url!r} is neither file:///absolute/path.db nor kafka://host:port[,host:port]")


def _kafka(servers: str, options: Mapping[str, str]) -> Bus:
    from shared.kit.kafka import KafkaBus  # noqa: PLC0415 - only a deployment that has Kafka pays for its client

    try:
        replication = int(options.get("replication", "1"))
        return KafkaBus(servers, prefix=options.get("prefix", ""), replication=replication, security=client_security(options))
    except ValueError as error:
        raise UnknownBus(f"kafka://{servers}: {error}") from error


def _options(query: str) -> dict[str, str]:
    options = parse_qs(query, keep_blank_values=True)
    known = {"prefix", "replication"} | SECURITY_OPTIONS
    if wrong := sorted(name for name, values in options.items() if name not in known or len(values) > 1):
        raise UnknownBus(f"{wrong} in the bus URL: unknown or given twice; there are {sorted(known)}")
    return {name: values[0] for name, values in options.items()}
