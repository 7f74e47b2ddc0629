"""Factor gaps: the arithmetic, and supplies over HTTP."""

from decimal import Decimal
from typing import Any

import pytest

from indicator_svc.factors.rules import gap_of, gap_ratio
from shared.testing.entries_api import FIRM
from shared.testing.http import is_problem, pointers, post
from shared.testing.indicators_api import API, IndicatorsApi
from shared.testing.industry_api import OTHER_FIRM, an_enterprise


def a_supply(demand: str | None = "1200", supplied: str | None = "900", **changes: Any) -> dict[str, Any]:
    body = {"uscc": FIRM, "factor": "power", "period": "2022-M06", "demand": demand, "supplied": supplied, "unit": "万千瓦时"}
    return body | {"owner_department": "市工业和信息化局", "price": "0.42", "price_unit": "元/千瓦时"} | changes


@pytest.mark.parametrize(
    ("demand", "supplied", "gap", "share"),
    [
        ("1200", "900", "300", "25"),
        ("900", "900", "0", "0"),
        ("900", "1000", "0", "0"),
        (None, "900", None, None),
        ("900", None, None, None),
        ("0", "0", "0", None),
    ],
)
def test_a_gap_is_what_the_demand_lacks_and_the_unknown_is_no_gap(
    demand: str | None, supplied: str | None, gap: str | None, share: str | None
) -> None:
    exact = [None if each is None else Decimal(each) for each in (demand, supplied)]
    expected = tuple(None if each is None else Decimal(each) for each in (gap, share))
    assert (gap_of(exact[0], exact[1]), gap_ratio(exact[0], exact[1])) == expected


async def test_gaps_are_listed_with_their_share_and_a_newer_report_replaces_them(api: IndicatorsApi) -> None:
    await api.made("enterprises", an_enterprise())
    made = await api.made("factor-supplies", a_supply())
    assert (made["gap"], made["gap_ratio_percent"], made["version"]) == ("300", "25", 1)
    await api.made("factor-supplies", a_supply(factor="coal", supplied=None))
    assert [each["factor"] for each in await api.listed("factor-supplies", short="true")] == ["power"]
    again = await api.made("factor-supplies", a_supply(supplied="1200"))
    assert (again["version"], again["gap"]) == (2, "0")
    assert await api.listed("factor-supplies", short="true") == []
    assert len(await api.listed("factor-supplies", every_revision="true")) == 3


async def test_a_supply_that_cannot_be_is_refused_at_its_field(api: IndicatorsApi) -> None:
    await api.made("enterprises", an_enterprise())
    items = [a_supply(), a_supply(uscc=OTHER_FIRM), a_supply(period="2022-M07"), a_supply(factor="water")]
    refused = await post(api.client, f"{API}/factor-supplies/batch", {"mode": "all", "items": items})
    assert is_problem(refused, 422, "batch.refused")
    assert pointers(refused) == ["/items/1/uscc", "/items/2/period", "/items/3/factor"]
    single = await post(api.client, f"{API}/factor-supplies", a_supply(demand="-1"))
    assert pointers(single) == ["/demand"]
    assert (await api.client.get(f"{API}/factor-supplies", params={"factor": "water"})).status_code == 422
