"""The Chinese working calendar and the winter stop of building sites (`domain.md` §3.4, §6).

Working days follow the State Council's yearly notices, make-up working days (调休) included, as the `holidays` package keeps
them. A year without a notice is computed from the statutory holidays alone and is *provisional*; an override table takes what
an official notice says before the package does.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import lru_cache

from holidays import country_holidays
from holidays.countries.china import ChinaStaticHolidays

_DAY = timedelta(days=1)
_SATURDAY = 5


@dataclass(frozen=True, slots=True)
class _OfficialYear:
    days_off: frozenset[date]
    make_up_days: frozenset[date]


@lru_cache(maxsize=128)
def _official_year(year: int) -> _OfficialYear:
    # The notice of next year may turn the last weekend of this one into working days (2006-12-30), so both are loaded.
    official = country_holidays("CN", years=(year, year + 1), expand=False)
    return _OfficialYear(
        days_off=frozenset(day for day in official if day.year == year),
        make_up_days=frozenset(day for day in official.weekend_workdays if day.year == year),
    )


def last_noticed_year() -> int:
    """The last year whose official notice the installed `holidays` package carries."""
    return max(ChinaStaticHolidays.special_public_holidays)


def first_noticed_year() -> int:
    """The first year whose official notice the installed `holidays` package carries (2001)."""
    return min(ChinaStaticHolidays.special_public_holidays)


@dataclass(frozen=True, slots=True)
class WorkingCalendar:
    """Working days of mainland China; `overrides` maps a date to whether it is worked, and wins over everything else."""

    overrides: Mapping[date, bool] = field(default_factory=dict)

    def is_working_day(self, day: date) -> bool:
        if (stated := self.overrides.get(day)) is not None:
            return stated
        official = _official_year(day.year)
        if day.weekday() >= _SATURDAY:
            return day in official.make_up_days
        return day not in official.days_off

    def provisional(self, day: date) -> bool:
        """Whether neither a notice nor an override speaks about the year or day: the answer may still change."""
        return day not in self.overrides and not first_noticed_year() <= day.year <= last_noticed_year()

    def next_working_day(self, day: date) -> date:
        """`day` itself when it is worked, otherwise the first working day after it."""
        while not self.is_working_day(day):
            day += _DAY
        return day

    def add_working_days(self, day: date, count: int) -> date:
        """The `count`-th working day after `day` (before it when negative); 0 leaves the day as it is."""
        step = _DAY if count > 0 else -_DAY
        for _ in range(abs(count)):
            day += step
            while not self.is_working_day(day):
                day += step
        return day

    def subtract_working_days(self, day: date, count: int) -> date:
        return self.add_working_days(day, -count)

    def working_days_between(self, start: date, end: date) -> int:
        """Working days after `start` up to and including `end`; negative when `end` lies before `start`.

        The inverse of `add_working_days`: `working_days_between(d, add_working_days(d, n)) == n`.
        """
        if end < start:
            return -self._count(end, start - _DAY)
        return self._count(start + _DAY, end)

    def _count(self, first: date, last: date) -> int:
        days = (first + timedelta(days=offset) for offset in range((last - first).days + 1))
        return sum(1 for day in days if self.is_working_day(day))


@dataclass(frozen=True, slots=True)
class WinterStop:
    """A yearly stop of outdoor work, both ends inclusive, as (month, day); Gansu's default is 15 November to 15 March.

    Every other calendar day is workable: sites do not rest at weekends. Indoor work is exempt and asks nobody.
    """

    first: tuple[int, int] = (11, 15)
    last: tuple[int, int] = (3, 15)

    def __post_init__(self) -> None:
        new_year = date(2024, 1, 1)  # a leap year, so that 29 February can be the one workable day
        if not any(self.is_workable(new_year + timedelta(days=offset)) for offset in range(366)):
            raise ValueError("停工期覆盖全年，没有可施工日")

    def is_workable(self, day: date) -> bool:
        position = (day.month, day.day)
        if self.first <= self.last:
            return not self.first <= position <= self.last
        return self.last < position < self.first

    def workable_days(self, start: date, end: date) -> int:
        """Workable days from `start` to `end`, both inclusive."""
        return sum(1 for offset in range((end - start).days + 1) if self.is_workable(start + timedelta(days=offset)))

    def finish(self, start: date, days: int) -> date:
        """The day on which the `days`-th workable day counted from `start` (inclusive) is done."""
        return self._walk(start, days, _DAY)

    def latest_start(self, finish: date, days: int) -> date:
        """The last day to begin on so that `days` workable days are done by the end of `finish`."""
        return self._walk(finish, days, -_DAY)

    def _walk(self, day: date, days: int, step: timedelta) -> date:
        if days < 1:
            raise ValueError("工期至少为 1 个可施工日")
        left = days - self.is_workable(day)
        while left:
            day += step
            left -= self.is_workable(day)
        return day
