"""Alive, ready, counted; without a key."""

from pathlib import Path

import pytest

from shared.kit.runtime import Runtime, open_runtime
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
    assert 'diaodu_backlog{figure="outbox_unsent"} 1.0' in page


async def test_two_services_in_one_process_count_for_themselves(runtime: Runtime) -> None:
    async with a_client(create_app(runtime), runtime.database) as one, a_client(create_app(runtime), runtime.database) as other:
        await one.get(NOTES)
        assert f'route="{NOTES}"' in (await one.get("/metrics")).text
        assert f'route="{NOTES}"' not in (await other.get("/metrics")).text
