"""The service as a whole: migrations, settings, the worker between two buses' ends."""

import asyncio
from typing import Any

import pytest
from pydantic import SecretStr

from alert_svc.settings import AlertSettings
from alert_svc.tables import Base
from alert_svc.worker import create_worker
from shared.contracts.alert import AlertRaised
from shared.contracts.envelope import unwrap
from shared.kit.bus import OutRecord
from shared.kit.migrations import at_head, differences
from shared.kit.runtime import Runtime
from shared.kit.settings import ConfigurationError, load_settings
from shared.testing.alerts_api import AlertsApi
from shared.testing.eventually import eventually
from shared.testing.facts import FactTeller, an_overdue
from shared.testing.receiver import WebhookReceiver

ENVIRON = {
    "ALERT_ENVIRONMENT": "test",
    "ALERT_DATABASE_URL": "sqlite+aiosqlite:///alert.db",
    "ALERT_BUS_URL": "file://bus.db",
    "ALERT_SIGNING_KEY": "k" * 40,
}
PRODUCTION = {**ENVIRON, "ALERT_ENVIRONMENT": "production", "ALERT_DATABASE_URL": "postgresql+asyncpg://alert@db/alert"}


async def test_the_migrations_make_the_tables_of_the_models(runtime: Runtime) -> None:
    assert await at_head(runtime.database, AlertSettings.migrations_package())
    async with runtime.database.engine.connect() as connection:
        assert await connection.run_sync(differences, Base.metadata) == []


async def test_a_fact_on_the_bus_becomes_an_alert_a_push_and_a_fact_of_our_own(
    runtime: Runtime, facts: FactTeller, alerts: AlertsApi, receiver: WebhookReceiver
) -> None:
    await alerts.register(receiver)
    record = facts.record(an_overdue())
    await runtime.bus.start(5)
    sent = OutRecord(record.tp.topic, record.key or b"", record.headers, record.value or b"", "/project-svc", "event-1")
    await runtime.bus.publish([sent, sent], 5)
    stop = asyncio.Event()
    working = asyncio.create_task(create_worker(runtime).run(stop))
    await eventually(lambda: receiver.distinct, is_=1)
    listening = await runtime.bus.subscribe("a reader", ["diaodu.alert.v1"], "member")

    async def published() -> list[Any]:
        return [unwrap(one.headers, one.value).fact() for one in (await listening.poll(10, 0.2)).records]

    (raised,) = await eventually(published)
    stop.set()
    await working
    await listening.close(2)
    assert isinstance(raised, AlertRaised)
    assert (raised.alert_id, raised.responsible) == ((await alerts.only())["id"], ("市卫生健康委", "VM-SOC", "王某"))
    assert receiver.repeats == 0


def test_a_test_deployment_pushes_to_loopback_and_production_to_nobody_by_itself() -> None:
    assert load_settings(AlertSettings, ENVIRON).receiver_policy().knows("127.0.0.1")
    assert load_settings(AlertSettings, PRODUCTION).receiver_policy().hosts == ()


def test_receivers_are_registered_by_setting() -> None:
    given = {"ALERT_RECEIVER_HOSTS": "hooks.example.cn, app.example.cn:8443", "ALERT_RECEIVER_NETWORKS": "10.0.0.0/8"}
    policy = load_settings(AlertSettings, {**PRODUCTION, **given}).receiver_policy()
    assert [(one.host, one.port) for one in policy.hosts] == [("hooks.example.cn", ""), ("app.example.cn", "8443")]
    assert [str(network) for network in policy.networks] == ["10.0.0.0/8"]


@pytest.mark.parametrize("given", [{"ALERT_RECEIVER_HOSTS": "a.cn:eighty"}, {"ALERT_RECEIVER_NETWORKS": "10.0.0.0/40"}])
def test_a_registration_that_cannot_be_read_keeps_the_process_from_starting(given: dict[str, str]) -> None:
    with pytest.raises(ConfigurationError, match="白名单"):
        load_settings(AlertSettings, {**ENVIRON, **given})


def test_a_secret_has_no_default() -> None:
    without = {name: value for name, value in ENVIRON.items() if name != "ALERT_SIGNING_KEY"}
    with pytest.raises(ConfigurationError, match="ALERT_SIGNING_KEY"):
        load_settings(AlertSettings, without)
    assert isinstance(load_settings(AlertSettings, ENVIRON).signing_key, SecretStr)
