"""A figure beside last year's, and which way it goes. Pure; what is unknown is said, and goes no way."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Final

from shared.kit.decimals import percent, round_half_up
from shared.kit.periods import Period

CITY_MEASURES: Final = (
    *(
        "E04",
        "retail_sales_monthly",
        "visitors_received",
        "visitors_received_growth",
        "tourism_revenue",
        "tourism_revenue_growth",
    ),
    *("hotel_occupancy", "culture_sports_growth"),
)
ZONE_MEASURES: Final = ("zone_visitors", "zone_revenue", "zone_stalls")
GROWTH_PLACES: Final = 6


class Trend(StrEnum):
    """Better or worse than in the period before: by growth over last year for amounts, by the figure itself for shares."""

    UP = "up"
    DOWN = "down"
    FLAT = "flat"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Window:
    """The four figures that a row is made of; None is unknown."""

    now: Decimal | None
    last_year: Decimal | None
    before: Decimal | None
    before_last_year: Decimal | None


def beside_last_year(window: Window, *, in_points: bool) -> Decimal | None:
    """Percent over the same months of last year, or percentage points where the figure is a percentage itself."""
    return _beside(window.now, window.last_year, in_points=in_points)


def trend_of(window: Window, *, in_points: bool) -> Trend:
    """Against the period before: a cumulative amount always grows, so that its growth over last year is compared."""
    now, before = (
        (window.now, window.before)
        if in_points
        else (_beside(window.now, window.last_year), _beside(window.before, window.before_last_year))
    )
    if now is None or before is None:
        return Trend.UNKNOWN
    return Trend.FLAT if now == before else Trend.UP if now > before else Trend.DOWN


def _beside(now: Decimal | None, then: Decimal | None, *, in_points: bool = False) -> Decimal | None:
    if now is None or then is None:
        return None
    if in_points:
        return now - then
    growth = None if then <= 0 else percent(now - then, then)
    return None if growth is None else round_half_up(growth, GROWTH_PLACES)


def periods_of(period: Period, *, separate_january: bool) -> tuple[Period, Period, Period | None, Period | None]:
    """This period, last year's, the one before in the same year and last year's of that; the first of a year has none before."""
    before = period.previous(separate_january=separate_january)
    if before.year != period.year:
        return period, period.same_last_year(), None, None
    return period, period.same_last_year(), before, before.same_last_year()
