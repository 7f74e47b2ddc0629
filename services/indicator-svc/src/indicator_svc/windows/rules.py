"""Windows of the reporting tables (`domain.md` §2.4): when they open and close, how they stand, which mark is to be told.

A window is half-open, `[opens_at, closes_at)`, in Asia/Shanghai. `24:00` is the first moment of the next day.
"""

from calendar import monthrange
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Final
from zoneinfo import ZoneInfo

from indicator_svc.observations.rules import Availability, Figure, Provenance
from shared.kit.decimals import UnknownReason
from shared.kit.periods import Frequency, Period

ZONE: Final = "Asia/Shanghai"
MIDNIGHT_AFTER: Final = "24:00"
EVERY: Final = 0
"""Among the closings of a table: the one that holds for each of its periods."""


class WindowState(StrEnum):
    UPCOMING = "upcoming"
    OPEN = "open"
    CLOSED = "closed"


class Mark(StrEnum):
    """What is told of a window, in the order in which it comes."""

    SEVEN_DAYS = "t-7"
    THREE_DAYS = "t-3"
    ONE_DAY = "t-1"
    CLOSED = "closed"

    @property
    def days_left(self) -> int:
        return {"t-7": 7, "t-3": 3, "t-1": 1, "closed": 0}[self.value]

    @property
    def order(self) -> int:
        return list(Mark).index(self)


class Lack(StrEnum):
    """Why a figure still has to come: none came, it waits for confirmation, it was withdrawn, only a stand-in is there."""

    MISSING = "missing"
    HELD = "held"
    WITHDRAWN = "withdrawn"
    PROVISIONAL = "provisional"


@dataclass(frozen=True, slots=True)
class DayRule:
    """A day and time of the month that is `months_after` the last month of a period; a month too short ends earlier."""

    months_after: int
    day: int
    at: str

    def instant(self, period: Period) -> datetime:
        months = period.end.year * 12 + period.end.month - 1 + self.months_after
        year, month = divmod(months, 12)
        day = date(year, month + 1, min(self.day, monthrange(year, month + 1)[1]))
        if self.at == MIDNIGHT_AFTER:
            return datetime.combine(day + timedelta(days=1), time(), ZoneInfo(ZONE))
        return datetime.combine(day, time.fromisoformat(self.at), ZoneInfo(ZONE))


@dataclass(frozen=True, slots=True)
class ReportingTable:
    """One table as a rule sets it from a day on. `closes` and `checks` go by the number of the period, or `EVERY`.

    A period without a closing has no window by default; a notice may give it one.
    """

    code: str
    name: str
    effective_from: date
    frequency: Frequency
    separate_january: bool
    opens: DayRule
    closes: Mapping[int, DayRule]
    checks: Sequence[tuple[str, Mapping[int, DayRule]]]
    indicators: tuple[str, ...]
    basis: str
    source: str

    def periods(self, year: int) -> Iterator[Period]:
        for number in range(1, 12 // self.frequency.months + 1):
            period = Period(year, self.frequency, number)
            if self.separate_january or not period.is_january:
                yield period

    def has(self, period: Period) -> bool:
        return period in self.periods(period.year)

    def closing(self, period: Period) -> DayRule | None:
        return self.closes.get(period.number, self.closes.get(EVERY))


def table_in_force(tables: Iterable[ReportingTable], code: str, day: date) -> ReportingTable | None:
    """The rule of a table that began last by that day; the first one for the time before any."""
    mine = sorted((table for table in tables if table.code == code), key=lambda table: table.effective_from)
    return next((table for table in reversed(mine) if table.effective_from <= day), mine[0] if mine else None)


@dataclass(frozen=True, slots=True)
class Window:
    """One window as it holds; `document` names the notice that set it, None where the default does."""

    table: ReportingTable
    period: Period
    opens_at: datetime
    closes_at: datetime
    document: str | None = None

    @property
    def key(self) -> tuple[str, str]:
        return self.table.code, str(self.period)

    def state(self, now: datetime) -> WindowState:
        if now < self.opens_at:
            return WindowState.UPCOMING
        return WindowState.OPEN if now < self.closes_at else WindowState.CLOSED

    def mark_at(self, mark: Mark) -> datetime:
        return self.closes_at - timedelta(days=mark.days_left)

    def standing_mark(self, now: datetime) -> Mark | None:
        """The last mark that has come by now."""
        return next((mark for mark in reversed(Mark) if self.mark_at(mark) <= now), None)


def default_window(table: ReportingTable, period: Period) -> Window | None:
    closing = table.closing(period)
    return None if closing is None else Window(table, period, table.opens.instant(period), closing.instant(period))


def mark_to_tell(window: Window, now: datetime, told: Collection[Mark]) -> Mark | None:
    """The mark that stands now and was not told of this closing yet.

    A notice that was missed is not given after the fact: of several that have come only the last is told. What was told stays
    told: a clock that went back finds nothing.
    """
    standing = window.standing_mark(now)
    if standing is None or any(mark.order >= standing.order for mark in told):
        return None
    return standing


def lack_of(figure: Figure) -> Lack | None:
    """Why a figure still has to come; None where it is there, or where it was said why it cannot be.

    `*` or "not published" is an answer: whoever says so is not missing. A figure that was taken back is none.
    """
    match figure.availability:
        case Availability.KNOWN:
            return Lack.PROVISIONAL if figure.provenance is Provenance.PROVISIONAL else None
        case Availability.UNKNOWN:
            return Lack.WITHDRAWN if figure.unknown_reason is UnknownReason.WITHDRAWN else None
        case Availability.HELD:
            return Lack.HELD
        case Availability.MISSING | Availability.NOT_DUE:
            return Lack.MISSING
