"""What was known at an instant: the figures that a board asks for, derived ones included."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from indicator_svc.indicators.models import Indicator
from indicator_svc.indicators.repository import Indicators
from indicator_svc.indicators.rules import Described
from indicator_svc.observations.repository import Key, Observations
from indicator_svc.observations.rules import Figure, derived_growth, in_force, missing, not_due
from shared.kit.periods import Period


@dataclass(frozen=True, slots=True)
class Inquiry:
    """Which indicators, for which regions, as a board of this period sees them, as known at this instant."""

    indicators: Collection[str]
    regions: Collection[str]
    board: Period
    instant: datetime


async def figures_for(session: AsyncSession, inquiry: Inquiry) -> dict[tuple[str, str], Figure]:
    """(region, indicator) → the figure in force, or why there is none, for each one asked for."""
    catalogue = Indicators(session)
    asked = await catalogue.with_codes(inquiry.indicators)
    levels = await catalogue.with_codes({each.derived_from for each in asked.values() if each.derived_from is not None})
    periods = {code: each.calendar.latest_by(inquiry.board) for code, each in (asked | levels).items()}
    known = await figures_at(session, _keys(inquiry, asked, periods), inquiry.instant)
    return {
        (region, code): _figure(indicator, region, periods[code], known)
        for code, indicator in asked.items()
        for region in inquiry.regions
    }


async def described(session: AsyncSession, code: str) -> Described | None:
    """What the catalogue says of an indicator; None where it does not know it."""
    found = await Indicators(session).by_code(code)
    return None if found is None else found.described


Known = Mapping[Key, Figure]
"""(region, indicator, period) → figure in force."""


async def figures_at(session: AsyncSession, keys: Collection[Key], instant: datetime) -> dict[Key, Figure]:
    """The figures in force at that instant, of those that anything was known of."""
    known = await Observations(session).known_at(keys, instant)
    return {key: in_force(key[2], [revision], instant) for key, revision in known.items()}


def _keys(inquiry: Inquiry, asked: Mapping[str, Indicator], periods: Mapping[str, Period | None]) -> set[Key]:
    """What has to be known: a derived growth needs its level now and in the year before."""
    wanted: set[tuple[str, str]] = set()
    for code, indicator in asked.items():
        period, level = periods[code], indicator.derived_from
        if period is not None:
            wanted |= (
                {(code, str(period))} if level is None else {(level, str(each)) for each in (period, period.same_last_year())}
            )
    return {(region, code, period) for region in inquiry.regions for code, period in wanted}


def _figure(indicator: Indicator, region: str, period: Period | None, known: Known) -> Figure:
    if period is None:
        return not_due()
    if indicator.derived_from is None:
        return known.get((region, indicator.code, str(period)), missing(str(period)))
    now, before = (
        known.get((region, indicator.derived_from, str(each)), missing(str(each))) for each in (period, period.same_last_year())
    )
    return derived_growth(str(period), now, before)
