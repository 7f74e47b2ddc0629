"""A project's moves from state to state, and the people who answer for it."""

from datetime import datetime
from typing import Any

import httpx
import pytest

from shared.kit.clock import SHANGHAI
from shared.testing.clock import FakeClock
from shared.testing.http import is_problem, pointers, post
from shared.testing.projects_api import PROJECTS, ProjectsApi, a_resumption, a_start, an_order

READY = {"confirmed_on": "2022-06-01", "basis": "施工许可证已取得，资金、用地已落实"}
UNKNOWN = f"{PROJECTS}/01900000-0000-7000-8000-000000000000"
PLAN_ENTRY = {"year": 2023, "annual_plan_wan": "800", "listed_on": "2023-01-01", "document": "嘉发改〔2023〕1 号"}
BODIES: dict[str, dict[str, Any]] = {
    "readiness-confirmations": READY,
    "starts": a_start("2022-06-20"),
    "suspensions": an_order(),
    "resumptions": an_order(),
    "completions": {"completed_on": "2022-07-01", "acceptance": "联合验收 1 号"},
}
ACTS = {
    "readiness-confirmations": "confirm_ready",
    "starts": "start",
    "suspensions": "suspend",
    "resumptions": "resume",
    "completions": "complete",
}
WAYS: dict[str, list[str]] = {
    "registered": [],
    "ready": ["readiness-confirmations"],
    "under_construction": ["readiness-confirmations", "starts"],
    "suspended": ["suspensions"],
    "completed": ["readiness-confirmations", "starts", "completions"],
}
OPEN = {
    "registered": {"readiness-confirmations", "suspensions"},
    "ready": {"starts", "suspensions"},
    "under_construction": {"suspensions", "completions"},
    "suspended": {"resumptions"},
    "completed": set(),
}


async def brought_to(api: ProjectsApi, state: str) -> str:
    """The path of a new project in that state."""
    path = f"{PROJECTS}/{(await api.project())['id']}"
    for act in WAYS[state]:
        await api.made(f"{path}/{act}", BODIES[act])
    return path


@pytest.mark.parametrize("state", WAYS)
async def test_every_act_is_done_or_refused_as_the_state_says(api: ProjectsApi, state: str) -> None:
    path = await brought_to(api, state)
    before = await api.seen(path)
    assert before["state"] == state
    assert {act for act, name in ACTS.items() if before["may"][name]["allowed"]} == OPEN[state]
    for act in ACTS.keys() - OPEN[state]:
        refused = await post(api.client, f"{path}/{act}", BODIES[act])
        assert is_problem(refused, 409, "project.act-refused")["detail"] == before["may"][ACTS[act]]["reason"]
    assert await api.seen(path) == before


@pytest.mark.parametrize(
    ("body", "faults"),
    [
        (a_start("2022-06-20", permit=None, photo=None, contract=None), ["/permit", "/photo", "/contract"]),
        (a_start("2022-07-02"), ["/started_on", "/photo/taken_on"]),
        (a_resumption("2022-06-20"), ["/permit/kind", "/contract"]),
    ],
)
async def test_a_start_without_proof_is_refused_with_everything_that_is_missing(
    api: ProjectsApi, body: dict[str, Any], faults: list[str]
) -> None:
    path = await brought_to(api, "ready")
    refused = await post(api.client, f"{path}/starts", body)
    is_problem(refused, 422, "project.start-not-proven")
    assert pointers(refused) == faults


async def test_a_continuing_project_is_resumed_on_a_report_and_a_photo(api: ProjectsApi) -> None:
    project = await api.project(kind="continuing")
    assert (await api.made(f"{PROJECTS}/{project['id']}/starts", a_resumption()))["state"] == "under_construction"


async def test_a_day_before_the_last_change_is_refused(api: ProjectsApi) -> None:
    path = await brought_to(api, "ready")
    is_problem(await post(api.client, f"{path}/starts", a_start("2022-05-31")), 409, "project.days-out-of-order")


async def test_a_day_that_has_not_come_is_refused(api: ProjectsApi) -> None:
    path = await brought_to(api, "registered")
    body = {**READY, "confirmed_on": "2022-07-02"}
    is_problem(await post(api.client, f"{path}/readiness-confirmations", body), 422, "project.day-in-future")


async def test_a_preparatory_project_enters_the_plan_of_works_as_a_new_one(api: ProjectsApi) -> None:
    project = await api.project(kind="preparatory")
    path = f"{PROJECTS}/{project['id']}"
    assert project["may"]["confirm_ready"] == {"allowed": False, "reason": "前期项目不能确认具备开工条件：须先列入年度计划。"}
    listed = await api.made(f"{path}/plan-entries", {**PLAN_ENTRY, "year": 2022, "listed_on": "2022-06-30"})
    assert (listed["kind"], listed["annual_plan_wan"], listed["state"]) == ("new", "800", "registered")


async def test_a_project_under_construction_waits_to_be_resumed_in_the_next_plan_year(api: ProjectsApi, clock: FakeClock) -> None:
    path = await brought_to(api, "under_construction")
    clock.set(datetime(2023, 1, 5, tzinfo=SHANGHAI))
    listed = await api.made(f"{path}/plan-entries", PLAN_ENTRY)
    assert (listed["kind"], listed["state"], listed["plan_year"]) == ("continuing", "ready", 2023)


@pytest.mark.parametrize(
    ("changes", "body", "status", "code"),
    [
        ({}, {"year": 2022, "listed_on": "2022-06-30"}, 409, "project.plan-year-taken"),
        ({}, {"listed_on": "2022-06-30"}, 422, "project.listed-outside-its-year"),
        ({"kind": "preparatory", "code": None}, {"year": 2022, "listed_on": "2022-06-30"}, 422, "project.code-required"),
        (
            {"kind": "preparatory"},
            {"year": 2022, "listed_on": "2022-06-30", "annual_plan_wan": "5001"},
            422,
            "project.figures-do-not-fit",
        ),
    ],
)
async def test_a_listing_that_does_not_fit_is_refused(
    api: ProjectsApi, changes: dict[str, Any], body: dict[str, Any], status: int, code: str
) -> None:
    path = f"{PROJECTS}/{(await api.project(**changes))['id']}"
    is_problem(await post(api.client, f"{path}/plan-entries", {**PLAN_ENTRY, **body}), status, code)


@pytest.mark.parametrize("act", [*BODIES, "plan-entries"])
async def test_nothing_happens_to_a_project_that_is_not_there(client: httpx.AsyncClient, act: str) -> None:
    body = BODIES.get(act, PLAN_ENTRY)
    is_problem(await post(client, f"{UNKNOWN}/{act}", body), 404, "project.unknown")


# --- who answers for it --------------------------------------------------------------------------------------------------


def a_hand_over(holder: str = "VM-CITY", **changes: Any) -> dict[str, Any]:
    return {"role": "sponsor_post", "holder": holder, "from_on": "2022-06-28", "reason": "领导分工调整", **changes}


async def test_a_role_changes_hands_and_its_history_stays(api: ProjectsApi) -> None:
    path = f"{PROJECTS}/{(await api.project())['id']}"
    await api.made(f"{path}/responsibilities", a_hand_over())
    assert (await api.seen(path))["sponsor_post"] == "VM-CITY"
    terms = (await api.seen(f"{path}/responsibilities"))["items"]
    sponsors = [(each["holder"], each["from_on"], each["until_on"]) for each in terms if each["role"] == "sponsor_post"]
    assert sponsors == [("VM-SOC", "2022-01-01", "2022-06-28"), ("VM-CITY", "2022-06-28", None)]


@pytest.mark.parametrize(("day", "sponsor"), [("2022-06-27", "VM-SOC"), ("2022-06-28", "VM-CITY"), ("2022-12-31", "VM-CITY")])
async def test_on_any_day_exactly_one_holds_each_role(api: ProjectsApi, day: str, sponsor: str) -> None:
    path = f"{PROJECTS}/{(await api.project())['id']}"
    await api.made(f"{path}/responsibilities", a_hand_over())
    terms = (await api.seen(f"{path}/responsibilities", as_of=day))["items"]
    holders = {each["role"]: each["holder"] for each in terms}
    assert len(terms) == 3
    assert holders == {"sponsor_post": sponsor, "lead_department": "市教育局", "responsible_person": "张某"}


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (a_hand_over("VM-SOC"), 409, "project.responsibility-unchanged"),
        (a_hand_over(from_on="2022-01-01"), 409, "project.responsibility-too-early"),
        (a_hand_over(from_on="2022-07-02"), 422, "project.day-in-future"),
        (a_hand_over(role="mayor"), 422, "validation.failed"),
    ],
)
async def test_a_hand_over_that_does_not_fit_is_refused(api: ProjectsApi, body: dict[str, Any], status: int, code: str) -> None:
    path = f"{PROJECTS}/{(await api.project())['id']}/responsibilities"
    is_problem(await post(api.client, path, body), status, code)
    assert len((await api.seen(path))["items"]) == 3


async def test_a_hand_over_of_what_is_not_there_is_not_found(client: httpx.AsyncClient) -> None:
    is_problem(await post(client, f"{UNKNOWN}/responsibilities", a_hand_over()), 404, "project.unknown")
