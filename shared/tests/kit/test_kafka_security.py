"""Who a client says it is, and to whom: the options of the bus URL, and a broker that insists on them."""

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

import pytest

from shared.kit.bus import TP, Ack, BusError
from shared.kit.bus_factory import UnknownBus, open_bus
from shared.kit.kafka_security import UnusableSecurity, client_security
from shared.testing.databases import cannot_test_without
from shared.testing.postgres_server import ServerMissing
from shared.testing.secure_kafka import USER, SecureKafkaServer
from shared.tests.kit.bus_records import TOPIC, a_record


@pytest.fixture
def password_file(tmp_path: Path) -> Path:
    path = tmp_path / "password"
    path.write_text("geheim\n")
    return path


def scram(password_file: Path, **changes: str) -> dict[str, str]:
    return {
        "security": "sasl_ssl",
        "mechanism": "SCRAM-SHA-512",
        "username": USER,
        "password_file": str(password_file),
        **changes,
    }


def test_a_client_without_options_speaks_in_the_clear() -> None:
    assert client_security({}) == {"security_protocol": "PLAINTEXT"}


def test_a_password_comes_from_its_file_without_the_line_end(password_file: Path) -> None:
    arguments = client_security(scram(password_file))
    assert arguments["sasl_plain_password"] == "geheim"
    assert arguments["ssl_context"].check_hostname


@pytest.mark.parametrize(
    "changes",
    [
        {"security": "tls"},
        {"mechanism": "GSSAPI"},
        {"password_file": "/nowhere/password"},
        {"ca_file": "/nowhere/ca.pem"},
        {"security": "ssl"},
        {"security": "sasl_plaintext", "ca_file": "/etc/hosts"},
    ],
)
def test_options_that_are_wrong_or_would_be_ignored_are_refused(password_file: Path, changes: dict[str, str]) -> None:
    with pytest.raises(UnusableSecurity):
        client_security({**scram(password_file), **changes})


def test_credentials_that_are_incomplete_are_refused_by_name() -> None:
    with pytest.raises(UnusableSecurity, match="password_file"):
        client_security({"security": "SASL_SSL", "mechanism": "PLAIN", "username": USER})


@pytest.mark.parametrize("query", ["perfix=x", "prefix=x&prefix=y", "password=geheim", "replication=many", "username=x"])
def test_a_bus_url_with_an_option_that_means_nothing_is_refused(query: str) -> None:
    with pytest.raises(UnknownBus):
        open_bus(f"kafka://127.0.0.1:9092?{query}")


@pytest.fixture(scope="module")
def secure_broker() -> Iterator[SecureKafkaServer]:
    try:
        with SecureKafkaServer() as server:
            yield server
    except ServerMissing as missing:
        cannot_test_without(missing)


@pytest.mark.kafka
async def test_a_broker_with_tls_and_scram_takes_records_of_who_knows_the_password(secure_broker: SecureKafkaServer) -> None:
    options = urlencode(scram(secure_broker.password_file, ca_file=str(secure_broker.authority)))
    bus = open_bus(f"kafka://{secure_broker.servers}?{options}")
    await bus.ensure_topics({TOPIC: 1})
    assert await bus.publish([a_record(1)], 20.0) == [Ack(TP(TOPIC, 0), 0)]
    await bus.close(5)


@pytest.mark.kafka
async def test_the_same_broker_turns_a_wrong_password_away(secure_broker: SecureKafkaServer, password_file: Path) -> None:
    options = urlencode(scram(password_file, ca_file=str(secure_broker.authority)))
    bus = open_bus(f"kafka://{secure_broker.servers}?{options}")
    assert [type(result) for result in await bus.publish([a_record(1)], 10.0)] == [BusError]
    await bus.close(5)
