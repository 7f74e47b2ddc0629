"""R05–R16 over the wire, once a city has published the edition that asks for them."""

from typing import Any

import pytest

from shared.testing.bonds_api import API, BondsApi
from shared.testing.http import is_problem, pointers, post

SECTIONS = ["必要性公益性收益性", "合规与成熟度", "资金来源", "收入成本", "需求合理", "偿债计划与风险点", "绩效目标", "其他"]
PAPERS = (
    "approval",
    "feasibility_study",
    "land",
    "planning_permit",
    "implementation_plan",
    "financial_report",
    "legal_opinion",
)
CODE = "2206-620200-04-01-100001"


def a_debt_year(year: int, **changes: str | None) -> dict[str, Any]:
    amounts = ("construction_outlay", "bond_issued", "bond_principal", "market_borrowed", "market_principal", "interest")
    return {"year": year} | {f"{name}_wan": "0" for name in amounts} | changes


def a_registration(system: str, **changes: Any) -> dict[str, Any]:
    return {"system": system, "code": CODE, "name": "城区供水管网改造工程", "amount_wan": "30000"} | changes


def readiness(**changes: Any) -> dict[str, Any]:
    body: dict[str, Any] = {
        "other_funding_wan": "15000",
        "project_code": CODE,
        "starts_on": "2022-09-01",
        "build_years": 2,
        "payback_years": 8,
        "bond_capital_wan": "0",
        "debt_ratio_pct": "150",
        "income_lines": [
            {"name": "水费收入", "nature": "special_revenue", "total_wan": "14000", "first_year": 3, "last_year": 10}
        ],
        "funding_plan": [{"year": 2022, "source": "capital", "amount_wan": "9000"}],
        "debt_plan": [
            a_debt_year(1, construction_outlay_wan="30000", bond_issued_wan="6000"),
            *(a_debt_year(year) for year in range(2, 10)),
            a_debt_year(10, bond_principal_wan="6000"),
        ],
        "registrations": [a_registration("ndrc"), a_registration("mof")],
        "performance_sections": SECTIONS,
        "other_funding_lines": [],
    }
    return body | changes


async def adopt(api: BondsApi) -> None:
    found = (await api.got("policies", limit=200))["items"]
    (draft,) = [each for each in found if each["policy_version"] == "CN-2022.2"]
    await api.made(f"policies/{draft['id']}/publications", {})


async def with_papers(api: BondsApi, project: dict[str, Any]) -> None:
    for kind in PAPERS:
        body = {"kind": kind, "title": "批复", "number": "文〔2022〕1号", "issued_on": "2022-01-01", "valid_until": None}
        await api.made(f"library-projects/{project['id']}/documents", body)


def outcomes(screening: dict[str, Any]) -> dict[str, str]:
    return {finding["rule"]: finding["outcome"] for finding in screening["findings"]}


async def test_a_ready_project_passes_sixteen_rules_under_the_adopted_edition(api: BondsApi) -> None:
    await adopt(api)
    project = await api.propose(**readiness())
    before = await api.screen(project["id"])
    await with_papers(api, project)

    screening = await api.screen(project["id"])

    assert (before["outcome"], {rule for rule, found in outcomes(before).items() if found != "clear"}) == (
        "undetermined",
        {"R08", "R09"},
    )
    assert (screening["outcome"], screening["policy_version"]) == ("pass", "CN-2022.2")
    assert outcomes(screening) == {f"R{number:02}": "clear" for number in range(1, 17)}


async def test_a_project_of_the_first_four_rules_is_told_what_the_others_lack(api: BondsApi) -> None:
    project = await api.propose()
    earlier = await api.screen(project["id"])
    await adopt(api)

    screening = await api.screen(project["id"])
    as_before = await api.screen(project["id"], policy_version="CN-2022.1")

    lacking = [each for each in screening["findings"] if each["outcome"] == "undetermined"]
    assert (earlier["outcome"], screening["outcome"]) == ("pass", "undetermined")
    assert as_before["findings"] == earlier["findings"]
    assert {each["rule"] for each in lacking} >= {"R06", "R08", "R09", "R10", "R11", "R13", "R16"}
    assert all(each["needed"] and each["clause"] for each in lacking)


async def test_a_row_in_yi_is_kept_in_wan_down_to_its_lists(api: BondsApi) -> None:
    project = await api.propose()
    answer = await api.patch(
        f"library-projects/{project['id']}",
        project["version"],
        unit="亿元",
        registrations=[a_registration("mof", amount_wan="3")],
    )

    assert answer.json()["registrations"][0]["amount_wan"] == "30000"


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"bond_capital_wan": "-1"}, "/bond_capital_wan"),
        ({"debt_plan": [a_debt_year(1, interest_wan="-1")]}, "/debt_plan"),
        ({"registrations": [a_registration("mof", amount_wan="99999999999")]}, "/registrations"),
        ({"funding_plan": [{"year": 2022, "source": "capital", "amount_wan": "-5"}]}, "/funding_plan"),
    ],
)
async def test_an_amount_that_cannot_be_is_refused_where_it_stands(api: BondsApi, changes: dict[str, Any], pointer: str) -> None:
    project = await api.propose()

    answer = await api.patch(f"library-projects/{project['id']}", project["version"], **changes)

    is_problem(answer, 422, "bond.amounts-implausible")
    assert pointers(answer) == [pointer]


async def test_debt_bands_out_of_order_are_not_published(api: BondsApi) -> None:
    found = (await api.got("policies", limit=200))["items"]
    (shipped,) = [each for each in found if each["policy_version"] == "CN-2022.2"]
    kept = {name: shipped[name] for name in ("code", "name", "effective_from", "effective_to")}
    document = shipped["document"] | {"readiness": shipped["document"]["readiness"] | {"red_from_pct": "100"}}
    draft = await api.made("policies", kept | {"document": document})

    refused = await post(api.client, f"{API}/policies/{draft['id']}/publications", {})

    is_problem(refused, 422, "bond.policy-unsound")
    assert pointers(refused) == ["/document/readiness"]
