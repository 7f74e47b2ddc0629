"""Projections over HTTP: with enough history, without, and what is refused."""

from decimal import Decimal

import httpx
import pytest

from indicator_svc.packaged import panel_figures
from shared.testing.http import is_problem
from shared.testing.indicators_api import API, PEERS, IndicatorsApi

HOME = "620200"


async def test_a_years_gdp_is_projected_from_the_panel_with_an_interval_and_a_record(api: IndicatorsApi) -> None:
    await api.observe_all(*(each for each in panel_figures() if each["indicator"] == "retail_sales" and each["period"] < "2009"))
    told = await api.read("year-end-projections", indicator="retail_sales", region=HOME, year=2009)
    assert (told["final"], told["method"], told["lacks"]) == (False, "median_change", [])
    low, high = (Decimal(told["interval"][end]) for end in ("low", "high"))
    assert low < Decimal(told["point"]) < high
    assert told["record"]["cases"] >= told["errors_needed"]
    kept = await api.read("observations", indicator="retail_sales", region=HOME, period="2009")
    assert kept["items"] == []


async def test_a_year_with_a_known_part_goes_by_the_seasonal_share(api: IndicatorsApi) -> None:
    shares = [
        body
        for region in PEERS
        for year in (2019, 2020, 2021)
        for body in (a_figure(region, f"{year}-M05", "40"), a_figure(region, f"{year}-M12", "100"))
    ]
    await api.observe_all(*shares, a_figure(HOME, "2022-M05", "44"))
    told = await api.read("year-end-projections", indicator="visitors_received", region=HOME)
    assert (told["newest_period"], told["method"], told["point"]) == ("2022-M05", "seasonal_share", "110")
    assert (told["years_known"], told["errors_known"]) == (3, 12)


async def test_a_short_history_says_how_many_years_it_wants_instead_of_guessing(api: IndicatorsApi) -> None:
    await api.observe_all(a_figure(HOME, "2021-M12", "100"), a_figure(HOME, "2020-M12", "*"))
    told = await api.read("year-end-projections", indicator="visitors_received", region=HOME)
    assert (told["point"], told["interval"], told["years_known"], told["years_needed"]) == (None, None, 1, 2)
    assert told["lacks"][0] == "历史数据不足：本地区至少须有截至 2021 年的连续 2 年，现有 1 年。"
    assert "须 11 年" in told["lacks"][1]


async def test_a_year_that_is_known_is_not_projected(api: IndicatorsApi) -> None:
    await api.observe_all(a_figure(HOME, "2021-M12", "100"))
    told = await api.read("year-end-projections", indicator="visitors_received", region=HOME, year=2021)
    assert (told["final"], told["newest_value"], told["point"], told["lacks"]) == (True, "100", None, [])


async def test_the_back_test_lists_one_measure_or_all(api: IndicatorsApi) -> None:
    one = await api.read("projection-backtests", indicator="gdp_current")
    assert [each["method"] for each in one["items"]] == ["naive", "drift", "median_change", "damped_trend"]
    assert len((await api.read("projection-backtests"))["items"]) == 52


@pytest.mark.parametrize(
    ("path", "query", "pointer"),
    [
        ("year-end-projections", {"indicator": "nobody", "region": HOME}, "query:indicator"),
        ("year-end-projections", {"indicator": "gdp_current-growth", "region": HOME}, "query:indicator"),
        ("year-end-projections", {"indicator": "visitors_received", "region": HOME, "method": "seasonal_share"}, "query:method"),
        ("projection-backtests", {"indicator": "nobody"}, "query:indicator"),
    ],
)
async def test_what_no_history_answers_is_refused(
    client: httpx.AsyncClient, path: str, query: dict[str, str], pointer: str
) -> None:
    answer = await client.get(f"{API}/{path}", params=query)
    assert is_problem(answer, 422, "projection.refused")
    assert answer.json()["errors"][0]["pointer"] == pointer


def a_figure(region: str, period: str, value: str) -> dict[str, str]:
    return {"region": region, "indicator": "visitors_received", "period": period, "value": value, "publisher": "市文化和旅游局"}
