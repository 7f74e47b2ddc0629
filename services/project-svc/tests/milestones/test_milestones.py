"""Milestones over HTTP: added, changed, moved with approval, completed, and seen as of any day."""

from datetime import timedelta
from typing import Any

import httpx
import pytest

from project_svc.sweep.service import sweep
from shared.kit.runtime import Runtime
from shared.testing.clock import FakeClock
from shared.testing.http import is_problem, pointers, post
from shared.testing.outbox import facts_of
from shared.testing.projects_api import MILESTONES, ProjectsApi, a_node

UNKNOWN = "01900000-0000-7000-8000-000000000000"
DONE = {"actual_on": "2022-07-01", "reference": "验收单 1"}
MOVE = {"due_on": "2022-08-15", "reason": "用地调整", "approver": "市政府", "approved_on": "2022-06-30"}


def one_more(project: str, *after: str) -> dict[str, Any]:
    predecessors = [{"milestone": each} for each in after]
    body = {"project": project, "name": "竣工验收", "stage": "acceptance", "baseline_due_on": "2022-09-30"}
    return {**body, "predecessors": predecessors}


async def test_a_milestone_is_added_at_the_end_of_a_plan(api: ProjectsApi) -> None:
    first = await api.milestone("2022-07-20")
    added = await api.made(MILESTONES, one_more(first["project"], first["id"]))
    assert (added["position"], added["stage_label"]) == (2, "竣工验收")
    assert [each["milestone"] for each in added["predecessors"]] == [first["id"]]


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({"stage": "party"}, 422, "validation.failed"),
        ({"baseline_due_on": "2022-02-30"}, 422, "validation.failed"),
        ({"project": UNKNOWN}, 404, "project.unknown"),
        ({"predecessors": [{"milestone": UNKNOWN}]}, 422, "milestone.predecessor-elsewhere"),
    ],
)
async def test_a_milestone_that_does_not_fit_is_refused(
    api: ProjectsApi, changes: dict[str, Any], status: int, code: str
) -> None:
    body = {**one_more((await api.project())["id"]), **changes}
    is_problem(await post(api.client, MILESTONES, body), status, code)
    assert (await api.seen(MILESTONES))["items"] == []


async def test_a_dependency_on_another_projects_milestone_is_refused(api: ProjectsApi) -> None:
    mine, other = await api.milestone("2022-07-20", 1), await api.milestone("2022-07-20", 2)
    refused = await post(api.client, MILESTONES, one_more(mine["project"], mine["id"], other["id"]))
    is_problem(refused, 422, "milestone.predecessor-elsewhere")
    assert pointers(refused) == ["/predecessors/1/milestone"]


async def test_new_dependencies_are_a_new_version_and_may_not_close_a_cycle(api: ProjectsApi) -> None:
    project = await api.project()
    first, second = await api.plan(project["id"], a_node("a", "2022-08-01"), a_node("b", "2022-08-10", "a"))
    path = f"{MILESTONES}/{first['id']}"
    circle = {"predecessors": [{"milestone": second["id"]}]}
    is_problem(await api.client.patch(path, json=circle, headers={"If-Match": '"v1"'}), 422, "milestone.dependency-cycle")
    freed = await api.client.patch(f"{MILESTONES}/{second['id']}", json={"predecessors": []}, headers={"If-Match": '"v1"'})
    assert (freed.json()["version"], freed.json()["predecessors"]) == (2, [])
    turned = await api.client.patch(path, json=circle, headers={"If-Match": '"v1"'})
    assert [each["milestone"] for each in turned.json()["predecessors"]] == [second["id"]]


@pytest.mark.parametrize(
    ("body", "tag", "status", "code"),
    [
        ({"name": "x"}, None, 428, "precondition.if-match-required"),
        ({"name": "x"}, '"v9"', 412, "precondition.stale-version"),
        ({"name": None}, '"v1"', 422, "validation.failed"),
        ({"baseline_due_on": "2022-08-01"}, '"v1"', 422, "validation.failed"),
        ({"current_due_on": "2022-08-01"}, '"v1"', 422, "validation.failed"),
        ({"predecessors": [{"milestone": UNKNOWN}] * 2}, '"v1"', 422, "validation.failed"),
    ],
)
async def test_a_change_that_may_not_be_is_refused(
    api: ProjectsApi, body: dict[str, Any], tag: str | None, status: int, code: str
) -> None:
    path = f"{MILESTONES}/{(await api.milestone('2022-07-20'))['id']}"
    headers = {"If-Match": tag} if tag else {}
    is_problem(await api.client.patch(path, json=body, headers=headers), status, code)


# --- three dates ---------------------------------------------------------------------------------------------------------


async def test_a_re_baseline_moves_the_current_day_and_never_the_baseline(api: ProjectsApi) -> None:
    milestone = await api.milestone("2022-07-20")
    path = f"{MILESTONES}/{milestone['id']}/re-baselines"
    await api.made(path, MOVE)
    moved = await api.made(path, {**MOVE, "due_on": "2022-09-01"})
    assert (moved["baseline_due_on"], moved["current_due_on"]) == ("2022-07-20", "2022-09-01")
    assert [(each["from_due_on"], each["to_due_on"], each["approver"]) for each in moved["re_baselines"]] == [
        ("2022-07-20", "2022-08-15", "市政府"),
        ("2022-08-15", "2022-09-01", "市政府"),
    ]


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({"due_on": "2022-07-20"}, 409, "milestone.due-day-unchanged"),
        ({"approved_on": "2022-07-02"}, 422, "milestone.approval-in-future"),
        ({"reason": ""}, 422, "validation.failed"),
        ({"approver": None}, 422, "validation.failed"),
    ],
)
async def test_a_move_without_approval_or_effect_is_refused(
    api: ProjectsApi, changes: dict[str, Any], status: int, code: str
) -> None:
    milestone = await api.milestone("2022-07-20")
    is_problem(await post(api.client, f"{MILESTONES}/{milestone['id']}/re-baselines", {**MOVE, **changes}), status, code)
    assert (await api.seen(f"{MILESTONES}/{milestone['id']}"))["re_baselines"] == []


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"actual_on": "2022-07-02"}, "milestone.completed-in-future"),
        ({"reference": ""}, "validation.failed"),
        ({"reference": None}, "validation.failed"),
    ],
)
async def test_a_completion_needs_a_day_that_has_come_and_evidence(
    api: ProjectsApi, runtime: Runtime, changes: dict[str, Any], code: str
) -> None:
    milestone = await api.milestone("2022-07-20")
    is_problem(await post(api.client, f"{MILESTONES}/{milestone['id']}/completions", {**DONE, **changes}), 422, code)
    assert await facts_of(runtime.database) == []


@pytest.mark.parametrize(("due_on", "late"), [("2022-06-25", 6), ("2022-07-01", 0), ("2022-07-10", -9)])
async def test_a_completion_is_told_with_how_late_or_early_it_was(
    api: ProjectsApi, runtime: Runtime, due_on: str, late: int
) -> None:
    milestone = await api.milestone(due_on)
    done = await api.made(f"{MILESTONES}/{milestone['id']}/completions", DONE)
    assert (done["state"], done["lamp"], done["days_late"], done["days_overdue"]) == ("completed", "blue", late, 0)
    (fact,) = await facts_of(runtime.database)
    assert (fact["fact"], fact["milestone_id"], fact["days_late"]) == ("milestone-completed", milestone["id"], late)
    assert (fact["project_name"], fact["sponsor_post"], fact["region"]) == ("市第1中学教学楼改造", "VM-SOC", "620200")


@pytest.mark.parametrize(("act", "body"), [("completions", DONE), ("re-baselines", MOVE)])
async def test_a_completed_milestone_is_left_alone(api: ProjectsApi, act: str, body: dict[str, Any]) -> None:
    milestone = await api.milestone("2022-07-20")
    done = await api.complete(milestone["id"], "2022-07-01")
    assert done["may"][act.removesuffix("s").replace("-", "_").replace("completion", "complete")]["allowed"] is False
    is_problem(await post(api.client, f"{MILESTONES}/{milestone['id']}/{act}", body), 409, "milestone.not-open")


@pytest.mark.parametrize(("act", "body"), [("completions", DONE), ("re-baselines", MOVE)])
async def test_nothing_happens_to_a_milestone_that_is_not_there(
    client: httpx.AsyncClient, act: str, body: dict[str, Any]
) -> None:
    is_problem(await post(client, f"{MILESTONES}/{UNKNOWN}/{act}", body), 404, "milestone.unknown")


async def test_looking_for_a_milestone_that_is_not_there_finds_nothing(client: httpx.AsyncClient) -> None:
    is_problem(await client.get(f"{MILESTONES}/{UNKNOWN}"), 404, "milestone.unknown")
    changed = await client.patch(f"{MILESTONES}/{UNKNOWN}", json={"name": "x"}, headers={"If-Match": '"v1"'})
    is_problem(changed, 404, "milestone.unknown")


# --- as of a day ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("as_of", "lamp", "overdue"),
    [
        ("2022-05-20", "grey", 0),
        ("2022-06-10", "green", 0),
        ("2022-06-20", "yellow", 0),
        ("2022-06-21", "yellow", 1),
        ("2022-06-28", "red", 8),
    ],
)
async def test_a_milestone_is_seen_as_it_stood_on_a_day(api: ProjectsApi, as_of: str, lamp: str, overdue: int) -> None:
    milestone = await api.milestone("2022-06-20")
    await api.complete(milestone["id"], "2022-06-29")
    seen = await api.seen(f"{MILESTONES}/{milestone['id']}", as_of=as_of)
    assert (seen["as_of"], seen["lamp"], seen["days_overdue"]) == (as_of, lamp, overdue)
    assert (await api.seen(f"{MILESTONES}/{milestone['id']}"))["lamp"] == "blue"


async def test_a_move_does_not_rewrite_what_was_late_nor_put_out_its_lamp(
    api: ProjectsApi, runtime: Runtime, clock: FakeClock
) -> None:
    milestone = await api.milestone("2022-06-20")
    path = f"{MILESTONES}/{milestone['id']}"
    await sweep(runtime.database, 10)
    clock.advance(timedelta(days=1))
    await api.re_baseline(milestone["id"], "2022-08-31")
    assert ((before := await api.seen(path, as_of="2022-07-01"))["due_on"], before["days_overdue"]) == ("2022-06-20", 11)
    now = await api.seen(path)
    assert (now["due_on"], now["days_overdue"], now["lamp"]) == ("2022-08-31", 0, "red")
    assert (await api.complete(milestone["id"], "2022-07-02"))["lamp"] == "blue"


async def test_a_cached_answer_is_not_taken_for_fresh_when_the_lamp_changed(api: ProjectsApi, clock: FakeClock) -> None:
    path = f"{MILESTONES}/{(await api.milestone('2022-07-02'))['id']}"
    tag = (await api.client.get(path)).headers["etag"]
    assert (await api.client.get(path, headers={"If-None-Match": tag})).status_code == 304
    clock.advance(timedelta(days=5))
    assert (await api.client.get(path, headers={"If-None-Match": tag})).json()["days_overdue"] == 4


async def test_the_tag_of_a_milestone_is_good_for_changing_it(api: ProjectsApi) -> None:
    path = f"{MILESTONES}/{(await api.milestone('2022-07-02'))['id']}"
    tag = (await api.client.get(path)).headers["etag"]
    assert (await api.client.patch(path, json={"note": "现场核实"}, headers={"If-Match": tag})).json()["version"] == 2


# --- the list ------------------------------------------------------------------------------------------------------------


async def test_the_list_finds_what_is_late_with_the_money_at_stake(api: ProjectsApi) -> None:
    for number, (due_on, money) in enumerate((("2022-06-20", "300"), ("2022-06-30", "900"), ("2022-07-20", "500")), start=1):
        project = await api.project(number, total_investment_wan=money, annual_plan_wan="1", funding=[])
        await api.plan(project["id"], a_node("a", due_on))
    late = await api.seen(MILESTONES, state="open", due_before="2022-07-01", sort="-total_investment_wan")
    assert [(each["total_investment_wan"], each["days_overdue"]) for each in late["items"]] == [("900", 1), ("300", 11)]
    assert len((await api.seen(MILESTONES, due_from="2022-07-01"))["items"]) == 1
    assert len((await api.seen(MILESTONES, project=late["items"][0]["project"]))["items"]) == 1


@pytest.mark.parametrize("query", [{"state": "late"}, {"due_before": "soon"}, {"sort": "lamp"}, {"as_of": "2022-13-01"}])
async def test_the_list_refuses_what_it_does_not_know(client: httpx.AsyncClient, query: dict[str, str]) -> None:
    response = await client.get(MILESTONES, params=query)
    assert (response.status_code, pointers(response)) == (422, [f"query:{next(iter(query))}"])
