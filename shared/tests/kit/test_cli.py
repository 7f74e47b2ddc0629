"""The command line of a service, as an operator uses it."""

import asyncio
import json
from pathlib import Path

import pytest
import structlog
from typer.testing import CliRunner

from shared.contracts.project import MilestoneWithdrawn
from shared.kit.cli import service_cli
from shared.kit.clock import SystemClock
from shared.kit.db import Database, UnitOfWork
from shared.kit.errors import Conflict
from shared.kit.inbox import Inbox, Reason
from shared.kit.subscriptions import Subscriptions
from shared.kit.worker import Worker
from shared.testing.backbone import a_record
from shared.testing.sample.app import create_app
from shared.testing.sample.settings import SampleSettings


async def on_withdrawn(_uow: UnitOfWork, fact: MilestoneWithdrawn) -> None:
    if fact.milestone_id == "m-bad":
        raise Conflict("这条消息仍然处理不了。")


SUBSCRIPTIONS = Subscriptions({MilestoneWithdrawn: on_withdrawn})
CLI = service_cli("sample", SampleSettings, create_app, lambda runtime: Worker(runtime, SUBSCRIPTIONS))


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    return {
        "SAMPLE_ENVIRONMENT": "test",
        "SAMPLE_DATABASE_URL": f"sqlite+aiosqlite:///{tmp_path / 'sample.db'}",
        "SAMPLE_BUS_URL": f"file://{tmp_path / 'bus.db'}",
        "SAMPLE_SIGNING_KEY": "k" * 40,
    }


def run(environment: dict[str, str], *arguments: str) -> tuple[int, str]:
    """Exit code and everything that was printed. The log is given back: the command's standard output is closed by then."""
    result = CliRunner().invoke(CLI, list(arguments), env=environment)
    structlog.reset_defaults()
    return result.exit_code, result.output


def test_migrating_twice_is_migrating_once(environment: dict[str, str]) -> None:
    assert [run(environment, "migrate")[0], run(environment, "migrate")[0]] == [0, 0]


def test_a_key_is_made_listed_and_revoked(environment: dict[str, str]) -> None:
    run(environment, "migrate")
    code, printed = run(environment, "keys", "create", "--name", "移动端", "--scopes", "sample:read")
    made = json.loads(printed.splitlines()[-1])
    assert code == 0
    assert made["key"].startswith(f"rk_test_{made['id']}_")
    assert f"{made['id']}\t移动端\tsample:read" in run(environment, "keys", "list")[1]
    assert run(environment, "keys", "revoke", made["id"])[0] == 0
    assert "已撤销" in run(environment, "keys", "list")[1]


def test_a_key_from_a_file_is_registered_once_however_often_it_is_imported(environment: dict[str, str], tmp_path: Path) -> None:
    run(environment, "migrate")
    key = json.loads(run(environment, "keys", "create", "--name", "x", "--scopes", "*")[1].splitlines()[-1])["key"]
    file = tmp_path / "admin.key"
    file.write_text(key + "\n")
    assert "早已登记" in run(environment, "keys", "import", str(file))[1]
    assert run(environment, "keys", "list")[1].count("rk_") == 0


def test_a_file_without_a_key_is_refused_in_chinese(environment: dict[str, str], tmp_path: Path) -> None:
    run(environment, "migrate")
    file = tmp_path / "admin.key"
    file.write_text("not a key")
    code, printed = run(environment, "keys", "import", str(file))
    assert code == 1
    assert "不是本环境（test）的密钥" in printed


def test_a_scope_that_does_not_exist_is_named(environment: dict[str, str]) -> None:
    run(environment, "migrate")
    code, printed = run(environment, "keys", "create", "--name", "x", "--scopes", "everything")
    assert code == 1
    assert "everything" in printed


def test_a_process_refuses_to_start_wrong_and_names_every_fault(environment: dict[str, str]) -> None:
    wrong = environment | {"SAMPLE_SIGNING_KEY": "short", "SAMPLE_ENVIRONMENT": "production", "SAMPLE_TYPO": "1"}
    code, printed = run(wrong, "migrate")
    assert code == 2
    assert all(name in printed for name in ("SAMPLE_SIGNING_KEY", "SAMPLE_DATABASE_URL", "SAMPLE_TYPO"))


def park(environment: dict[str, str], milestone: str, sequences: tuple[int, ...] = (1, 2)) -> str:
    """Set two events of a milestone aside, as the worker does when its handler has failed; answers their subject."""

    async def act() -> None:
        database = Database(environment["SAMPLE_DATABASE_URL"], clock=SystemClock())
        inbox = Inbox(database, SUBSCRIPTIONS, "diaodu.sample")
        for sequence in sequences:
            await inbox.park(a_record(sequence, milestone=milestone), Reason("Conflict", "坏数据", 3))
        await database.close()

    asyncio.run(act())
    return f"620200/milestone/{milestone}"


def numbers(environment: dict[str, str], *filters: str) -> list[str]:
    return [line.split("\t")[0] for line in run(environment, "parked", "list", *filters)[1].splitlines()]


def test_parked_events_are_listed_and_take_effect_when_they_are_retried(environment: dict[str, str]) -> None:
    run(environment, "migrate")
    subject = park(environment, "m-1")
    listed = run(environment, "parked", "list")[1].splitlines()
    assert [line.split("\t")[1:4] for line in listed] == [[subject, "1", "3"], [subject, "2", "3"]]
    assert all(line.endswith("Conflict: 坏数据") for line in listed)
    assert run(environment, "parked", "retry", subject) == (0, f"{subject}：2 条消息已处理，后续消息不再等待。\n")
    assert run(environment, "parked", "list") == (0, "")
    assert len(numbers(environment, "--state", "resolved", "--subject", subject)) == 2


def test_a_parked_event_that_fails_again_stays_says_why_and_stops_no_other_object(environment: dict[str, str]) -> None:
    run(environment, "migrate")
    bad, good = park(environment, "m-bad"), park(environment, "m-1")
    code, printed = run(environment, "parked", "retry", "--all")
    assert code == 1
    assert f"{bad}：0 条消息已处理，2 条仍在等待。" in printed
    assert "这条消息仍然处理不了。" in printed
    assert f"{good}：2 条消息已处理，后续消息不再等待。" in printed
    assert len(numbers(environment)) == 2
    assert len(numbers(environment, "--cause")) == 1


def test_a_parked_event_is_shown_dropped_with_a_reason_and_the_rest_goes_on(environment: dict[str, str]) -> None:
    run(environment, "migrate")
    subject = park(environment, "m-1")
    first, _ = numbers(environment)
    shown = json.loads(run(environment, "parked", "show", first)[1])
    assert (shown["subject"], shown["payload"]["json"]["milestone_id"]) == (subject, "m-1")
    assert run(environment, "parked", "drop", first)[0] == 2
    assert run(environment, "parked", "drop", first, "--reason", " ")[0] == 1
    code, printed = run(environment, "parked", "drop", first, "--reason", "误报", "--by", "王某")
    assert (code, printed) == (0, f"编号 {first}（{subject} 第 1 号）已丢弃，其后 1 条等待重试。\n")
    assert run(environment, "parked", "retry", subject)[0] == 0
    acts = [line.split("\t")[1:5] for line in run(environment, "parked", "acts")[1].splitlines()]
    assert acts[0] == ["cli:王某", "drop", "dropped", first]
    assert [act[1:3] for act in acts[1:]] == [["redrive", "handled"]]


def test_a_gap_is_accepted_for_named_objects_with_a_reason_only(environment: dict[str, str]) -> None:
    run(environment, "migrate")
    subject = park(environment, "m-1", sequences=(1, 4))
    code, printed = run(environment, "parked", "retry", subject)
    assert (code, "第 2 至 3 号消息没有到达" in printed) == (1, True)
    for unclear in ([], [subject, "--all"], [subject, "--accept-gap"], ["--all", "--accept-gap", "--reason", "x"]):
        assert run(environment, "parked", "retry", *unclear)[0] == 1
    assert run(environment, "parked", "retry", subject, "--accept-gap", "--reason", "已作废")[0] == 0
    assert "已作废" in run(environment, "parked", "acts", "--subject", subject)[1]


def test_a_number_that_nobody_has_is_told_in_chinese(environment: dict[str, str]) -> None:
    run(environment, "migrate")
    assert run(environment, "parked", "show", "7") == (1, "没有编号为 7 的搁置消息。\n")
