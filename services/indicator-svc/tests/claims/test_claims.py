"""Claims over HTTP, on both databases."""

import asyncio
from datetime import date, timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy.exc import IntegrityError

from indicator_svc.claims.models import Claim, Holder, Said
from indicator_svc.packaged import scheme
from shared.kit.runtime import Runtime
from shared.testing.clock import FakeClock
from shared.testing.http import is_problem, post
from shared.testing.indicators_api import API
from shared.testing.outbox import facts_of

from .conftest import DEPARTMENT, ClaimsApi, an_offer

NOBODY = "01890a5d-0000-7000-8000-000000000000"
OTHER = {"lead_department": "市商务局", "portfolio": "VM-COMM"}


async def test_an_item_is_offered_and_accepted_with_who_when_and_why(claims: ClaimsApi, runtime: Runtime) -> None:
    await claims.publish_scheme()
    offered = await claims.offer(document="嘉政办发〔2022〕9号")
    assert (offered["state"], offered["due_on"], offered["may"]["accept"]["allowed"]) == ("offered", "2022-07-05", True)
    accepted = await claims.done(offered, "acceptances")
    assert (accepted["state"], accepted["lead_department"], accepted["portfolio"]) == ("accepted", DEPARTMENT, "VM-IND")
    read = await claims.client.get(f"{API}/claims/{offered['id']}")
    assert [(each["act"], each["by"], each["document"]) for each in read.json()["history"]] == [
        ("offer", "市政府办 李某", "嘉政办发〔2022〕9号"),
        ("accept", "市工信局 王某", None),
    ]
    assert read.headers["etag"].startswith(f'"v{accepted["version"]}-')
    (told,) = [fact for fact in await facts_of(runtime.database) if fact["fact"] == "item-claimed"]
    assert (told["indicator"], told["lead_department"], told["by_ruling"]) == ("E02", DEPARTMENT, False)


async def test_a_dispute_is_ruled_upon_and_the_ruling_binds(claims: ClaimsApi, runtime: Runtime) -> None:
    await claims.publish_scheme()
    disputed = await claims.done(await claims.offer(), "disputes", reason="电力归能源局")
    assert disputed["state"] == "disputed"
    upheld = await claims.done(disputed, "resolutions", by="常务副市长", document="会议纪要第3期")
    assert (upheld["id"], upheld["state"]) == (disputed["id"], "accepted")
    assert [fact["by_ruling"] for fact in await facts_of(runtime.database) if fact["fact"] == "item-claimed"] == [True]


async def test_a_ruling_for_another_department_offers_the_item_to_that(claims: ClaimsApi) -> None:
    await claims.publish_scheme()
    disputed = await claims.done(await claims.offer(), "disputes")
    other = await claims.done(disputed, "resolutions", **OTHER)
    assert (other["state"], other["lead_department"]) == ("offered", "市商务局")
    assert (await claims.read(f"claims/{disputed['id']}"))["state"] == "transferred"
    assert [each["state"] for each in await claims.listed("claims", indicator="E02", state="offered")] == ["offered"]


async def test_an_accepted_item_is_transferred_and_claimed_anew(claims: ClaimsApi) -> None:
    await claims.publish_scheme()
    claim = await claims.offer()
    await claims.done(claim, "acceptances")
    other = await claims.done(claim, "transfers", **OTHER)
    assert (other["state"], other["portfolio"]) == ("offered", "VM-COMM")
    await claims.done(other, "acceptances")
    assert {each["state"] for each in await claims.listed("claims", scheme="S-1")} == {"accepted", "transferred"}


async def test_an_item_has_one_lead_department(claims: ClaimsApi) -> None:
    await claims.publish_scheme()
    await claims.offer()
    again = await post(claims.client, f"{API}/claims", an_offer(**OTHER))
    is_problem(again, 409, "claim.already-offered")
    shared = await post(claims.client, f"{API}/claims", an_offer(indicator="E03", lead_department="市发改委、市统计局"))
    assert is_problem(shared, 422, "department.not-one")["errors"][0]["pointer"] == "/lead_department"


async def test_of_offers_at_the_same_moment_one_is_made(claims: ClaimsApi) -> None:
    await claims.publish_scheme()
    offers = [an_offer(lead_department=f"第{number}局") for number in range(6)]
    answers = await asyncio.gather(*(post(claims.client, f"{API}/claims", body) for body in offers))
    assert sorted(answer.status_code for answer in answers) == [201, *[409] * 5]
    assert len(await claims.listed("claims", indicator="E02")) == 1


async def test_the_database_itself_keeps_an_item_from_being_held_twice(claims: ClaimsApi, runtime: Runtime) -> None:
    await claims.publish_scheme()
    await claims.offer()
    said = Said(runtime.clock.now(), "key:tester", "李某")
    second = Claim.offered(("620200", "S-1", "E02"), Holder("市商务局", "VM-COMM"), date(2022, 7, 5), said)
    with pytest.raises(IntegrityError):
        async with runtime.database.unit_of_work("tester") as uow:
            uow.session.add(second)
    assert [each["lead_department"] for each in await claims.listed("claims", indicator="E02")] == [DEPARTMENT]


async def test_of_answers_at_the_same_moment_one_counts(claims: ClaimsApi, runtime: Runtime) -> None:
    await claims.publish_scheme()
    claim = await claims.offer()
    answers = await asyncio.gather(*(claims.act(claim, act) for act in ("acceptances", "disputes", "acceptances")))
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409]
    assert len((await claims.read(f"claims/{claim['id']}"))["history"]) == 2
    assert sum(fact["fact"] == "item-claimed" for fact in await facts_of(runtime.database)) <= 1


async def test_a_department_without_head_and_deputy_claims_nothing(claims: ClaimsApi) -> None:
    await claims.publish_scheme()
    claim = await claims.offer()
    vacant = {"department": DEPARTMENT, "head": None, "deputy": None, "effective_from": "2022-06-20", "document": "免职通知"}
    await claims.made("department-leads", vacant)
    is_problem(await claims.act(claim, "acceptances"), 409, "claim.department-leaderless")
    assert (await claims.read("claim-tables/S-1"))["leaderless"] == [DEPARTMENT]
    await claims.made("department-leads", vacant | {"deputy": "赵某", "effective_from": "2022-07-01"})
    await claims.done(claim, "acceptances")
    assert (await claims.read("claim-tables/S-1"))["leaderless"] == []


async def test_a_round_offers_what_the_scheme_names_and_says_what_it_does_not(claims: ClaimsApi) -> None:
    await claims.publish_scheme()
    await claims.offer()
    made = await claims.made("claim-tables/S-1/rounds", {"by": "市政府办 李某", "due_on": "2022-07-04"})
    assert [(each["indicator"], each["lead_department"], each["due_on"]) for each in made["offered"]] == [
        ("E04", "市商务局", "2022-07-04")
    ]
    assert [each["indicator"] for each in made["not_offered"]] == ["E03"]
    again = await claims.made("claim-tables/S-1/rounds", {"by": "市政府办 李某"})
    assert again["offered"] == []


async def test_the_table_says_who_owned_what_on_any_day(claims: ClaimsApi, clock: FakeClock) -> None:
    await claims.publish_scheme()
    claim = await claims.offer()
    clock.advance(timedelta(days=1))
    await claims.done(claim, "acceptances")
    clock.advance(timedelta(days=1))
    await claims.done(claim, "transfers", **OTHER)

    async def of_e02(**query: Any) -> tuple[str | None, str, str | None]:
        table = await claims.read("claim-tables/S-1", **query)
        row = next(each for each in table["rows"] if each["indicator"] == "E02")
        return row["state"], row["lead_department"], table["claimed_share"]

    assert await of_e02(as_of="2022-07-01") == ("offered", DEPARTMENT, "0")
    assert await of_e02(as_of="2022-07-02") == ("accepted", DEPARTMENT, "33.33")
    assert await of_e02() == ("offered", "市商务局", "0")
    table = await claims.read("claim-tables/S-1", portfolio="VM-COMM")
    assert [row["indicator"] for row in table["rows"]] == ["E02", "E04"]
    assert (table["items"], table["offered"], table["not_offered"], table["all_claimed"]) == (3, 1, 2, False)
    by_department = await claims.read("claim-tables/S-1", department="市商务局")
    assert by_department["by_portfolio"] == table["by_portfolio"]


async def test_all_of_the_thirty_two_are_claimed_or_it_is_said_which_are_not(claims: ClaimsApi) -> None:
    await claims.publish(scheme("city-31"))
    made = await claims.made("claim-tables/CITY-31/rounds", {"by": "市政府办 李某"})
    assert (len(made["offered"]), made["not_offered"]) == (32, [])
    for claim in made["offered"][1:]:
        await claims.done(claim, "acceptances")
    table = await claims.read("claim-tables/CITY-31")
    assert (table["items"], table["claimed"], table["claimed_share"], table["all_claimed"]) == (32, 31, "96.88", False)
    await claims.done(made["offered"][0], "acceptances")
    table = await claims.read("claim-tables/CITY-31")
    assert (table["claimed_share"], table["all_claimed"]) == ("100", True)
    assert sum(each["claimed"] for each in table["by_portfolio"]) == 32


@pytest.mark.parametrize("act", ["acceptances", "disputes", "resolutions", "transfers"])
async def test_an_act_on_a_claim_that_does_not_exist_is_not_found(claims: ClaimsApi, act: str) -> None:
    body = OTHER if act == "transfers" else {}
    assert is_problem(await claims.act({"id": NOBODY}, act, **body), 404, "claim.not-found")


@pytest.mark.parametrize(
    ("path", "body", "status", "code"),
    [
        ("claims", an_offer(scheme="S-9"), 422, "scheme.not-in-force"),
        ("claims", an_offer(indicator="E01"), 422, "claim.item-not-in-scheme"),
        ("claims", an_offer(due_on="2022-06-30"), 422, "claim.due-in-the-past"),
        ("claims", an_offer(colour="red"), 422, "validation.failed"),
        ("claim-tables/S-9/rounds", {"by": "李某"}, 422, "scheme.not-in-force"),
        ("claim-tables/S-1/rounds", {}, 422, "validation.failed"),
    ],
)
async def test_an_offer_that_makes_no_sense_is_refused(
    claims: ClaimsApi, path: str, body: dict[str, Any], status: int, code: str
) -> None:
    await claims.publish_scheme()
    assert is_problem(await post(claims.client, f"{API}/{path}", body), status, code)


async def test_a_transfer_to_the_same_hands_and_half_a_ruling_are_refused(claims: ClaimsApi) -> None:
    await claims.publish_scheme()
    claim = await claims.offer()
    same = await claims.act(claim, "transfers", lead_department=DEPARTMENT, portfolio="VM-IND")
    is_problem(same, 422, "claim.same-department")
    await claims.done(claim, "disputes")
    is_problem(await claims.act(claim, "resolutions", portfolio="VM-COMM"), 422, "validation.failed")
    is_problem(await claims.act(claim, "transfers", **OTHER), 409, "claim.illegal-move")
    assert (await claims.read(f"claims/{claim['id']}"))["state"] == "disputed"


@pytest.mark.parametrize(
    ("path", "query", "status"),
    [
        ("claims", {"state": "lost"}, 422),
        (f"claims/{NOBODY}", {}, 404),
        ("claim-tables/S-9", {}, 422),
        ("claim-tables/S-1", {"as_of": (date(2022, 7, 1) + timedelta(days=1)).isoformat()}, 422),
    ],
)
async def test_a_read_that_makes_no_sense_is_refused(
    client: httpx.AsyncClient, claims: ClaimsApi, path: str, query: dict[str, str], status: int
) -> None:
    await claims.publish_scheme()
    assert (await client.get(f"{API}/{path}", params=query)).status_code == status
