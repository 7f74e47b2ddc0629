"""What operators rely on: the gateway, the stream through it, restarts of what the suite stands on, containers without rights."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from shared.testing.eventually import eventually
from shared.testing.http import bearer, is_problem
from tests.compose.composed import Composed, ComposedSuite
from tests.e2e.callers import registered

pytestmark = pytest.mark.compose

STREAM = "/api/alert/v1/stream"
UNKNOWN = "0197c0de-0000-7000-8000-000000000001"
SUITE = ("indicator", "project", "bond", "alert")
SERVICES = {*SUITE, "gateway", "kafka", "postgres", "prometheus"}


async def test_the_gateway_answers_health_and_problems_and_asks_for_a_key(composed: Composed) -> None:
    async with httpx.AsyncClient(base_url=composed.url, trust_env=False) as client:
        assert (await client.get("/livez")).text == "ok\n"
        assert (await client.get("/api/alert/v1/alerts")).status_code == 401
        assert (await client.get("/api/alert/openapi.json")).status_code == 401
        nowhere = await client.get("/nowhere")
        assert (nowhere.status_code, nowhere.headers["content-type"]) == (404, "application/problem+json")
        assert nowhere.json()["code"] == "gateway.not-found"
        unknown = await client.get(f"/api/bond/v1/library-projects/{UNKNOWN}", headers=bearer(composed.key))
        is_problem(unknown, 404, "bond.library-project-not-found")


async def test_an_alert_reaches_the_stream_through_the_gateway_at_once(suite: ComposedSuite) -> None:
    async with registered(suite) as callers, suite.client("alert") as client:
        async with client.stream("GET", STREAM) as stream:
            lines = stream.aiter_lines()
            assert (await anext(lines)).startswith((":", "retry"))
            milestone = await callers.an_overdue_milestone()
            assert milestone in await asyncio.wait_for(_line_about(milestone, lines), 60)
        await callers.alert_in("open", milestone)


async def _line_about(what: str, lines: AsyncIterator[str]) -> str:
    return await anext(line async for line in lines if what in line)


@pytest.mark.nightly  # a minute and more; tests/faults restarts both beneath the same processes in every run
@pytest.mark.parametrize("what", ["kafka", "postgres"])
async def test_a_warning_is_delivered_after_what_it_stands_on_was_restarted(suite: ComposedSuite, what: str) -> None:
    async with registered(suite) as callers:
        before = await callers.an_overdue_milestone()
        await asyncio.to_thread(suite.composed.compose, "restart", what)
        await asyncio.to_thread(suite.composed.up)
        after = await callers.an_overdue_milestone()
        for milestone in (before, after):
            alert = await callers.alert_in("open", milestone, level="red")
            await callers.pushes(alert["id"], "alert.raised", "alert.level-changed")
        assert callers.receiver.repeats == 0


async def test_prometheus_reads_every_process_and_finds_nothing_the_matter(composed: Composed) -> None:
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{composed.prometheus_port}", trust_env=False) as client:

        async def health() -> list[tuple[str, str]]:
            targets = (await client.get("/api/v1/targets")).json()["data"]["activeTargets"]
            return sorted((target["labels"]["job"], target["health"]) for target in targets)

        apis, workers = [("diaodu-api", "up")] * len(SUITE), [("diaodu-worker", "up")] * (len(SUITE) + 1)
        await eventually(health, is_=[*apis, *workers], within=120)
        groups = (await client.get("/api/v1/rules")).json()["data"]["groups"]
        rules = [rule for group in groups for rule in group["rules"]]
        assert rules
        assert [rule["name"] for rule in rules if rule["health"] == "err"] == []

        async def alarms() -> list[str]:
            return [alarm["labels"]["alertname"] for alarm in (await client.get("/api/v1/alerts")).json()["data"]["alerts"]]

        await eventually(alarms, is_=[], within=120)  # it may have looked before the suite was up


def test_no_container_runs_as_root_or_may_gain_rights(composed: Composed) -> None:
    containers = composed.containers()
    names = {each["Config"]["Labels"]["com.docker.compose.service"].split("-")[0] for each in containers}
    assert names == SERVICES
    for each in containers:
        status = Path(f"/proc/{each['State']['Pid']}/status").read_text(encoding="ascii")
        fields = dict(line.split(":\t", 1) for line in status.splitlines() if ":\t" in line)
        assert "0" not in fields["Uid"].split(), each["Name"]
        assert (int(fields["CapEff"], 16), fields["NoNewPrivs"]) == (0, "1"), each["Name"]
        assert each["HostConfig"]["ReadonlyRootfs"], each["Name"]
