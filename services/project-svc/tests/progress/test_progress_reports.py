"""Monthly reports over HTTP: cumulative, revised by appending, never falling without a word."""

from typing import Any

import httpx
import pytest

from shared.testing.http import is_problem, pointers, post
from shared.testing.projects_api import REPORTS, ProjectsApi

UNKNOWN = "01900000-0000-7000-8000-000000000000"


def a_report(project: str, period: str = "2022-M06", completed: str = "600", **changes: Any) -> dict[str, Any]:
    return {"project": project, "period": period, "cumulative_completed_wan": completed, "reported_by": "市教育局", **changes}


async def test_months_are_reported_and_listed_the_latest_first(api: ProjectsApi) -> None:
    project = (await api.project(synthetic=True))["id"]
    for period, completed in (("2022-M04", "100.5"), ("2022-M06", "600"), ("2022-M05", "300")):
        await api.made(REPORTS, a_report(project, period, completed))
    found = (await api.seen(REPORTS, project=project))["items"]
    assert [(each["period"], each["cumulative_completed_wan"]) for each in found] == [
        ("2022-M06", "600"),
        ("2022-M05", "300"),
        ("2022-M04", "100.5"),
    ]
    assert {each["data_label"] for each in found} == {"合成数据"}
    assert await api.seen(f"{REPORTS}/{found[0]['id']}") == found[0]


async def test_a_revision_is_appended_and_the_last_one_counts(api: ProjectsApi) -> None:
    project = (await api.project())["id"]
    await api.made(REPORTS, a_report(project, completed="600"))
    await api.made(REPORTS, a_report(project, completed="650"))
    assert [each["cumulative_completed_wan"] for each in (await api.seen(REPORTS))["items"]] == ["650"]
    every = (await api.seen(REPORTS, revisions="true", sort="revision"))["items"]
    assert [(each["revision"], each["cumulative_completed_wan"]) for each in every] == [(1, "600"), (2, "650")]


async def test_a_fall_needs_an_explanation_and_is_taken_with_one(api: ProjectsApi) -> None:
    project = (await api.project())["id"]
    await api.made(REPORTS, a_report(project, "2022-M05", "300"))
    fallen = a_report(project, "2022-M06", "299.99")
    refused = await post(api.client, REPORTS, fallen)
    detail = is_problem(refused, 422, "progress.fall-unexplained")["detail"]
    assert detail.startswith("2022年1—6月累计 299.99 万元小于2022年1—5月累计 300 万元")
    assert (await api.made(REPORTS, {**fallen, "explanation": "核减重复计列"}))["explanation"] == "核减重复计列"


@pytest.mark.parametrize(
    ("changes", "code", "pointer"),
    [
        ({"period": "2022-M07"}, "progress.period-not-over", "/period"),
        ({"period": "2022-Q2"}, "progress.not-a-month", "/period"),
        ({"period": "2022-M13"}, "validation.failed", "/period"),
        ({"cumulative_completed_wan": "-1"}, "validation.failed", "/cumulative_completed_wan"),
        ({"cumulative_completed_wan": 600}, "validation.failed", "/cumulative_completed_wan"),
        ({"reported_by": None}, "validation.failed", "/reported_by"),
    ],
)
async def test_a_report_that_cannot_be_is_refused(api: ProjectsApi, changes: dict[str, Any], code: str, pointer: str) -> None:
    refused = await post(api.client, REPORTS, a_report((await api.project())["id"], **changes))
    is_problem(refused, 422, code)
    assert pointers(refused) == [pointer]
    assert (await api.seen(REPORTS))["items"] == []


async def test_the_same_figure_again_is_no_revision(api: ProjectsApi) -> None:
    report = a_report((await api.project())["id"])
    await api.made(REPORTS, report)
    is_problem(await post(api.client, REPORTS, report), 422, "progress.same-figure")


async def test_a_batch_answers_for_every_report(api: ProjectsApi) -> None:
    project = (await api.project())["id"]
    items = [a_report(project, "2022-M05", "300"), a_report(project, "2022-M06", "200"), a_report(UNKNOWN)]
    answered = await post(api.client, f"{REPORTS}/batch", {"mode": "each", "items": items})
    assert [each["status"] for each in answered.json()["results"]] == [201, 422, 404]
    refused = await post(api.client, f"{REPORTS}/batch", {"mode": "all", "items": items[1:]})
    is_problem(refused, 422, "batch.refused")
    assert pointers(refused) == ["/items/0/explanation", "/items/1"]


async def test_what_is_not_there_is_not_found(client: httpx.AsyncClient) -> None:
    is_problem(await client.get(f"{REPORTS}/{UNKNOWN}"), 404, "progress.unknown")
    is_problem(await post(client, REPORTS, a_report(UNKNOWN)), 404, "project.unknown")


async def test_the_list_refuses_what_it_does_not_know(client: httpx.AsyncClient) -> None:
    response = await client.get(REPORTS, params={"period": "June"})
    assert (response.status_code, pointers(response)) == (422, ["query:period"])
