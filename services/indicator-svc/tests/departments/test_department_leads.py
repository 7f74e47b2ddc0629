"""The register of department leads: over HTTP on both databases, and who leads on a day."""

from datetime import date

import httpx
import pytest

from indicator_svc.departments.repository import Departments
from indicator_svc.departments.rules import Lead, Post, names_one, post_of
from shared.kit.runtime import Runtime
from shared.testing.http import is_problem, post
from shared.testing.indicators_api import API, IndicatorsApi

LEAD = {
    "department": "市工信局",
    "head": "王某",
    "deputy": None,
    "effective_from": "2022-07-01",
    "document": "嘉政任字〔2022〕1号",
}


@pytest.mark.parametrize(
    ("lead", "post_is"),
    [
        (None, Post.UNKNOWN),
        (Lead("王某", None), Post.FILLED),
        (Lead(None, "赵某"), Post.ACTING),
        (Lead(None, None), Post.VACANT),
    ],
)
def test_a_post_is_vacant_only_where_the_register_says_so(lead: Lead | None, post_is: Post) -> None:
    assert post_of(lead) is post_is


@pytest.mark.parametrize(
    ("text", "one"),
    [("市发展改革委(能源局)", True), ("", False), (" ", False), ("市发改委、市统计局", False), ("甲局;乙局", False)],
)
def test_a_lead_department_is_one_department(text: str, one: bool) -> None:
    assert names_one(text) is one


async def test_who_leads_follows_the_entry_that_began_last(api: IndicatorsApi, runtime: Runtime) -> None:
    made = await api.made("department-leads", LEAD)
    assert (made["post"], made["version"]) == ("filled", 1)
    await api.made("department-leads", LEAD | {"head": None, "deputy": "赵某", "effective_from": "2022-06-01"})
    async with runtime.database.reading() as view:
        register = Departments(view.session)
        found = [await register.leads_on(["市工信局"], date(2022, month, 15), view.now) for month in (5, 6, 7)]
    assert found == [{}, {"市工信局": Lead(None, "赵某")}, {"市工信局": Lead("王某", None)}]
    assert [each["post"] for each in await api.listed("department-leads", department="市工信局")] == ["filled", "acting"]


async def test_an_entry_about_two_departments_is_refused(client: httpx.AsyncClient) -> None:
    answer = await post(client, f"{API}/department-leads", LEAD | {"department": "市工信局、市商务局"})
    assert is_problem(answer, 422, "department.not-one")


async def test_a_list_of_leads_refuses_an_unknown_order(client: httpx.AsyncClient) -> None:
    assert is_problem(await client.get(f"{API}/department-leads", params={"sort": "head"}), 422, "page.unknown-sort")
