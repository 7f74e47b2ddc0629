"""A process refuses to start wrong, and says everything that is wrong at once."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import ClassVar

import pytest

from shared.kit.settings import ConfigurationError, ServiceSettings, load_settings

GOOD = {
    "PLAN_ENVIRONMENT": "test",
    "PLAN_DATABASE_URL": "sqlite+aiosqlite:///x.db",
    "PLAN_BUS_URL": "file:///x/bus.db",
    "PLAN_SIGNING_KEY": "k" * 32,
    "PATH": "/bin",
}


class PlanSettings(ServiceSettings):
    service: ClassVar[str] = "plan"
    watched: tuple[str, ...] = ()


def faults(**changes: str | None) -> list[str]:
    environ = {name: value for name, value in {**GOOD, **changes}.items() if value is not None}
    with pytest.raises(ConfigurationError) as refused:
        load_settings(PlanSettings, environ)
    return refused.value.faults


def test_good_settings_are_read_with_their_units() -> None:
    settings = load_settings(PlanSettings, {**GOOD, "PLAN_REQUEST_DEADLINE": "2.5", "PLAN_WATCHED": '["620200"]'})
    assert settings.request_deadline == timedelta(seconds=2.5)
    assert settings.idempotency_ttl == timedelta(hours=48)
    assert settings.watched == ("620200",)


@pytest.mark.parametrize("name", ["PLAN_ENVIRONMENT", "PLAN_DATABASE_URL", "PLAN_BUS_URL", "PLAN_SIGNING_KEY"])
def test_what_is_needed_and_missing_is_named(name: str) -> None:
    assert [fault.partition("：")[0] for fault in faults(**{name: None})] == [name]


def test_every_fault_is_named_at_once() -> None:
    named = faults(PLAN_ENVIRONMENT="prod", PLAN_HTTP_PORT="99999", PLAN_SPEED="9", PLAN_REQUEST_DEADLINE="soon")
    assert {fault.partition("：")[0] for fault in named} == {
        "PLAN_ENVIRONMENT",
        "PLAN_HTTP_PORT",
        "PLAN_SPEED",
        "PLAN_REQUEST_DEADLINE",
    }


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PLAN_DATABASE_URL", "mysql://x"),
        ("PLAN_SIGNING_KEY", "short"),
        ("PLAN_CLOCK_START", "2022-07-01T09:00:00"),
        ("PLAN_REGION", "620"),
        ("PLAN_REQUEST_DEADLINE", "0"),
    ],
)
def test_a_wrong_value_is_refused(name: str, value: str) -> None:
    assert faults(**{name: value})[0].startswith(name)


def test_production_takes_neither_sqlite_nor_a_clock_of_its_own() -> None:
    named = faults(PLAN_ENVIRONMENT="production", PLAN_CLOCK_START="2022-07-01T09:00:00+08:00")
    assert {fault.partition("：")[0] for fault in named} == {"PLAN_DATABASE_URL", "PLAN_CLOCK_START"}


def test_a_secret_can_come_from_a_file(tmp_path: Path) -> None:
    secret = tmp_path / "key"
    secret.write_text("s" * 40 + "\n")
    environ = {**GOOD, "PLAN_SIGNING_KEY_FILE": str(secret)}
    del environ["PLAN_SIGNING_KEY"]
    assert load_settings(PlanSettings, environ).signing_key.get_secret_value() == "s" * 40


def test_a_setting_given_twice_or_in_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    assert "只能保留一个" in faults(PLAN_SIGNING_KEY_FILE=str(tmp_path / "key"))[0]
    assert "无法读取" in faults(PLAN_SIGNING_KEY=None, PLAN_SIGNING_KEY_FILE=str(tmp_path / "none"))[0]


def test_secrets_do_not_show_in_what_is_printed() -> None:
    url = "postgresql+asyncpg://plan:hunter2@db/plan"
    shown = repr(load_settings(PlanSettings, {**GOOD, "PLAN_DATABASE_URL": url}))
    assert "hunter2" not in shown
    assert "k" * 32 not in shown
    assert "k" * 31 not in str(faults(PLAN_SIGNING_KEY="k" * 31))


def test_tests_and_demonstrations_may_set_the_clock() -> None:
    settings = load_settings(PlanSettings, {**GOOD, "PLAN_CLOCK_START": "2022-07-01T09:00:00+08:00"})
    assert settings.clock_start == datetime.fromisoformat("2022-07-01T09:00:00+08:00")
