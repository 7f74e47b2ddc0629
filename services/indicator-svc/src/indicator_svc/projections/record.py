"""The record of a method: what it would have said of past years, how wrong it was, and the interval that follows. Pure.

The interval takes the k-th smallest and the k-th largest of n earlier errors, k = ⌊(n + 1) / 10⌋: if the next error is drawn like
those (of the same indicator, in regions of the same level), it lies between them with probability (n + 1 − 2k) / (n + 1), by any
distribution. That is exact and at least 80 %; whether errors are drawn alike, the coverage of the back-test shows.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from statistics import median
from typing import Final

from indicator_svc.projections.rules import Method, Scale, Series, error_of, project, with_error

LEAST_ERRORS: Final = 9
"""With fewer, not even the smallest and the largest of them enclose the next one with 80 %."""
TAIL: Final = 10


@dataclass(frozen=True, slots=True)
class Interval:
    """`coverage` is the nominal one."""

    low: Fraction
    high: Fraction
    coverage: Fraction

    def holds(self, value: Fraction) -> bool:
        return self.low <= value <= self.high


@dataclass(frozen=True, slots=True)
class Case:
    """One past year of one region: what the method said, from earlier years alone, and what came."""

    region: str
    year: int
    predicted: Fraction
    actual: Fraction
    interval: Interval | None


@dataclass(frozen=True, slots=True)
class Score:
    """The errors of a method; percentages only for levels, intervals only where there were errors enough before."""

    cases: int
    mean_absolute: Fraction | None
    median_absolute: Fraction | None
    mean_percent: Fraction | None
    median_percent: Fraction | None
    intervals: int
    covered: int
    nominal: Fraction | None

    @property
    def coverage(self) -> Fraction | None:
        return Fraction(self.covered, self.intervals) if self.intervals else None


def interval_of(predicted: Fraction, errors: Sequence[Fraction], scale: Scale) -> Interval | None:
    """The interval that earlier errors allow; None when they are too few."""
    if len(errors) < LEAST_ERRORS:
        return None
    ordered, rank = sorted(errors), (len(errors) + 1) // TAIL
    low, high = (with_error(predicted, ordered[place], scale) for place in (rank - 1, -rank))
    return Interval(low, high, Fraction(len(errors) + 1 - 2 * rank, len(errors) + 1))


def cases_before(pool: Mapping[str, Series], method: Method, scale: Scale, year: int) -> list[Case]:
    """Every past case of every region, in the order of years; an interval knows only errors of years before its own."""
    years = sorted({each for series in pool.values() for each in series.totals if each < year})
    found: list[Case] = []
    errors: list[Fraction] = []
    for each in years:
        fresh = list(_cases_of(pool, method, scale, (each, tuple(errors))))
        found += fresh
        errors += [error_of(case.actual, case.predicted, scale) for case in fresh]
    return found


def _cases_of(pool: Mapping[str, Series], method: Method, scale: Scale, known: tuple[int, Sequence[Fraction]]) -> Iterator[Case]:
    year, errors = known
    for region in sorted(pool):
        actual, predicted = pool[region].totals.get(year), project(method, pool[region], year, scale)
        if actual is not None and predicted is not None:
            yield Case(region, year, predicted, actual, interval_of(predicted, errors, scale))


def errors_of(cases: Sequence[Case], scale: Scale) -> list[Fraction]:
    return [error_of(case.actual, case.predicted, scale) for case in cases]


def score(cases: Sequence[Case], scale: Scale) -> Score:
    absolute = [abs(case.actual - case.predicted) for case in cases]
    percents = [off / abs(case.actual) * 100 for off, case in zip(absolute, cases, strict=True) if case.actual]
    tested = [(case.interval, case.actual) for case in cases if case.interval is not None]
    in_percent = scale is Scale.RATIO
    return Score(
        cases=len(cases),
        mean_absolute=_mean(absolute),
        median_absolute=median(absolute) if absolute else None,
        mean_percent=_mean(percents) if in_percent else None,
        median_percent=median(percents) if in_percent and percents else None,
        intervals=len(tested),
        covered=sum(interval.holds(actual) for interval, actual in tested),
        nominal=_mean([interval.coverage for interval, _ in tested]),
    )


def _mean(values: Sequence[Fraction]) -> Fraction | None:
    return sum(values, Fraction()) / len(values) if values else None


def best_method(pool: Mapping[str, Series], methods: Sequence[Method], scale: Scale, year: int) -> Method:
    """The one with the smallest median error so far, in percent or in points; the first where nothing tells them apart.

    The median, since one wrong figure of the source would decide about a mean.
    """

    def record(method: Method) -> tuple[bool, Fraction]:
        found = score(cases_before(pool, method, scale, year), scale)
        error = found.median_percent if scale is Scale.RATIO else found.median_absolute
        return error is None, error or Fraction()

    return min(methods, key=record)
