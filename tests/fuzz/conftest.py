"""A suite of its own, on PostgreSQL (which refuses more than SQLite), filled by the main job."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from diaodu_embedded.client import SuiteClient
from diaodu_embedded.main_job.job import run_main_job
from shared.testing.kafka_server import KafkaServer
from shared.testing.postgres_server import PostgresServer
from shared.testing.stack import Stack
from tests.fuzz.interface import Interface


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--fuzz-examples", type=int, default=8, help="requests for each operation and kind of data")
    parser.addoption("--fuzz-seed", type=int, default=20220701, help="where the requests come from")
    parser.addoption("--fuzz-phases", default="coverage,fuzzing", help="of schemathesis: coverage, fuzzing, stateful")


@pytest.fixture(scope="package")
def filled(postgres_server: PostgresServer, kafka_server: KafkaServer) -> Iterator[Stack]:
    """All four services after the main job."""
    with Stack(postgres_server, kafka_server, settings={"PROJECT_SWEEP_INTERVAL": "1"}) as stack:
        asyncio.run(_fill(stack))
        yield stack


async def _fill(stack: Stack) -> None:
    async with SuiteClient(stack.urls, stack.key) as suite:
        await run_main_job(suite, lambda _: None)


@pytest.fixture
def interface(request: pytest.FixtureRequest, filled: Stack, tmp_path: Path) -> Interface:
    service = str(request.param)
    return Interface(service, filled.urls[service], filled.key, tmp_path)
