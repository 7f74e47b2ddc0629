"""Alive, ready, counted; without a key."""

from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from shared.kit.bus import BusUnavailable
from shared.kit.db import Database
from shared.kit.runtime import Runtime, open_runtime
from shared.kit.subscriptions import Subscriptions
from shared.kit.worker import Worker
from shared.kit.worker_health import worker_health_app
from shared.testing.clock import FakeClock
from shared.testing.http import a_client, anonymous, post
from shared.testing.sample.app import NOTES, create_app
from shared.testing.sample.settings import sample_settings


@pytest.mark.parametrize("prefix", ["", "/api/sample"])
async def test_a_migrated_service_is_alive_and_ready(runtime: Runtime, prefix: str) -> None:
    async with anonymous(create_app(runtime)) as client:
        assert (await client.get(f"{prefix}/livez")).status_code == 200
        answer = await client.get(f"{prefix}/readyz")
        assert (answer.status_code, answer.json()["ready"]) == (200, True)


async def test_a_service_that_drains_is_alive_and_not_ready(runtime: Runtime) -> None:
    app = create_app(runtime)
    async with anonymous(app) as client:
        app.state.draining.set()
        assert (await client.get("/livez")).status_code == 200
        answer = await client.get("/readyz")
        assert answer.status_code == 503
        assert [check["name"] for check in answer.json()["checks"] if not check["ok"]] == ["draining"]


async def test_a_service_without_its_migrations_is_not_ready(database_url: str, tmp_path: Path) -> None:
    runtime = open_runtime(sample_settings(database_url, tmp_path), FakeClock())
    async with anonymous(create_app(runtime)) as client:
        answer = await client.get("/readyz")
        assert answer.status_code == 503
        assert [check["name"] for check in answer.json()["checks"] if not check["ok"]] == ["migrations"]
    await runtime.close()


async def test_metrics_count_requests_by_route_and_facts_that_wait(runtime: Runtime) -> None:
    app = create_app(runtime)
    async with a_client(app, runtime.database) as client:
        await post(client, NOTES, {"code": "a", "title": "b", "amount": "1"})
        page = (await client.get("/metrics")).text
    assert (
        f'http_server_request_duration_seconds_count{{method="POST",route="{NOTES}",service="sample",status="201"}} 1.0' in page
    )
    assert 'diaodu_backlog{figure="outbox_unsent",service="sample"} 1.0' in page


async def test_a_metrics_page_says_that_the_database_is_away_and_nothing_that_it_cannot_know(
    runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(_database: Database) -> None:
        raise OSError("gone")

    async with anonymous(create_app(runtime)) as client:
        assert 'diaodu_database_up{service="sample"} 1.0' in (await client.get("/metrics")).text
        with monkeypatch.context() as cut:
            cut.setattr(Database, "reading", away)
            page = (await client.get("/metrics")).text
        assert 'diaodu_database_up{service="sample"} 0.0' in page
        assert "diaodu_backlog{" not in page
        assert "diaodu_backlog{" in (await client.get("/metrics")).text


async def test_a_worker_says_how_far_behind_it_is_and_whether_the_bus_answers(
    runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert isinstance(runtime.clock, FakeClock)
    await runtime.bus.start(5)
    worker = Worker(runtime, Subscriptions({}))
    transport = httpx.ASGITransport(app=worker_health_app(worker))
    async with httpx.AsyncClient(transport=transport, base_url="http://worker") as client:
        page = (await client.get("/metrics")).text
        for figure in ("bus_up", "consumer_lag_records", "consumer_lag_seconds", "consumer_stalled", "tickers_failing"):
            assert f'diaodu_worker{{figure="{figure}",service="sample"}}' in page

        async def away(_group: str) -> None:
            raise BusUnavailable("gone")

        monkeypatch.setattr(runtime.bus, "lag", away)
        runtime.clock.advance(timedelta(seconds=10))
        page = (await client.get("/metrics")).text
        assert 'diaodu_worker{figure="bus_up",service="sample"} 0.0' in page
        assert "consumer_lag_records" not in page


async def test_two_services_in_one_process_count_for_themselves(runtime: Runtime) -> None:
    async with a_client(create_app(runtime), runtime.database) as one, a_client(create_app(runtime), runtime.database) as other:
        await one.get(NOTES)
        assert f'route="{NOTES}"' in (await one.get("/metrics")).text
        assert f'route="{NOTES}"' not in (await other.get("/metrics")).text
