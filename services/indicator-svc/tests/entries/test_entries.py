"""Applications over HTTP, and the facts of their moves."""

from datetime import datetime
from typing import Any

import httpx
import pytest

from shared.kit.runtime import Runtime
from shared.testing.clock import FakeClock
from shared.testing.entries_api import PROJECT_PAPERS, a_firm, a_project, applied, filed, moved, registered
from shared.testing.http import is_problem, pointers, post
from shared.testing.indicators_api import API, IndicatorsApi
from shared.testing.outbox import facts_of

NOBODY = "0197c0de-0000-7000-8000-00000000ffff"


WAYS: dict[str, tuple[str, ...]] = {
    "not_qualified": (),
    "to_apply": ("qualify",),
    "applied": ("qualify", "submit"),
    "entered": ("qualify", "submit", "approve"),
    "exited": ("qualify", "submit", "approve", "exit"),
}
OPEN = {
    "not_qualified": {"qualify"},
    "to_apply": {"submit", "disqualify", "postpone"},
    "applied": {"approve", "return", "reject"},
    "entered": {"exit"},
    "exited": {"readmit"},
}
ACTS = {act for acts in OPEN.values() for act in acts} | {"register"}


@pytest.mark.parametrize("state", WAYS)
async def test_every_act_that_the_state_does_not_allow_is_refused_and_changes_nothing(api: IndicatorsApi, state: str) -> None:
    path = await registered(api)
    await filed(api, path, *PROJECT_PAPERS)
    before = await moved(api, path, *WAYS[state])
    assert before["state"] == state
    assert {act for act, may in before["may"].items() if may["allowed"]} == OPEN[state]
    for act in ACTS - OPEN[state]:
        refused = await post(api.client, f"{API}/{path}/moves", {"act": act, "reason": "x"})
        assert is_problem(refused, 409, "entry.act-refused")
    assert await api.read(path) == before


async def test_a_project_goes_through_the_chain_with_each_stage_timed_and_written_down(
    api: IndicatorsApi, runtime: Runtime, clock: FakeClock
) -> None:
    path = await registered(api, a_project(total_investment_wan="20000"))
    await filed(api, path, "scope", "contract", "photo", "feasibility")
    assert (await moved(api, path, "qualify"))["due_on"] == "2022-07-10"
    at_city = await moved(api, path, "submit")
    assert (at_city["stage"], at_city["due_on"], at_city["chain"]) == ("city", "2022-07-05", ["city", "province"])
    clock.set(datetime.fromisoformat("2022-07-05T09:00:00+08:00"))
    at_province = await moved(api, path, "approve")
    assert (at_province["stage"], at_province["due_on"]) == ("province", "2022-07-08")
    entered = await moved(api, path, "approve")
    assert (entered["state"], entered["stage"], entered["due_on"], entered["evidence"]) == ("entered", None, None, [])
    history = (await api.read(f"{path}/moves"))["items"]
    assert [(each["act"], each["to_state"], each["stage"]) for each in history] == [
        ("register", "not_qualified", None),
        ("qualify", "to_apply", None),
        ("submit", "applied", "city"),
        ("approve", "applied", "province"),
        ("approve", "entered", None),
    ]
    assert history[1]["recorded_by"].startswith("tester#")
    told = [(each["act"], each["state"], each["step"]) for each in await facts_of(runtime.database)]
    assert told == [
        ("register", "not_qualified", None),
        ("qualify", "to_apply", "apply"),
        ("submit", "applied", "city"),
        ("approve", "applied", "province"),
        ("approve", "entered", None),
    ]


async def test_an_incomplete_dossier_is_not_handed_in_and_everything_missing_is_named(api: IndicatorsApi) -> None:
    path = await registered(api)
    await filed(api, path, "contract")
    await moved(api, path, "qualify")
    refused = await post(api.client, f"{API}/{path}/moves", {"act": "submit", "reason": "x"})
    problem = is_problem(refused, 422, "entry.not-ready")
    assert [fault["code"] for fault in problem["errors"]] == ["entry.document-missing"] * 4
    assert "缺少带名称、地点、时间、核实人的现场照片" in problem["detail"]


async def test_an_enterprise_below_the_line_does_not_qualify_until_its_own_forms_say_otherwise(api: IndicatorsApi) -> None:
    path = await registered(api, a_firm(income_cumulative_wan="1900", vat_cumulative_wan=None))
    refused = await post(api.client, f"{API}/{path}/moves", {"act": "qualify", "reason": "x"})
    problem = is_problem(refused, 422, "entry.not-ready")
    assert {fault["code"] for fault in problem["errors"]} == {"entry.figure-unknown", "entry.below-line"}
    seen = await api.read(path)
    assert (seen["vat_cumulative_wan"], seen["income_cumulative_wan"]) == (None, "1900"), "no figure is filled in"
    change = {"income_cumulative_wan": "2100", "vat_cumulative_wan": "2100"}
    etag = (await api.client.get(f"{API}/{path}")).headers["ETag"]
    assert (await api.client.patch(f"{API}/{path}", json=change, headers={"If-Match": etag})).status_code == 200
    assert (await moved(api, path, "qualify"))["state"] == "to_apply"


async def test_an_application_outside_its_window_is_told_when_the_next_one_opens(api: IndicatorsApi, clock: FakeClock) -> None:
    path = await registered(api)
    await filed(api, path, *PROJECT_PAPERS)
    await moved(api, path, "qualify")
    clock.set(datetime.fromisoformat("2022-07-11T09:00:00+08:00"))
    refused = await post(api.client, f"{API}/{path}/moves", {"act": "submit", "reason": "x"})
    assert "2022-08-01 至 2022-08-10" in is_problem(refused, 409, "entry.window-closed")["detail"]
    assert (await moved(api, path, "postpone"))["due_on"] == "2022-08-10"


async def test_what_should_be_in_and_is_not_is_listed_with_its_evidence_until_it_has_entered(api: IndicatorsApi) -> None:
    bare = await registered(api, a_project(name="只有合同", project_code="2106-620200-04-01-123457"))
    await filed(api, bare, "contract")
    path = await registered(api)
    await filed(api, path, *PROJECT_PAPERS)
    await registered(api, a_firm())
    listed = await api.listed("entry-applications", belongs_in="true")
    assert {each["name"]: each["evidence"] for each in listed} == {
        "索通盛源碳材料": ["合同、现场照片、施工许可（或立项文件）已具备", "计划总投资8000万元，达到入库标准"],
        "甬金金属科技": ["2022-M05累计收入2600万元，达到规模以上工业标准"],
    }
    await moved(api, path, "qualify", "submit", "approve")
    assert [each["name"] for each in await api.listed("entry-applications", belongs_in="true")] == ["甬金金属科技"]


async def test_what_was_handed_in_stays_as_it_was_handed_in(api: IndicatorsApi) -> None:
    path = await applied(api)
    filing = await post(api.client, f"{API}/{path}/documents", {"key": "scope", "reference": "1"})
    assert is_problem(filing, 409, "entry.frozen-while-applied")
    headers = {"If-Match": (await api.client.get(f"{API}/{path}")).headers["ETag"]}
    patched = await api.client.patch(f"{API}/{path}", json={"note": "x"}, headers=headers)
    assert is_problem(patched, 409, "entry.frozen-while-applied")


async def test_a_document_is_taken_out_only_by_somebody_who_saw_the_present_version(api: IndicatorsApi) -> None:
    path = await registered(api)
    await filed(api, path, "contract")
    place = f"{API}/{path}/documents/contract"
    assert is_problem(await api.client.delete(place), 428, "precondition.if-match-required")
    assert is_problem(await api.client.delete(place, headers={"If-Match": '"v1"'}), 412, "precondition.stale-version")
    etag = (await api.client.get(f"{API}/{path}")).headers["ETag"]
    left = await api.client.delete(place, headers={"If-Match": etag})
    assert (left.status_code, left.json()["documents"]) == (200, {})
    gone = await api.client.delete(place, headers={"If-Match": left.headers["ETag"]})
    assert is_problem(gone, 404, "entry.document-not-found")


@pytest.mark.parametrize(
    ("body", "code", "pointer"),
    [
        (a_firm(uscc=None), "entry.identity-missing", "/uscc"),
        (a_firm(uscc="91310115MA1H8R7C6D"), "request.invalid", "/uscc"),
        (a_firm(sector="mining"), "entry.sector-unknown", "/sector"),
        (a_firm(sector="construction"), "entry.no-dossier", "/sector"),
        (a_firm(project_code="2106-620200-04-01-123456"), "entry.identity-missing", "/project_code"),
        (a_firm(income_month="2022-M07"), "entry.month-in-future", "/income_month"),
        (a_firm(first_sale_on="2022-07-02"), "entry.in-future", "/first_sale_on"),
        (a_project(sector="industry"), "entry.no-dossier", "/sector"),
        (a_project(total_investment_wan="-1"), "request.invalid", "/total_investment_wan"),
    ],
)
async def test_a_registration_that_cannot_be_is_refused_at_its_field(
    client: httpx.AsyncClient, body: dict[str, Any], code: str, pointer: str
) -> None:
    refused = await post(client, f"{API}/entry-applications", body)
    assert (refused.status_code, pointers(refused)) == (422, [pointer]), refused.text
    assert code in (refused.json()["code"], "request.invalid")


async def test_the_same_firm_is_on_file_once(api: IndicatorsApi) -> None:
    await registered(api, a_firm())
    refused = await post(api.client, f"{API}/entry-applications", a_firm(name="甬金金融科技"))
    assert is_problem(refused, 409, "entry.already-on-file")
    batch = {"mode": "each", "items": [a_firm(), a_project()]}
    answer = (await post(api.client, f"{API}/entry-applications/batch", batch)).json()
    assert [each["status"] for each in answer["results"]] == [409, 201]


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", f"entry-applications/{NOBODY}", None),
        ("GET", f"entry-applications/{NOBODY}/moves", None),
        ("POST", f"entry-applications/{NOBODY}/moves", {"act": "qualify", "reason": "x"}),
        ("POST", f"entry-applications/{NOBODY}/documents", {"key": "contract", "reference": "1"}),
        ("POST", f"entry-applications/{NOBODY}/blockers", {"description": "x", "owner_department": "y", "due_on": "2022-07-01"}),
        (
            "POST",
            f"entry-applications/{NOBODY}/blockers/{NOBODY}/resolutions",
            {"resolved_on": "2022-07-01", "resolution": "x"},
        ),
    ],
)
async def test_what_is_not_on_file_is_not_found(
    client: httpx.AsyncClient, method: str, path: str, body: dict[str, Any] | None
) -> None:
    answer = await client.get(f"{API}/{path}") if method == "GET" else await post(client, f"{API}/{path}", body)
    assert answer.status_code == 404, answer.text


async def test_a_document_that_no_dossier_knows_is_refused(api: IndicatorsApi) -> None:
    path = await registered(api)
    refused = await post(api.client, f"{API}/{path}/documents", {"key": "horoscope", "reference": "1"})
    assert is_problem(refused, 422, "entry.document-unknown")


async def test_the_rules_of_a_day_are_shown_with_their_documents(api: IndicatorsApi, client: httpx.AsyncClient) -> None:
    now, census = await api.read("entry-rules"), await api.read("entry-rules", on="2023-03-01")
    assert (now["version"], census["version"]) == ("2022-01", "2023-01")
    annual = {each["code"]: each["closes_on"] for each in census["windows"]}["enterprise-annual"]
    assert annual == "2023-10-20"
    assert (await client.get(f"{API}/entry-rules", params={"on": "2022-13-01"})).status_code == 422
    assert (await client.get(f"{API}/entry-applications", params={"state": "lost"})).status_code == 422
