"""What an operator decides about alert-svc."""

import ssl
from datetime import timedelta
from ipaddress import ip_network
from pathlib import Path
from typing import Annotated, Any, ClassVar, Final, Self

from pydantic import BeforeValidator, Field, model_validator

from alert_svc.endpoints.rules import ReceiverPolicy, RegisteredHost
from shared.kit.settings import Seconds, ServiceSettings

LOOPBACK_HOSTS: Final = ("127.0.0.1:*", "localhost:*")
LOOPBACK_NAMES: Final = ("127.0.0.1", "localhost")


def _listed(value: Any) -> Any:
    """`a, b` as an environment variable writes a list."""
    return tuple(part.strip() for part in value.split(",") if part.strip()) if isinstance(value, str) else value


Names = Annotated[tuple[str, ...], BeforeValidator(_listed)]


class AlertSettings(ServiceSettings):
    """Settings of alert-svc, read from `ALERT_…`."""

    service: ClassVar[str] = "alert"

    receiver_hosts: Names | None = None
    """Hosts that may be pushed to: `host` (its default port), `host:8443`, `host:*`. Without it: loopback, in production none."""
    receiver_http_hosts: Names | None = None
    """Names among them that may be pushed to without TLS. Without it: loopback, in production none."""
    receiver_networks: Names = ()
    """Networks that receivers live in (CIDR); empty: any but special-purpose ones."""
    receiver_ca_file: Path | None = None
    """Certificates of the authority that signs the receivers'; without it the system's."""

    delivery_deadline: Seconds = timedelta(seconds=15)
    """How long one push may take."""
    delivery_poll_interval: Seconds = timedelta(milliseconds=100)
    deliveries_in_flight: Annotated[int, Field(ge=1, le=1000)] = 64
    deliveries_per_endpoint: Annotated[int, Field(ge=1, le=100)] = 8

    stream_poll_interval: Seconds = timedelta(milliseconds=100)
    stream_ttl: Annotated[timedelta, Field(ge=timedelta(hours=1), le=timedelta(days=400))] = timedelta(days=7)
    """How far back a client of the stream may resume."""
    stream_send_deadline: Seconds = timedelta(seconds=5)
    """How long a client of the stream may block before it is cut off."""
    stream_clients: Annotated[int, Field(ge=1, le=10_000)] = 500

    @model_validator(mode="after")
    def _receivers_can_be_read(self) -> Self:
        try:
            self.receiver_policy()
        except ValueError as error:
            raise ValueError(f"{self.variable('receiver_hosts')}：接收方白名单写法有误（{error}）。") from error
        return self

    def receiver_policy(self) -> ReceiverPolicy:
        """Which receivers may be told. Raises ValueError for what is no host or no network."""
        production = self.environment == "production"
        hosts = self.receiver_hosts if self.receiver_hosts is not None else (() if production else LOOPBACK_HOSTS)
        plain = self.receiver_http_hosts if self.receiver_http_hosts is not None else (() if production else LOOPBACK_NAMES)
        return ReceiverPolicy(
            hosts=tuple(RegisteredHost.parse(host) for host in hosts),
            http_hosts=frozenset(name.lower() for name in plain),
            networks=tuple(ip_network(network) for network in self.receiver_networks),
        )

    def receiver_tls(self) -> ssl.SSLContext:
        """How receivers are recognised."""
        return ssl.create_default_context(cafile=self.receiver_ca_file)
