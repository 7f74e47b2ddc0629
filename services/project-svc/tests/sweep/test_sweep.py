"""The sweep on a database: each crossing once, in order, whatever stops, repeats, jumps or runs beside it."""

import asyncio
from collections import Counter, defaultdict
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import event, func, select

from project_svc.milestones.models import MilestoneCrossing
from project_svc.milestones.rules import Warned
from project_svc.sweep import service
from project_svc.sweep.service import sweep
from project_svc.worker import create_worker
from shared.kit.clock import SHANGHAI
from shared.kit.runtime import Runtime
from shared.testing.clock import FakeClock
from shared.testing.eventually import eventually
from shared.testing.outbox import facts_of
from shared.testing.projects_api import MILESTONES, ProjectsApi, a_node

SOON, OLDER_SOON = ("milestone-due-soon.v2", None), ("milestone-due-soon", None)
LATE, VERY_LATE = ("milestone-fell-overdue", 0), ("milestone-fell-overdue", 7)


async def told(runtime: Runtime) -> list[tuple[str, int | None]]:
    """The crossings told so far, in order."""
    return [
        (each["fact"], each.get("threshold_days"))
        for each in await facts_of(runtime.database)
        if each["fact"].startswith("milestone-")
    ]


def on(day: str) -> datetime:
    return datetime.fromisoformat(f"{day}T09:00:00+08:00")


async def test_a_due_day_is_told_three_times_each_on_its_day(api: ProjectsApi, runtime: Runtime, clock: FakeClock) -> None:
    await api.milestone("2022-07-06")
    days: dict[str, list[tuple[str, int | None]]] = {}
    for _day in range(20):
        before = len(await told(runtime))
        await sweep(runtime.database, 10)
        if new := (await told(runtime))[before:]:
            days[clock.today().isoformat()] = new
        clock.advance(timedelta(days=1))
    assert days == {"2022-07-01": [SOON, OLDER_SOON], "2022-07-07": [LATE], "2022-07-14": [VERY_LATE]}


async def test_a_crossing_tells_whose_it_is_and_how_late(api: ProjectsApi, runtime: Runtime, clock: FakeClock) -> None:
    milestone = await api.milestone("2022-07-04")
    await sweep(runtime.database, 10)
    clock.set(on("2022-07-06"))
    await sweep(runtime.database, 10)
    soon, older_soon, late = await facts_of(runtime.database)
    assert (soon["calendar_days_left"], soon["working_days_left"], older_soon["days_left"], late["days_overdue"]) == (3, 1, 3, 2)
    assert (late["milestone_id"], late["current_due_on"], late["region"]) == (milestone["id"], "2022-07-04", "620200")
    assert (late["lead_department"], late["total_investment_wan"], late["synthetic"]) == ("市教育局", "5000", False)
    seen = await api.seen(f"{MILESTONES}/{milestone['id']}")
    assert [(each["warning"], each["crossed_on"]) for each in seen["warnings"]] == [
        ("due_soon", "2022-06-29"),
        ("overdue", "2022-07-05"),
    ]


async def test_a_crossing_tells_whether_anybody_set_the_due_day(api: ProjectsApi, runtime: Runtime) -> None:
    project = await api.project()
    assumed, _ = await api.plan(project["id"], a_node("a", "2022-06-28", date_basis="assumed"), a_node("b", "2022-06-28"))
    await sweep(runtime.database, 10)
    assert sorted(each["date_basis"] for each in await facts_of(runtime.database)) == ["approved", "assumed"]
    moved = await api.re_baseline(assumed["id"], "2022-06-30")
    assert moved["date_basis"] == "approved"
    await sweep(runtime.database, 10)
    assert (await facts_of(runtime.database))[-1]["date_basis"] == "approved"


async def test_a_sweep_that_comes_again_tells_nothing_again(api: ProjectsApi, runtime: Runtime) -> None:
    await api.milestone("2022-06-20")
    assert await sweep(runtime.database, 10) == {Warned.OVERDUE: 1, Warned.SERIOUSLY_OVERDUE: 1}
    assert await sweep(runtime.database, 10) == {}
    assert await told(runtime) == [LATE, VERY_LATE]


async def test_a_late_start_tells_both_misses_in_order_and_no_notice(
    api: ProjectsApi, runtime: Runtime, clock: FakeClock
) -> None:
    await api.milestone("2022-07-20")
    clock.set(on("2022-09-30"))
    await sweep(runtime.database, 10)
    assert await told(runtime) == [LATE, VERY_LATE]


async def test_a_clock_that_goes_back_and_forth_tells_nothing_twice(api: ProjectsApi, runtime: Runtime, clock: FakeClock) -> None:
    await api.milestone("2022-07-20")
    for day in ("2022-07-21", "2022-07-01", "2022-07-19", "2022-07-21", "2022-07-28", "2022-07-21", "2022-07-29"):
        clock.set(on(day))
        await sweep(runtime.database, 10)
    assert await told(runtime) == [LATE, VERY_LATE]


async def test_a_moved_due_day_is_watched_afresh_and_clears_nothing(api: ProjectsApi, runtime: Runtime, clock: FakeClock) -> None:
    milestone = await api.milestone("2022-06-28")
    await sweep(runtime.database, 10)
    await api.re_baseline(milestone["id"], "2022-07-15")
    await sweep(runtime.database, 10)
    assert await told(runtime) == [LATE]
    clock.set(on("2022-07-16"))
    await sweep(runtime.database, 10)
    facts = await facts_of(runtime.database)
    assert [(each["current_due_on"], each["threshold_days"]) for each in facts] == [("2022-06-28", 0), ("2022-07-15", 0)]


async def test_a_due_day_that_was_moved_away_and_back_is_not_told_again(api: ProjectsApi, runtime: Runtime) -> None:
    milestone = await api.milestone("2022-06-28")
    await sweep(runtime.database, 10)
    await api.re_baseline(milestone["id"], "2022-07-15")
    await api.re_baseline(milestone["id"], "2022-06-28")
    assert await sweep(runtime.database, 10) == {}
    assert await told(runtime) == [LATE]


async def test_what_is_done_is_watched_no_longer(api: ProjectsApi, runtime: Runtime, clock: FakeClock) -> None:
    warned, never_warned = await api.milestone("2022-06-28", 1), await api.milestone("2022-07-20", 2)
    await sweep(runtime.database, 10)
    await api.complete(warned["id"], "2022-07-01")
    await api.complete(never_warned["id"], "2022-07-01")
    clock.set(on("2022-09-30"))
    assert await sweep(runtime.database, 10) == {}
    assert [each["fact"] for each in await facts_of(runtime.database)] == ["milestone-fell-overdue", *["milestone-completed"] * 2]


async def test_a_sweep_does_not_change_what_a_user_is_about_to_change(api: ProjectsApi, runtime: Runtime) -> None:
    milestone = await api.milestone("2022-06-28")
    await sweep(runtime.database, 10)
    path = f"{MILESTONES}/{milestone['id']}"
    assert (await api.client.patch(path, json={"note": "x"}, headers={"If-Match": '"v1"'})).status_code == 200


async def test_more_milestones_than_a_batch_are_all_told(api: ProjectsApi, runtime: Runtime) -> None:
    project = await api.project()
    await api.plan(project["id"], *(a_node(f"n{number}", f"2022-06-{number:02}") for number in range(1, 29)))
    assert await sweep(runtime.database, 3) == {Warned.OVERDUE: 28, Warned.SERIOUSLY_OVERDUE: 23}
    facts = await facts_of(runtime.database)
    assert set(Counter((each["milestone_id"], each["threshold_days"]) for each in facts).values()) == {1}


async def test_a_sweep_that_is_killed_half_way_leaves_the_rest_to_the_next(
    api: ProjectsApi, runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = await api.project()
    await api.plan(project["id"], *(a_node(f"n{number}", f"2022-06-{number:02}") for number in range(1, 11)))
    record, calls = service._record, 0

    async def killed_at_the_third(*arguments: Any) -> Counter[Warned]:
        nonlocal calls
        calls += 1
        found = await record(*arguments)
        if calls == 3:
            raise asyncio.CancelledError
        return found

    monkeypatch.setattr(service, "_record", killed_at_the_third)
    with pytest.raises(asyncio.CancelledError):
        await sweep(runtime.database, 3)
    assert len(await facts_of(runtime.database)) == 12
    await sweep(runtime.database, 3)
    facts = await facts_of(runtime.database)
    assert Counter((each["milestone_id"], each["threshold_days"]) for each in facts) == Counter(
        {(each["milestone_id"], threshold): 1 for each in facts for threshold in (0, 7)}
    )


async def test_two_sweeps_at_once_tell_each_crossing_once(api: ProjectsApi, runtime: Runtime) -> None:
    project = await api.project()
    await api.plan(project["id"], *(a_node(f"n{number}", "2022-06-10") for number in range(120)))
    found = await asyncio.gather(*(sweep(runtime.database, 7) for _ in range(4)))
    assert sum(found, Counter[Warned]()) == {Warned.OVERDUE: 120, Warned.SERIOUSLY_OVERDUE: 120}
    facts = await facts_of(runtime.database)
    assert len(facts) == 240
    assert set(Counter((each["milestone_id"], each["threshold_days"]) for each in facts).values()) == {1}
    order = defaultdict(list)
    for each in facts:
        order[each["milestone_id"]].append(each["threshold_days"])
    assert all(thresholds == [0, 7] for thresholds in order.values())


async def test_a_completion_beside_a_sweep_is_never_followed_by_a_warning(api: ProjectsApi, runtime: Runtime) -> None:
    project = await api.project()
    plan = await api.plan(project["id"], *(a_node(f"n{number}", "2022-06-10") for number in range(12)))
    await asyncio.gather(sweep(runtime.database, 2), *(api.complete(each["id"], "2022-07-01") for each in plan))
    await sweep(runtime.database, 2)
    last = {each["milestone_id"]: each["fact"] for each in await facts_of(runtime.database)}
    assert list(last.values()) == ["milestone-completed"] * 12


async def test_an_idle_sweep_reads_no_milestone(api: ProjectsApi, runtime: Runtime) -> None:
    project = await api.project()
    await api.plan(project["id"], *(a_node(f"n{number}", "2022-06-10") for number in range(50)))
    await sweep(runtime.database, 200)
    statements: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        statements.append(statement)

    event.listen(runtime.database.engine.sync_engine, "before_cursor_execute", note)
    await sweep(runtime.database, 200)
    asked = [each for each in statements if "FROM milestone" in each]
    assert len(asked) == 3
    async with runtime.database.reading() as view:
        assert await view.session.scalar(select(func.count()).select_from(MilestoneCrossing)) == 100


async def test_the_worker_sweeps_without_being_asked(api: ProjectsApi, runtime: Runtime) -> None:
    await api.milestone("2022-06-28")
    stop = asyncio.Event()
    running = asyncio.create_task(create_worker(runtime).run(stop))
    await eventually(lambda: told(runtime), is_=[LATE])
    stop.set()
    await running


def test_the_tests_clock_is_in_shanghai(clock: FakeClock) -> None:
    assert clock.now() == datetime(2022, 7, 1, 9, tzinfo=SHANGHAI)
