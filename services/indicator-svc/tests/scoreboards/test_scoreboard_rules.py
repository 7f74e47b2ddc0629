"""Scoreboards as a pure function: ties, unknowns, caps, carried-over figures, the talk line."""

from decimal import Decimal
from typing import Any

import pytest

from indicator_svc.observations.rules import Availability, Figure, not_due
from indicator_svc.packaged import scheme
from indicator_svc.schemes.definition import Scheme, read_scheme
from indicator_svc.schemes.schemas import SchemeIn
from indicator_svc.scoreboards.items import Figures, Questions, competition_ranks
from indicator_svc.scoreboards.rules import Board, Row, compute
from shared.kit.decimals import UnknownReason
from shared.kit.periods import Period

Q2 = Period.parse("2022-Q2")
EXAMPLE_A = {
    "620900": "14.8",
    "622900": "13.6",
    "620300": "12.5",
    "620800": "11.0",
    "621100": "10.3",
    "620400": "9.1",
    "620100": "8.2",
    "620500": "7.7",
    "621000": "7.7",
    "620200": "6.4",
    "620600": "6.4",
    "620700": "5.9",
    "621200": "4.2",
    "623000": "-1.3",
}
MIX = {
    "parts": [
        {"method": "target", "params": {"target": "8"}, "share": "0.6"},
        {"method": "rank", "params": {}, "share": "0.4"},
    ]
}


def an_item(indicator: str = "E02", method: str = "mix", params: dict[str, Any] | None = None, **changes: Any) -> dict[str, Any]:
    item = {
        "indicator": indicator,
        "group": "main",
        "weight": "12",
        "method": method,
        "params": MIX if params is None else params,
    }
    return item | changes


def a_scheme(*items: dict[str, Any], **changes: Any) -> Scheme:
    body = {
        "code": "S",
        "name": "方案",
        "year": 2022,
        "evaluated": "Q",
        "peers": sorted(EXAMPLE_A),
        "bonus_cap": ["-5", "5"],
        "items": list(items) or [an_item()],
    }
    return read_scheme(("id", "S", 1), SchemeIn.model_validate(body | changes).definition())


def known(value: str | Decimal, period: str = "2022-Q2") -> Figure:
    return Figure(period, Decimal(value), Availability.KNOWN)


def figures(values: dict[str, str], indicator: str = "E02") -> dict[tuple[str, str], Figure]:
    return {(region, indicator): known(value) for region, value in values.items()}


def board(scheme: Scheme, given: Figures, last_year: Figures | None = None) -> Board:
    return compute(scheme, Q2, Questions(given, last_year or {}))


def row(board: Board, region: str) -> Row:
    return next(each for each in board.rows if each.region == region)


def test_the_explanation_tells_the_numbers_that_made_the_score() -> None:
    item = row(board(a_scheme(), figures(EXAMPLE_A)), "620200").items[0]
    for words in ("目标8", "实际6.4", "完成率80%", "14个有数据的地区中列第10位", "合计8.4"):
        assert words in item.explanation


def test_equal_scores_share_a_place_and_the_next_one_is_left_out() -> None:
    ranks = competition_ranks({"a": Decimal(2), "b": Decimal(2), "c": Decimal(1)}, higher_is_better=True)
    assert ranks == {"a": 1, "b": 1, "c": 3}
    assert competition_ranks({"a": Decimal(2), "b": Decimal(1)}, higher_is_better=False) == {"a": 2, "b": 1}


@pytest.mark.parametrize(("rank_on", "ranks"), [("raw", [1, 1, 3]), ("published", [1, 1, 1])])
def test_a_difference_beyond_the_published_places_counts_only_on_raw_scores(rank_on: str, ranks: list[int]) -> None:
    scheme = a_scheme(
        an_item(method="linear", params={"full": "100"}, weight="100"), peers=["620100", "620200", "620300"], rank_on=rank_on
    )
    result = board(scheme, figures({"620100": "88.3512", "620200": "88.3512", "620300": "88.3488"}))
    assert [each.rank for each in result.rows] == ranks
    assert {each.published for each in result.rows} == {Decimal("88.35")}
    assert any("第3名" in warning for warning in result.rows[0].warnings) == (rank_on == "raw")


def test_a_masked_figure_is_pending_and_never_zero() -> None:
    given = figures(EXAMPLE_A) | {("620200", "E02"): Figure("2022-Q2", None, Availability.UNKNOWN, UnknownReason.MASKED)}
    pending = row(board(a_scheme(), given), "620200")
    assert (pending.total, pending.rank, pending.rank_state, pending.pending) == (None, None, "pending", ("E02",))
    assert pending.items[0].score is None
    assert "被遮盖" in pending.items[0].explanation
    assert "待定" in pending.warnings[0]


def test_the_others_are_thirteen_when_one_is_unknown() -> None:
    given = {key: figure for key, figure in figures(EXAMPLE_A).items() if key[0] != "620900"}
    result = board(a_scheme(an_item(method="efficacy", params={})), given)
    best = row(result, "622900").items[0]
    assert (best.score, best.rank, best.peers) == (Decimal(12), 1, 13)
    assert result.rows[-1].region == "620900"


def test_with_rank_without_a_region_is_scored_out_of_the_weights_that_it_has() -> None:
    items = [an_item(weight="60", method="linear", params={}), an_item("E03", weight="40", method="linear", params={})]
    scheme = a_scheme(*items, pending="rank_without", peers=["620100", "620200"])
    result = board(scheme, figures({"620100": "50", "620200": "60"}) | figures({"620100": "100"}, "E03"))
    partly = row(result, "620200")
    assert (partly.total, partly.rank, partly.weight_scored) == (Decimal(60), 2, Decimal(60))
    assert "折算" in partly.warnings[0]
    assert row(result, "620100").total == Decimal(70)


def test_a_region_without_any_figure_is_pending_under_either_policy() -> None:
    result = board(a_scheme(pending="rank_without"), figures({"620100": "8"}))
    assert row(result, "620200").rank_state == "pending"


def test_bonus_points_are_clamped_and_contribution_stays_outside_the_total() -> None:
    bonus: dict[str, Any] = {"group": "bonus", "weight": None, "method": "per_unit"}
    scheme = a_scheme(
        an_item(method="linear", params={}, weight="100"),
        an_item("B04", **bonus, params={"points_per_unit": "1", "min": "0", "max": "4"}),
        an_item("B05", **bonus, params={"points_per_unit": "1", "min": "0", "max": "4"}),
        an_item("C01", group="contribution", weight=None, method="contribution", params={}),
        peers=["620200"],
    )
    given = {("620200", code): known(value) for code, value in {"E02": "80", "B04": "9", "B05": "3"}.items()}
    result = row(board(scheme, given), "620200")
    assert result.sums is not None
    assert (result.sums.main, result.sums.bonus, result.total) == (Decimal(80), Decimal(5), Decimal(85))
    assert result.rank == 1, "a contribution that is unknown keeps nobody from being ranked"
    with_contribution = row(board(scheme, given | {("620200", "C01"): known("3.609")}), "620200")
    assert (with_contribution.items[3].score, with_contribution.total) == (Decimal("3.609"), Decimal(85))


def test_a_bonus_without_its_input_is_pending_and_says_which() -> None:
    params = {"points_per_unit": "1", "min": "0", "max": "4"}
    scheme = a_scheme(an_item(), an_item("B04", group="bonus", weight=None, method="per_unit", params=params))
    result = row(board(scheme, figures(EXAMPLE_A)), "620200")
    assert result.pending == ("B04",)
    assert result.items[1].explanation == "value（B04）没有数据，本项待定。"


def test_what_comes_out_later_in_the_year_is_not_evaluated_and_keeps_nobody_pending() -> None:
    bonus: dict[str, Any] = {"group": "bonus", "weight": None, "method": "per_unit"}
    terms = [{"input": name, "points_per_unit": "1"} for name in ("n", "p")]
    params = {"inputs": {"n": "B05-national", "p": "B05-provincial"}, "terms": terms, "min": "0", "max": "4"}
    linear: dict[str, Any] = {"method": "linear", "params": {}}
    scheme = a_scheme(
        an_item(weight="94", **linear),
        an_item("L05", weight="6", group="six_guarantees", **linear),
        an_item("B05", **bonus, params=params),
        peers=["620200"],
    )
    later = {("620200", code): not_due() for code in ("L05", "B05-national")}
    result = row(board(scheme, {("620200", "E02"): known("50"), ("620200", "B05-provincial"): known("1")} | later), "620200")
    assert (result.total, result.rank, result.pending, result.weight_scored) == (Decimal(47), 1, (), Decimal(94))
    assert [item.is_due for item in result.items] == [True, False, False]
    assert result.items[1].explanation == "本年度尚未到发布期，本期不评价。"
    assert result.items[2].explanation == "n（B05-national）本年度尚未到发布期，本期不评价。"
    assert result.warnings == ("2项指标本期尚未到发布期（L05、B05），各地区均不评价，满分少6分",)


def test_a_board_before_any_release_ranks_nobody() -> None:
    result = row(board(a_scheme(peers=["620200"]), {("620200", "E02"): not_due()}), "620200")
    assert (result.total, result.rank_state, result.pending) == (None, "pending", ())


def test_a_contribution_is_worked_out_from_levels_of_city_and_province() -> None:
    item = an_item("C01", group="contribution", weight=None, method="contribution", params={"measure": "gdp"})
    now = {("620200", "gdp"): known("157.2"), ("620000", "gdp"): known("4949.5")}
    before = {("620200", "gdp"): known("150", "2021-Q2"), ("620000", "gdp"): known("4750", "2021-Q2")}
    scheme = a_scheme(an_item(method="linear", params={}), item)
    scored = row(board(scheme, figures(EXAMPLE_A) | now, before), "620200").items[1]
    assert scored.score == Decimal("3.609023")
    without = row(board(scheme, figures(EXAMPLE_A) | now), "620200").items[1]
    assert without.score is None


def test_the_provinces_own_figure_is_the_average_to_compare_with() -> None:
    scheme = a_scheme(an_item(method="versus_average", params={}))
    pending = row(board(scheme, figures(EXAMPLE_A)), "620200")
    assert pending.items[0].explanation == "全省平均值未知，暂不计分。"
    scored = row(board(scheme, figures(EXAMPLE_A) | {("620000", "E02"): known("8.5")}), "620200")
    assert scored.total == Decimal("6.3")


def test_a_figure_of_an_earlier_period_is_said_to_be_carried_over() -> None:
    scheme = a_scheme(an_item(method="pace", params={"target": "100"}), peers=["620200"])
    scored = row(board(scheme, {("620200", "E02"): known("20", "2022-Q1")}), "620200").items[0]
    assert "沿用2022年一季度数据" in scored.explanation
    assert (scored.score, scored.target) == (Decimal("9.6"), Decimal(25))


def test_places_in_a_corridor_follow_the_score() -> None:
    item = an_item(method="band", params={"low": "0.3", "high": "0.8", "margin": "0.2"}, direction="band")
    result = board(
        a_scheme(item, peers=["620100", "620200", "620300"]), figures({"620100": "0.9", "620200": "0.5", "620300": "0.7"})
    )
    assert {each.region: each.items[0].rank for each in result.rows} == {"620100": 3, "620200": 1, "620300": 1}


@pytest.mark.parametrize(("rank", "talk"), [(9, "none"), (10, "edge"), (11, "edge"), (12, "summoned"), (14, "summoned")])
def test_the_last_three_are_summoned_and_the_two_above_are_on_the_edge(rank: int, talk: str) -> None:
    values = {region: str(100 - 5 * place) for place, region in enumerate(sorted(EXAMPLE_A))}
    scheme = a_scheme(an_item(method="linear", params={}, weight="100"), talk_line={"bottom": 3, "edge_points": "1.00"})
    result = board(scheme, figures(values))
    assert result.talk_from_rank == 12
    assert next(each for each in result.rows if each.rank == rank).talk == talk


def test_whoever_is_within_a_point_of_the_line_is_on_the_edge_too() -> None:
    values = dict.fromkeys(EXAMPLE_A, "50.5") | {"620200": "50", "620300": "49", "620400": "48", "620100": "51.1"}
    scheme = a_scheme(an_item(method="linear", params={}, weight="100"), talk_line={"bottom": 3, "edge_points": "1.00"})
    result = board(scheme, figures(values))
    assert row(result, "620100").talk == "none"
    assert row(result, "620500").talk == "edge"


def test_no_line_is_drawn_among_fewer_than_it_takes() -> None:
    scheme = a_scheme(talk_line={"bottom": 3, "edge_points": "1.00"})
    assert board(scheme, figures({"620100": "8", "620200": "9"})).talk_from_rank is None


def test_the_31_item_scheme_scores_a_city_whose_figures_are_all_known() -> None:
    city = read_scheme(("id", "CITY-31", 1), SchemeIn.model_validate(scheme("city-31")).definition())
    given = {(region, code): known("1") for region in (*city.peers, city.province) for code in city.needs}
    result = compute(city, Q2, Questions(given, {}))
    assert {each.rank for each in result.rows} == {1}
    assert len(result.rows[0].items) == 32
    assert result.rows[0].pending == ()


def test_the_31_item_scheme_leaves_a_city_with_masked_figures_pending() -> None:
    city = read_scheme(("id", "CITY-31", 1), SchemeIn.model_validate(scheme("city-31")).definition())
    result = compute(city, Q2, Questions({}, {}))
    assert {each.rank_state for each in result.rows} == {"pending"}
    assert all(item.score is None for each in result.rows for item in each.items)
