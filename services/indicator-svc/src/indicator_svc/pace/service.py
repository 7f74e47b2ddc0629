"""Pace of one indicator of one region, as known at an instant. Reads only: no figure is written, filled or bent (《统计法》)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction

from indicator_svc.indicators.rules import Described, Direction, Kind
from indicator_svc.observations.figures import described, figures_at
from indicator_svc.observations.rules import Figure, missing
from indicator_svc.pace.errors import PaceRefused
from indicator_svc.pace.rules import (
    Base,
    Course,
    Days,
    Gap,
    Nature,
    Stretch,
    grown,
    nature_of,
    periods_of_year,
    stretch,
)
from indicator_svc.packaged import working_calendar
from indicator_svc.schemes.scoring import Pace as CountedUp
from indicator_svc.scoreboards.known import edition_in_force
from shared.kit.db import ReadSession
from shared.kit.periods import Period


@dataclass(frozen=True, slots=True)
class Aim:
    """What is to be reached, and who set it; `cumulative_share` where a scheme's method counts a share up over the year."""

    target: Decimal | None
    source: str
    direction: Direction | None = None
    cumulative_share: bool = False


async def aim_of(view: ReadSession, named: tuple[str, str], year: int, instant: datetime) -> Aim:
    """The target that the item (scheme, indicator) has for a whole year. Raises SchemeNotInForce, PaceRefused."""
    scheme_code, indicator = named
    edition = await edition_in_force(view.session, scheme_code, instant, "query:scheme")
    scheme = edition.parsed()
    item = next((each for each in scheme.items if each.indicator == indicator), None)
    if item is None:
        raise PaceRefused(f"方案“{scheme_code}”没有指标“{indicator}”。", "indicator")
    if not scheme.year <= year <= scheme.through_year:
        raise PaceRefused(f"方案“{scheme_code}”不考核 {year} 年。", "year")
    source = f"评价方案{scheme_code}第{scheme.edition}版"
    return Aim(item.method.goal(Decimal(1)), source, item.direction, isinstance(item.method, CountedUp))


@dataclass(frozen=True, slots=True)
class Terms:
    """`until` is the last day that counts; None stands for the end of the year. `base` names the level behind a growth."""

    until: date | None = None
    days: Days = Days.CALENDAR
    base: str | None = None


@dataclass(frozen=True, slots=True)
class Question:
    """One indicator of one region in one year, as known at an instant."""

    indicator: str
    region: str
    year: int
    aim: Aim
    terms: Terms
    instant: datetime

    @property
    def closing(self) -> date:
        return self.terms.until or date(self.year, 12, 31)


@dataclass(frozen=True, slots=True)
class Growth:
    """What a growth target comes to: last year's base, and what the rest of the year has to grow by, in percent."""

    base: str
    base_name: str
    base_unit: str
    figures: Base
    needed: Fraction | None


@dataclass(frozen=True, slots=True)
class Pace:
    """The answer; whatever is None has its reason among `gaps` (which, and a Chinese sentence)."""

    question: Question
    indicator: Described
    direction: Direction
    nature: Nature
    period: Period | None
    figure: Figure | None
    course: Course | None
    growth: Growth | None
    gaps: tuple[tuple[Gap, str], ...]

    @property
    def value(self) -> Decimal | None:
        """The item's own figure; a growth that is worked out has none, only the level behind it."""
        return None if self.figure is None or self.indicator.derived_from is not None else self.figure.value

    @property
    def provisional_days(self) -> bool:
        """Whether no notice says yet which days are worked up to the closing."""
        asked = self.question
        return asked.terms.days is Days.WORKING and working_calendar().provisional(asked.closing)


async def pace(view: ReadSession, question: Question) -> Pace:
    """Raises PaceRefused for an unknown indicator, a closing outside the year, a base that is no level."""
    if question.closing.year != question.year:
        raise PaceRefused("截止日须在所问年度之内。", "until")
    indicator = await _indicator(view, question.indicator, "indicator")
    nature = nature_of(indicator.kind, cumulative_share=question.aim.cumulative_share)
    direction = question.aim.direction or indicator.direction
    empty = Pace(question, indicator, direction, nature, None, None, None, None, _unknown_target(question.aim))
    if nature is Nature.GROWTH and direction is not Direction.BAND:
        return await _of_growth(view, empty)
    found, gaps = await _newest(view, question, indicator)
    if found is None:
        return replace(empty, gaps=(*empty.gaps, *gaps))
    period, figure = found
    known = replace(empty, period=period, figure=figure, gaps=(*empty.gaps, *gaps, *_no_sum(nature, direction)))
    target, value = question.aim.target, figure.value
    if target is None or value is None or nature is Nature.STATE or direction is Direction.BAND:
        return known
    return _with_course(known, Course(Fraction(target), Fraction(value), _stretch(question, period)))


async def _indicator(view: ReadSession, code: str, query: str) -> Described:
    found = await described(view.session, code)
    if found is None:
        raise PaceRefused(f"指标“{code}”未登记，请核对代码。", query)
    return found


def _unknown_target(aim: Aim) -> tuple[tuple[Gap, str], ...]:
    return () if aim.target is not None else ((Gap.TARGET, f"没有目标值（{aim.source}），不能倒推；可在 target 中给出。"),)


def _no_sum(nature: Nature, direction: Direction) -> tuple[tuple[Gap, str], ...]:
    if nature is Nature.STATE:
        return ((Gap.NOT_ADDITIVE, "比率不随时间累加，不能按日按月分摊，只给出与目标的差距。"),)
    return ((Gap.BAND, "区间型指标以居中为好，没有可倒推的单一目标。"),) if direction is Direction.BAND else ()


async def _newest(
    view: ReadSession, question: Question, indicator: Described
) -> tuple[tuple[Period, Figure] | None, tuple[tuple[Gap, str], ...]]:
    """The newest known figure of the year up to the closing, and what is unknown of later periods."""
    last = min(question.closing, question.instant.date())
    periods = periods_of_year(question.year, last, indicator.calendar.period)
    figures = await _figures(view, question, [(indicator.code, period) for period in periods])
    skipped: list[tuple[Gap, str]] = []
    for period, figure in zip(periods, figures, strict=True):
        if figure.value is not None:
            return (period, figure), tuple(skipped)
        skipped.append((Gap.LATER_FIGURE, f"{period.label}：{figure.why_not}。"))
    told = "；".join(text.rstrip("。") for _, text in skipped) or "本年度尚无已结束的报告期"
    return None, ((Gap.FIGURE, f"本年度没有已知数据（{told}），未知不按零计算。"),)


async def _figures(view: ReadSession, question: Question, asked: Sequence[tuple[str, Period]]) -> list[Figure]:
    keys = [(question.region, code, str(period)) for code, period in asked]
    known = await figures_at(view.session, set(keys), question.instant)
    return [known.get(key, missing(key[2])) for key in keys]


def _stretch(question: Question, period: Period) -> Stretch:
    return stretch(period, question.closing, question.terms.days, working_calendar())


def _with_course(answer: Pace, course: Course) -> Pace:
    gaps = list(answer.gaps)
    if not course.stretch.days_left:
        gaps.append((Gap.OVER, "截止日前已没有剩余天数。"))
    if course.stretch.months_left is None:
        gaps.append((Gap.NOT_WHOLE_MONTHS, "截止日不是月末，不按月分摊。"))
    return replace(answer, course=course, gaps=tuple(gaps))


async def _of_growth(view: ReadSession, empty: Pace) -> Pace:
    """A derived growth is taken from its levels; a published one is kept as published, and weighed with last year's levels."""
    question, indicator = empty.question, empty.indicator
    code = question.terms.base or indicator.derived_from
    level = None if code is None else await _level(view, code)
    observed = indicator if indicator.derived_from is None else level
    found, gaps = await _newest(view, question, observed or indicator)
    if found is None:
        return replace(empty, gaps=(*empty.gaps, *gaps))
    known = replace(empty, period=found[0], figure=found[1], gaps=(*empty.gaps, *gaps))
    if level is None:
        text = "增速目标要用上年基数倒推：请在 base 中指明水平值指标；缺少基数不能推算，未知不按零计算。"
        return replace(known, gaps=(*known.gaps, (Gap.BASE, text)))
    return await _weighed(view, known, level)


async def _level(view: ReadSession, code: str) -> Described:
    level = await _indicator(view, code, "base")
    if level.kind is not Kind.LEVEL:
        raise PaceRefused(f"“{code}”不是水平值指标，不能作增速的基数。", "base")
    return level


async def _weighed(view: ReadSession, known: Pace, level: Described) -> Pace:
    question, period = known.question, known.period
    value = None if known.figure is None else known.figure.value
    if period is None or value is None:
        return known
    base, told = await _base(view, question, level, period)
    if base is None:
        return replace(known, gaps=(*known.gaps, told))
    derived = known.indicator.derived_from is not None
    achieved = Fraction(value) if derived else grown(base.part, value)
    growth = Growth(level.code, level.name, level.unit, base, None)
    if question.aim.target is None:
        return replace(known, growth=growth)
    course = base.course(question.aim.target, achieved, _stretch(question, period))
    return _with_course(replace(known, growth=replace(growth, needed=base.needed_growth(course))), course)


async def _base(view: ReadSession, question: Question, level: Described, period: Period) -> tuple[Base | None, tuple[Gap, str]]:
    """Last year's level of the whole year and of the same months; the second part says why there is none."""
    try:
        own = level.calendar.period(str(period)).same_last_year(), level.calendar.period(str(question.year - 1))
    except ValueError as error:
        return None, (Gap.BASE, f"上年基数未知：{error}。")
    part, whole = await _figures(view, question, [(level.code, each) for each in own])
    if part.value is None or whole.value is None:
        told = "；".join(
            f"{each.label}{level.name}{figure.why_not}"
            for each, figure in zip(own, (part, whole), strict=True)
            if figure.value is None
        )
        return None, (Gap.BASE, f"上年基数未知（{told}），增速目标不能倒推，未知不按零计算。")
    base = Base(whole.value, part.value)
    if not base.usable:
        return None, (Gap.BASE_UNUSABLE, "上年基数不可用：同期值须为正且不大于全年值。")
    return base, (Gap.BASE, "")
