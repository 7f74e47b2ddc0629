"""Rates over HTTP: the golden numbers, any day, any grouping, with the projects behind each."""

from typing import Any

import httpx
import pytest

from shared.testing.http import is_problem, pointers, post
from shared.testing.projects_api import PROJECTS, RATES, REPORTS, ProjectsApi, a_project, a_resumption, a_start, an_order


async def registered(api: ProjectsApi, bodies: list[dict[str, Any]]) -> list[str]:
    """The ids of projects registered in one batch."""
    answered = await post(api.client, f"{PROJECTS}/batch", {"mode": "all", "items": bodies})
    assert answered.status_code == 200, answered.text
    return [each["id"] for each in answered.json()["results"]]


async def test_the_speechs_register_gives_the_golden_rates_over_http(api: ProjectsApi) -> None:
    continuing = [a_project(n, kind="continuing", start=a_resumption() if n < 65 else None) for n in range(91)]
    new = [a_project(100 + n, start=a_start() if n < 31 else None) for n in range(64)]
    await registered(api, [*continuing, *new, a_project(999, kind="preparatory", code=None)])
    total = (await api.seen(RATES))["total"]
    assert (total["start_and_resume"]["percent"], total["start_and_resume"]["denominator"]) == ("61.9", 155)
    assert (total["new_start"]["percent"], total["new_start"]["numerator"]) == ("48.4", 31)
    assert (total["resumption"]["percent"], total["resumption"]["denominator"]) == ("71.4", 91)
    missing = [len(total[name]["missing"]) for name in ("start_and_resume", "resumption", "new_start")]
    assert missing == [59, 26, 33]
    assert len(total["preparatory"]) == 1


@pytest.mark.parametrize(
    ("as_of", "percent", "resumed", "elapsed"),
    [
        ("2022-03-19", "0", 0, 2),
        ("2022-03-20", "50", 1, 2),
        ("2022-04-10", "100", 1, 3),
        ("2022-06-30", "100", 1, 6),
        ("2021-12-31", None, 0, 12),
        ("2023-01-01", None, 0, 0),
    ],
)
async def test_rates_are_those_of_the_day(api: ProjectsApi, as_of: str, percent: str | None, resumed: int, elapsed: int) -> None:
    await registered(
        api, [a_project(1, kind="continuing", start=a_resumption("2022-03-20")), a_project(2, start=a_start("2022-04-10"))]
    )
    board = await api.seen(RATES, as_of=as_of)
    assert (board["total"]["start_and_resume"]["percent"], board["elapsed_months"]) == (percent, elapsed)
    assert board["total"]["resumption"]["numerator"] == resumed


async def test_a_stop_counts_from_its_day_and_not_before(api: ProjectsApi) -> None:
    project = await api.project(kind="continuing", start=a_resumption())
    await api.made(f"{PROJECTS}/{project['id']}/suspensions", an_order("2022-06-15"))
    before = (await api.seen(RATES, as_of="2022-06-14"))["total"]
    after = (await api.seen(RATES, as_of="2022-06-15"))["total"]
    assert (before["resumption"]["denominator"], before["suspended"]) == (1, [])
    assert (after["resumption"]["percent"], after["suspended"]) == (None, [project["id"]])


async def test_investment_is_counted_where_plan_and_report_are_known(api: ProjectsApi) -> None:
    first, second, unknown = [(await api.project(number))["id"] for number in (1, 2, 3)]
    for project, period, completed in ((first, "2022-M05", "900"), (first, "2022-M06", "1258"), (second, "2022-M05", "30.8")):
        body = {"project": project, "period": period, "cumulative_completed_wan": completed, "reported_by": "市教育局"}
        await api.made(REPORTS, body)
    investment = (await api.seen(RATES))["total"]["investment"]
    assert (investment["completed_wan"], investment["planned_wan"]) == ("1288.8", "4000")
    assert (investment["percent"], investment["gap_pp"]) == ("32.2", "-17.8")
    assert (investment["unknown"], investment["late_reports"]) == ([unknown], [second])
    assert (await api.seen(RATES, as_of="2022-05-31"))["total"]["investment"]["completed_wan"] == "930.8"
    assert (await api.seen(RATES, as_of="2022-04-30"))["total"]["investment"]["percent"] is None


async def test_groups_follow_whoever_answered_on_the_day(api: ProjectsApi) -> None:
    project = await api.project(1, start=a_start())
    await api.project(2, lead_department="市卫生健康委", sector="health", sponsor_post="VM-ECON")
    change = {"role": "sponsor_post", "holder": "VM-CITY", "from_on": "2022-06-28", "reason": "分工调整"}
    await api.made(f"{PROJECTS}/{project['id']}/responsibilities", change)

    async def groups(**query: str) -> dict[str, str | None]:
        board = await api.seen(RATES, **query)
        return {each["key"]: each["rates"]["start_and_resume"]["percent"] for each in board["groups"]}

    assert await groups(by="sponsor_post", as_of="2022-06-27") == {"VM-ECON": "0", "VM-SOC": "100"}
    assert await groups(by="sponsor_post") == {"VM-CITY": "100", "VM-ECON": "0"}
    assert await groups(by="lead_department") == {"市卫生健康委": "0", "市教育局": "100"}
    assert await groups(by="sector") == {"education": "100", "health": "0"}
    assert await groups(by="region", region="620200") == {"620200": "50"}
    assert await groups(by="region", region="620100") == {}


async def test_a_city_counts_what_lies_in_its_counties(api: ProjectsApi) -> None:
    await api.project(1, region="620102", start=a_start())
    await api.project(2, region="620100")
    await api.project(3, region="620200")
    for region, counted in (("620100", 2), ("620102", 1), ("620000", 3)):
        assert (await api.seen(RATES, region=region))["total"]["start_and_resume"]["denominator"] == counted


async def test_phases_under_one_code_are_one_project_and_under_codes_of_their_own_several(api: ProjectsApi) -> None:
    await api.project(1, name="园区一期")
    again = await post(api.client, PROJECTS, a_project(1, name="园区二期"))
    is_problem(again, 409, "project.already-registered")
    assert (await api.seen(RATES))["total"]["start_and_resume"]["denominator"] == 1
    await api.project(2, name="园区二期")
    assert (await api.seen(RATES))["total"]["start_and_resume"]["denominator"] == 2


async def test_rates_that_rest_on_generated_data_say_so(api: ProjectsApi) -> None:
    await api.project(1)
    assert (await api.seen(RATES))["total"]["data_label"] is None
    await api.project(2, synthetic=True)
    assert (await api.seen(RATES))["total"]["data_label"] == "合成数据"


async def test_a_sector_is_told_by_its_chinese_name(api: ProjectsApi) -> None:
    await api.project()
    labels = [(await api.seen(RATES, by=by))["groups"][0]["label"] for by in ("sector", "region", "lead_department")]
    assert labels == ["教育", "嘉峪关市", "市教育局"]


@pytest.mark.parametrize("query", [{"by": "colour"}, {"as_of": "yesterday"}, {"region": "1"}, {"day": "2022-07-01"}])
async def test_rates_refuse_what_they_do_not_know(client: httpx.AsyncClient, query: dict[str, str]) -> None:
    response = await client.get(RATES, params=query)
    assert (response.status_code, pointers(response)) == (422, [f"query:{next(iter(query))}"])


async def test_rates_are_not_for_strangers(client: httpx.AsyncClient) -> None:
    is_problem(await client.get(RATES, headers={"Authorization": "Bearer nobody"}), 401, "auth.invalid-key")
