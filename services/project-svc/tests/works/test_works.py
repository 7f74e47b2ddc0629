"""Stopping, resuming and finishing a project together with its plan."""

from typing import Any

import httpx
import pytest

from project_svc.sweep.service import sweep
from shared.kit.runtime import Runtime
from shared.testing.http import is_problem, post
from shared.testing.outbox import facts_of
from shared.testing.projects_api import MILESTONES, PROJECTS, ProjectsApi, a_node, a_start, an_order

UNKNOWN = f"{PROJECTS}/01900000-0000-7000-8000-000000000000"
COMPLETION = {"completed_on": "2022-07-01", "acceptance": "联合验收 1 号"}


async def test_a_formal_stop_withdraws_what_was_not_done_and_says_so(api: ProjectsApi, runtime: Runtime) -> None:
    project = await api.project()
    done, late, ahead = await api.plan(
        project["id"],
        a_node("done", "2022-03-01", done={"actual_on": "2022-03-01", "reference": "x"}),
        a_node("late", "2022-06-20"),
        a_node("ahead", "2022-12-01"),
    )
    await api.made(f"{PROJECTS}/{project['id']}/suspensions", an_order(reason="资金链断裂"))
    states = [(await api.seen(f"{MILESTONES}/{each['id']}"))["state"] for each in (done, late, ahead)]
    assert states == ["completed", "withdrawn", "withdrawn"]
    facts = await facts_of(runtime.database)
    assert {(each["fact"], each["milestone_id"], each["reason"]) for each in facts} == {
        ("milestone-withdrawn", each["id"], "资金链断裂") for each in (late, ahead)
    }
    assert (await api.seen(f"{MILESTONES}/{late['id']}"))["lamp"] == "grey"
    assert not await sweep(runtime.database, 10)


async def test_what_comes_back_late_is_warned_of_anew(api: ProjectsApi, runtime: Runtime) -> None:
    milestone = await api.milestone("2022-06-20")
    path = f"{PROJECTS}/{milestone['project']}"
    await sweep(runtime.database, 10)
    await api.made(f"{path}/suspensions", an_order())
    await api.made(f"{path}/resumptions", an_order())
    await sweep(runtime.database, 10)
    crossings = [(each["fact"], each.get("threshold_days")) for each in await facts_of(runtime.database)]
    late = [("milestone-fell-overdue", 0), ("milestone-fell-overdue", 7)]
    assert crossings == [*late, ("milestone-withdrawn", None), *late]


@pytest.mark.parametrize(("begun", "after"), [(False, "registered"), (True, "ready")])
async def test_a_resumed_project_is_never_further_than_it_was(api: ProjectsApi, begun: bool, after: str) -> None:
    project = await api.project(start=a_start() if begun else None)
    path = f"{PROJECTS}/{project['id']}"
    assert (await api.made(f"{path}/suspensions", an_order()))["state"] == "suspended"
    assert (await api.made(f"{path}/resumptions", an_order()))["state"] == after


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({"effective_on": "2022-07-02"}, 422, "project.day-in-future"),
        ({"approved_on": "2022-07-02"}, 422, "project.day-in-future"),
        ({"effective_on": "2021-12-31"}, 409, "project.days-out-of-order"),
        ({"document": ""}, 422, "validation.failed"),
        ({"approver": None}, 422, "validation.failed"),
    ],
)
async def test_a_stop_without_approval_in_order_is_refused(
    api: ProjectsApi, runtime: Runtime, changes: dict[str, Any], status: int, code: str
) -> None:
    milestone = await api.milestone("2022-06-20")
    is_problem(await post(api.client, f"{PROJECTS}/{milestone['project']}/suspensions", an_order(**changes)), status, code)
    assert (await api.seen(f"{MILESTONES}/{milestone['id']}"))["state"] == "open"
    assert await facts_of(runtime.database) == []


async def test_a_project_is_finished_once_nothing_in_its_plan_is_open(api: ProjectsApi) -> None:
    project = await api.project(start=a_start())
    path = f"{PROJECTS}/{project['id']}"
    (milestone,) = await api.plan(project["id"], a_node("a", "2022-06-20", name="竣工验收"))
    refused = await post(api.client, f"{path}/completions", COMPLETION)
    assert "竣工验收" in is_problem(refused, 409, "milestone.still-open")["detail"]
    await api.complete(milestone["id"], "2022-06-30")
    assert (await api.made(f"{path}/completions", COMPLETION))["state"] == "completed"


@pytest.mark.parametrize(("act", "body"), [("suspensions", an_order()), ("resumptions", an_order()), ("completions", COMPLETION)])
async def test_nothing_befalls_a_project_that_is_not_there(client: httpx.AsyncClient, act: str, body: dict[str, Any]) -> None:
    is_problem(await post(client, f"{UNKNOWN}/{act}", body), 404, "project.unknown")
