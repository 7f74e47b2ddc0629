"""A replay is asked for over REST, done by the worker, or done by a command; whoever asks wrongly is told so in Chinese."""

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
import pytest_asyncio
import structlog
from sqlalchemy import update
from typer.testing import CliRunner

from alert_svc.__main__ import cli
from alert_svc.app import create_app
from alert_svc.settings import AlertSettings
from alert_svc.subscriptions import SUBSCRIPTIONS
from alert_svc.worker import create_worker
from shared.kit.backbone import replay
from shared.kit.bus import InRecord, OutRecord
from shared.kit.clock import SystemClock
from shared.kit.ids import new_id
from shared.kit.inbox import Inbox, Outcome
from shared.kit.replay_jobs import ReplayRunner
from shared.kit.runtime import Runtime, open_runtime
from shared.kit.settings import ConfigurationError, load_settings
from shared.testing.eventually import eventually, seconds
from shared.testing.facts import FactTeller, a_standing, an_overdue
from shared.testing.http import a_client, is_problem, post
from shared.testing.runtimes import Migrated, settings_of

REPLAYS = "/api/alert/v1/replays"
OVER = {"completed", "failed", "cancelled"}


async def tell(runtime: Runtime) -> None:
    """Two facts on the bus that alert-svc would make alerts of."""
    teller = FactTeller(Inbox(runtime.database, SUBSCRIPTIONS, "nobody"), runtime.clock)
    for fact in (an_overdue(), a_standing()):
        record = teller.record(fact)
        identity = dict(record.headers)["ce_id"].decode()
        sent = OutRecord(record.tp.topic, record.key or b"", record.headers, record.value or b"", "/somebody", identity)
        await runtime.bus.publish([sent], 10)
    topics = dict.fromkeys(SUBSCRIPTIONS.topics)
    await runtime.bus.ensure_topics(topics)  # type: ignore[attr-defined]  # the file bus of a test can make topics


@pytest_asyncio.fixture
async def replaying(migrated: Migrated, database_url: str, tmp_path: Path) -> AsyncIterator[Runtime]:
    """alert-svc with a database to replay into."""
    live = await migrated(AlertSettings.migrations_package())
    runtime = open_runtime(settings_of(AlertSettings, live, tmp_path, replay_database_url=database_url), SystemClock())
    await tell(runtime)
    yield runtime
    await runtime.close()


@asynccontextmanager
async def replays_done(runtime: Runtime) -> AsyncIterator[None]:
    """The part of a worker that does replays."""
    worker, stop = create_worker(runtime), asyncio.Event()
    runner = ReplayRunner(runtime.database, worker.replay, str(runtime.settings.replay_database_url))
    running = asyncio.create_task(runner.run(stop))
    try:
        yield
    finally:
        stop.set()
        await running


async def ended(client: httpx.AsyncClient, path: str) -> dict[str, Any]:
    async def look() -> dict[str, Any]:
        found: dict[str, Any] = (await client.get(path)).json()
        return found

    return await eventually(look, satisfies=lambda found: found["state"] in OVER, within=seconds(40))


async def test_a_replay_that_was_asked_for_is_done_by_the_worker_and_tells_how_far_it_is(replaying: Runtime) -> None:
    async with a_client(create_app(replaying), replaying.database, "alert:admin", name="值班员") as client:
        asked = await post(client, REPLAYS, {})
        assert (asked.status_code, asked.json()["state"]) == (202, "queued")
        is_problem(await post(client, REPLAYS, {}), 409, "replay.already-under-way")
        async with replays_done(replaying):
            done = await ended(client, asked.headers["location"])
        assert (done["state"], done["done"], done["total"], done["counts"]["handled"]) == ("completed", 2, 2, 2)
        assert sum(done["offsets"].values()) == 2
        acts = (await client.get("/api/alert/v1/operator-acts?act=replay")).json()["items"]
        assert [act["outcome"] for act in acts] == ["completed", "requested"]
        assert all(act["actor"].startswith("值班员#") for act in acts)
        assert len((await client.get(REPLAYS)).json()["items"]) == 1


async def test_a_replay_into_what_is_not_empty_fails_and_says_so(replaying: Runtime) -> None:
    async with a_client(create_app(replaying), replaying.database) as client, replays_done(replaying):
        await ended(client, (await post(client, REPLAYS, {})).headers["location"])
        again = await ended(client, (await post(client, REPLAYS, {})).headers["location"])
    assert again["state"] == "failed"
    assert "不是空的" in again["error"]


async def test_a_replay_whose_worker_died_is_given_up_and_says_that_its_database_must_not_be_used(replaying: Runtime) -> None:
    async with a_client(create_app(replaying), replaying.database) as client:
        asked = await post(client, REPLAYS, {})
        long_ago = replaying.clock.now() - timedelta(minutes=5)
        async with replaying.database.transaction() as connection:
            await connection.execute(update(replay).values(state="running", heartbeat_at=long_ago))
        async with replays_done(replaying):
            found = await ended(client, asked.headers["location"])
    assert (found["state"], "不可使用" in found["error"]) == ("failed", True)


async def test_a_replay_that_waits_is_cancelled_at_once_and_another_may_be_asked_for(replaying: Runtime) -> None:
    async with a_client(create_app(replaying), replaying.database) as client:
        path = (await post(client, REPLAYS, {})).headers["location"]
        assert (await post(client, f"{path}/cancel", {})).json()["state"] == "cancelled"
        is_problem(await post(client, f"{path}/cancel", {}), 409, "replay.ended")
        is_problem(await post(client, f"{REPLAYS}/{new_id()}/cancel", {}), 404, "replay.not-found")
        assert (await post(client, REPLAYS, {})).status_code == 202
        acts = (await client.get("/api/alert/v1/operator-acts?act=replay")).json()["items"]
    assert [act["outcome"] for act in acts] == ["requested", "cancelled", "requested"]


async def test_what_became_of_a_replay_that_was_given_up_meanwhile_is_not_told_twice(
    replaying: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    take_all = Inbox.take_all

    async def be_given_up_and_take(self: Inbox, records: Sequence[InRecord]) -> list[Outcome]:
        async with replaying.database.transaction() as connection:
            await connection.execute(update(replay).values(state="failed", error="given up"))
        return await take_all(self, records)

    monkeypatch.setattr(Inbox, "take_all", be_given_up_and_take)
    async with a_client(create_app(replaying), replaying.database) as client:
        path = (await post(client, REPLAYS, {})).headers["location"]
        async with replays_done(replaying):
            await ended(client, path)
        found = (await client.get(path)).json()
        acts = (await client.get("/api/alert/v1/operator-acts?act=replay")).json()["items"]
    assert (found["state"], found["error"]) == ("failed", "given up")
    assert [act["outcome"] for act in acts] == ["requested"]


async def test_a_replay_at_work_is_called_off_and_says_that_its_database_must_not_be_used(
    replaying: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    at_work, go_on = asyncio.Event(), asyncio.Event()
    take_all = Inbox.take_all

    async def wait_and_take(self: Inbox, records: Sequence[InRecord]) -> list[Outcome]:
        at_work.set()
        await go_on.wait()
        return await take_all(self, records)

    monkeypatch.setattr(Inbox, "take_all", wait_and_take)
    async with a_client(create_app(replaying), replaying.database) as client:
        path = (await post(client, REPLAYS, {})).headers["location"]
        async with replays_done(replaying):
            await at_work.wait()
            assert (await post(client, f"{path}/cancel", {})).json()["state"] == "cancelling"
            is_problem(await post(client, REPLAYS, {}), 409, "replay.already-under-way")
            go_on.set()
            found = await ended(client, path)
    assert (found["state"], "不可使用" in found["error"]) == ("cancelled", True)


async def test_without_a_target_a_replay_is_refused_and_the_setting_is_named(client: httpx.AsyncClient) -> None:
    problem = is_problem(await post(client, REPLAYS, {}), 409, "replay.no-target")
    assert "ALERT_REPLAY_DATABASE_URL" in problem["detail"]


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"start_at": "yesterday"}, "validation.failed"),
        ({"start_at": "2022-07-01T00:00:00"}, "validation.failed"),
        ({"offsets": [{"topic": "diaodu.project.v1", "partition": -1, "offset": 0}]}, "validation.failed"),
        ({"offsets": [{"topic": "diaodu.nobody.v1", "partition": 0, "offset": 0}]}, "replay.unknown-place"),
        ({"into": "sqlite://"}, "validation.failed"),
    ],
)
async def test_a_beginning_that_is_none_is_refused(replaying: Runtime, body: dict[str, Any], code: str) -> None:
    async with a_client(create_app(replaying), replaying.database) as client:
        is_problem(await post(client, REPLAYS, body), 422, code)
        assert (await client.get(REPLAYS)).json()["items"] == []


def environment(folder: Path) -> dict[str, str]:
    return {
        "ALERT_ENVIRONMENT": "test",
        "ALERT_DATABASE_URL": f"sqlite+aiosqlite:///{folder / 'alert.db'}",
        "ALERT_BUS_URL": f"file://{folder / 'bus.db'}",
        "ALERT_SIGNING_KEY": "k" * 40,
    }


def run(folder: Path, *arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(cli, list(arguments), env=environment(folder))
    structlog.reset_defaults()
    return result.exit_code, result.output


def publish(folder: Path) -> None:
    async def act() -> None:
        runtime = open_runtime(load_settings(AlertSettings, environment(folder)), SystemClock())
        await tell(runtime)
        await runtime.close()

    asyncio.run(act())


def test_a_command_replays_and_closes_with_one_line_that_says_what_became_of_it(tmp_path: Path) -> None:
    run(tmp_path, "migrate")
    publish(tmp_path)
    fresh = f"sqlite+aiosqlite:///{tmp_path / 'fresh.db'}"
    code, printed = run(tmp_path, "replay", "--into", fresh, "--from", "2022-07-01T00:00:00+08:00", "--by", "王某")
    assert code == 0, printed
    told = json.loads(printed.splitlines()[-1])
    assert (told["handled"], told["parked"], sum(told["up_to"].values())) == (2, 0, 2)
    assert "cli:王某\treplay\tcompleted" in run(tmp_path, "parked", "acts")[1]
    assert run(tmp_path, "replay", "--into", fresh)[0] == 1


def test_a_command_that_asks_for_the_impossible_is_told_so(tmp_path: Path) -> None:
    fresh = f"sqlite+aiosqlite:///{tmp_path / 'fresh.db'}"
    assert "--without-live" in run(tmp_path, "replay", "--into", fresh)[1]
    run(tmp_path, "migrate")
    assert "正在使用的数据库" in run(tmp_path, "replay", "--into", environment(tmp_path)["ALERT_DATABASE_URL"])[1]
    assert "须写作" in run(tmp_path, "replay", "--into", fresh, "--from-offset", "diaodu.project.v1=3")[1]
    assert "没有分区" in run(tmp_path, "replay", "--into", fresh, "--from-offset", "diaodu.project.v1/99=3")[1]


@pytest.mark.parametrize("url", ["mysql://x", "sqlite+aiosqlite:///alert.db"])
def test_a_replay_target_that_cannot_be_one_keeps_the_process_from_starting(tmp_path: Path, url: str) -> None:
    given = {**environment(tmp_path), "ALERT_DATABASE_URL": "sqlite+aiosqlite:///alert.db", "ALERT_REPLAY_DATABASE_URL": url}
    with pytest.raises(ConfigurationError, match="ALERT_REPLAY_DATABASE_URL"):
        load_settings(AlertSettings, given)
