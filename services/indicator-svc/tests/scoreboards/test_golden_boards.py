"""The worked examples of `domain.md` §1.2 and §1.3 on whole boards: places, scores and totals as published there."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import pytest

from indicator_svc.observations.rules import Availability, Figure
from indicator_svc.schemes.definition import Scheme, read_scheme
from indicator_svc.schemes.schemas import SchemeIn
from indicator_svc.scoreboards.items import ItemScore, Questions
from indicator_svc.scoreboards.rules import Board, compute
from shared.kit.periods import Period
from shared.testing.indicators_api import a_scheme, an_item

PROVINCE = "620000"
EXAMPLE_A = {
    # region: x, rank, M1, M3, M4, M6; weight 12, target 8, the province's own growth 8.5
    "620900": ("14.8", 1, "12.0000", "12.00", "12.0000", "12.00"),
    "622900": ("13.6", 2, "12.0000", "11.40", "11.6422", "12.00"),
    "620300": ("12.5", 3, "12.0000", "10.80", "11.3143", "12.00"),
    "620800": ("11.0", 4, "12.0000", "10.20", "10.8671", "10.90"),
    "621100": ("10.3", 5, "12.0000", "9.60", "10.6584", "10.20"),
    "620400": ("9.1", 6, "12.0000", "9.00", "10.3006", "9.00"),
    "620100": ("8.2", 7, "12.0000", "8.40", "10.0323", "8.10"),
    "620500": ("7.7", 8, "11.5500", "7.80", "9.8832", "7.60"),
    "621000": ("7.7", 8, "11.5500", "7.80", "9.8832", "7.60"),
    "620200": ("6.4", 10, "9.6000", "6.60", "9.4957", "6.30"),
    "620600": ("6.4", 10, "9.6000", "6.60", "9.4957", "6.30"),
    "620700": ("5.9", 12, "8.8500", "5.40", "9.3466", "5.80"),
    "621200": ("4.2", 13, "6.3000", "4.80", "8.8398", "4.10"),
    "623000": ("-1.3", 14, "0.0000", "4.20", "7.2000", "0.00"),
}
ROWS = [(region, *row) for region, row in EXAMPLE_A.items()]
VALUES = {region: row[0] for region, row in EXAMPLE_A.items()}
TARGET, RANK = {"target": "8"}, {"step": "0.05"}
MIX = {
    "parts": [
        {"method": "target", "params": TARGET, "share": "0.6"},
        {"method": "rank", "params": RANK, "share": "0.4"},
    ]
}


def a_board(method: str, params: Mapping[str, Any], values: Mapping[str, str]) -> Board:
    """Industry's growth, weight 12, among the 14, by one method."""
    body = a_scheme(an_item(method=method, params=params, weight="12"), peers=sorted(EXAMPLE_A))
    figures = {(region, "E02"): known(value) for region, value in {**values, PROVINCE: "8.5"}.items()}
    return compute(read(body), Period.parse("2022-Q2"), Questions(figures, {}))


def read(body: Mapping[str, Any]) -> Scheme:
    return read_scheme(("id", "S-1", 1), SchemeIn.model_validate(body).definition())


def known(value: str) -> Figure:
    return Figure("2022-M06", Decimal(value), Availability.KNOWN)


def item_of(board: Board, region: str) -> ItemScore:
    return next(row for row in board.rows if row.region == region).items[0]


def score_of(board: Board, region: str) -> Decimal:
    score = item_of(board, region).score
    assert score is not None
    return score


@pytest.mark.parametrize(("region", "x", "rank", "m1", "m3", "m4", "m6"), ROWS, ids=EXAMPLE_A)
def test_every_row_of_example_a_comes_out_on_a_board(region: str, x: str, rank: int, m1: str, m3: str, m4: str, m6: str) -> None:
    expected = {"target": (TARGET, m1), "rank": (RANK, m3), "efficacy": ({}, m4), "versus_average": ({}, m6)}
    for method, (params, score) in expected.items():
        item = item_of(a_board(method, params, VALUES), region)
        assert item.score is not None
        assert (round(item.score, 4), item.value) == (Decimal(score), Decimal(x)), method
        assert (item.rank, item.peers) == (rank, 14), method


@pytest.mark.parametrize(("region", "score"), [("620200", "8.4"), ("620400", "10.8"), ("623000", "1.68")])
def test_sixty_percent_target_and_forty_percent_rank_on_a_board(region: str, score: str) -> None:
    assert score_of(a_board("mix", MIX, VALUES), region) == Decimal(score)


def test_passing_the_two_tied_eighths_is_worth_a_tenth_of_the_weight() -> None:
    """§1.3: 1.3 percentage points to go, from the 10th place to the 8th, 12 × 0.05 × 2 = 1.20."""
    before = a_board("rank", RANK, VALUES)
    better = min(Decimal(x) for x in VALUES.values() if Decimal(x) > Decimal(VALUES["620200"]))
    assert better - Decimal(VALUES["620200"]) == Decimal("1.3")
    after = a_board("rank", RANK, {**VALUES, "620200": "7.8"})
    assert (item_of(before, "620200").rank, item_of(after, "620200").rank) == (10, 8)
    assert score_of(after, "620200") - score_of(before, "620200") == Decimal("1.20")
    assert score_of(before, "620500") - score_of(after, "620500") == Decimal("0.60"), "whoever is passed falls one place"


def test_a_better_best_moves_everybody_elses_efficacy() -> None:
    """§1.3: best and worst are taken anew for every board."""
    after = a_board("efficacy", {}, {**VALUES, "620200": "18.8"})
    assert score_of(after, "620200") == Decimal(12)
    assert round(score_of(after, "620900"), 4) == Decimal("11.0448")


def test_a_total_is_sixty_and_forty_and_the_clamped_bonus() -> None:
    """§1.3: items of +6.5 together count +5."""
    linear: dict[str, Any] = {"method": "linear", "params": {"full": "100"}}
    bonus: dict[str, Any] = {
        "group": "bonus",
        "weight": None,
        "method": "per_unit",
        "params": {"points_per_unit": "1", "min": "-4", "max": "4"},
    }
    items = [
        an_item(weight="60", **linear),
        an_item(indicator="L05", group="six_guarantees", weight="40", **linear),
        an_item(indicator="B02", **bonus),
        an_item(indicator="B04", **bonus),
    ]
    values = {"E02": "90", "L05": "80", "B02": "9", "B04": "2.5"}
    figures = {("620200", code): known(value) for code, value in values.items()}
    scheme = read(a_scheme(*items, peers=["620200"]))
    sums = compute(scheme, Period.parse("2022-Q2"), Questions(figures, {})).rows[0].sums
    assert sums is not None
    assert (sums.main, sums.six_guarantees, sums.bonus, sums.total) == tuple(Decimal(each) for each in (54, 32, 5, 91))
