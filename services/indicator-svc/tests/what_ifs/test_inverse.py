"""The inverse against the official board: applying an answer reaches the rank, one step less does not."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indicator_svc.observations.rules import Availability, Figure, missing
from indicator_svc.schemes.definition import Scheme, read_scheme
from indicator_svc.schemes.schemas import SchemeIn
from indicator_svc.scoreboards.items import Questions
from indicator_svc.scoreboards.rules import Board, Row, compute
from indicator_svc.what_ifs.inverse import Obstacle, Reach
from indicator_svc.what_ifs.levers import Lever, published_step
from indicator_svc.what_ifs.rules import Answer, Asked, Change, invert, supposing
from shared.kit.periods import Period
from shared.testing.indicators_api import a_scheme, an_item

Q2 = Period.parse("2022-Q2")
PEERS = ("620100", "620200", "620300", "620400", "620500", "620600")
OWN = "620200"
UNITS = dict.fromkeys(("E01", "E02", "E03", "L06", "B04"), "%")
MIX = {
    "parts": [
        {"method": "target", "params": {"target": "8"}, "share": "0.6"},
        {"method": "rank", "params": {}, "share": "0.4"},
    ]
}
METHODS: list[dict[str, Any]] = [
    {"method": "mix", "params": MIX},
    {"method": "rank", "params": {}},
    {"method": "rank", "params": {}, "direction": "lower"},
    {"method": "efficacy", "params": {}},
    {"method": "efficacy", "params": {}, "direction": "lower"},
    {"method": "target", "params": {"target": "8"}},
    {"method": "control", "params": {"target": "3"}, "direction": "lower"},
    {"method": "versus_average", "params": {"average": "3"}},
    {"method": "band", "params": {"low": "1", "high": "2", "margin": "4"}, "direction": "band"},
]
BONUS = {"group": "bonus", "weight": None, "method": "per_unit", "params": {"points_per_unit": "0.5", "min": "-2", "max": "2"}}
# Few distinct values, so that ties are common.
KNOWN = st.decimals(-5, 9, places=0).map(lambda value: Figure("2022-M06", value, Availability.KNOWN))
CODES = ("E01", "E02", "L06", "B04")
FIELDS = st.fixed_dictionaries(
    {(region, code): (KNOWN if region == OWN else KNOWN | st.just(missing(None))) for region in PEERS for code in CODES}
)
Field = dict[tuple[str, str], Figure]


def scheme_of(first: dict[str, Any], second: dict[str, Any], **changes: Any) -> Scheme:
    items = [
        an_item(indicator="E01", weight="35", **first),
        an_item(indicator="E02", weight="25", **second),
        an_item(indicator="L06", group="six_guarantees", method="rank", params={}, weight="40"),
        an_item(indicator="B04", **BONUS),
    ]
    body = a_scheme(*items, **{"peers": list(PEERS), "regions_watched": [], "pending": "rank_without", **changes})
    return read_scheme(("id", "S-1", 1), SchemeIn.model_validate(body).definition())


def asked(most: int = 200, **wanted: str) -> Asked:
    return Asked(OWN, most, {}, UNITS, {code: Decimal(score) for code, score in wanted.items()})


def own_row(board: Board) -> Row:
    return next(row for row in board.rows if row.region == OWN)


def after(scheme: Scheme, field: Mapping[tuple[str, str], Figure], lever: Lever, steps: int) -> Row:
    """The own row of the official board once the figure has moved so many steps."""
    change = Change(OWN, lever.code, lever.value(steps))
    return own_row(compute(scheme, Q2, supposing(Questions(field, {}), [change])))


def inverted(scheme: Scheme, field: Field, question: Asked | None = None) -> list[Answer]:
    return invert(scheme, compute(scheme, Q2, Questions(field, {})), question or asked())


def is_least(reach: Reach, rank: int, ranks: dict[int, int]) -> bool:
    """`ranks`: steps → rank by the official board, at the answer and one step before it."""
    if reach.steps is None or reach.steps == 0:
        return reach.steps is None or ranks[0] <= rank
    nearer = reach.steps - (1 if reach.steps > 0 else -1)
    return ranks[reach.steps] <= rank < ranks[nearer]


@settings(max_examples=40, deadline=None)
@given(FIELDS, st.sampled_from(METHODS), st.sampled_from(METHODS), st.sampled_from(["raw", "published"]))
def test_applying_an_answer_reaches_the_rank_and_one_step_less_does_not(
    field: Field, first: dict[str, Any], second: dict[str, Any], rank_on: str
) -> None:
    scheme = scheme_of(first, second, rank_on=rank_on, publish_places=1)
    for answer in inverted(scheme, field):
        assert answer.lever is not None, answer.fixed
        needed = {0} | {each.steps for each in answer.ranks if each.steps is not None}
        needed |= {steps - (1 if steps > 0 else -1) for steps in needed if steps}
        ranks = {steps: after(scheme, field, answer.lever, steps).rank or 0 for steps in needed}
        for rank, reach in enumerate(answer.ranks, start=1):
            assert is_least(reach, rank, ranks), (answer.item.indicator, rank, reach, ranks)


@settings(max_examples=25, deadline=None)
@given(FIELDS, st.sampled_from(METHODS), st.sampled_from(METHODS))
def test_applying_an_answer_reaches_the_place_in_the_item_and_one_step_less_does_not(
    field: Field, first: dict[str, Any], second: dict[str, Any]
) -> None:
    scheme = scheme_of(first, second)
    for number, answer in enumerate(inverted(scheme, field)):
        assert answer.lever is not None, answer.fixed
        needed = {0} | {each.steps for each in answer.item_ranks if each.steps is not None}
        needed |= {steps - (1 if steps > 0 else -1) for steps in needed if steps}
        places = {steps: after(scheme, field, answer.lever, steps).items[number].rank or 0 for steps in needed}
        for place, reach in enumerate(answer.item_ranks, start=1):
            assert is_least(reach, place, places), (answer.item.indicator, place, reach, places)


@settings(max_examples=25, deadline=None)
@given(FIELDS, st.sampled_from(METHODS), st.integers(0, 36).map(str))
def test_applying_an_answer_reaches_the_wanted_score_and_one_step_less_does_not(
    field: Field, method: dict[str, Any], wanted: str
) -> None:
    scheme = scheme_of(method, METHODS[3])
    answer = inverted(scheme, field, asked(E01=wanted))[0]
    assert answer.lever is not None
    assert answer.score is not None
    steps = answer.score.steps
    if steps is None:
        tried = after(scheme, field, answer.lever, answer.lever.most).items[0].score
        assert tried is not None
        assert tried < Decimal(wanted)
        return
    reached = after(scheme, field, answer.lever, steps).items[0].score
    assert reached is not None
    assert reached >= Decimal(wanted)
    if steps:
        nearer = after(scheme, field, answer.lever, steps - (1 if steps > 0 else -1)).items[0].score
        assert nearer is not None
        assert nearer < Decimal(wanted)


@settings(max_examples=25, deadline=None)
@given(FIELDS, st.sampled_from(METHODS), st.integers(0, 150))
def test_a_lever_scores_everybody_as_the_official_board_does(field: Field, method: dict[str, Any], steps: int) -> None:
    scheme = scheme_of(method, METHODS[3])
    lever = inverted(scheme, field)[0].lever
    assert lever is not None
    change = Change(OWN, "E01", lever.value(steps))
    board = compute(scheme, Q2, supposing(Questions(field, {}), [change]))
    official = {row.region: row.items[0].score for row in board.rows}
    ours = {region: lever.score_of(region, steps) for region in lever.others} | {OWN: lever.score(steps)}
    assert ours == official
    assert lever.place(steps) == own_row(board).items[0].rank


def test_what_no_figure_reaches_is_told_from_what_lies_beyond_the_bound() -> None:
    values = {"620100": "9", "620200": "1", "620300": "6"}
    field = {(region, "E01"): Figure("2022-M06", Decimal(value), Availability.KNOWN) for region, value in values.items()}
    level = {
        (region, code): Figure("2022-M06", Decimal(lead), Availability.KNOWN)
        for code in CODES[1:]
        for region, lead in (("620100", "9"), ("620200", "1"), ("620300", "5"))
    }
    scheme = scheme_of({"method": "target", "params": {"target": "8"}}, METHODS[5])
    by_target, *_ = inverted(scheme, field | level, asked(most=10, E01="35"))
    assert [each.obstacle for each in by_target.ranks[:2]] == [Obstacle.CAP, Obstacle.CAP]
    assert by_target.score == Reach(None, Obstacle.BOUND)
    by_place, *_ = inverted(scheme, field | level, asked(most=10))
    assert by_place.item_ranks == (Reach(None, Obstacle.BOUND), Reach(None, Obstacle.BOUND), Reach(0))


def test_a_score_beyond_the_weight_is_never_reached() -> None:
    field = {(region, code): Figure("2022-M06", Decimal(3), Availability.KNOWN) for region in PEERS for code in CODES}
    answer = inverted(scheme_of(METHODS[5], METHODS[5]), field, asked(E01="36"))[0]
    assert answer.score == Reach(None, Obstacle.CAP)


def test_an_item_without_a_figure_says_why_it_cannot_be_moved() -> None:
    field = {(region, code): Figure("2022-M06", Decimal(3), Availability.KNOWN) for region in PEERS for code in CODES}
    field[OWN, "E01"] = missing("2022-M06")
    answer = inverted(scheme_of(METHODS[5], METHODS[5]), field)[0]
    assert answer.lever is None
    assert answer.fixed == "没有数据，本项未计分，无从倒推"


@pytest.mark.parametrize(
    ("value", "unit", "step"), [("6.43", "%", "0.1"), ("12", "亿元", "0.01"), ("12.345", "万吨", "0.001"), ("1200", "人", "1")]
)
def test_a_step_is_what_the_statistic_is_published_in(value: str, unit: str, step: str) -> None:
    assert published_step(Decimal(value), unit) == Decimal(step)
