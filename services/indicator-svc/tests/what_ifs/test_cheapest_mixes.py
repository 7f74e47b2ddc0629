"""The cheapest mix over HTTP, on both databases."""

from typing import Any

import pytest

from shared.kit.runtime import Runtime
from shared.testing.http import is_problem, pointers, post
from shared.testing.indicators_api import API, IndicatorsApi, a_scheme, an_item
from shared.testing.outbox import facts_of

MIXES = f"{API}/cheapest-mixes"
TWO = [
    an_item(weight="60"),
    an_item(indicator="E03", weight="40", lead_department="市发展和改革委员会"),
]


def a_question(**changes: Any) -> dict[str, Any]:
    moves = [
        {"indicator": "E02", "max_change": "2", "cost_per_unit": "300", "department": "市工业和信息化局"},
        {"indicator": "E03", "max_change": "2", "cost_per_unit": "100"},
    ]
    return {"scheme": "S-1", "period": "2022-Q2", "region": "620200", "rank": 1, "moves": moves, **changes}


async def a_field(api: IndicatorsApi) -> None:
    await api.publish(a_scheme(*TWO))
    figures = [("620200", "6.4", "6.0"), ("620100", "7.0", "7.0"), ("620300", "5", "5")]
    for region, industry, investment in figures:
        await api.observe(industry, region=region)
        await api.observe(investment, region=region, indicator="E03")


async def test_the_cheapest_mix_within_the_limits_is_told_and_nothing_is_written(api: IndicatorsApi, runtime: Runtime) -> None:
    await a_field(api)
    told = await facts_of(runtime.database)
    before = await api.read("scoreboards", scheme="S-1", period="2022-Q2")
    answer = await post(api.client, MIXES, a_question())
    assert answer.status_code == 200, answer.text
    found = answer.json()
    # 9.5 points are missing: 0.1 pp is worth 0.75 points of E02 and 0.5 of E03, which is cheaper but ends after 2 pp.
    assert (found["rank_before"], found["rank"], found["reached"], found["proven"]) == (2, 1, True, True)
    assert [(each["steps"], each["value"], each["cost"]) for each in found["moves"]] == [(0, "6.4", "0"), (19, "7.9", "190")]
    assert (found["cost"], found["cost_at_least"], found["cost_unit"]) == ("190", "190", "万元")
    assert found["said"] == "E03至7.9，共190万元，到第1名；已证最省"
    assert found["moves"][0]["department"] == "市工业和信息化局"
    assert "不是官方数据" in found["notice"]
    assert (await api.read("scoreboards", scheme="S-1", period="2022-Q2"))["rows"] == before["rows"]
    assert await facts_of(runtime.database) == told


async def test_a_fixed_cost_counts_once_and_a_limit_is_kept(api: IndicatorsApi) -> None:
    await a_field(api)
    moves = [
        {"indicator": "E02", "max_change": "2", "cost_per_unit": "300"},
        {"indicator": "E03", "max_change": "1.5", "cost_per_unit": "100", "fixed_cost": "30"},
    ]
    found = (await post(api.client, MIXES, a_question(moves=moves))).json()
    assert [each["steps"] for each in found["moves"]] == [3, 15]
    assert (found["cost"], found["rank"]) == ("270", 1)


async def test_what_no_offer_reaches_says_how_far_they_would_go(api: IndicatorsApi) -> None:
    await a_field(api)
    moves = [{"indicator": "E02", "max_change": "0.5", "cost_per_unit": "300"}]
    found = (await post(api.client, MIXES, a_question(moves=moves))).json()
    assert (found["reached"], found["rank"], found["cost"], found["best_rank"]) == (False, None, None, 2)
    assert found["said"] == "各项承诺全部用到限度，也只到第2名，达不到第1名；请放宽限度或增加项目"
    assert found["moves"][0]["steps"] == 0


async def test_a_rank_that_is_held_already_costs_nothing(api: IndicatorsApi) -> None:
    await a_field(api)
    found = (await post(api.client, MIXES, a_question(rank=2))).json()
    assert (found["cost"], found["rank"], found["said"]) == ("0", 2, "现已在第2名，不需变动")


@pytest.mark.parametrize(
    ("changes", "code", "pointer"),
    [
        ({"scheme": "S-9"}, "scheme.not-in-force", "/scheme"),
        ({"region": "620400"}, "what-if.region-not-ranked", "/region"),
        ({"rank": 4}, "what-if.rank-beyond-peers", "/rank"),
        ({"rank": 0}, "validation.failed", "/rank"),
        ({"moves": []}, "validation.failed", "/moves"),
        ({"as_of": "2030-01-01T00:00:00+08:00"}, "what-if.as-of-in-future", "/as_of"),
    ],
)
async def test_a_question_that_cannot_be_is_refused(api: IndicatorsApi, changes: dict[str, Any], code: str, pointer: str) -> None:
    await a_field(api)
    answer = await post(api.client, MIXES, a_question(**changes))
    is_problem(answer, 422, code)
    assert pointers(answer) == [pointer]


async def test_every_fault_of_the_offers_is_named_at_its_place(api: IndicatorsApi) -> None:
    await a_field(api)
    good = {"indicator": "E02", "max_change": "2", "cost_per_unit": "300"}
    moves = [
        good,
        {**good, "indicator": "E99"},
        good,
        {**good, "indicator": "E03", "max_change": "9", "step": "0.01"},
    ]
    answer = await post(api.client, MIXES, a_question(moves=moves))
    problem = is_problem(answer, 422, "what-if.offers-faulty")
    places = ["/moves/1/indicator", "/moves/2/indicator", "/moves/3/max_change"]
    assert pointers(answer) == places
    assert "合900步，超过400步" in problem["errors"][2]["message"]
    is_problem(await post(api.client, MIXES, a_question(moves=[{**good, "max_change": "0.05"}])), 422, "what-if.offers-faulty")
