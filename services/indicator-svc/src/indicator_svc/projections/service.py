"""Projections of one indicator of one region, and the back-test on the packaged panel. Reads only; a projection is no figure."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from functools import cache
from typing import Final

from indicator_svc.indicators.rules import PERCENT, Described, ReleaseCalendar
from indicator_svc.observations.figures import described, figures_at
from indicator_svc.pace.rules import MONTHS_A_YEAR, periods_of_year
from indicator_svc.packaged import panel_figures, panel_units
from indicator_svc.projections.errors import ProjectionRefused
from indicator_svc.projections.record import (
    LEAST_ERRORS,
    Interval,
    Score,
    best_method,
    cases_before,
    errors_of,
    interval_of,
    score,
)
from indicator_svc.projections.rules import LEAST_YEARS, YEARLY_METHODS, Method, Scale, Series, project
from shared.kit.db import ReadSession
from shared.kit.identifiers import DivisionLevel, divisions
from shared.kit.periods import Period

YEARS_BACK: Final = 15
"""How far history is looked at: bounds the question, and what was longer ago tells little."""
AFTER_ALL: Final = 9999


@dataclass(frozen=True, slots=True)
class Question:
    """`method` None: the one with the best record."""

    indicator: str
    region: str
    year: int
    method: Method | None
    instant: datetime


@dataclass(frozen=True, slots=True)
class Known:
    """The newest known figure of the year, with its period."""

    period: Period
    value: Decimal


@dataclass(frozen=True, slots=True)
class Projection:
    """`point` and `interval` are None where history is too short, and `lacks` says what it would need."""

    question: Question
    indicator: Described
    scale: Scale
    method: Method | None
    newest: Known | None
    point: Fraction | None
    interval: Interval | None
    record: Score | None
    years_known: int
    errors_known: int
    regions: int
    lacks: tuple[str, ...]

    @property
    def final(self) -> bool:
        """Whether the year itself is known, so that there is nothing to project."""
        return self.newest is not None and self.newest.period.elapsed_months == MONTHS_A_YEAR


async def projection(view: ReadSession, question: Question) -> Projection:
    """Raises ProjectionRefused for an indicator that is unknown or worked out from levels."""
    indicator = await _indicator(view, question.indicator)
    scale = Scale.POINTS if indicator.in_points else Scale.RATIO
    newest = await _newest(view, question, indicator.calendar)
    empty = Projection(question, indicator, scale, None, newest, None, None, None, 0, 0, 0, ())
    if empty.final:
        return empty
    pool = await _pool(view, question, indicator, newest)
    methods = _methods(question.method, newest)
    method = best_method(pool, methods, scale, question.year)
    return _projected(empty, pool, method)


async def _indicator(view: ReadSession, code: str) -> Described:
    found = await described(view.session, code)
    if found is None:
        raise ProjectionRefused(f"指标“{code}”未登记，请核对代码。", "indicator")
    if found.derived_from is not None:
        raise ProjectionRefused(f"“{code}”由水平值推算，请对 {found.derived_from} 作预测。", "indicator")
    return found


async def _newest(view: ReadSession, question: Question, calendar: ReleaseCalendar) -> Known | None:
    periods = periods_of_year(question.year, question.instant.date(), calendar.period)
    keys = {(question.region, question.indicator, str(each)) for each in periods}
    known = await figures_at(view.session, keys, question.instant)
    for period in periods:
        figure = known.get((question.region, question.indicator, str(period)))
        if figure is not None and figure.value is not None:
            return Known(period, figure.value)
    return None


def _methods(asked: Method | None, newest: Known | None) -> Sequence[Method]:
    """The part of a year that is known says more than years before it; without any, whole years have to do."""
    if asked is Method.SEASONAL_SHARE and newest is None:
        raise ProjectionRefused("本年度没有已知的累计数据，不能按季节份额法预测。", "method")
    if asked is not None:
        return (asked,)
    return YEARLY_METHODS if newest is None else (Method.SEASONAL_SHARE,)


def peers_of(region: str) -> list[str]:
    """Regions of the same level in the same province (counties and zones: of the same city), itself included."""
    own = divisions()[region]
    digits = {DivisionLevel.PROVINCE: 0, DivisionLevel.PREFECTURE: 2, DivisionLevel.COUNTY: 4, DivisionLevel.ZONE: 4}[own.level]
    return [each.code for each in divisions().values() if each.level is own.level and each.code[:digits] == region[:digits]]


async def _pool(view: ReadSession, question: Question, indicator: Described, newest: Known | None) -> dict[str, Series]:
    """What is known of every peer in the years before; of the projected year, only the known part."""
    years = range(question.year - YEARS_BACK, question.year)
    wholes = {str(indicator.calendar.period(f"{year:04d}")): year for year in years}
    parts = {} if newest is None else {_same_months(newest.period, year): year for year in (*years, question.year)}
    peers = peers_of(question.region)
    keys = {(region, question.indicator, period) for region in peers for period in (*wholes, *parts)}
    figures = await figures_at(view.session, keys, question.instant)
    values = {(key[0], key[2]): Fraction(figure.value) for key, figure in figures.items() if figure.value is not None}
    return {region: Series(_of(values, region, wholes), _of(values, region, parts)) for region in peers}


def _same_months(period: Period, year: int) -> str:
    return str(Period(year, period.frequency, period.number))


def _of(values: Mapping[tuple[str, str], Fraction], region: str, periods: Mapping[str, int]) -> dict[int, Fraction]:
    return {year: values[region, period] for period, year in periods.items() if (region, period) in values}


def _projected(empty: Projection, pool: Mapping[str, Series], method: Method) -> Projection:
    question, scale = empty.question, empty.scale
    own = pool[question.region]
    past = cases_before(pool, method, scale, question.year)
    point = project(method, own, question.year, scale)
    interval = None if point is None else interval_of(point, errors_of(past, scale), scale)
    years = own.years_for(method, question.year)
    return Projection(
        question=question,
        indicator=empty.indicator,
        scale=scale,
        method=method,
        newest=empty.newest,
        point=None if interval is None else point,
        interval=interval,
        record=score(past, scale),
        years_known=years,
        errors_known=len(past),
        regions=len(pool),
        lacks=() if interval is not None else tuple(_lacks(method, years, len(past), question.year)),
    )


def _lacks(method: Method, years: int, errors: int, year: int) -> Iterator[str]:
    """What keeps the method from an answer, and how much more it wants."""
    if years < LEAST_YEARS:
        which = f"截至 {year - 1} 年的连续" if method.yearly else "全年与同期都已知的"
        yield f"历史数据不足：本地区至少须有{which} {LEAST_YEARS} 年，现有 {years} 年。"
    if errors < LEAST_ERRORS:
        yield (
            f"历史数据不足：区间至少须有 {LEAST_ERRORS} 个历史预测误差，现有 {errors} 个；"
            f"一个地区有 n 年数据得 n−{LEAST_YEARS} 个，单个地区须 {LEAST_YEARS + LEAST_ERRORS} 年，同级多个地区合并计算则较短。"
        )
    if years >= LEAST_YEARS and errors >= LEAST_ERRORS:
        yield "历史数据中有不大于零的数值，该方法不适用。"


@dataclass(frozen=True, slots=True)
class BackTest:
    """One method on one measure of the packaged panel."""

    indicator: str
    unit: str
    scale: Scale
    method: Method
    years: tuple[int, int]
    regions: int
    score: Score


def back_tests(indicator: str | None) -> list[BackTest]:
    """Of all measures, or of one. Raises ProjectionRefused for one that the panel does not have."""
    found = [each for each in _panel_tests() if indicator in (None, each.indicator)]
    if not found:
        raise ProjectionRefused(f"面板数据没有指标“{indicator}”。", "indicator")
    return found


@cache
def _panel_tests() -> tuple[BackTest, ...]:
    """Computed once from what the package ships: it cannot change while the process runs."""
    units = panel_units()
    tests = ((code, method) for code in _panel() for method in YEARLY_METHODS)
    return tuple(_tested(code, units[code], _panel()[code], method) for code, method in tests)


@cache
def _panel() -> dict[str, dict[str, Series]]:
    totals: dict[str, dict[str, dict[int, Fraction]]] = defaultdict(lambda: defaultdict(dict))
    for row in panel_figures():
        totals[row["indicator"]][row["region"]][int(row["period"])] = Fraction(row["value"])
    return {code: {region: Series(known) for region, known in regions.items()} for code, regions in sorted(totals.items())}


def _tested(code: str, unit: str, pool: Mapping[str, Series], method: Method) -> BackTest:
    scale = Scale.POINTS if unit == PERCENT else Scale.RATIO
    cases = cases_before(pool, method, scale, AFTER_ALL)
    years, regions = [case.year for case in cases], {case.region for case in cases}
    return BackTest(code, unit, scale, method, (min(years), max(years)), len(regions), score(cases, scale))
