"""One suite of each make for all of these tests, gone before others begin; tests keep apart by having objects of their own."""

from collections.abc import Iterator

import pytest

from shared.testing.kafka_server import KafkaServer
from shared.testing.postgres_server import PostgresServer
from shared.testing.stack import Stack
from tests.e2e.running import ProductionSuite, RunningSuite, an_embedded_suite

BOTH = ["embedded", pytest.param("production", marks=[pytest.mark.postgres, pytest.mark.kafka])]


@pytest.fixture(scope="package")
def production(postgres_server: PostgresServer, kafka_server: KafkaServer) -> Iterator[ProductionSuite]:
    with Stack(postgres_server, kafka_server, settings={"PROJECT_SWEEP_INTERVAL": "0.5"}) as stack:
        yield ProductionSuite(stack)


@pytest.fixture(scope="package")
def embedded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningSuite]:
    suite = an_embedded_suite(tmp_path_factory.mktemp("embedded"))
    with suite.child:
        yield suite


@pytest.fixture(params=BOTH)
def suite(request: pytest.FixtureRequest) -> RunningSuite:
    """The same test on both makes."""
    running: RunningSuite = request.getfixturevalue(request.param)
    return running
