"""Servers that will not be well treated, the suite on them, and the table at the end."""

from collections.abc import Iterator
from typing import Final

import pytest

from shared.testing.databases import cannot_test_without
from shared.testing.kafka_server import KafkaServer
from shared.testing.postgres_server import PostgresServer, ServerMissing
from shared.testing.stack import Stack
from tests.faults.books import Target
from tests.faults.report import Report, Table

HURRY: Final = {"PROJECT_SWEEP_INTERVAL": "0.2", "ALERT_DELIVERY_DEADLINE": "3"}
"""A sweep that is due at once, and pushes whose fate is known soon after their sender died."""

AS_IN_PRODUCTION: Final = ("max_connections=200",)
"""PostgreSQL's own defaults otherwise: what it committed outlives its death."""
NOTICED_SOON: Final = "broker.session.timeout.ms=3000"
"""A broker that is started again waits until its former self is known to be dead."""


class Printer:
    """Gathers what the tests say of their faults, from every process that runs them, and prints it at the end."""

    def __init__(self) -> None:
        self._table = Table()

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.when == "call":
            self._table.take(report.user_properties)

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        self._table.print_on(terminalreporter)


def pytest_configure(config: pytest.Config) -> None:
    config.pluginmanager.register(Printer())


@pytest.fixture
def report(request: pytest.FixtureRequest) -> Report:
    item: pytest.Item = request.node
    return Report(item.user_properties)


@pytest.fixture(scope="package")
def database_server() -> Iterator[PostgresServer]:
    """A PostgreSQL that nobody else uses."""
    try:
        with PostgresServer(AS_IN_PRODUCTION) as server:
            yield server
    except ServerMissing as missing:
        cannot_test_without(missing)


@pytest.fixture(scope="package")
def broker() -> Iterator[KafkaServer]:
    """A broker that nobody else uses."""
    try:
        with KafkaServer(NOTICED_SOON) as server:
            yield server
    except ServerMissing as missing:
        cannot_test_without(missing)


@pytest.fixture(scope="package")
def stack(database_server: PostgresServer, broker: KafkaServer) -> Iterator[Stack]:
    """A publisher and a subscriber, each with its api and its worker."""
    with Stack(database_server, broker, services=("project", "alert"), settings=HURRY) as stack:
        yield stack


@pytest.fixture
def target(stack: Stack) -> Target:
    return Target(stack.urls.__getitem__, stack.key)
