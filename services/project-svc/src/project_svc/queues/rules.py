"""Which queue a project of the year's plan stands in, and how much of the building season is left."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Final

from project_svc.codes import ProjectKind
from project_svc.network.days import SiteDays
from project_svc.rates.rules import Undertaking, months_elapsed, pace_gap_pp
from shared.kit.decimals import exact_arithmetic, round_half_up

PLACES: Final = 2
LONGEST_LOOK: Final = timedelta(days=366)


class Queue(StrEnum):
    """未开工促开工、慢的促进度、快的促竣工; and those of which plan or completion are unknown: neither slow nor fast."""

    START = "start"
    SPEED_UP = "speed_up"
    FINISH = "finish"
    UNDETERMINED = "undetermined"


def queue_of(undertaking: Undertaking, as_of: date) -> Queue | None:
    """Slow is behind the share of the year that has passed (序时进度). None: preparatory, finished or formally stopped."""
    if undertaking.kind is ProjectKind.PREPARATORY or undertaking.finished or undertaking.suspended:
        return None
    if not undertaking.begun:
        return Queue.START
    gap = gap_of(undertaking, as_of)
    if gap is None:
        return Queue.UNDETERMINED
    return Queue.SPEED_UP if gap < 0 else Queue.FINISH


def gap_of(undertaking: Undertaking, as_of: date) -> Decimal | None:
    """序时差 of one project in percentage points; None where plan or completion are unknown, or nothing was planned."""
    if undertaking.planned_wan is None or undertaking.completed_wan is None:
        return None
    return pace_gap_pp(undertaking.completed_wan, undertaking.planned_wan, months_elapsed(as_of))


@dataclass(frozen=True, slots=True)
class Season:
    """Days after the day that was asked about on which outdoor work goes on before it rests, or before the year ends.

    `last_day` is the last of them; None where none is left. `stops`: a winter stop begins then.
    """

    days_left: int
    last_day: date | None
    stops: bool


def season_of(site: SiteDays, as_of: date) -> Season:
    """Sites do not rest at weekends, so every day counts that no winter stop covers (`domain.md` §3.4)."""
    end = min(date(as_of.year, 12, 31), as_of + LONGEST_LOOK)
    day, left = as_of + timedelta(days=1), 0
    while day <= end and site.open_to_outdoor_work(day):
        day, left = day + timedelta(days=1), left + 1
    return Season(left, day - timedelta(days=1) if left else None, stops=not site.open_to_outdoor_work(day))


def needed_per_day(at_stake_wan: Decimal | None, season: Season) -> Decimal | None:
    """What of the plan each remaining day has to bring, in 万元; None where it is unknown or no day is left."""
    if at_stake_wan is None or not season.days_left:
        return None
    with exact_arithmetic():
        return round_half_up(at_stake_wan / season.days_left, PLACES)
