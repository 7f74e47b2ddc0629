"""Pace: what is needed adds up to the target exactly, in days, months and growth."""

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indicator_svc.indicators.rules import Direction, Kind, ReleaseCalendar
from indicator_svc.pace.rules import Base, Course, Days, Nature, Stretch, Verdict, grown, nature_of, periods_of_year, stretch
from shared.kit.calendar import WorkingCalendar
from shared.kit.periods import Frequency, Period

AMOUNTS = st.decimals(min_value=0, max_value=10**9, places=2)
COUNTS = st.integers(min_value=1, max_value=366)
H1 = Period.parse("2022-M06")
HALF = Stretch(181, 184, 6, 6)


def a_course(target: str, achieved: str, time: Stretch = HALF) -> Course:
    return Course(Fraction(target), Fraction(achieved), time)


@given(AMOUNTS, AMOUNTS, COUNTS, COUNTS, st.integers(1, 11))
def test_what_is_needed_brings_exactly_the_target(target: Decimal, achieved: Decimal, passed: int, left: int, month: int) -> None:
    course = Course(Fraction(target), Fraction(achieved), Stretch(passed, left, month, 12 - month))
    assert course.needed_per_day is not None
    assert course.needed_per_month is not None
    assert course.achieved + course.needed_per_day * left == course.target
    assert course.achieved + course.needed_per_month * (12 - month) == course.target


@given(
    st.decimals(min_value=2, max_value=10**6, places=2),
    st.decimals(min_value=1, max_value=Decimal("1.99"), places=2),
    st.decimals(min_value=-90, max_value=300, places=1),
    st.decimals(min_value=-90, max_value=300, places=1),
)
def test_the_growth_that_the_rest_needs_makes_the_years_growth_exactly(
    whole: Decimal, part: Decimal, goal: Decimal, so_far: Decimal
) -> None:
    base = Base(whole, part)
    course = base.course(goal, grown(part, so_far), HALF)
    needed = base.needed_growth(course)
    assert needed is not None
    year = grown(part, so_far) + (Fraction(whole) - Fraction(part)) * (1 + needed / 100)
    assert (year / Fraction(whole) - 1) * 100 == Fraction(goal)


def test_half_of_the_year_with_less_than_half_of_the_task_owes_the_difference() -> None:
    course = a_course("5000", "2350")
    assert (course.remaining, course.arrears) == (Fraction(2650), Fraction(150))
    assert course.needed_per_month == Fraction(2650, 6)
    assert course.times == Fraction(2650, 184) / Fraction(2350, 181)


@pytest.mark.parametrize(
    ("achieved", "direction", "time", "verdict"),
    [
        ("2600", Direction.HIGHER, HALF, Verdict.ON_PACE),
        ("2350", Direction.HIGHER, HALF, Verdict.BEHIND),
        ("5000", Direction.HIGHER, HALF, Verdict.REACHED),
        ("4999", Direction.HIGHER, Stretch(365, 0, 12, 0), Verdict.MISSED),
        ("2400", Direction.LOWER, HALF, Verdict.WITHIN),
        ("2600", Direction.LOWER, HALF, Verdict.TOO_FAST),
        ("5001", Direction.LOWER, HALF, Verdict.EXCEEDED),
        ("5000", Direction.LOWER, Stretch(365, 0, 12, 0), Verdict.WITHIN),
    ],
)
def test_the_verdict_goes_by_direction_and_by_what_is_left(
    achieved: str, direction: Direction, time: Stretch, verdict: Verdict
) -> None:
    assert a_course("5000", achieved, time).verdict(direction) is verdict


def test_without_days_or_whole_months_nothing_is_needed_per_day_or_month() -> None:
    over = a_course("10", "4", Stretch(365, 0, 12, 0))
    assert (over.needed_per_day, over.needed_per_month, over.times) == (None, None, None)
    assert a_course("10", "4", Stretch(181, 9, 6, None)).needed_per_month is None


def test_days_are_counted_from_the_end_of_the_known_period_to_the_closing() -> None:
    calendar = WorkingCalendar()
    assert stretch(H1, date(2022, 12, 31), Days.CALENDAR, calendar) == Stretch(181, 184, 6, 6)
    assert stretch(H1, date(2022, 7, 8), Days.WORKING, calendar).days_left == 6
    assert stretch(H1, date(2022, 7, 8), Days.CALENDAR, calendar).months_left is None
    with pytest.raises(ValueError, match="截止日"):
        stretch(H1, date(2022, 6, 29), Days.CALENDAR, calendar)


def test_only_sums_are_spread_over_the_year() -> None:
    assert nature_of(Kind.LEVEL, cumulative_share=False) is Nature.AMOUNT
    assert nature_of(Kind.RATIO, cumulative_share=False) is Nature.STATE
    assert nature_of(Kind.RATIO, cumulative_share=True) is Nature.AMOUNT
    assert nature_of(Kind.GROWTH, cumulative_share=True) is Nature.GROWTH


def test_a_base_whose_part_is_nothing_or_more_than_the_whole_is_not_usable() -> None:
    assert not Base(Decimal(10), Decimal(0)).usable
    assert not Base(Decimal(10), Decimal(11)).usable
    full = Base(Decimal(10), Decimal(10))
    assert full.usable
    assert full.needed_growth(full.course(Decimal(5), Fraction(10), HALF)) is None


def test_periods_of_a_year_are_those_of_the_statistic_that_had_ended() -> None:
    merged = ReleaseCalendar(Frequency.MONTH, separate_january=False)
    assert [str(each) for each in periods_of_year(2022, date(2022, 4, 15), merged.period)] == ["2022-M03", "2022-M02"]
    quarters = ReleaseCalendar(Frequency.QUARTER)
    assert [str(each) for each in periods_of_year(2022, date(2022, 6, 30), quarters.period)] == ["2022-Q2", "2022-Q1"]
