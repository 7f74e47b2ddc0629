"""The whole suite, running, in two makes: the embedded process, and production's processes on PostgreSQL and Kafka."""

import sqlite3
from abc import ABC, abstractmethod
from contextlib import closing
from itertools import count
from pathlib import Path

import httpx

from diaodu_embedded.child import EmbeddedChild
from shared.testing.http import bearer
from shared.testing.receiver import WebhookReceiver
from shared.testing.stack import Stack

JULY = "2022-07-01T09:00:00+08:00"
RESEND = "UPDATE outbox SET sent_at = NULL"


class RunningSuite(ABC):
    """What a test may do to a suite that it does not know the make of."""

    key: str

    def __init__(self, first_number: int = 1) -> None:
        self.numbers = count(first_number)
        """So that every test has a project of its own number."""

    @abstractmethod
    def url(self, service: str) -> str:
        """Where a service is reached."""

    @abstractmethod
    def crash(self, service: str) -> None:
        """End the service's worker as a power cut would, and start it again."""

    @abstractmethod
    def resend(self, service: str) -> None:
        """Have the service's relay publish again whatever it ever published."""

    def receiver(self) -> WebhookReceiver:
        """Somebody whom this suite can reach and may push to."""
        return WebhookReceiver()

    def client(self, service: str) -> httpx.AsyncClient:
        """A caller with the first key."""
        return httpx.AsyncClient(base_url=self.url(service), headers=bearer(self.key), timeout=30, trust_env=False)


class EmbeddedSuite(RunningSuite):
    """One process; a crash takes all of it."""

    def __init__(self, child: EmbeddedChild) -> None:
        super().__init__()
        self.child = child

    @property
    def key(self) -> str:  # type: ignore[override]  # written by the suite at its first start
        return self.child.key

    def url(self, service: str) -> str:  # noqa: ARG002 - one port for all
        return self.child.url

    def crash(self, service: str) -> None:  # noqa: ARG002 - one process for all
        self.child.kill()
        self.child.start()

    def resend(self, service: str) -> None:
        with closing(sqlite3.connect(self.child.data_dir / f"{service}.db", timeout=30)) as database, database:
            database.execute(RESEND)


class ProductionSuite(RunningSuite):
    """A process per role."""

    def __init__(self, stack: Stack) -> None:
        super().__init__()
        self.stack = stack
        self.key = stack.key

    def url(self, service: str) -> str:
        return self.stack.urls[service]

    def crash(self, service: str) -> None:
        self.stack.worker(service).kill()
        self.stack.start(service, "worker")

    def resend(self, service: str) -> None:
        self.stack.postgres.psql(RESEND, database=self.stack.databases[service])


def an_embedded_suite(data_dir: Path) -> EmbeddedSuite:
    """A suite that lives in July 2022; enter its child to run it."""
    return EmbeddedSuite(EmbeddedChild(data_dir, {"CLOCK_START": JULY, "LOG_LEVEL": "warning"}))
