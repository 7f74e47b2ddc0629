"""Rank intervals: by rules, and over HTTP on both databases."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indicator_svc.observations.rules import Availability, Figure
from indicator_svc.schemes.definition import Scheme, read_scheme
from indicator_svc.schemes.schemas import SchemeIn
from indicator_svc.scoreboards.items import Questions
from indicator_svc.scoreboards.rules import compute
from indicator_svc.what_ifs.robustness import rank_interval
from indicator_svc.what_ifs.rules import Change, supposing
from shared.kit.periods import Period
from shared.testing.http import is_problem, post
from shared.testing.indicators_api import API, IndicatorsApi, a_scheme, an_item, an_observation

INTERVALS = f"{API}/rank-intervals"
Q2 = Period.parse("2022-Q2")
PEERS = ("620100", "620200", "620300", "620400")
OWN = "620200"
VALUES = st.lists(st.decimals(0, 9, places=1), min_size=4, max_size=4)
OFF = st.lists(st.sampled_from([Decimal("-0.5"), Decimal(0), Decimal("0.5")]), min_size=4, max_size=4)


def linear() -> Scheme:
    body = a_scheme(an_item(method="linear", params={"full": "20"}), peers=list(PEERS), regions_watched=[])
    return read_scheme(("id", "S-1", 1), SchemeIn.model_validate(body).definition())


@settings(max_examples=60, deadline=None)
@given(VALUES, OFF)
def test_where_nobody_moves_others_no_revision_within_the_bounds_leaves_the_interval(
    values: list[Decimal], off: list[Decimal]
) -> None:
    scheme = linear()
    figures = {(peer, "E02"): Figure("2022-M06", value, Availability.KNOWN) for peer, value in zip(PEERS, values, strict=True)}
    questions = Questions(figures, {})
    interval = rank_interval(scheme, Q2, questions, (OWN, {"E02": Decimal("0.5")}))
    revised = [Change(peer, "E02", value + by) for peer, value, by in zip(PEERS, values, off, strict=True)]
    board = compute(scheme, Q2, supposing(questions, revised))
    rank = next(row.rank for row in board.rows if row.region == OWN)
    assert (interval.best.rank or 0) <= (rank or 0) <= (interval.worst.rank or 0)


async def test_the_interval_names_its_method_and_what_it_assumes(api: IndicatorsApi) -> None:
    await api.publish(a_scheme())
    await api.observe_all(an_observation("6.4"), an_observation("6.6", region="620100"), an_observation("5", region="620300"))
    body = {"scheme": "S-1", "period": "2022-Q2", "region": OWN, "revision_bounds": {"E02": "0.2"}}
    answer = await post(api.client, INTERVALS, body)
    assert answer.status_code == 200, answer.text
    found = answer.json()
    assert (found["now"], found["best"]["rank"], found["worst"]["rank"]) == ({"total": "80", "rank": 2}, 1, 2)
    assert (found["method"], "假定修订不超过" in found["assumed"]) == ("两端对照法", True)


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"region": "620300"}, "what-if.region-not-ranked"),
        ({"region": "622900"}, "what-if.region-not-ranked"),
        ({"revision_bounds": {"E09": "1"}}, "what-if.not-an-item"),
        ({"revision_bounds": {"B04": "1"}}, "what-if.no-better-end"),
        ({"revision_bounds": {"E02": "-1"}}, "validation.failed"),
        ({"revision_bounds": {}}, "validation.failed"),
    ],
)
async def test_an_interval_that_cannot_be_is_refused(api: IndicatorsApi, fields: dict[str, Any], code: str) -> None:
    bonus = {"group": "bonus", "weight": None, "method": "per_unit"}
    params = {"points_per_unit": "0.1", "min": "0", "max": "1"}
    await api.publish(a_scheme(an_item(), an_item(indicator="B04", params=params, **bonus)))
    await api.observe_all(an_observation("6.4"), an_observation("3", indicator="B04"))
    body = {"scheme": "S-1", "period": "2022-Q2", "region": OWN, "revision_bounds": {"E02": "0.1"}, **fields}
    assert is_problem(await post(api.client, INTERVALS, body), 422, code)
