"""What a fact of another service says of our indicators (`domain.md` §1.6), from counts and sums, over nothing unknown."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Final, Protocol

from shared.kit.decimals import exact_arithmetic, percent, round_half_up, shortest
from shared.kit.periods import Period

START_RATE: Final = "B01-start-rate"
PACE_GAP: Final = "B01-pace-gap"
HEARD: Final = (START_RATE, PACE_GAP)
"""The indicators that facts give."""
PLACES: Final = 6
HUNDRED: Final = 100


@dataclass(frozen=True, slots=True)
class Reading:
    """An indicator's value as a fact gives it, None where it cannot say; `basis` are the numbers behind it, in Chinese."""

    indicator: str
    value: Decimal | None
    basis: str


class Counts(Protocol):
    """What a fact about the rates of projects counts up to the end of a month. Money in 万元."""

    @property
    def period(self) -> str: ...
    @property
    def new_started(self) -> int: ...
    @property
    def new_projects(self) -> int: ...
    @property
    def completed_wan(self) -> Decimal: ...
    @property
    def planned_wan(self) -> Decimal: ...
    @property
    def unknown(self) -> int: ...


def readings_of(rates: Counts) -> tuple[Reading, ...]:
    """新建开工率, and 投资完成率 less the elapsed share of the year.

    应开未开 is not among them: no fact tells when a start is due.
    """
    started = percent(rates.new_started, rates.new_projects, PLACES)
    done, planned = (shortest(each) for each in (rates.completed_wan, rates.planned_wan))
    left_out = f"，计划或完成未知的 {rates.unknown} 个项目未计入" if rates.unknown else ""
    return (
        Reading(START_RATE, started, f"新建项目 {rates.new_projects} 个，已开工 {rates.new_started} 个"),
        Reading(PACE_GAP, _pace_gap_pp(rates), f"年度计划 {planned} 万元，累计完成 {done} 万元{left_out}"),
    )


def _pace_gap_pp(rates: Counts) -> Decimal | None:
    done = percent(rates.completed_wan, rates.planned_wan)
    if done is None:
        return None
    with exact_arithmetic():
        return round_half_up(done - Period.parse(rates.period).elapsed_share * HUNDRED, PLACES)


def is_news(computed_at: datetime, last_heard: datetime | None) -> bool:
    """Whether a fact is newer than what was heard last: one that comes late, or again, changes nothing."""
    return last_heard is None or computed_at > last_heard


def difference(provisional: Decimal | None, official: Decimal | None) -> Decimal | None:
    """How far the provisional figure is above (+) or below (−) the official one; None while either is unknown."""
    if provisional is None or official is None:
        return None
    with exact_arithmetic():
        return provisional - official
