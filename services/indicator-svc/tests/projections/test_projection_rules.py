"""Projections: what each method says, what it may not look at, and what its interval rests on."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indicator_svc.projections.record import best_method, cases_before, interval_of, score
from indicator_svc.projections.rules import YEARLY_METHODS, Method, Scale, Series, project

LEVELS = st.lists(st.integers(1, 10**6), min_size=2, max_size=8)


def a_series(*values: int | str | None, first: int = 2004) -> Series:
    return Series({first + place: Fraction(value) for place, value in enumerate(values) if value is not None})


@pytest.mark.parametrize(
    ("method", "scale", "says"),
    [
        (Method.NAIVE, Scale.RATIO, Fraction(144)),
        (Method.DRIFT, Scale.RATIO, Fraction(166)),
        (Method.MEDIAN_CHANGE, Scale.RATIO, Fraction(864, 5)),
        (Method.MEDIAN_CHANGE, Scale.POINTS, Fraction(166)),
        # 100, 120: level 119.6, trend 18.32 → expected 136.088; 144: level 142.4176, trend 17.7539…; φ of it added
        (Method.DAMPED_TREND, Scale.RATIO, Fraction("142.4176") + Fraction(9, 10) * Fraction("17.75392")),
    ],
)
def test_each_method_says_what_it_is_named_for(method: Method, scale: Scale, says: Fraction) -> None:
    assert project(method, a_series(100, 120, 144), 2007, scale) == says


def test_the_seasonal_share_goes_by_the_median_of_whole_over_part() -> None:
    series = Series(
        {2019: Fraction(200), 2020: Fraction(300), 2021: Fraction(220)},
        {2019: Fraction(100), 2020: Fraction(100), 2021: Fraction(100), 2022: Fraction(50)},
    )
    assert project(Method.SEASONAL_SHARE, series, 2022, Scale.RATIO) == Fraction(110)
    assert project(Method.SEASONAL_SHARE, series, 2022, Scale.POINTS) == Fraction(170)


@given(LEVELS, st.integers(1, 10**6), st.sampled_from(YEARLY_METHODS), st.sampled_from(Scale))
def test_no_method_sees_the_projected_year_or_anything_later(values: list[int], later: int, method: Method, scale: Scale) -> None:
    year = 2004 + len(values)
    assert project(method, a_series(*values), year, scale) == project(method, a_series(*values, later, later), year, scale)


@pytest.mark.parametrize("method", YEARLY_METHODS)
def test_the_unknown_ends_a_run_and_is_never_taken_for_zero(method: Method) -> None:
    gap = a_series(90, 95, None, 100, 120, 144)
    assert project(method, gap, 2010, Scale.RATIO) == project(method, a_series(100, 120, 144, first=2007), 2010, Scale.RATIO)
    assert project(method, gap, 2008, Scale.RATIO) is None
    assert project(method, a_series(0, 120), 2006, Scale.RATIO) is None


def test_an_interval_needs_nine_errors_and_says_its_coverage() -> None:
    errors = [Fraction(each) for each in range(1, 10)]
    assert interval_of(Fraction(2), errors[:8], Scale.RATIO) is None
    nine = interval_of(Fraction(2), errors, Scale.RATIO)
    assert nine is not None
    assert (nine.low, nine.high, nine.coverage) == (Fraction(2), Fraction(18), Fraction(8, 10))
    wide = interval_of(Fraction(2), [Fraction(each) for each in range(1, 20)], Scale.POINTS)
    assert wide is not None
    assert (wide.low, wide.high, wide.coverage) == (Fraction(4), Fraction(20), Fraction(16, 20))


@given(st.lists(st.integers(1, 1000), min_size=10, max_size=40, unique=True))
def test_the_stated_coverage_is_how_often_an_interval_holds_whichever_error_comes_last(drawn: list[int]) -> None:
    """Exchangeable errors: each of them is left out once, and the others have to enclose it as often as they say."""
    held, stated = 0, Fraction()
    for place, last in enumerate(drawn):
        interval = interval_of(Fraction(1), [Fraction(each) for each in drawn[:place] + drawn[place + 1 :]], Scale.RATIO)
        assert interval is not None
        held, stated = held + interval.holds(Fraction(last)), interval.coverage
    assert Fraction(held, len(drawn)) == stated
    assert stated >= Fraction(4, 5)


def test_an_interval_of_the_record_knows_only_errors_of_earlier_years() -> None:
    pool = {f"6201{place:02d}": a_series(100, 110, 121 + place, 130, 150) for place in range(9)}
    cases = cases_before(pool, Method.NAIVE, Scale.RATIO, 2009)
    assert [sum(case.interval is not None for case in cases if case.year == year) for year in (2006, 2007, 2008)] == [0, 9, 9]
    shorter = cases_before(pool, Method.NAIVE, Scale.RATIO, 2008)
    assert shorter == cases[:18]


def test_errors_are_added_up_as_they_are() -> None:
    found = score(cases_before({"620100": a_series(100, 100, 125, 100)}, Method.NAIVE, Scale.RATIO, 2009), Scale.RATIO)
    assert (found.cases, found.mean_absolute, found.mean_percent) == (2, Fraction(25), Fraction(45, 2))
    assert (found.intervals, found.coverage, found.nominal) == (0, None, None)


def test_the_method_with_the_better_record_is_taken() -> None:
    growing = {"620100": a_series(100, 110, 121, 133), "620200": a_series(200, 220, 242, 266)}
    assert best_method(growing, YEARLY_METHODS, Scale.RATIO, 2008) is Method.MEDIAN_CHANGE
    assert best_method({}, YEARLY_METHODS, Scale.RATIO, 2008) is Method.NAIVE
