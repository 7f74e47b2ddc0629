"""One-step projections of a year by named methods, in fractions: the same history always gives the same answer. Pure.

No method sees a figure of the projected year except the part of it that is known, nor anything later. The unknown is left out;
a run of years ends where one is unknown. Levels move in ratios and have to be positive, percentages in points.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction
from itertools import count, pairwise, takewhile
from statistics import median
from typing import Final, assert_never

LEAST_YEARS: Final = 2
"""Years that every method wants of a region itself: the errors it makes with so few are in its interval."""
LEVEL_WEIGHT, TREND_WEIGHT, DAMPING = Fraction(4, 5), Fraction(1, 5), Fraction(9, 10)
"""α, β and φ of the damped trend, fixed beforehand: two to a dozen years fit no parameters."""


class Scale(StrEnum):
    """What an error is: a ratio of levels, or a difference of percentages in points."""

    RATIO = "ratio"
    POINTS = "points"


class Method(StrEnum):
    """The named methods, in the order in which an equal record decides between them."""

    SEASONAL_SHARE = "seasonal_share"
    NAIVE = "naive"
    DRIFT = "drift"
    MEDIAN_CHANGE = "median_change"
    DAMPED_TREND = "damped_trend"

    @property
    def yearly(self) -> bool:
        """Whether it goes by whole years only."""
        return self is not Method.SEASONAL_SHARE


YEARLY_METHODS: Final = (Method.NAIVE, Method.DRIFT, Method.MEDIAN_CHANGE, Method.DAMPED_TREND)


@dataclass(frozen=True, slots=True)
class Series:
    """One region: what is known of whole years, and of the same first months of years."""

    totals: Mapping[int, Fraction]
    parts: Mapping[int, Fraction] = field(default_factory=dict)

    def run_before(self, year: int) -> list[Fraction]:
        """The unbroken years that end with the one before, oldest first."""
        years = takewhile(lambda each: each in self.totals, count(year - 1, -1))
        return [self.totals[each] for each in years][::-1]

    def whole_and_part_before(self, year: int) -> list[tuple[Fraction, Fraction]]:
        """(whole, part) of every earlier year of which both are known, oldest first."""
        return [(self.totals[each], self.parts[each]) for each in sorted(self.totals) if each < year and each in self.parts]

    def years_for(self, method: Method, year: int) -> int:
        """How many years of its own the method has to go by."""
        return len(self.run_before(year) if method.yearly else self.whole_and_part_before(year))


def project(method: Method, series: Series, year: int, scale: Scale) -> Fraction | None:
    """The year's figure by this method; None without the years (or the positive levels) that it wants."""
    if series.years_for(method, year) < LEAST_YEARS:
        return None
    if not method.yearly:
        return _seasonal_share(series, year, scale)
    run = series.run_before(year)
    if scale is Scale.RATIO and min(run) <= 0:
        return None
    point = _YEARLY[method](run, scale)
    return None if scale is Scale.RATIO and point <= 0 else point


def _seasonal_share(series: Series, year: int, scale: Scale) -> Fraction | None:
    """By the median of what whole years were to their first months: a ratio of sums, a difference of percentages."""
    now, past = series.parts.get(year), series.whole_and_part_before(year)
    if now is None:
        return None
    if scale is Scale.POINTS:
        return now + median([whole - part for whole, part in past])
    if now <= 0 or min(min(pair) for pair in past) <= 0:
        return None
    return now * median([whole / part for whole, part in past])


def _naive(run: list[Fraction], _scale: Scale) -> Fraction:
    """As last year: what any other method has to beat."""
    return run[-1]


def _drift(run: list[Fraction], _scale: Scale) -> Fraction:
    """Last year and the mean yearly difference of the run."""
    return run[-1] + (run[-1] - run[0]) / (len(run) - 1)


def _median_change(run: list[Fraction], scale: Scale) -> Fraction:
    """Last year and the median change of the run: a factor of levels, a difference of percentages."""
    if scale is Scale.POINTS:
        return run[-1] + median([later - earlier for earlier, later in pairwise(run)])
    return run[-1] * median([later / earlier for earlier, later in pairwise(run)])


def _damped_trend(run: list[Fraction], _scale: Scale) -> Fraction:
    """The damped additive trend of Gardner and McKenzie (1985), begun with the first two years."""
    level, trend = run[0], run[1] - run[0]
    for value in run[1:]:
        expected = level + DAMPING * trend
        moved = LEVEL_WEIGHT * value + (1 - LEVEL_WEIGHT) * expected
        trend = TREND_WEIGHT * (moved - level) + (1 - TREND_WEIGHT) * DAMPING * trend
        level = moved
    return level + DAMPING * trend


_YEARLY: Final[Mapping[Method, Callable[[list[Fraction], Scale], Fraction]]] = {
    Method.NAIVE: _naive,
    Method.DRIFT: _drift,
    Method.MEDIAN_CHANGE: _median_change,
    Method.DAMPED_TREND: _damped_trend,
}


def error_of(actual: Fraction, predicted: Fraction, scale: Scale) -> Fraction:
    """What the figure turned out to be, of what was projected: 1 (or 0 points) is right."""
    return actual / predicted if scale is Scale.RATIO else actual - predicted


def with_error(predicted: Fraction, error: Fraction, scale: Scale) -> Fraction:
    match scale:
        case Scale.RATIO:
            return predicted * error
        case Scale.POINTS:
            return predicted + error
        case _:
            assert_never(scale)
