"""A PostgreSQL and a Kafka that clients reach through a proxy, under one address whatever is behind it."""

from shared.testing.kafka_server import KafkaServer
from shared.testing.postgres_server import FAST, PostgresServer, free_port
from shared.testing.toxiproxy import Toxiproxy


class ProxiedPostgres(PostgresServer):
    """`link` is the way that `url` takes; `psql` goes straight."""

    def __init__(self, toxiproxy: Toxiproxy, options: tuple[str, ...] = FAST) -> None:
        super().__init__(options)
        self.link = toxiproxy.link(f"127.0.0.1:{self.port}")

    def url(self, database: str) -> str:
        return f"postgresql+asyncpg://postgres@{self.link.address}/{database}"


class ProxiedKafka(KafkaServer):
    """A second listener advertises the proxy: a client that learns of the broker learns of that address."""

    def __init__(self, toxiproxy: Toxiproxy, *more: str) -> None:
        super().__init__(*more)
        self._behind = free_port()
        self.link = toxiproxy.link(f"127.0.0.1:{self._behind}")

    @property
    def servers(self) -> str:
        return self.link.address

    def _configuration(self, controller: int) -> str:
        listeners = f"PLAINTEXT://127.0.0.1:{self.port},PROXIED://127.0.0.1:{self._behind},CONTROLLER://127.0.0.1:{controller}"
        lines = (
            f"listeners={listeners}",
            f"advertised.listeners=PLAINTEXT://127.0.0.1:{self.port},PROXIED://{self.link.address}",
            "listener.security.protocol.map=CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT,PROXIED:PLAINTEXT",
            "inter.broker.listener.name=PLAINTEXT",
        )
        return "\n".join([super()._configuration(controller), *lines])
