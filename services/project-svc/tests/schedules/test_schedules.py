"""Schedules over HTTP: forward, backward, tried out, taken over into the plan."""

from typing import Any

import httpx
import pytest

from shared.kit.runtime import Runtime
from shared.testing.clock import FakeClock
from shared.testing.http import is_problem, pointers, post
from shared.testing.projects_api import PLANS, SCHEDULES, ProjectsApi, a_node

OUTDOOR = {"days": 90, "unit": "calendar_days", "outdoor": True}
UNKNOWN = "01900000-0000-7000-8000-000000000000"
APPROVAL = {"reason": "按倒排工期调整", "approver": "市政府常务会议", "approved_on": "2022-07-01"}


async def a_plan(api: ProjectsApi, due_on: str) -> tuple[str, list[dict[str, Any]]]:
    """招标 (20 working days) → 开工 → 主体 (90 days outdoors), recorded on 1 July 2022."""
    project = (await api.project())["id"]
    plan = await api.plan(
        project,
        a_node("tender", "2022-07-29", name="招标", work={"days": 20}),
        a_node("start", "2022-07-29", "tender", name="开工"),
        a_node("structure", due_on, "start", name="主体", work=OUTDOOR),
    )
    return project, plan


async def test_a_forward_schedule_says_when_each_node_can_be_done(api: ProjectsApi) -> None:
    project, plan = await a_plan(api, "2022-11-14")
    found = await api.seen(f"{SCHEDULES}/{project}")
    assert [each["milestone"] for each in found["result"]] == [each["id"] for each in plan]
    assert [each["earliest"] for each in found["result"]] == [
        {"start_on": "2022-07-01", "finish_on": "2022-07-28"},
        {"start_on": "2022-07-28", "finish_on": "2022-07-28"},
        {"start_on": "2022-07-29", "finish_on": "2022-10-26"},
    ]
    assert (found["finish_on"], found["impossible"], found["compression"]) == ("2022-10-26", False, None)
    assert found["result"][2]["float_days"] == 19
    assert found["explanation"].startswith("可按期完成")
    assert "11月15日" in found["winter_stop"]


async def test_a_backward_schedule_says_when_each_node_has_to_be_done(api: ProjectsApi) -> None:
    project, _ = await a_plan(api, "2022-12-31")
    found = await api.seen(f"{SCHEDULES}/{project}", direction="backward", deadline="2022-11-14")
    tender, start, structure = found["result"]
    assert structure["latest"] == {"start_on": "2022-08-17", "finish_on": "2022-11-14"}
    assert (tender["planned_on"], start["planned_on"]) == ("2022-08-16", "2022-08-16")
    assert found["impossible"] is False


async def test_a_deadline_that_cannot_be_kept_says_by_how_much_because_of_what_and_what_to_compress(api: ProjectsApi) -> None:
    project, plan = await a_plan(api, "2022-10-10")
    found = await api.seen(f"{SCHEDULES}/{project}")
    assert (found["impossible"], found["impossible_by_working_days"]) == (True, 12)
    assert found["because"] == ["招标（20 个工作日）", "开工", "主体（室外 90 个自然日）"]
    assert "晚 12 个工作日" in found["explanation"]
    assert found["critical_path"] == [each["id"] for each in plan]
    cuts = found["compression"]["cuts"]
    assert cuts == [{"milestone": plan[2]["id"], "name": "主体", "from_days": 90, "to_days": 74}]
    assert found["compression"]["explanation"] == "至少须压缩 1 个节点、共 16 天：主体由 90 个自然日压到 74。"
    assert "GB 50500" in found["compression"]["clause"]


async def test_what_no_compressing_reaches_says_what_is_still_missing(api: ProjectsApi) -> None:
    project, _ = await a_plan(api, "2022-08-31")
    compression = (await api.seen(f"{SCHEDULES}/{project}"))["compression"]
    assert (compression["enough"], compression["cuts"]) == (False, [])
    assert "压到最短工期" in compression["explanation"]


async def test_the_winter_that_a_plan_meets_is_named(api: ProjectsApi) -> None:
    project, _ = await a_plan(api, "2022-12-31")
    found = await api.seen(f"{SCHEDULES}/{project}", begin_on="2022-09-01")
    assert found["because"][-1] == "主体（室外 90 个自然日，跨冬季停工 121 天）"


async def test_a_trial_with_other_works_and_days_keeps_nothing(api: ProjectsApi, runtime: Runtime) -> None:
    project, plan = await a_plan(api, "2022-10-10")
    change = {"milestone": plan[2]["id"], "work": {**OUTDOOR, "days": 74}, "due_on": "2022-10-11"}
    tried = await post(api.client, f"{SCHEDULES}/{project}/trials", {"changes": [change]})
    assert (tried.status_code, tried.json()["impossible"]) == (200, False)
    assert (await api.seen(f"{SCHEDULES}/{project}"))["impossible"] is True
    assert (await api.seen(f"{PLANS}/{project}"))["milestones"][2]["work"]["days"] == 90


async def test_a_schedule_is_adopted_by_approved_re_baselines(api: ProjectsApi) -> None:
    project, plan = await a_plan(api, "2022-12-31")
    body = {"direction": "backward", "deadline": "2022-11-14", **APPROVAL}
    await api.made(f"{SCHEDULES}/{project}/adoptions", body)
    seen = (await api.seen(f"{PLANS}/{project}"))["milestones"]
    assert [each["current_due_on"] for each in seen] == ["2022-08-16", "2022-08-16", "2022-11-14"]
    assert [each["baseline_due_on"] for each in seen] == [each["baseline_due_on"] for each in plan]
    assert {move["reason"] for each in seen for move in each["re_baselines"]} == {"按倒排工期调整"}
    again = await post(api.client, f"{SCHEDULES}/{project}/adoptions", body)
    is_problem(again, 409, "schedule.nothing-to-adopt")


async def test_a_done_node_fixes_what_comes_after_it(api: ProjectsApi, clock: FakeClock) -> None:
    project, plan = await a_plan(api, "2022-12-31")
    clock.set(clock.now().replace(month=8, day=10))
    await api.complete(plan[0]["id"], "2022-08-09")
    found = await api.seen(f"{SCHEDULES}/{project}")
    assert [each["earliest"]["finish_on"] for each in found["result"]] == ["2022-08-09", "2022-08-10", "2022-11-08"]
    assert found["because"][0] == "开工"


async def test_a_schedule_that_comes_too_late_is_not_adopted_backward(api: ProjectsApi) -> None:
    project, _ = await a_plan(api, "2022-12-31")
    body = {"direction": "backward", "deadline": "2022-08-31", **APPROVAL}
    refused = await post(api.client, f"{SCHEDULES}/{project}/adoptions", body)
    assert "已不可能按期" in is_problem(refused, 409, "schedule.backward-impossible")["detail"]


@pytest.mark.parametrize(
    ("change", "code", "pointer"),
    [
        ({"milestone": UNKNOWN, "due_on": "2022-12-31"}, "schedule.milestone-elsewhere", "/changes/0/milestone"),
        ({"milestone": UNKNOWN}, "validation.failed", "/changes/0"),
    ],
)
async def test_a_trial_of_what_is_not_there_is_refused(api: ProjectsApi, change: dict[str, Any], code: str, pointer: str) -> None:
    project, _ = await a_plan(api, "2022-12-31")
    refused = await post(api.client, f"{SCHEDULES}/{project}/trials", {"changes": [change]})
    is_problem(refused, 422, code)
    assert pointers(refused) == [pointer]


async def test_a_done_node_is_not_tried_out(api: ProjectsApi) -> None:
    project, plan = await a_plan(api, "2022-12-31")
    await api.complete(plan[0]["id"], "2022-07-01")
    change = {"milestone": plan[0]["id"], "due_on": "2022-12-31"}
    refused = await post(api.client, f"{SCHEDULES}/{project}/trials", {"changes": [change]})
    is_problem(refused, 422, "schedule.milestone-not-open")


async def test_a_project_without_a_plan_has_no_schedule(api: ProjectsApi, client: httpx.AsyncClient) -> None:
    project = await api.project()
    is_problem(await client.get(f"{SCHEDULES}/{project['id']}"), 404, "milestone.plan-unknown")
    is_problem(await client.get(f"{SCHEDULES}/{UNKNOWN}"), 404, "project.unknown")


async def test_years_that_no_calendar_reaches_are_refused(api: ProjectsApi, client: httpx.AsyncClient) -> None:
    project, _ = await a_plan(api, "2022-12-31")
    is_problem(await client.get(f"{SCHEDULES}/{project}", params={"begin_on": "2199-12-31"}), 422, "schedule.beyond-calendar")
