"""Whether plans can be kept: said at once in the answer, and told once for each crossing."""

import asyncio
from collections import Counter
from datetime import date, datetime
from typing import Any

import pytest
from sqlalchemy import event

from project_svc.network.rules import Miss
from project_svc.outlooks.rules import Crossing, crossing
from project_svc.outlooks.service import sweep
from shared.kit.runtime import Runtime
from shared.testing.clock import FakeClock
from shared.testing.http import post
from shared.testing.outbox import facts_of
from shared.testing.projects_api import PLANS, PROJECTS, SCHEDULES, ProjectsApi, a_node, an_order

WORK = {"days": 20}
"""From 1 July 2022 on it is done by 28 July at the earliest."""


def missed(deadline: date) -> Miss:
    return Miss(0, deadline.toordinal(), deadline.toordinal() + 9, 7, ())


@pytest.mark.parametrize(
    ("miss", "impossible", "expected"),
    [
        (None, False, None),
        (None, True, Crossing.RECOVERED),
        (missed(date(2022, 7, 1)), False, Crossing.BECAME_IMPOSSIBLE),
        (missed(date(2022, 7, 1)), True, None),
        (missed(date(2022, 6, 30)), False, None),  # overdue by now: that is told elsewhere
        (missed(date(2022, 6, 30)), True, None),  # and nothing recovered by it
    ],
)
def test_a_crossing_is_told_once_in_each_direction(miss: Miss | None, impossible: bool, expected: Crossing | None) -> None:
    assert crossing(miss, date(2022, 7, 1), impossible=impossible) is expected


async def told(runtime: Runtime) -> list[str]:
    return [each["fact"] for each in await facts_of(runtime.database) if each["fact"].startswith("plan-")]


async def test_a_plan_that_is_impossible_from_the_start_is_told_so_at_once(api: ProjectsApi) -> None:
    project = await api.project()
    nodes = [a_node("a", "2022-07-20", name="招标", work=WORK)]
    outlook = (await api.made(PLANS, {"project": project["id"], "nodes": nodes}))["outlook"]
    assert (outlook["impossible"], outlook["impossible_by_working_days"]) == (True, 6)
    assert "“招标”最早 2022-07-28 完成，比期限 2022-07-20 晚 6 个工作日" in outlook["explanation"]
    assert (await api.seen(f"{PLANS}/{project['id']}", as_of="2022-06-30"))["outlook"] is None


async def test_an_impossible_plan_is_told_once_with_cause_and_remedy(api: ProjectsApi, runtime: Runtime) -> None:
    project = await api.project()
    await api.plan(project["id"], a_node("a", "2022-07-26", name="招标", work=WORK))
    assert await sweep(runtime.database, 10) == {Crossing.BECAME_IMPOSSIBLE: 1}
    assert await sweep(runtime.database, 10) == {}
    (fact,) = await facts_of(runtime.database)
    assert (fact["milestone_name"], fact["deadline"], fact["earliest_on"], fact["working_days"]) == (
        "招标",
        "2022-07-26",
        "2022-07-28",
        2,
    )
    assert fact["because"] == "招标（20 个工作日）"
    assert fact["advice"] == "至少须压缩 1 个节点、共 2 天：招标由 20 个工作日压到 18。"


async def test_a_plan_becomes_impossible_by_waiting_and_recovers_by_an_approved_move(
    api: ProjectsApi, runtime: Runtime, clock: FakeClock
) -> None:
    project = await api.project()
    plan = await api.plan(project["id"], a_node("a", "2022-07-05"), a_node("b", "2022-08-05", "a", work=WORK))
    assert await sweep(runtime.database, 10) == {}
    clock.set(datetime.fromisoformat("2022-07-20T09:00:00+08:00"))
    await sweep(runtime.database, 10)
    assert await told(runtime) == ["plan-impossible"]
    await api.re_baseline(plan[1]["id"], "2022-09-30")
    await sweep(runtime.database, 10)
    assert await told(runtime) == ["plan-impossible", "plan-recovered"]
    await api.re_baseline(plan[1]["id"], "2022-08-05")
    await sweep(runtime.database, 10)
    assert await told(runtime) == ["plan-impossible", "plan-recovered", "plan-impossible"]


async def test_a_deadline_that_passes_makes_nothing_possible(api: ProjectsApi, runtime: Runtime, clock: FakeClock) -> None:
    project = await api.project()
    await api.plan(project["id"], a_node("a", "2022-07-20", work=WORK))
    for day in ("2022-07-02", "2022-07-01", "2022-07-25", "2022-07-20", "2022-09-01"):
        clock.set(datetime.fromisoformat(f"{day}T09:00:00+08:00"))
        await sweep(runtime.database, 10)
    assert await told(runtime) == ["plan-impossible"]


async def test_a_formal_stop_ends_an_impossible_plan(api: ProjectsApi, runtime: Runtime) -> None:
    project = await api.project()
    await api.plan(project["id"], a_node("a", "2022-07-20", work=WORK))
    await sweep(runtime.database, 10)
    await api.made(f"{PROJECTS}/{project['id']}/suspensions", an_order())
    await sweep(runtime.database, 10)
    facts = [each for each in await facts_of(runtime.database) if each["fact"] == "plan-recovered"]
    assert [each["reason"] for each in facts] == ["项目已停缓建或竣工，计划不再执行"]


async def test_an_adoption_recovers_a_plan(api: ProjectsApi, runtime: Runtime) -> None:
    project = await api.project()
    await api.plan(project["id"], a_node("a", "2022-07-20", work=WORK))
    await sweep(runtime.database, 10)
    body = {"reason": "按正排调整", "approver": "市政府", "approved_on": "2022-07-01"}
    adopted = await post(api.client, f"{SCHEDULES}/{project['id']}/adoptions", body)
    assert adopted.json()["impossible"] is False
    await sweep(runtime.database, 10)
    assert await told(runtime) == ["plan-impossible", "plan-recovered"]


async def test_sweeps_at_once_tell_each_plan_once(api: ProjectsApi, runtime: Runtime) -> None:
    for number in range(1, 13):
        project = await api.project(number)
        await api.plan(project["id"], a_node("a", "2022-07-20", work=WORK))
    found = await asyncio.gather(*(sweep(runtime.database, 2) for _ in range(3)))
    assert sum(found, Counter[Crossing]()) == {Crossing.BECAME_IMPOSSIBLE: 12}
    assert len({each["project_id"] for each in await facts_of(runtime.database)}) == len(await facts_of(runtime.database)) == 12


async def test_an_idle_sweep_reads_no_plan(api: ProjectsApi, runtime: Runtime) -> None:
    project = await api.project()
    await api.plan(project["id"], a_node("a", "2022-07-20", work=WORK))
    await sweep(runtime.database, 10)
    statements: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        statements.append(statement)

    event.listen(runtime.database.engine.sync_engine, "before_cursor_execute", note)
    await sweep(runtime.database, 10)
    assert [each for each in statements if "milestone" in each] == []
