"""When applications are taken in: monthly and yearly windows as dated data. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import chain

from indicator_svc.entries.rules import Route


@dataclass(frozen=True, slots=True)
class WindowRule:
    """Monthly from `open_day` to `close_day` of `months`, or yearly up to `closings` (month, day). `sectors` None: all."""

    code: str
    name: str
    routes: tuple[Route, ...]
    sectors: tuple[str, ...] | None
    months: tuple[int, ...]
    open_day: int
    close_day: int
    closings: tuple[tuple[int, int], ...]
    open_days_before: int
    document: str

    def takes(self, route: Route, sector: str) -> bool:
        return route in self.routes and (self.sectors is None or sector in self.sectors)

    def in_year(self, year: int) -> Iterator["Window"]:
        """The windows that close in a year."""
        for month in self.months:
            yield Window(self.code, self.name, date(year, month, self.open_day), date(year, month, self.close_day))
        for month, day in self.closings:
            closes_on = date(year, month, day)
            yield Window(self.code, self.name, closes_on - timedelta(days=self.open_days_before), closes_on)


@dataclass(frozen=True, slots=True)
class Window:
    """Both days belong to it."""

    code: str
    name: str
    opens_on: date
    closes_on: date

    def is_open(self, day: date) -> bool:
        return self.opens_on <= day <= self.closes_on


def next_window(rules: Sequence[WindowRule], applicant: tuple[Route, str], day: date) -> Window | None:
    """The window that is open on `day`, or else the next one, for this (route, sector); None where none takes it."""
    route, sector = applicant
    fitting = [rule for rule in rules if rule.takes(route, sector)]
    windows = chain.from_iterable(rule.in_year(year) for rule in fitting for year in (day.year, day.year + 1))
    ahead = [window for window in windows if window.closes_on >= day]
    return min(ahead, key=lambda window: (window.closes_on, window.opens_on), default=None)
