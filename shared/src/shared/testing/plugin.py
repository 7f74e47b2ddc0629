"""Fixtures: every test that asks for a bus runs on the file log and on a real Kafka."""

from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
import structlog

from shared.testing.databases import cannot_test_without
from shared.testing.kafka_server import KafkaServer
from shared.testing.postgres_server import ServerMissing

BOTH = ["embedded", pytest.param("kafka", marks=pytest.mark.kafka)]


@pytest.fixture(autouse=True)
def logging_as_it_was() -> Iterator[None]:
    """A command under test sends the log to its own standard output, which is closed when it ends."""
    yield
    structlog.reset_defaults()


@pytest.fixture(scope="session")
def kafka_server() -> Iterator[KafkaServer]:
    """One broker for the whole run."""
    server = KafkaServer()
    try:
        server.__enter__()
    except ServerMissing as missing:
        cannot_test_without(missing)
    yield server
    server.__exit__(None, None, None)


@pytest.fixture(params=BOTH)
def bus_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of a bus that nobody else uses: a file of its own, or topics and groups of its own on the broker."""
    if request.param == "embedded":
        return f"file://{tmp_path / 'bus.db'}"
    server: KafkaServer = request.getfixturevalue("kafka_server")
    return f"kafka://{server.servers}?prefix={uuid4().hex[:8]}."
