"""The alarms of deploy/prometheus do what their stories say, and ask for what the services really tell."""

import re
import shutil
import subprocess
from pathlib import Path
from typing import Any, Final

import pytest
import yaml

from shared.contracts.catalogue import SERVICES
from shared.kit.settings import ServiceSettings
from shared.testing.databases import cannot_test_without
from shared.testing.postgres_server import ServerMissing
from tests.alarms.reading import PROMETHEUS, ROOT, rules, scraped


def promtool(*arguments: str) -> str:
    """Run it; what it said. A failure of promtool is a failure of the test."""
    program = shutil.which("promtool") or ""
    if not program:
        cannot_test_without(ServerMissing("promtool is not here: install Prometheus (`apt-get install prometheus`)"))
    done = subprocess.run([program, *arguments], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


def test_the_configuration_and_its_rules_are_ones_that_prometheus_takes() -> None:
    assert "SUCCESS" in promtool("check", "config", str(PROMETHEUS / "prometheus.yml"))


def test_each_alarm_does_what_its_story_says() -> None:
    assert "SUCCESS" in promtool("test", "rules", "tests/alarms/rules_test.yml")


NAMED: Final = re.compile(r'alertname="(\w+)"')


def test_each_alarm_has_a_story() -> None:
    document = yaml.safe_load((Path(__file__).parent / "rules_test.yml").read_text(encoding="utf-8"))
    told = {one["alertname"] for story in document["tests"] for one in story.get("alert_rule_test", ()) if one["exp_alerts"]}
    counted = [one for story in document["tests"] for one in story.get("promql_expr_test", ())]
    for one in counted:
        rung = [sample["labels"] for sample in one["exp_samples"] if sample["value"] > 0]
        told.update(NAMED.findall(" ".join([one["expr"], *rung] if rung else [])))
    assert {rule["alert"] for rule in rules()} == told


@pytest.mark.parametrize("rule", rules(), ids=lambda rule: str(rule["alert"]))
def test_an_alarm_says_in_chinese_what_is_the_matter_and_leads_to_what_to_do(rule: dict[str, Any]) -> None:
    said = rule["annotations"]
    assert all(re.search("[一-鿿]", said[part]) for part in ("summary", "description"))
    assert rule["labels"]["severity"] in {"warning", "page"}
    document, _, anchor = said["runbook"].partition("#")
    assert f"#### {anchor}\n" in (ROOT / document).read_text(encoding="utf-8")


def test_whatever_runs_in_compose_is_scraped_where_it_answers() -> None:
    compose = yaml.safe_load((ROOT / "deploy" / "compose.yaml").read_text(encoding="utf-8"))
    prometheus = compose["services"]["prometheus"]
    for role in ("api", "worker"):
        (found,) = scraped()[f"diaodu-{role}"]["dns_sd_configs"]
        assert sorted(found["names"]) == [f"{service}-{role}" for service in SERVICES]
        for service in SERVICES:
            container = compose["services"][f"{service}-{role}"]
            host, port = ("HTTP_HOST", "HTTP_PORT") if role == "api" else ("WORKER_HEALTH_HOST", "WORKER_HEALTH_PORT")
            settings, prefix = container["environment"], service.upper()
            assert (settings[f"{prefix}_{host}"], settings[f"{prefix}_{port}"]) == ("0.0.0.0", str(found["port"]))  # noqa: S104 - read, not bound
            assert "ports" not in container
            assert set(container["networks"]) & set(prometheus["networks"])
    assert prometheus["profiles"] == ["monitoring"]
    assert ServiceSettings.model_fields["worker_health_host"].default == "127.0.0.1"
