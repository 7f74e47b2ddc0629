"""Plans over HTTP: made once, from nodes or a template, and checked as a whole."""

from typing import Any

import httpx
import pytest

from shared.testing.http import is_problem, pointers, post
from shared.testing.outbox import facts_of
from shared.testing.projects_api import MILESTONES, PLANS, PROJECTS, ProjectsApi, a_node, an_order

CONTINUING = {"kind": "continuing"}
UNKNOWN = "01900000-0000-7000-8000-000000000000"


async def test_a_plan_keeps_its_order_its_dependencies_and_three_dates(api: ProjectsApi) -> None:
    project = await api.project()
    late = {"key": "a", "type": "SS", "lag_working_days": 2}
    plan = await api.plan(project["id"], a_node("a", "2022-07-04"), a_node("b", "2022-07-20", predecessors=[late]))
    assert [(each["position"], each["name"]) for each in plan] == [(1, "节点 a"), (2, "节点 b")]
    assert plan[1]["predecessors"] == [{"milestone": plan[0]["id"], "type": "SS", "lag_working_days": 2}]
    dates = [plan[1][name] for name in ("baseline_due_on", "current_due_on", "actual_on", "due_on")]
    assert dates == ["2022-07-20", "2022-07-20", None, "2022-07-20"]
    assert [each["id"] for each in (await api.seen(f"{PLANS}/{project['id']}"))["milestones"]] == [each["id"] for each in plan]


async def test_what_was_done_before_the_plan_was_recorded_is_no_news(api: ProjectsApi, runtime: Any) -> None:
    project = await api.project()
    done = {"actual_on": "2022-03-01", "reference": "批复 1 号"}
    plan = await api.plan(project["id"], a_node("a", "2022-02-20", done=done))
    assert (plan[0]["state"], plan[0]["days_late"], plan[0]["lamp"]) == ("completed", 9, "blue")
    assert await facts_of(runtime.database) == []


async def test_a_template_is_laid_out_over_working_days_without_a_conflict(api: ProjectsApi) -> None:
    project = await api.project()
    body = {"project": project["id"], "template": "government-building", "begin_on": "2022-07-01"}
    plan = await api.made(PLANS, body)
    due = {each["name"]: each["baseline_due_on"] for each in plan["milestones"]}
    assert (due["项目赋码"], due["可行性研究报告批复"]) == ("2022-07-01", "2022-07-29")
    assert plan["date_conflicts"] == []
    assert list(due.values()) != sorted(due.values())  # a plan is in the order of the work, not of its days


async def test_a_template_keeps_its_outdoor_works_out_of_the_winter(api: ProjectsApi) -> None:
    project = await api.project(1, kind="continuing")
    body = {"project": project["id"], "template": "continuing", "begin_on": "2022-08-31"}
    made = (await api.made(PLANS, body))["milestones"]
    structure = next(each for each in made if each["stage"] == "structure")
    assert structure["baseline_due_on"] == "2023-05-05"  # 75 of its 126 days by 14 November, the rest from 16 March
    assert structure["work"] == {"days": 126, "unit": "calendar_days", "outdoor": True, "least_days": None}


async def test_the_work_of_a_node_is_kept_changed_and_checked(api: ProjectsApi) -> None:
    project = await api.project()
    made = await api.plan(project["id"], a_node("a", "2022-08-01", work={"days": 20, "least_days": 15}))
    path = f"{MILESTONES}/{made[0]['id']}"
    work = {"days": 30, "unit": "calendar_days", "outdoor": True}
    changed = await api.client.patch(path, json={"work": work}, headers={"If-Match": '"v1"'})
    assert changed.json()["work"] == {**work, "least_days": None}
    refused = await api.client.patch(path, json={"work": {"days": 5, "least_days": 6}}, headers={"If-Match": '"v2"'})
    is_problem(refused, 422, "validation.failed")


async def test_every_template_suits_some_kind_and_makes_a_plan(api: ProjectsApi) -> None:
    templates = (await api.seen("/api/project/v1/milestone-templates"))["items"]
    for number, template in enumerate(templates, start=1):
        project = await api.project(number, kind=template["kinds"][0])
        made = await api.made(PLANS, {"project": project["id"], "template": template["code"], "begin_on": "2022-07-01"})
        assert [each["name"] for each in made["milestones"]] == template["nodes"]


async def test_a_plan_that_breaks_its_own_dependencies_is_told_so(api: ProjectsApi) -> None:
    project = await api.project()
    wanted = {"key": "a", "lag_working_days": 3}
    nodes = [a_node("a", "2022-07-08"), a_node("b", "2022-07-12", predecessors=[wanted])]
    plan = await api.made(PLANS, {"project": project["id"], "nodes": nodes})
    first, second = plan["milestones"]
    expected = {"milestone": second["id"], "predecessor": first["id"], "type": "FS", "lag_working_days": 3}
    assert plan["date_conflicts"] == [{**expected, "earliest_on": "2022-07-13"}]


async def test_a_cycle_is_refused_by_the_names_of_its_nodes(api: ProjectsApi) -> None:
    project = await api.project()
    nodes = [
        a_node("a", "2022-08-01", "c", name="招标"),
        a_node("b", "2022-08-02", "a", name="开工"),
        a_node("c", "2022-08-03", "b"),
    ]
    refused = await post(api.client, PLANS, {"project": project["id"], "nodes": nodes})
    detail = is_problem(refused, 422, "milestone.dependency-cycle")["detail"]
    assert all(name in detail for name in ("招标", "开工", "节点 c"))
    assert (await api.seen(MILESTONES))["items"] == []


async def test_a_faulty_plan_is_told_every_fault_at_once(api: ProjectsApi) -> None:
    project = await api.project()
    nodes = [
        a_node("a", "2022-08-01", done={"actual_on": "2022-07-02", "reference": "x"}),
        a_node("a", "2022-08-02"),
        a_node("b", "2022-08-03", "a", "a", "z"),
    ]
    refused = await post(api.client, PLANS, {"project": project["id"], "nodes": nodes})
    is_problem(refused, 422, "milestone.plan-faulty")
    assert pointers(refused) == [
        "/nodes/0/actual_on",
        "/nodes/1/key",
        "/nodes/2/predecessors/1/key",
        "/nodes/2/predecessors/2/key",
    ]


@pytest.mark.parametrize(
    ("changes", "body", "status", "code"),
    [
        ({}, {"nodes": []}, 422, "validation.failed"),
        ({}, {}, 422, "validation.failed"),
        ({}, {"template": "government-building"}, 422, "validation.failed"),
        ({}, {"nodes": [a_node("a", "2022-08-01")], "begin_on": "2022-07-01"}, 422, "validation.failed"),
        ({}, {"template": "government-building", "begin_on": "2119-07-01"}, 422, "milestone.day-beyond-calendar"),
        ({}, {"template": "no-such", "begin_on": "2022-07-01"}, 422, "milestone.template-unknown"),
        (
            {"kind": "continuing"},
            {"template": "government-building", "begin_on": "2022-07-01"},
            422,
            "milestone.template-not-for-kind",
        ),
        ({}, {"project": UNKNOWN, "nodes": [a_node("a", "2022-08-01")]}, 404, "project.unknown"),
    ],
)
async def test_a_plan_that_cannot_be_made_is_refused(
    api: ProjectsApi, changes: dict[str, Any], body: dict[str, Any], status: int, code: str
) -> None:
    project = await api.project(**changes)
    is_problem(await post(api.client, PLANS, {"project": project["id"], **body}), status, code)
    is_problem(await api.client.get(f"{PLANS}/{project['id']}"), 404, "milestone.plan-unknown")


async def test_a_project_has_one_plan(api: ProjectsApi) -> None:
    project = await api.project()
    await api.plan(project["id"], a_node("a", "2022-08-01"))
    again = await post(api.client, PLANS, {"project": project["id"], "nodes": [a_node("a", "2022-08-01")]})
    is_problem(again, 409, "milestone.plan-already-made")


async def test_a_stopped_project_is_not_planned(api: ProjectsApi) -> None:
    project = await api.project()
    await api.made(f"{PROJECTS}/{project['id']}/suspensions", an_order())
    refused = await post(api.client, PLANS, {"project": project["id"], "nodes": [a_node("a", "2022-08-01")]})
    is_problem(refused, 409, "milestone.project-not-plannable")


async def test_plans_come_in_batches(api: ProjectsApi) -> None:
    first, second = (await api.project(1))["id"], (await api.project(2))["id"]
    nodes = [a_node("a", "2022-08-01")]
    items = [{"project": first, "nodes": nodes}, {"project": UNKNOWN, "nodes": nodes}, {"project": second, "nodes": nodes}]
    answered = await post(api.client, f"{PLANS}/batch", {"mode": "each", "items": items})
    assert [(each["status"], each["id"]) for each in answered.json()["results"]] == [(201, first), (404, None), (201, second)]
    refused = await post(api.client, f"{PLANS}/batch", {"mode": "all", "items": items})
    is_problem(refused, 422, "batch.refused")


async def test_the_plan_of_what_is_not_there_is_not_found(client: httpx.AsyncClient) -> None:
    is_problem(await client.get(f"{PLANS}/{UNKNOWN}"), 404, "project.unknown")
