"""The register over HTTP: what gets in, what is found, what may be changed."""

from typing import Any

import httpx
import pytest

from shared.testing.http import a_client, is_problem, once, pointers, post
from shared.testing.projects_api import PROJECTS, ProjectsApi, a_project, a_resumption, a_start

UNKNOWN = f"{PROJECTS}/01900000-0000-7000-8000-000000000000"


async def test_a_project_is_answered_with_its_version_its_place_and_what_may_be_done_next(client: httpx.AsyncClient) -> None:
    response = await post(client, PROJECTS, a_project())
    project = response.json()
    assert (response.status_code, response.headers["etag"]) == (201, '"v1"')
    assert response.headers["location"] == f"{PROJECTS}/{project['id']}"
    assert (project["state"], project["total_investment_wan"]) == ("registered", "5000")
    assert project["may"]["confirm_ready"] == {"allowed": True, "reason": None}
    assert project["may"]["start"] == {"allowed": False, "reason": "项目目前为“已登记”，不能开（复）工。"}
    assert (await client.get(response.headers["location"])).json() == project


async def test_generated_data_is_labelled(api: ProjectsApi) -> None:
    assert (await api.project(1, synthetic=True))["data_label"] == "合成数据"
    assert (await api.project(2))["data_label"] is None


@pytest.mark.parametrize(
    ("changes", "code", "pointer"),
    [
        ({"code": None}, "project.code-required", "/code"),
        ({"code": "2113-620200-04-01-123456"}, "validation.failed", "/code"),
        ({"code": "2106-629900-04-01-123456"}, "validation.failed", "/code"),
        ({"region": "999999"}, "validation.failed", "/region"),
        ({"owner_unit": "91350100M000100Y34"}, "validation.failed", "/owner_unit"),
        ({"annual_plan_wan": "5000.01"}, "project.figures-do-not-fit", "/annual_plan_wan"),
        ({"funding": [{"source": "bank_loan", "amount_wan": "5001"}]}, "project.figures-do-not-fit", "/funding"),
        ({"total_investment_wan": None}, "project.figures-do-not-fit", "/unknown_reason"),
        ({"total_investment_wan": 5000}, "validation.failed", "/total_investment_wan"),
        ({"annual_plan_wan": "-1"}, "validation.failed", "/annual_plan_wan"),
        ({"listed_on": "2022-07-02"}, "project.day-in-future", "/listed_on"),
        ({"sponsor_post": ""}, "validation.failed", "/sponsor_post"),
        ({"colour": "red"}, "validation.failed", "/colour"),
        ({"kind": "preparatory", "start": a_start()}, "project.start-of-preparatory", "/start"),
    ],
)
async def test_a_faulty_registration_is_refused_where_it_is_wrong(
    client: httpx.AsyncClient, changes: dict[str, Any], code: str, pointer: str
) -> None:
    response = await post(client, PROJECTS, a_project(**changes))
    is_problem(response, 422, code)
    assert pointers(response) == [pointer]
    assert (await client.get(PROJECTS)).json()["items"] == []


@pytest.mark.parametrize("code", ["2106-620200-04-01-123456", "2020-620200-47-03-012345"])
async def test_codes_of_both_standards_are_taken(api: ProjectsApi, code: str) -> None:
    assert (await api.project(code=code))["code"] == code


async def test_a_preparatory_project_may_wait_for_its_code_and_keeps_it_once_it_has_one(api: ProjectsApi) -> None:
    project = await api.project(kind="preparatory", code=None)
    path = f"{PROJECTS}/{project['id']}"
    code = a_project()["code"]
    coded = await api.client.patch(path, json={"code": code}, headers={"If-Match": '"v1"'})
    assert (coded.status_code, coded.json()["code"]) == (200, code)
    again = await api.client.patch(path, json={"code": "2106-620200-04-01-123456"}, headers={"If-Match": coded.headers["etag"]})
    is_problem(again, 409, "project.code-unchangeable")


@pytest.mark.parametrize("changes", [{}, {"kind": "preparatory", "code": None}])
async def test_a_project_is_registered_once(api: ProjectsApi, changes: dict[str, Any]) -> None:
    project = await api.project(**changes)
    again = await post(api.client, PROJECTS, a_project(**changes))
    assert project["id"] in is_problem(again, 409, "project.already-registered")["detail"]


async def test_a_project_that_runs_already_brings_its_start_along(api: ProjectsApi) -> None:
    new = await api.project(1, start=a_start("2022-04-10"))
    continuing = await api.project(2, kind="continuing", start=a_resumption("2022-03-20"))
    assert (new["state"], continuing["state"]) == ("under_construction", "under_construction")
    acts = [(each["act"], each["effective_on"]) for each in (await api.seen(f"{PROJECTS}/{new['id']}/standings"))["items"]]
    assert acts == [("register", "2022-01-01"), ("confirm_ready", "2022-04-10"), ("start", "2022-04-10")]


async def test_a_start_brought_along_is_proven_like_any_other(client: httpx.AsyncClient) -> None:
    response = await post(client, PROJECTS, a_project(start=a_start(photo=None, contract=None)))
    is_problem(response, 422, "project.start-not-proven")
    assert pointers(response) == ["/start/photo", "/start/contract"]


async def test_an_unknown_figure_needs_a_reason_and_stays_unknown(api: ProjectsApi) -> None:
    project = await api.project(total_investment_wan=None, annual_plan_wan=None, funding=[], unknown_reason="not_published")
    assert (project["total_investment_wan"], project["unknown_reason"]) == (None, "not_published")


# --- change --------------------------------------------------------------------------------------------------------------


async def test_a_change_wants_the_version_it_rests_on(api: ProjectsApi) -> None:
    path = f"{PROJECTS}/{(await api.project())['id']}"
    is_problem(await api.client.patch(path, json={"name": "新名称"}), 428, "precondition.if-match-required")
    changed = await api.client.patch(path, json={"name": "新名称"}, headers={"If-Match": '"v1"'})
    assert (changed.json()["name"], changed.headers["etag"]) == ("新名称", '"v2"')
    stale = await api.client.patch(path, json={"name": "旧名称"}, headers={"If-Match": '"v1"'})
    is_problem(stale, 412, "precondition.stale-version")


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"name": None}, "validation.failed"),
        ({"state": "completed"}, "validation.failed"),
        ({"sponsor_post": "VM-CITY"}, "validation.failed"),
        ({"annual_plan_wan": "5001"}, "project.figures-do-not-fit"),
        ({"annual_plan_wan": None}, "project.figures-do-not-fit"),
    ],
)
async def test_a_change_that_the_register_cannot_take_is_refused(api: ProjectsApi, body: dict[str, Any], code: str) -> None:
    path = f"{PROJECTS}/{(await api.project())['id']}"
    is_problem(await api.client.patch(path, json=body, headers={"If-Match": '"v1"'}), 422, code)
    assert (await api.client.get(path)).headers["etag"] == '"v1"'


async def test_a_revised_plan_is_another_line_of_history(api: ProjectsApi) -> None:
    path = f"{PROJECTS}/{(await api.project())['id']}"
    await api.client.patch(path, json={"annual_plan_wan": "1500"}, headers={"If-Match": '"v1"'})
    lines = (await api.seen(f"{path}/standings"))["items"]
    assert [(each["act"], each["annual_plan_wan"], each["effective_on"]) for each in lines] == [
        ("register", "2000", "2022-01-01"),
        ("revise_plan", "1500", "2022-07-01"),
    ]


async def test_clearing_a_figure_with_its_reason_makes_it_unknown(api: ProjectsApi) -> None:
    path = f"{PROJECTS}/{(await api.project())['id']}"
    body: dict[str, Any] = {"annual_plan_wan": None, "unknown_reason": "withdrawn", "funding": []}
    changed = await api.client.patch(path, json=body, headers={"If-Match": '"v1"'})
    assert (changed.json()["annual_plan_wan"], changed.json()["unknown_reason"]) == (None, "withdrawn")


# --- lists and batches ---------------------------------------------------------------------------------------------------


async def test_a_list_is_filtered_sorted_and_counted(api: ProjectsApi) -> None:
    for number, investment in ((1, "3000"), (2, "9000"), (3, "6000")):
        await api.project(number, total_investment_wan=investment, funding=[])
    await api.project(4, sector="health", lead_department="市卫生健康委")
    await api.project(5, kind="continuing")
    page = await api.seen(PROJECTS, sector="education", kind="new", sort="-total_investment_wan", limit=2, count="true")
    assert [each["total_investment_wan"] for each in page["items"]] == ["9000", "6000"]
    assert page["total"] == 3
    rest = await api.seen(
        PROJECTS, sector="education", kind="new", sort="-total_investment_wan", limit=2, cursor=page["next_cursor"], count="true"
    )
    assert ([each["total_investment_wan"] for each in rest["items"]], rest["next_cursor"]) == (["3000"], None)
    assert len((await api.seen(PROJECTS, lead_department="市卫生健康委"))["items"]) == 1


@pytest.mark.parametrize(
    "query", [{"kind": "old"}, {"sort": "colour"}, {"limit": "201"}, {"region": "1"}, {"plan_year": "x"}, {"colour": "red"}]
)
async def test_a_list_refuses_what_it_does_not_know(client: httpx.AsyncClient, query: dict[str, str]) -> None:
    response = await client.get(PROJECTS, params=query)
    assert (response.status_code, pointers(response)) == (422, [f"query:{next(iter(query))}"])


async def test_a_batch_writes_everything_or_nothing(client: httpx.AsyncClient) -> None:
    items = [a_project(1), a_project(2, code=None), a_project(1)]
    refused = await post(client, f"{PROJECTS}/batch", {"mode": "all", "items": items})
    is_problem(refused, 422, "batch.refused")
    assert pointers(refused) == ["/items/1/code", "/items/2/code"]
    assert (await client.get(PROJECTS)).json()["items"] == []


async def test_a_batch_of_each_answers_for_every_item(client: httpx.AsyncClient) -> None:
    items = [a_project(1), a_project(2, region="1"), a_project(1), a_project(3)]
    answered = await post(client, f"{PROJECTS}/batch", {"mode": "each", "items": items})
    assert [each["status"] for each in answered.json()["results"]] == [201, 422, 409, 201]
    assert len((await client.get(PROJECTS)).json()["items"]) == 2


@pytest.mark.parametrize("path", ["", "/standings", "/responsibilities"])
async def test_what_is_not_there_is_not_found(client: httpx.AsyncClient, path: str) -> None:
    is_problem(await client.get(UNKNOWN + path), 404, "project.unknown")


async def test_changing_what_is_not_there_is_not_found(client: httpx.AsyncClient) -> None:
    is_problem(await client.patch(UNKNOWN, json={"name": "x"}, headers={"If-Match": '"v1"'}), 404, "project.unknown")


async def test_a_reader_may_look_and_is_told_that_he_may_not_write(runtime: Any, app: Any, api: ProjectsApi) -> None:
    project = await api.project()
    async with a_client(app, runtime.database, "project:read") as reader:
        shown = (await reader.get(f"{PROJECTS}/{project['id']}")).json()
        assert not any(permission["allowed"] for permission in shown["may"].values())
        is_problem(await reader.post(PROJECTS, json=a_project(2), headers=once()), 403, "auth.missing-scope")
