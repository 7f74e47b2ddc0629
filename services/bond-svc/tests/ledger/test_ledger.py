from decimal import Decimal
from typing import Any

import httpx
import pytest

from bond_svc.sample import issued_bonds
from shared.testing.bonds_api import API, BondsApi, a_bond_row
from shared.testing.http import is_problem, pointers, post

NOWHERE = f"{API}/issued-bonds/0197c0de-0000-7000-8000-000000000001"


async def take(api: BondsApi, *rows: Any, mode: str = "all") -> dict[str, Any]:
    return await api.made("issued-bonds/batch", {"mode": mode, "items": list(rows)})


async def test_the_real_register_is_imported_once_however_often_it_comes(api: BondsApi) -> None:
    rows = issued_bonds()
    first = await take(api, *rows)
    again = await take(api, *rows)

    assert [first[name] for name in ("created", "unchanged", "revised", "refused")] == [378, 0, 0, 0]
    assert [again[name] for name in ("created", "unchanged", "revised", "refused")] == [0, 378, 0, 0]
    assert {each["status"] for each in first["results"]} == {201}
    assert {each["status"] for each in again["results"]} == {200}
    assert (await api.got("issued-bonds", count="true"))["total"] == 378
    assert (await api.got("issued-bonds", bond_type="special", count="true"))["total"] == 259


async def test_the_sums_of_the_real_register_are_those_of_its_rows(api: BondsApi) -> None:
    rows = issued_bonds()
    await take(api, *rows)

    sums = await api.got("issued-bond-sums")
    special = await api.got("issued-bond-sums", issue_year=2022, bond_type="special")

    wanted = sum((Decimal(row["amount_yi"]) for row in rows), Decimal()) * 10_000
    assert (Decimal(sums["amount_wan"]), sums["bonds"]) == (wanted, 378)
    of_2022 = [row for row in rows if row["issue_date"].startswith("2022") and row["bond_type"] == "专项债券"]
    assert [each["bonds"] for each in special["items"]] == [len(of_2022)]
    assert Decimal(special["amount_wan"]) == sum((Decimal(row["amount_yi"]) for row in of_2022), Decimal()) * 10_000


async def test_a_name_is_kept_as_published_and_found_however_it_is_typed(api: BondsApi) -> None:
    await take(api, a_bond_row(bond_name="2022年甘肃省政府棚户区改造专项债券(三期)—2022年甘肃省政府专项债券(十九期）"))

    found = await api.got("issued-bonds", q="棚户区改造专项债券（三期）-2022年")

    assert [each["name"] for each in found["items"]] == [
        "2022年甘肃省政府棚户区改造专项债券(三期)—2022年甘肃省政府专项债券(十九期）"
    ]
    assert (await api.got("issued-bonds", q="100%"))["items"] == []


async def test_a_row_whose_parts_do_not_add_up_is_flagged_and_kept(api: BondsApi) -> None:
    taken = await take(api, a_bond_row(new_amount_yi="8.00"), a_bond_row(bond_code="809365"))

    flagged = (await api.got("issued-bonds", flagged="true"))["items"]

    assert (taken["flagged"], taken["results"][0]["flags"]) == (1, ["parts_do_not_add_up"])
    assert [(each["bond_code"], each["amount_wan"], each["new_wan"]) for each in flagged] == [("809364", "86100", "80000")]


async def test_an_unknown_amount_is_null_and_in_no_sum(api: BondsApi) -> None:
    await take(api, a_bond_row(amount_yi="*"), a_bond_row(bond_code="809365"))

    (row,) = (await api.got("issued-bond-sums"))["items"]

    assert (row["bonds"], row["unknown"], row["amount_wan"]) == (2, 1, "86100")
    assert (await api.got("issued-bonds", bond_code="809364"))["items"][0]["amount_wan"] is None


async def test_a_code_alone_is_no_key(api: BondsApi) -> None:
    taken = await take(api, a_bond_row(), a_bond_row(issue_date="2026-09-15"), a_bond_row(issuer="青海省"))

    assert taken["created"] == 3


async def test_a_changed_row_is_revised_and_what_it_said_before_is_kept(api: BondsApi) -> None:
    first = await take(api, a_bond_row())
    bond = first["results"][0]["id"]
    revised = await take(api, a_bond_row(coupon_pct="2.45"))

    (revision,) = (await api.got(f"issued-bonds/{bond}/revisions"))["items"]

    assert (revised["revised"], revised["results"][0]["outcome"], revised["results"][0]["id"]) == (1, "revised", bond)
    assert Decimal(revision["before"]["coupon_pct"]) == Decimal("2.41")
    assert list(revision["before"]) == ["coupon_pct"]
    assert (await api.got(f"issued-bonds/{bond}"))["coupon_pct"] == "2.45"


async def test_within_a_batch_a_repeated_row_is_unchanged_and_a_contradicting_one_is_refused(api: BondsApi) -> None:
    taken = await take(api, a_bond_row(), a_bond_row(), a_bond_row(coupon_pct="9"), mode="each")

    assert [each["outcome"] for each in taken["results"]] == ["created", "unchanged", None]
    assert taken["results"][2]["problem"]["code"] == "bond.issued-bond-repeated"
    assert taken["refused"] == 1


async def test_of_each_row_only_the_unreadable_are_refused(api: BondsApi) -> None:
    rows = [a_bond_row(amount_yi="八亿"), a_bond_row(bond_code=7), a_bond_row(bond_code="809366"), "no row"]

    taken = await take(api, *rows, mode="each")

    assert [each["status"] for each in taken["results"]] == [422, 422, 201, 422]
    assert taken["results"][0]["problem"]["errors"][0]["pointer"] == "/amount_yi"


async def test_all_rows_or_none(api: BondsApi) -> None:
    rows = [a_bond_row(), a_bond_row(bond_code="2", bond_type="企业债券", swap_amount_yi="x")]
    refused = await post(api.client, f"{API}/issued-bonds/batch", {"mode": "all", "items": rows})

    is_problem(refused, 422, "batch.refused")
    assert pointers(refused) == ["/items/1/bond_type", "/items/1/swap_amount_yi"]
    assert (await api.got("issued-bonds", count="true"))["total"] == 0


async def test_a_list_is_narrowed_by_days_term_and_region(api: BondsApi) -> None:
    await take(
        api, a_bond_row(bond_code="A"), a_bond_row(bond_code="B", issue_date="2022-07-01", set_year="2022", tenor_label="10年")
    )

    async def codes(**wanted: Any) -> list[str]:
        return [each["bond_code"] for each in (await api.got("issued-bonds", sort="bond_code", **wanted))["items"]]

    assert await codes(issued_from="2022-07-01", issued_to="2022-07-01") == ["B"]
    assert await codes(issue_year=2026) == ["A"]
    assert await codes(term_years=10) == ["B"]
    assert await codes(region="620000", issuer="甘肃省") == ["A", "B"]
    assert await codes(region="620200") == []


@pytest.mark.parametrize("query", [{"issue_year": 22}, {"bond_type": "x"}, {"issued_from": "x"}, {"region": "x"}, {"year": 2022}])
async def test_a_list_refuses_what_it_does_not_know(client: httpx.AsyncClient, query: dict[str, Any]) -> None:
    for path in ("issued-bonds", "issued-bond-sums"):
        refused = await client.get(f"{API}/{path}", params=query)

        assert refused.status_code == 422
        assert pointers(refused) == [f"query:{name}" for name in query]


async def test_a_bond_that_is_not_in_the_ledger_is_not_found(client: httpx.AsyncClient) -> None:
    is_problem(await client.get(NOWHERE), 404, "bond.issued-bond-not-found")
    is_problem(await client.get(f"{NOWHERE}/revisions"), 404, "bond.issued-bond-not-found")


async def test_more_rows_than_a_batch_takes_are_refused(client: httpx.AsyncClient) -> None:
    refused = await post(client, f"{API}/issued-bonds/batch", {"mode": "all", "items": [{}] * 5001})

    is_problem(refused, 422, "validation.failed")
    assert pointers(refused) == ["/items"]


def test_the_sample_is_the_register_with_its_origin() -> None:
    rows = issued_bonds()

    assert {row["origin"] for row in rows} == {"中国地方政府债券信息公开平台（leyixu26/celma-lgb，MIT）"}
