"""The watch over closings: each mark of each closing told once, with what is still missing (T-7, T-3, T-1, closed).

All of it happens under the lock of the region's watch, and the key of a mark is its window, its closing and itself: a watch that
is cut short, comes twice, runs beside another one or meets a clock that went back tells nothing twice. A closing that a notice
moved is watched afresh; one that was moved away and back was told before.
"""

from datetime import timedelta
from typing import Final

import structlog

from indicator_svc.windows.models import WindowMark
from indicator_svc.windows.repository import Windows
from indicator_svc.windows.rules import Mark, Window, mark_to_tell
from indicator_svc.windows.service import Missing, missing_of, told_missing, told_of, windows_around
from shared.contracts.window import WindowClosed, WindowClosing, WindowFilled
from shared.kit.db import Database, UnitOfWork

log = structlog.get_logger(__name__)

WATCHER: Final = "worker:windows"
LOOK_BACK: Final = timedelta(days=366)
"""A watch that slept for longer than this does not tell of what closed before."""


async def watch_windows(database: Database, region: str) -> int:
    """Tell every mark that stands and was not told; how many facts were recorded."""
    async with database.unit_of_work(WATCHER) as uow:
        watch = await Windows(uow.session).watch(uow, region, or_pass=True)
        if watch is None:
            return 0
        # A clock that ran ahead when the watch began must not turn into history what has yet to close.
        watch.since = min(watch.since, uow.now)
        await _look(uow, region, [each for each in await _near(uow, region) if each.closes_at > watch.since])
        told = len(uow.recorded)
    if told:
        log.info("windows.watched", told=told)
    return told


async def _near(uow: UnitOfWork, region: str) -> list[Window]:
    """The windows of which some mark has come."""
    # All that stands recorded: a clock that went back must not bring older dates back.
    notices = await Windows(uow.session).revisions(region)
    around = windows_around(uow.now, notices)
    return [each for each in around if each.standing_mark(uow.now) and each.closes_at > uow.now - LOOK_BACK]


async def _look(uow: UnitOfWork, region: str, windows: list[Window]) -> None:
    marks = await Windows(uow.session).marks(region, uow.now - LOOK_BACK)
    waiting: list[tuple[Window, Mark | None, WindowMark | None]] = []
    for window in windows:
        mine = [each for each in marks.get(window.key, []) if each.closes_at == window.closes_at]
        mark = mark_to_tell(window, uow.now, [Mark(each.mark) for each in mine])
        last = max(mine, key=lambda each: Mark(each.mark).order, default=None)
        may_fill = last is not None and last.missing and last.filled_at is None and last.mark != Mark.CLOSED
        if mark is not None or may_fill:
            waiting.append((window, mark, last))
    missing = await missing_of(uow.session, [window for window, _, _ in waiting], [region], uow.now)
    for (window, mark, last), lacks in zip(waiting, missing, strict=True):
        if mark is not None:
            _tell(uow, region, (window, mark), lacks)
        elif last is not None and not lacks:
            last.filled_at = uow.now
            uow.record(WindowFilled(**told_of(region, window)))


def _tell(uow: UnitOfWork, region: str, crossed: tuple[Window, Mark], lacks: list[Missing]) -> None:
    window, mark = crossed
    Windows(uow.session).add(
        WindowMark(
            region=region,
            table_code=window.table.code,
            period=str(window.period),
            closes_at=window.closes_at,
            mark=mark.value,
            told_at=uow.now,
            missing=len(lacks),
        )
    )
    told, missing = told_of(region, window), told_missing(lacks)
    if mark is Mark.CLOSED:
        uow.record(WindowClosed(**told, missing=missing))
    else:
        uow.record(WindowClosing(**told, days_left=mark.days_left, missing=missing))
