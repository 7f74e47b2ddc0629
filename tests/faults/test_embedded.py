"""The embedded default keeps its promises on one machine: with several processes on its files, and with a disk that is full."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from diaodu_embedded.child import EmbeddedChild
from shared.testing.databases import cannot_test_without
from shared.testing.eventually import seconds
from shared.testing.file_stack import FileStack, integrity_of
from shared.testing.http import is_problem, post
from shared.testing.postgres_server import ServerMissing
from shared.testing.projects_api import PROJECTS, a_project
from shared.testing.small_disk import SmallDisk
from tests.faults.books import Target
from tests.faults.conftest import HURRY
from tests.faults.kills import EVERY_ROLE, Killer
from tests.faults.report import Report
from tests.faults.traffic import NUMBERS
from tests.faults.trial import a_trial

SOME = 60


@pytest.fixture
def file_stack() -> Iterator[FileStack]:
    with FileStack(services=("project", "alert"), settings=HURRY) as stack:
        yield stack


@pytest.mark.parametrize("times", [pytest.param(5, id="5"), pytest.param(16, id="16", marks=pytest.mark.nightly)])
async def test_processes_on_shared_files_that_are_killed_lose_nothing_and_leave_the_files_whole(
    file_stack: FileStack, report: Report, times: int
) -> None:
    target = Target(file_stack.urls.__getitem__, file_stack.key)
    async with a_trial(f"embedded: 4 processes killed, {times}× each", target, report) as trial:
        await trial.tells(SOME)
        await Killer(file_stack, trial, seed=5).kill(EVERY_ROLE, times)
        row = await trial.settled(within=seconds(60))
        assert (row.lost, row.doubled) == (0, 0)
        await trial.prompt(within=seconds(5))
    assert file_stack.integrity() == {"alert.db": "ok", "bus.db": "ok", "project.db": "ok"}


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[SmallDisk]:
    try:
        with SmallDisk(tmp_path / "disk", megabytes=16) as disk:
            yield disk
    except ServerMissing as missing:
        cannot_test_without(missing)


async def test_a_disk_that_is_full_refuses_what_it_cannot_keep_and_goes_on_by_itself_when_there_is_room(
    disk: SmallDisk, report: Report
) -> None:
    with EmbeddedChild(disk.path, {"LOG_LEVEL": "warning"}) as child:
        target = Target(lambda _service: child.url, child.key)
        async with a_trial("embedded: disk full", target, report) as trial:
            await trial.tells(SOME)
            disk.fill()
            async with target.client("project") as client:
                is_problem(await post(client, PROJECTS, a_project(next(NUMBERS))), 503, "database.unavailable")
            await trial.goes_on(seconds(5))
            disk.free()
            row = await trial.settled(within=seconds(60))
            assert (row.lost, row.doubled) == (0, 0)
            assert trial.traffic.failures["503"] > 0
            await trial.prompt(within=seconds(10))
        files = [f"{service}.db" for service in ("alert", "bond", "indicator", "project")]
    assert {name: integrity_of(disk.path / name) for name in [*files, "bus.db"]} == dict.fromkeys([*files, "bus.db"], "ok")
