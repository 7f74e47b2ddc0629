"""From the cumulative figures of a firm to its pace, its tier and the month in which it reaches the line (`domain.md` §5).

Figures are cumulative from January, in 万元. What is unknown stays unknown: nothing is filled in between.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from shared.kit.decimals import exact_arithmetic, percent, ratio
from shared.kit.periods import Frequency, Period

MONTHS_A_YEAR: Final = 12
_INDUSTRY: Final = re.compile(r"(?P<letter>[A-T])(?P<division>\d{2})\d{0,2}", re.ASCII)
# 门类 with its first and last 大类, GB/T 4754-2017 (`domain.md` §7.3).
_DIVISIONS: Final = (
    "A01-05 B06-12 C13-43 D44-46 E47-50 F51-52 G53-60 H61-62 I63-65 J66-69 "
    "K70-70 L71-72 M73-75 N76-79 O80-82 P83-83 Q84-85 R86-90 S91-96 T97-97"
)


def parse_industry(text: str) -> str:
    """A class of GB/T 4754-2017: its letter with two to four digits, `C3120`. Raises ValueError (Chinese)."""
    found = _INDUSTRY.fullmatch(text)
    if found is None:
        raise ValueError(f"行业代码“{text}”格式不对：应为门类字母加 2 至 4 位数字，例如 C3120")
    first, last = next(each[1:].split("-") for each in _DIVISIONS.split() if each[0] == found["letter"])
    if not first <= found["division"] <= last:
        raise ValueError(f"行业代码“{text}”的大类 {found['division']} 不属于门类 {found['letter']}（{first}—{last}）")
    return text


@dataclass(frozen=True, slots=True)
class TierRule:
    """Bounds from inclusive, below exclusive; None does not bound. `expected_from_wan` is for firms under construction."""

    tier: str
    name: str
    trailing_from_wan: Decimal | None
    trailing_below_wan: Decimal | None
    growth_from_percent: Decimal | None
    expected_from_wan: Decimal | None


@dataclass(frozen=True, slots=True)
class CultivationRules:
    """What is in force on a day, with the document that it rests on."""

    effective_from: date
    line_wan: Decimal
    swing_percent: Decimal
    tiers: tuple[TierRule, ...]
    document: str


Cumulative = Mapping[Period, Decimal | None]
"""Month → cumulative revenue from January in 万元; None is unknown, as is a month that is not there."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How a firm goes on through a year. `reach_month` None: not in this year at this pace."""

    period: Period
    cumulative_wan: Decimal
    average_wan: Decimal
    projected_wan: Decimal
    required_wan: Decimal | None
    reach_month: Period | None
    reached: bool


def pace_of(revenue: Cumulative, line_wan: Decimal) -> Pace | None:
    """The pace at the newest known month; None while no month is known.

    `required_wan` is what each remaining month has to bring; None once the line is reached or no month remains.
    """
    known = {period: value for period, value in revenue.items() if value is not None}
    if not known:
        return None
    period = max(known)
    cumulative, months = known[period], period.elapsed_months
    left = MONTHS_A_YEAR - months
    with exact_arithmetic():
        average, projected = cumulative / months, cumulative * MONTHS_A_YEAR / months
        reached = cumulative >= line_wan
        required = None if reached or left == 0 else (line_wan - cumulative) / left
    return Pace(period, cumulative, average, projected, required, _reach_month(known, period, line_wan), reached)


def _reach_month(known: Mapping[Period, Decimal], newest: Period, line_wan: Decimal) -> Period | None:
    """The first month of the year whose sum is known, or expected at the average pace, to be at least the line."""
    passed = [each for each, value in known.items() if each.year == newest.year and value >= line_wan]
    if passed:
        return min(passed)
    for month in range(newest.number + 1, MONTHS_A_YEAR + 1):
        # Multiplied out, so that a sum that comes to the line exactly is not lost to a rounded average.
        if known[newest] * month >= line_wan * newest.number:
            return Period(newest.year, Frequency.MONTH, month)
    return None


def trailing_year(revenue: Cumulative, period: Period) -> Decimal | None:
    """The revenue of the twelve months up to `period`; None where one of its three parts is unknown."""
    now = revenue.get(period)
    if now is None or period.number == MONTHS_A_YEAR:
        return now
    whole, same = revenue.get(Period(period.year - 1, Frequency.MONTH, MONTHS_A_YEAR)), revenue.get(period.same_last_year())
    return None if whole is None or same is None else now + whole - same


def growth_of(values: Cumulative, period: Period) -> Decimal | None:
    """Percent over the same months of last year; None where either is unknown or there was nothing to grow from."""
    now, before = values.get(period), values.get(period.same_last_year())
    return None if now is None or before is None or before <= 0 else percent(now - before, before)


@dataclass(frozen=True, slots=True)
class Prospect:
    """What the tier of a firm depends on; None is unknown."""

    trailing_wan: Decimal | None
    growth_percent: Decimal | None
    under_construction: bool = False
    expected_revenue_wan: Decimal | None = None


def tier_of(prospect: Prospect, tiers: Sequence[TierRule]) -> TierRule | None:
    """The first tier whose bounds are all known to be kept; the unknown keeps none."""
    return next((tier for tier in tiers if _fits(prospect, tier)), None)


def _fits(prospect: Prospect, tier: TierRule) -> bool:
    if tier.expected_from_wan is not None:
        return prospect.under_construction and _at_least(prospect.expected_revenue_wan, tier.expected_from_wan)
    trailing = prospect.trailing_wan
    below = tier.trailing_below_wan is None or (trailing is not None and trailing < tier.trailing_below_wan)
    grown = tier.growth_from_percent is None or _at_least(prospect.growth_percent, tier.growth_from_percent)
    return below and grown and _at_least(trailing, tier.trailing_from_wan)


def _at_least(value: Decimal | None, least: Decimal | None) -> bool:
    return least is None or (value is not None and value >= least)


def month_swing(values: Cumulative, period: Period) -> Decimal | None:
    """Percent by which a month differs from the one before it; None where either is unknown or the earlier one was nothing.

    The first months have no figure of their own: January is published with February.
    """
    months = [values.get(Period(period.year, Frequency.MONTH, number)) for number in _last_three(period)]
    if len(months) < len(_SPAN) or None in months:
        return None
    first, second, third = (value for value in months if value is not None)
    share = ratio((third - second) - (second - first), abs(second - first))
    return None if share is None else share * 100


_SPAN: Final = (2, 1, 0)
_FIRST_OF_ITS_OWN: Final = 2


def _last_three(period: Period) -> list[int]:
    return [period.number - back for back in _SPAN if period.number - back >= _FIRST_OF_ITS_OWN]
