"""The suite as production runs it: per service an api and a worker, in processes of this machine, on PostgreSQL and Kafka."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from shared.contracts.catalogue import SERVICES
from shared.testing.postgres_server import PostgresServer
from shared.testing.processes import Processes


class Brokers(Protocol):
    """A broker, or several."""

    replication: int

    @property
    def servers(self) -> str:
        """The bootstrap addresses."""
        ...


class Stack(Processes):
    """A database of each service's own on the server, and topics and groups of the stack's own on the broker."""

    def __init__(
        self,
        postgres: PostgresServer,
        kafka: Brokers,
        services: Sequence[str] = SERVICES,
        settings: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(services, settings)
        self.postgres = postgres
        self.kafka = kafka
        self.databases = {service: postgres.create_database() for service in services}
        self._prefix = f"{self._folder.name[-8:]}."

    @property
    def bus_url(self) -> str:
        return f"kafka://{self.kafka.servers}?prefix={self._prefix}&replication={self.kafka.replication}"

    def database_url(self, service: str) -> str:
        return self.postgres.url(self.databases[service])
