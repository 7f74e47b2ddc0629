"""Schedules the slow, obvious way: ends of works are pushed by single days until nothing is broken; none of our arithmetic."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import product

from shared.kit.calendar import WinterStop, WorkingCalendar

DAY = timedelta(days=1)


@dataclass(frozen=True)
class Piece:
    """A work: so many days of which kind."""

    days: int
    working: bool = True
    outdoor: bool = False


Tie = tuple[int, int, str, int]
"""Predecessor, successor, FS/SS/FF/SF, lag."""

CALENDAR, STOP = WorkingCalendar(), WinterStop()


def workable(piece: Piece, day: date) -> bool:
    return (not piece.working or CALENDAR.is_working_day(day)) and (not piece.outdoor or STOP.is_workable(day))


def days_worked(piece: Piece, start: date, finish: date) -> int:
    """Days of work after the end of `start` until the end of `finish`."""
    return sum(workable(piece, start + DAY * number) for number in range(1, (finish - start).days + 1))


def _is_possible(piece: Piece, span: Sequence[date]) -> bool:
    start, finish = span
    if not piece.days:
        return start == finish
    on_work = workable(piece, start + DAY) and workable(piece, finish)
    return on_work and days_worked(piece, start, finish) >= piece.days


def _keeps(tie: Tie, spans: Sequence[Sequence[date]]) -> bool:
    before, after, kind, lag = tie
    bound = spans[before][kind[0] == "F"]
    return CALENDAR.add_working_days(bound, lag) <= spans[after][kind[1] == "F"]


def forward(pieces: Sequence[Piece], ties: Iterable[Tie], begin: date, today: date) -> list[list[date]]:
    """The least start and finish of every work."""
    spans = [[begin - DAY if each.days else max(begin, today), max(begin, today)] for each in pieces]
    settled = False
    while not settled:
        settled = True
        for index, piece in enumerate(pieces):
            own = [tie for tie in ties if tie[1] == index]
            while not all(_keeps(tie, spans) for tie in own if tie[2][1] == "S") or (
                piece.days and not workable(piece, spans[index][0] + DAY)
            ):
                spans[index][0] += DAY
                settled = False
            while not all(_keeps(tie, spans) for tie in own if tie[2][1] == "F") or not _is_possible(piece, spans[index]):
                if not piece.days and spans[index][0] < spans[index][1]:
                    spans[index][0] = spans[index][1]
                else:
                    spans[index][1] += DAY
                settled = False
    return spans


def backward(pieces: Sequence[Piece], ties: Iterable[Tie], deadlines: Mapping[int, date], last: date) -> list[list[date]]:
    """The greatest start and finish of every work."""
    spans = [[deadlines.get(index, last)] * 2 for index in range(len(pieces))]
    settled = False
    while not settled:
        settled = True
        for index, piece in enumerate(pieces):
            own = [tie for tie in ties if tie[0] == index]
            while not all(_keeps(tie, spans) for tie in own if tie[2][0] == "F") or (
                piece.days and not workable(piece, spans[index][1])
            ):
                spans[index][1] -= DAY
                settled = False
            while not all(_keeps(tie, spans) for tie in own if tie[2][0] == "S") or not _is_possible(piece, spans[index]):
                if not piece.days and spans[index][1] < spans[index][0]:
                    spans[index][0] = spans[index][1]
                elif not piece.days and spans[index][1] > spans[index][0]:
                    spans[index][1] = spans[index][0]
                else:
                    spans[index][0] -= DAY
                settled = False
    return spans


def least_cuts(rooms: Sequence[int], suffices: Callable[[Sequence[int]], bool]) -> tuple[int, int] | None:
    """Fewest works, then fewest days, over every way to cut; None when none suffices."""
    ways = (cuts for cuts in product(*(range(room + 1) for room in rooms)) if suffices(cuts))
    return min(((sum(map(bool, cuts)), sum(cuts)) for cuts in ways), default=None)
