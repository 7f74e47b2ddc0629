from decimal import Decimal
from typing import Any

import httpx
import pytest

from shared.kit.schemas import LONGEST_TEXT
from shared.testing.bonds_api import API, BondsApi, a_cash_flow, a_library_project
from shared.testing.http import anonymous, is_problem, pointers, post

NOWHERE = f"{API}/library-projects/0197c0de-0000-7000-8000-000000000001"


async def batch(api: BondsApi, *items: Any, mode: str = "all") -> httpx.Response:
    return await post(api.client, f"{API}/library-projects/batch", {"mode": mode, "items": list(items)})


async def test_a_project_comes_back_as_it_was_put_in(api: BondsApi) -> None:
    project = await api.propose(code="ZX-001")
    found = await api.client.get(f"{API}/library-projects/{project['id']}")

    assert found.json() == project
    assert found.headers["etag"] == f'"v{project["version"]}"'
    assert (project["state"], project["state_label"]) == ("reserve", "储备")
    assert Decimal(project["total_investment_wan"]) == 30_000
    assert project["screening_outcome"] is None


async def test_a_row_in_yi_is_kept_in_wan(api: BondsApi) -> None:
    project = await api.propose(
        unit="亿元",
        total_investment_wan="3",
        bond_demand_wan="0.6",
        capital_wan="0.9",
        income_lines=[{"name": "水费", "nature": "special_revenue", "total_wan": "1.4"}],
        cash_flows=[a_cash_flow(1, income_wan="0.14", operating_cost_wan="0.03", tax_wan=None)],
    )

    assert [Decimal(project[name]) for name in ("total_investment_wan", "bond_demand_wan")] == [30_000, 6_000]
    assert Decimal(project["income_lines"][0]["total_wan"]) == 14_000
    assert Decimal(project["cash_flows"][0]["income_wan"]) == 1_400
    assert project["cash_flows"][0]["tax_wan"] is None


@pytest.mark.parametrize(
    ("changes", "where"),
    [
        ({"total_investment_wan": "3"}, "/total_investment_wan"),
        ({"bond_demand_wan": "0.6"}, "/bond_demand_wan"),
        ({"total_investment_wan": "300000000"}, "/total_investment_wan"),
        ({"unit": "亿元"}, "/total_investment_wan"),
        ({"cash_flows": [a_cash_flow(1, tax_wan="-1")]}, "/cash_flows"),
    ],
)
async def test_a_row_that_mixes_units_is_refused_and_says_where(api: BondsApi, changes: dict[str, Any], where: str) -> None:
    body = a_library_project(**({"total_investment_wan": "36000"} | changes))

    refused = await post(api.client, f"{API}/library-projects", body)

    is_problem(refused, 422, "bond.amounts-implausible")
    assert pointers(refused)[0] == where


async def test_income_in_two_units_is_refused(api: BondsApi) -> None:
    lines = [{"name": "水费", "nature": "special_revenue", "total_wan": "1.4"}]

    refused = await post(api.client, f"{API}/library-projects", a_library_project(income_lines=lines))

    is_problem(refused, 422, "bond.income-units-mixed")


@pytest.mark.parametrize(
    ("changes", "where"),
    [
        ({"region": "629900"}, "/region"),
        ({"region": None}, "/region"),
        ({"name": "  "}, "/name"),
        ({"description": "长" * (LONGEST_TEXT + 1)}, "/description"),
        ({"total_investment_wan": 30000}, "/total_investment_wan"),
        ({"bond_demand_wan": "六千"}, "/bond_demand_wan"),
        ({"field": "供水"}, "/field"),
        ({"state": "ready"}, "/state"),
        ({"unit": "元"}, "/unit"),
        ({"income_lines": [{"name": "x", "nature": "gift", "total_wan": None}]}, "/income_lines/0/nature"),
        ({"cash_flows": [{"year": 1}]}, "/cash_flows/0/income_wan"),
        ({"term_years": 0}, "/term_years"),
        ({"id": "x"}, "/id"),
    ],
)
async def test_a_project_that_cannot_be_read_is_refused_at_its_place(api: BondsApi, changes: dict[str, Any], where: str) -> None:
    refused = await post(api.client, f"{API}/library-projects", a_library_project(**changes))

    is_problem(refused, 422, "validation.failed")
    assert where in pointers(refused)


async def test_a_code_is_taken_once_per_region(api: BondsApi) -> None:
    await api.propose(code="ZX-001")
    elsewhere = await api.propose(code="ZX-001", region="620100")
    refused = await post(api.client, f"{API}/library-projects", a_library_project(code="ZX-001"))

    assert elsewhere["region"] == "620100"
    is_problem(refused, 409, "bond.library-code-taken")
    assert pointers(refused) == ["/code"]


async def test_a_reserve_needs_its_amounts(api: BondsApi) -> None:
    refused = await post(api.client, f"{API}/library-projects", a_library_project(bond_demand_wan=None))
    idea = await api.propose(state="idea", bond_demand_wan=None, total_investment_wan=None, capital_wan=None)

    is_problem(refused, 409, "bond.library-move-refused")
    assert not idea["may"]["reserve"]["allowed"]
    assert "总投资" in idea["may"]["reserve"]["reason"]
    is_problem(await api.move(idea["id"], "reserve"), 409, "bond.library-move-refused")


async def test_a_patch_changes_what_it_names_and_forgets_a_screening_of_other_contents(api: BondsApi) -> None:
    project = await api.propose()
    await api.screen(project["id"])
    screened = await api.got(f"library-projects/{project['id']}")

    renamed = (await api.patch(f"library-projects/{project['id']}", screened["version"], lead_department="市水务局")).json()
    altered = (await api.patch(f"library-projects/{project['id']}", renamed["version"], description=None)).json()

    assert (screened["screening_outcome"], renamed["screening_outcome"], altered["screening_outcome"]) == ("pass", "pass", None)
    assert (altered["lead_department"], altered["description"], altered["name"]) == ("市水务局", None, project["name"])


async def test_a_patch_needs_the_version_that_it_is_about(api: BondsApi) -> None:
    project = await api.propose()
    path = f"library-projects/{project['id']}"

    is_problem(await api.client.patch(f"{API}/{path}", json={}), 428, "precondition.if-match-required")
    is_problem(await api.patch(path, project["version"] + 1, name="x"), 412, "precondition.stale-version")
    is_problem(await api.patch(path, project["version"], name=None), 422, "validation.failed")
    is_problem(await api.patch(path, project["version"], region="620100"), 422, "validation.failed")
    is_problem(await api.patch(path, project["version"], total_investment_wan="3"), 422, "bond.amounts-implausible")
    is_problem(await api.patch(path, project["version"], bond_demand_wan=None), 409, "bond.library-move-refused")
    assert await api.got(path) == project


async def test_a_project_goes_from_idea_to_application_with_its_history(api: BondsApi) -> None:
    project = await api.propose(state="idea")
    await api.screen(project["id"])
    for state in ("reserve", "ready", "applied"):
        moved = await api.move(project["id"], state, f"转为 {state}")
        assert (moved.status_code, moved.json()["state"]) == (201, state)

    moves = (await api.got(f"library-projects/{project['id']}/moves"))["items"]

    assert [(each["from_state"], each["to_state"]) for each in moves] == [
        (None, "idea"),
        ("idea", "reserve"),
        ("reserve", "ready"),
        ("ready", "applied"),
    ]
    assert moves[1]["reason"] == "转为 reserve"
    assert moves[1]["actor"].startswith("tester")


async def test_an_application_is_sealed_until_it_is_returned(api: BondsApi) -> None:
    project = await api.propose()
    await api.screen(project["id"])
    await api.move(project["id"], "ready")
    applied = (await api.move(project["id"], "applied")).json()
    path = f"library-projects/{project['id']}"

    is_problem(await api.patch(path, applied["version"], name="改名"), 409, "bond.library-project-sealed")
    is_problem(await post(api.client, f"{API}/{path}/cash-flows", {"cash_flows": []}), 409, "bond.library-project-sealed")
    returned = (await api.move(project["id"], "returned")).json()
    assert (await api.patch(path, returned["version"], name="改名")).status_code == 200


@pytest.mark.parametrize("to", ["reserve", "ready", "applied", "rejected", "idea"])
async def test_an_illegal_move_says_why_and_changes_nothing(api: BondsApi, to: str) -> None:
    project = await api.propose()

    refused = await api.move(project["id"], to)

    is_problem(refused, 409, "bond.library-move-refused")
    assert pointers(refused) == ["/to"]
    assert await api.got(f"library-projects/{project['id']}") == project


async def test_cash_flows_are_replaced_as_a_whole(api: BondsApi) -> None:
    project = await api.propose()
    path = f"library-projects/{project['id']}/cash-flows"
    made = await api.made(path, {"unit": "亿元", "cash_flows": [a_cash_flow(1, income_wan="0.2")]})

    assert await api.got(path) == made
    assert [Decimal(each["income_wan"]) for each in made["cash_flows"]] == [2_000]
    is_problem(await post(api.client, f"{API}/{path}", {"cash_flows": [{"year": 0}]}), 422, "validation.failed")


async def test_documents_say_until_when_they_hold(api: BondsApi) -> None:
    project = await api.propose()
    path = f"library-projects/{project['id']}/documents"
    approval = {"kind": "approval", "title": "可研批复", "number": "嘉发改〔2020〕8号", "issued_on": "2020-06-30"}
    expired = await api.made(path, approval | {"valid_until": "2022-06-30"})
    lasting = await api.made(path, {"kind": "legal_opinion", "title": "法律意见书", "issued_on": "2022-06-01"})

    assert (expired["expired"], lasting["expired"]) == (True, False)
    assert [each["id"] for each in (await api.got(path, valid_on="2022-06-30"))["items"]] == [expired["id"], lasting["id"]]
    assert [each["id"] for each in (await api.got(path, valid_on="2022-07-01"))["items"]] == [lasting["id"]]
    assert await api.got(f"{path}/{expired['id']}") == expired


async def test_a_document_that_ends_before_it_begins_or_belongs_elsewhere_is_refused(api: BondsApi) -> None:
    project, other = await api.propose(), await api.propose()
    path = f"library-projects/{project['id']}/documents"
    body = {"kind": "approval", "title": "批复", "issued_on": "2022-06-30", "valid_until": "2022-06-29"}
    made = await api.made(path, body | {"valid_until": None})

    is_problem(await post(api.client, f"{API}/{path}", body), 422, "bond.document-days-out-of-order")
    is_problem(await post(api.client, f"{API}/{path}", body | {"kind": "poem"}), 422, "validation.failed")
    elsewhere = f"{API}/library-projects/{other['id']}/documents/{made['id']}"
    is_problem(await api.client.get(elsewhere), 404, "bond.document-not-found")


async def test_a_batch_of_all_writes_nothing_when_one_row_is_at_fault(api: BondsApi) -> None:
    rows = [a_library_project(), a_library_project(total_investment_wan="3"), a_library_project(name=None)]

    refused = await batch(api, *rows)

    is_problem(refused, 422, "batch.refused")
    assert {each.split("/")[2] for each in pointers(refused)} == {"1", "2"}
    assert (await api.got("library-projects", count="true"))["total"] == 0
    assert await api.facts() == []


async def test_a_batch_of_each_keeps_the_good_rows_and_counts_them(api: BondsApi) -> None:
    rows = [a_library_project(code="A"), a_library_project(code="A"), a_library_project(unit="元"), a_library_project(code="B")]

    results = (await batch(api, *rows, mode="each")).json()["results"]

    assert [each["status"] for each in results] == [201, 409, 422, 201]
    assert results[1]["problem"]["code"] == "bond.library-code-taken"
    assert (await api.got("library-summary"))["projects"] == 2


async def test_a_list_is_narrowed_and_sorted(api: BondsApi) -> None:
    await api.propose(code="W", field="F03", sub_field="水利", lead_department="市水务局", portfolio="VM-AGRI", synthetic=True)
    await api.propose(code="C", total_investment_wan="90000")
    await api.propose(code="I", state="idea")

    async def codes(**wanted: Any) -> list[str]:
        return [each["code"] for each in (await api.got("library-projects", sort="code", **wanted))["items"]]

    assert await codes(portfolio="VM-AGRI") == ["W"]
    assert await codes(state=["idea", "ready"]) == ["I"]
    assert await codes(field=["F03", "F07"], state="reserve") == ["C", "W"]
    assert await codes(lead_department="市住建局", synthetic="false") == ["C", "I"]
    assert await codes(screening_outcome="pass") == []
    largest = (await api.got("library-projects", sort="-total_investment_wan", limit=1, fields="code"))["items"]
    assert [each["code"] for each in largest] == ["C"]


@pytest.mark.parametrize("query", [{"state": "x"}, {"region": "1"}, {"limit": 0}, {"portfolio": "！"}, {"stage": "x"}])
async def test_a_list_refuses_what_it_does_not_know(client: httpx.AsyncClient, query: dict[str, Any]) -> None:
    refused = await client.get(f"{API}/library-projects", params=query)

    assert refused.status_code == 422
    assert pointers(refused)[0].startswith(f"query:{next(iter(query))}")


async def test_a_project_that_does_not_exist_is_not_found_anywhere(client: httpx.AsyncClient) -> None:
    answers = [
        await client.get(NOWHERE),
        await client.get(f"{NOWHERE}/moves"),
        await client.get(f"{NOWHERE}/cash-flows"),
        await client.get(f"{NOWHERE}/documents"),
        await client.patch(NOWHERE, json={}, headers={"If-Match": '"v1"'}),
        await post(client, f"{NOWHERE}/moves", {"to": "ready"}),
        await post(client, f"{NOWHERE}/cash-flows", {"cash_flows": []}),
        await post(client, f"{NOWHERE}/documents", {"kind": "other", "title": "x", "issued_on": "2022-01-01"}),
    ]

    for answer in answers:
        is_problem(answer, 404, "bond.library-project-not-found")


async def test_nobody_gets_in_without_a_key_or_writes_without_the_right(api: BondsApi, client: httpx.AsyncClient) -> None:
    app = client._transport.app  # type: ignore[attr-defined]  # the application under test, without this caller's key
    async with anonymous(app) as stranger:
        is_problem(await stranger.get(f"{API}/library-projects"), 401, "auth.missing-credentials")
        is_problem(await post(stranger, f"{API}/library-projects", a_library_project()), 401, "auth.missing-credentials")
