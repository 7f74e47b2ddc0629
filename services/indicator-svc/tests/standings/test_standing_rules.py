"""The levels of `domain.md` §6 at their boundaries, and what the unknown does to them: nothing."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indicator_svc.schemes.bounds import DEFAULT_STANDING_RULES, read_standing_rules
from indicator_svc.standings.rules import UNJUDGED, Bounds, Reading, Verdict, judge
from shared.contracts.facts import Level

GREEN, BLUE, YELLOW, ORANGE, RED = Level


def bounds() -> Bounds:
    rules = read_standing_rules(DEFAULT_STANDING_RULES)
    return Bounds(rules.gap_pp, rules.rank_from, rules.consecutive_orange)


def a_reading(value: str | None = "8", **changes: object) -> Reading:
    reading = Reading(None if value is None else Decimal(value), Decimal(8), 1, 14, "%", True, False, "数值被遮盖")
    return replace(reading, **changes)  # type: ignore[arg-type]  # each test names fields of their own type


def judged(reading: Reading, before: Verdict = UNJUDGED) -> Level:
    return judge(reading, bounds(), before).level


def stood(level: Level, *, by_rules: Level | None = None, oranges: int = 0) -> Verdict:
    return Verdict(level, by_rules or level, oranges, ())


@pytest.mark.parametrize(
    ("value", "level"),
    [
        ("9", GREEN),
        ("8", GREEN),
        ("7.99", BLUE),
        ("7.5", BLUE),
        ("7.49", YELLOW),
        ("6.5", YELLOW),
        ("6.49", ORANGE),
        ("5", ORANGE),
        ("4.99", RED),
    ],
)
def test_the_gap_to_the_target_makes_the_level(value: str, level: Level) -> None:
    assert judged(a_reading(value)) is level


@pytest.mark.parametrize(
    ("value", "level"), [("7", GREEN), ("8", GREEN), ("8.5", BLUE), ("9.5", YELLOW), ("11", ORANGE), ("11.01", RED)]
)
def test_the_gap_is_turned_round_where_lower_is_better(value: str, level: Level) -> None:
    assert judged(a_reading(value, lower_is_better=True)) is level


@pytest.mark.parametrize(
    ("rank", "level"),
    [(1, GREEN), (7, GREEN), (8, BLUE), (9, BLUE), (10, YELLOW), (11, YELLOW), (12, ORANGE), (13, ORANGE), (14, RED)],
)
def test_the_rank_makes_the_level(rank: int, level: Level) -> None:
    assert judged(a_reading(rank=rank)) is level


def test_the_heaviest_of_the_rules_holds() -> None:
    verdict = judge(a_reading("7.5", rank=12), bounds(), UNJUDGED)
    assert verdict.level is ORANGE
    assert [(reason.rule, reason.level) for reason in verdict.why] == [("gap", BLUE), ("rank", ORANGE)]
    assert verdict.why[0].evidence == "目标8%，实际7.5%，差0.5个百分点，为蓝色"


@pytest.mark.parametrize(
    ("reading", "level"),
    [
        (a_reading("-0.1", target=Decimal("0.1")), RED),
        (a_reading("-0.1", target=Decimal(0)), BLUE),
        (a_reading("-0.1", target=Decimal(-1)), GREEN),
        (a_reading("-0.1", target=None), GREEN),
        (a_reading("-0.1", target=Decimal("0.1"), growth=False), BLUE),
        (a_reading("-0.1", target=Decimal("0.1"), lower_is_better=True), GREEN),
    ],
)
def test_falling_where_growth_was_asked_for_is_red(reading: Reading, level: Level) -> None:
    assert judged(reading) is level


@pytest.mark.parametrize("reading", [a_reading("1", unit="倍"), a_reading("1", target=None)])
def test_without_a_target_in_percent_only_the_rank_counts(reading: Reading) -> None:
    verdict = judge(reading, bounds(), UNJUDGED)
    assert verdict.level is GREEN
    assert "no-gap" in [reason.rule for reason in verdict.why]


@pytest.mark.parametrize(
    ("reading", "evidence"),
    [
        (a_reading("19.7", target=None), "实际19.7%，未设目标，按位次判断"),
        (a_reading("0.093240", target=None, unit="比值"), "实际比值0.0932，未设目标，按位次判断"),
        (a_reading("0.35", target=Decimal("0.3"), unit="倍"), "实际0.35倍，目标0.3倍，差距不以百分点计，按位次判断"),
    ],
)
def test_evidence_without_a_gap_names_the_figure_and_only_a_target_that_exists(reading: Reading, evidence: str) -> None:
    assert judge(reading, bounds(), UNJUDGED).why[0].evidence == evidence


def test_two_oranges_running_are_red() -> None:
    first = judge(a_reading(rank=12), bounds(), UNJUDGED)
    second = judge(a_reading(rank=13), bounds(), first)
    assert (first.level, second.level, second.by_rules) == (ORANGE, RED, ORANGE)
    assert second.why[-1].evidence == "连续2期为橙色，升为红色"


def test_an_orange_that_only_lingers_does_not_count_as_a_second_one() -> None:
    lingering = judge(a_reading(), bounds(), stood(RED))
    assert (lingering.level, lingering.oranges) == (ORANGE, 0)
    assert judged(a_reading(rank=12), lingering) is ORANGE


def test_a_level_falls_by_one_step_a_period() -> None:
    levels, before = [], stood(RED)
    for _ in range(5):
        before = judge(a_reading(), bounds(), before)
        levels.append(before.level)
    assert levels == [ORANGE, YELLOW, BLUE, GREEN, GREEN]


@pytest.mark.parametrize("level", list(Level))
def test_the_unknown_is_neither_low_nor_recovered(level: Level) -> None:
    verdict = judge(a_reading(None, rank=None, peers=0), bounds(), stood(level, oranges=1))
    assert (verdict.level, verdict.by_rules, verdict.oranges) == (level, None, 1)
    assert [reason.rule for reason in verdict.why] == ["unknown"]
    assert "未知既不算低，也不算恢复" in verdict.why[0].evidence


@given(st.decimals(min_value=-30, max_value=30, places=2), st.integers(1, 14), st.sampled_from(list(Level)))
def test_a_level_is_never_more_than_one_step_below_the_one_before(value: Decimal, rank: int, before: Level) -> None:
    verdict = judge(a_reading(str(value), rank=rank), bounds(), stood(before))
    assert verdict.level.severity >= before.severity - 1
    assert verdict.by_rules is not None
    assert verdict.level.severity >= verdict.by_rules.severity
    assert verdict.why
