"""Decisions about monthly reports: a cumulative figure does not fall from one month to the next without a word."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from shared.kit.periods import Period


@dataclass(frozen=True, slots=True)
class Fall:
    """Two months of one year between which the cumulative figure falls; `later` needs the explanation."""

    earlier: Period
    later: Period
    earlier_wan: Decimal
    later_wan: Decimal


def falls(reported: Mapping[Period, Decimal], period: Period, value: Decimal) -> tuple[Fall, ...]:
    """The falls that a figure would make against the nearest reported months before and after it, in its own year."""
    same_year = [other for other in reported if other.year == period.year]
    before = max((other for other in same_year if other < period), default=None)
    after = min((other for other in same_year if other > period), default=None)
    found: list[Fall] = []
    if before is not None and reported[before] > value:
        found.append(Fall(before, period, reported[before], value))
    if after is not None and reported[after] < value:
        found.append(Fall(period, after, value, reported[after]))
    return tuple(found)
