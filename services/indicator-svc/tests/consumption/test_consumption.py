"""The consumption picture: the arithmetic, zones as regions, and what is unknown said so."""

from decimal import Decimal
from typing import Any

import httpx
import pytest

from indicator_svc.consumption.rules import Trend, Window, beside_last_year, periods_of, trend_of
from shared.kit.periods import Period
from shared.testing.http import is_problem
from shared.testing.indicators_api import API, IndicatorsApi


def a_window(*texts: str | None) -> Window:
    return Window(*(None if text is None else Decimal(text) for text in texts))


@pytest.mark.parametrize(
    ("window", "in_points", "change", "trend"),
    [
        (a_window("80", "100", "60", "80"), False, "-20", Trend.UP),  # −20 % after −25 %
        (a_window("80", "100", "68", "80"), False, "-20", Trend.DOWN),
        (a_window("80", "100", "64", "80"), False, "-20", Trend.FLAT),
        (a_window("80", "100", None, None), False, "-20", Trend.UNKNOWN),
        (a_window(None, "100", "64", "80"), False, None, Trend.UNKNOWN),
        (a_window("80", "0", "64", "80"), False, None, Trend.UNKNOWN),
        (a_window("36.5", "41", "35", None), True, "-4.5", Trend.UP),
        (a_window("36.5", None, "37", None), True, None, Trend.DOWN),
    ],
)
def test_a_figure_stands_beside_last_years_and_the_unknown_goes_no_way(
    window: Window, in_points: bool, change: str | None, trend: Trend
) -> None:
    assert beside_last_year(window, in_points=in_points) == (None if change is None else Decimal(change))
    assert trend_of(window, in_points=in_points) is trend


def test_the_first_period_of_a_year_has_none_before_it() -> None:
    assert periods_of(Period.parse("2022-M02"), separate_january=False)[2:] == (None, None)
    assert [str(each) for each in periods_of(Period.parse("2022-M02"), separate_january=True)] == [
        "2022-M02",
        "2021-M02",
        "2022-M01",
        "2021-M01",
    ]


async def observed(api: IndicatorsApi, indicator: str, region: str, **figures: str) -> None:
    for period, value in figures.items():
        await api.observe(value, indicator=indicator, region=region, period=f"20{period[1:3]}-M{period[3:]}")


async def test_the_picture_shows_the_city_and_its_zones_and_says_what_is_unknown(api: IndicatorsApi) -> None:
    await observed(api, "visitors_received", "620200", P2206="80", P2106="100", P2205="60", P2105="80")
    await observed(api, "hotel_occupancy", "620200", P2206="*")
    await observed(api, "zone_visitors", "620291", P2206="3.2", P2106="2")
    picture = await api.read("consumption-pictures", region="620200", period="2022-M06")
    rows: dict[tuple[str, str], dict[str, Any]] = {(each["region"], each["indicator"]): each for each in picture["items"]}
    visitors = rows["620200", "visitors_received"]
    assert (visitors["value"], visitors["last_year"], visitors["growth_percent"], visitors["trend"]) == ("80", "100", "-20", "up")
    hotels = rows["620200", "hotel_occupancy"]
    assert (hotels["value"], hotels["availability"], hotels["unknown_reason"]) == (None, "unknown", "masked")
    assert rows["620200", "tourism_revenue"]["availability"] == "missing"
    assert rows["620291", "zone_visitors"]["growth_percent"] == "60"
    assert picture["zones"] == ["620291", "620292"]
    assert (await api.read("consumption-pictures", region="620291", period="2022-M06"))["items"][0][
        "region_name"
    ] == "大唐路夜间经济区"


async def test_january_has_no_retail_figure_to_show(api: IndicatorsApi) -> None:
    picture = await api.read("consumption-pictures", region="620200", period="2022-M01")
    shown = {each["indicator"] for each in picture["items"]}
    assert "visitors_received" in shown
    assert shown.isdisjoint({"E04", "retail_sales_monthly"})


@pytest.mark.parametrize("period", ["2022-Q2", "2022-M07"])
async def test_a_picture_of_another_span_or_of_the_future_is_refused(client: httpx.AsyncClient, period: str) -> None:
    answer = await client.get(f"{API}/consumption-pictures", params={"region": "620200", "period": period})
    assert is_problem(answer, 422, "consumption.period-refused")


async def test_a_region_that_nobody_knows_has_no_picture(client: httpx.AsyncClient) -> None:
    answer = await client.get(f"{API}/consumption-pictures", params={"region": "620299", "period": "2022-M06"})
    assert answer.status_code == 422
