"""Pace over HTTP: amounts, growth with and without its base, shares, and what is unknown."""

from typing import Any

import httpx
import pytest

from shared.testing.http import is_problem
from shared.testing.indicators_api import API, IndicatorsApi, a_scheme, an_item

HOME = "620200"
VISITORS = {"indicator": "visitors_received", "region": HOME, "target": "100"}


async def visitors(api: IndicatorsApi, **figures: str) -> None:
    for period, value in figures.items():
        await api.observe(value, indicator="visitors_received", region=HOME, period=f"20{period[1:3]}-M{period[3:]}")


def codes(told: dict[str, Any]) -> list[str]:
    return [gap["code"] for gap in told["gaps"]]


async def test_an_amount_is_spread_over_the_days_and_months_that_are_left(api: IndicatorsApi) -> None:
    await visitors(api, P2206="44.8")
    told = await api.read("paces", **VISITORS)
    course = told["course"]
    assert (course["remaining"], course["arrears"], course["days_left"], course["months_left"]) == ("55.2", "5.2", 184, 6)
    assert (course["needed_per_day"], course["needed_per_month"]) == ("0.3", "9.2")
    assert (course["verdict"], course["times"], told["gaps"]) == ("behind", "1.212054", [])


async def test_up_to_a_closing_in_working_days_there_are_no_months(api: IndicatorsApi) -> None:
    await visitors(api, P2205="40")
    told = await api.read("paces", **VISITORS, until="2022-06-10", days="working")
    assert (told["course"]["days_left"], told["course"]["months_left"]) == (7, None)
    assert codes(told) == ["not-whole-months"]


async def test_an_unknown_later_figure_is_told_and_not_taken_for_zero(api: IndicatorsApi) -> None:
    await visitors(api, P2206="*", P2205="40")
    told = await api.read("paces", **VISITORS)
    assert (told["period"], told["course"]["achieved"], codes(told)) == ("2022-M05", "40", ["later-figure-unknown"])


async def test_without_a_known_figure_nothing_is_needed_and_the_reason_is_given(api: IndicatorsApi) -> None:
    await visitors(api, P2206="*")
    told = await api.read("paces", **VISITORS)
    assert (told["value"], told["course"], codes(told)) == (None, None, ["figure-unknown"])
    assert "未知不按零计算" in told["gaps"][0]["message"]


async def test_a_growth_target_needs_last_years_base_and_says_so(api: IndicatorsApi) -> None:
    await api.observe("5", indicator="visitors_received_growth", region=HOME, period="2022-M06")
    query = {"indicator": "visitors_received_growth", "region": HOME, "target": "8"}
    told = await api.read("paces", **query)
    assert (told["gap"], told["course"], codes(told)) == ("3", None, ["base-unknown"])
    told = await api.read("paces", **query, base="visitors_received")
    assert (told["course"], codes(told)) == (None, ["base-unknown"])
    await visitors(api, P2106="40", P2112="100")
    told = await api.read("paces", **query, base="visitors_received")
    assert (told["course"]["target"], told["course"]["achieved"], told["growth"]["needed_growth_percent"]) == ("108", "42", "10")
    assert (told["course"]["needed_per_month"], told["unit"], told["course"]["unit"]) == ("11", "%", "万人次")
    assert (told["course"]["arrears"], told["course"]["verdict"]) == ("1.2", "behind")


async def test_a_derived_growth_is_taken_from_its_levels_and_a_year_that_is_over_needs_nothing_any_more(
    api: IndicatorsApi,
) -> None:
    for year, level in (("2020", "100"), ("2021", "105")):
        await api.observe(level, indicator="gdp_current", region=HOME, period=year)
    told = await api.read("paces", indicator="gdp_current-growth", region=HOME, target="8", year=2021)
    course = told["course"]
    assert (course["target"], course["achieved"], course["remaining"], course["verdict"]) == ("108", "105", "3", "missed")
    assert (told["value"], course["needed_per_day"], codes(told)) == (None, None, ["no-days-left"])


async def test_a_share_has_a_gap_but_no_pace_unless_its_scheme_counts_it_up(api: IndicatorsApi) -> None:
    await api.observe("47", indicator="L01", region=HOME, period="2022-M06")
    share = await api.read("paces", indicator="L01", region=HOME, target="100")
    assert (share["nature"], share["gap"], share["course"], codes(share)) == ("state", "53", None, ["not-additive"])
    await api.publish(a_scheme(an_item(indicator="L01", method="pace", params={"target": "100"})))
    counted = await api.read("paces", indicator="L01", region=HOME, scheme="S-1")
    assert (counted["nature"], counted["course"]["arrears"], counted["target"]) == ("amount", "3", "100")


@pytest.mark.parametrize("kind", ["level", "growth"])
async def test_a_corridor_has_no_single_target_to_count_back_from(api: IndicatorsApi, kind: str) -> None:
    corridor = {"code": "corridor", "name": "区间指标", "unit": "万元", "frequency": "M", "kind": kind, "direction": "band"}
    await api.made("indicators", corridor)
    await api.observe("5", indicator="corridor", region=HOME, period="2022-M06")
    told = await api.read("paces", indicator="corridor", region=HOME, target="10")
    assert (told["value"], told["course"], codes(told)) == ("5", None, ["band"])


async def test_an_item_without_a_target_says_that_it_has_none(api: IndicatorsApi) -> None:
    await api.observe("47", indicator="L01", region=HOME, period="2022-M06")
    await api.publish(a_scheme(an_item(indicator="L01", method="rank", params={})))
    told = await api.read("paces", indicator="L01", region=HOME, scheme="S-1")
    assert (told["target"], told["course"]) == (None, None)
    assert "target-unknown" in codes(told)


@pytest.mark.parametrize(
    ("query", "pointer"),
    [
        ({"target": "100", "scheme": "S-1"}, "query:target"),
        ({}, "query:target"),
        ({"target": "100", "until": "2023-01-31"}, "query:until"),
        ({"target": "100", "indicator": "nobody"}, "query:indicator"),
        ({"target": "8", "indicator": "visitors_received_growth", "base": "L01"}, "query:base"),
    ],
)
async def test_a_question_without_an_answer_is_refused(client: httpx.AsyncClient, query: dict[str, str], pointer: str) -> None:
    asked = {"indicator": "visitors_received", "region": HOME} | query
    answer = await client.get(f"{API}/paces", params=asked)
    assert is_problem(answer, 422, "pace.refused")
    assert answer.json()["errors"][0]["pointer"] == pointer


async def test_a_scheme_that_is_not_in_force_has_no_target(client: httpx.AsyncClient) -> None:
    answer = await client.get(f"{API}/paces", params={"indicator": "L01", "region": HOME, "scheme": "NONE"})
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "query:scheme")
