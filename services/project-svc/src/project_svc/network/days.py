"""Days on which work goes on, in tables: counting and stepping cost a search in them, and no walk over days.

Inside the arithmetic a day is its proleptic ordinal (`date.toordinal`).
"""

from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from functools import cached_property
from typing import Final

from shared.kit.calendar import WinterStop, WorkingCalendar

FIRST_YEAR: Final = 1980
LAST_YEAR: Final = 2120
_ANCHOR_YEAR: Final = 2020


class DayUnit(StrEnum):
    """工作日 (weekends and holidays off, 调休 worked) or 自然日 (sites do not rest at weekends)."""

    WORKING = "working_days"
    CALENDAR = "calendar_days"


@dataclass(frozen=True, slots=True)
class Work:
    """How long something takes, and on which days it can be done.

    No days make it a point in time. Outdoor work rests over the winter stop; indoor work is exempt. `least_days` is what it takes
    at the least however it is pressed; None: nobody said, and it is not compressed.
    """

    days: int = 0
    unit: DayUnit = DayUnit.WORKING
    outdoor: bool = False
    least_days: int | None = None

    @property
    def room(self) -> int:
        """The days by which it can be compressed."""
        return 0 if self.least_days is None else max(0, self.days - self.least_days)


@dataclass(frozen=True, slots=True)
class DatedStop:
    """A winter stop in force from a day on, as its document has it; None: outdoor work goes on all year from then."""

    effective_from: date
    stop: WinterStop | None
    clause: str


def stop_on(stops: Sequence[DatedStop], day: date) -> DatedStop | None:
    """The latest one in force on that day; None before any."""
    return max((each for each in stops if each.effective_from <= day), key=lambda each: each.effective_from, default=None)


class BeyondCalendar(ValueError):
    """A day outside the years that schedules are computed for."""


class DayTable:
    """The days of one kind in order. Ranks count them; only differences between ranks mean anything."""

    def __init__(self, is_workable: Callable[[date], bool]) -> None:
        self._is_workable = is_workable
        self._days: list[int] = []
        self._first_year = self._end_year = _ANCHOR_YEAR
        self._begin = self._end = date(_ANCHOR_YEAR, 1, 1).toordinal()
        self._before_anchor = 0

    def rank(self, day: int) -> int:
        """How many days of this kind have come by the end of that day."""
        while day >= self._end:
            self._grow_forward()
        while day < self._begin:
            self._grow_backward()
        return bisect_right(self._days, day) - self._before_anchor

    def day(self, rank: int) -> int:
        """The day of that rank: the first one by whose end so many have come."""
        while (index := rank - 1 + self._before_anchor) >= len(self._days):
            self._grow_forward()
        while index < 0:
            self._grow_backward()
            index = rank - 1 + self._before_anchor
        return self._days[index]

    def between(self, start: int, end: int) -> int:
        """Days of this kind after `start` up to and including `end`; negative when `end` lies before."""
        return self.rank(end) - self.rank(start)

    def _grow_forward(self) -> None:
        self._days += self._days_of(self._end_year)
        self._end_year += 1
        self._end = date(self._end_year, 1, 1).toordinal()

    def _grow_backward(self) -> None:
        earlier = self._days_of(self._first_year - 1)
        self._days[:0] = earlier
        self._before_anchor += len(earlier)
        self._first_year -= 1
        self._begin = date(self._first_year, 1, 1).toordinal()

    def _days_of(self, year: int) -> list[int]:
        if not FIRST_YEAR <= year <= LAST_YEAR:
            raise BeyondCalendar(f"排期只计算 {FIRST_YEAR} 年至 {LAST_YEAR} 年，所给工期和日期已超出这一范围")
        first, end = date(year, 1, 1).toordinal(), date(year + 1, 1, 1).toordinal()
        return [day for day in range(first, end) if self._is_workable(date.fromordinal(day))]


@dataclass(frozen=True)
class SiteDays:
    """The days of a region: its working calendar, and the winter stops of its sites."""

    calendar: WorkingCalendar = field(default_factory=WorkingCalendar)
    stops: Sequence[DatedStop] = ()

    def open_to_outdoor_work(self, day: date) -> bool:
        """Whether no winter stop lies on that day."""
        rule = stop_on(self.stops, day)
        return rule is None or rule.stop is None or rule.stop.is_workable(day)

    def stopped_between(self, start: int, end: int) -> int:
        """Days of a winter stop after `start` up to and including `end`."""
        return end - start - self._open.between(start, end)

    def table(self, work: Work) -> DayTable:
        """The days on which such work goes on."""
        if work.unit is DayUnit.WORKING:
            return self._open_working if work.outdoor else self.working
        return self._open if work.outdoor else self._every

    @cached_property
    def working(self) -> DayTable:
        """工作日, which lags between works are counted in."""
        return DayTable(self.calendar.is_working_day)

    @cached_property
    def _every(self) -> DayTable:
        return DayTable(lambda _: True)

    @cached_property
    def _open(self) -> DayTable:
        return DayTable(self.open_to_outdoor_work)

    @cached_property
    def _open_working(self) -> DayTable:
        return DayTable(lambda day: self.calendar.is_working_day(day) and self.open_to_outdoor_work(day))

    def shift(self, day: int, lag: int) -> int:
        """The end of the `lag`-th working day after `day`; before it when negative; 0 leaves the day as it is."""
        if lag > 0:
            return self.working.day(self.working.rank(day) + lag)
        return self.working.day(self.working.rank(day - 1) + 1 + lag) if lag else day

    def unshift(self, day: int, lag: int) -> int:
        """The last day that `shift` takes no further than `day`."""
        if lag > 0:
            return self.working.day(self.working.rank(day) - lag + 1) - 1
        return self.working.day(self.working.rank(day) - lag) if lag else day
