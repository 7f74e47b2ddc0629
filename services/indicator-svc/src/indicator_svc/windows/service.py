"""Use cases of reporting windows: which hold, what they still wait for, and what a notice changes."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy.ext.asyncio import AsyncSession

from indicator_svc.indicators.models import Indicator
from indicator_svc.windows.errors import (
    ClosesBeforeOpening,
    NoticeInFuture,
    PeriodNotReported,
    TableNotListed,
    TableUnknown,
    WindowUnknown,
)
from indicator_svc.windows.models import WindowMark, WindowRevision
from indicator_svc.windows.repository import Key, Windows
from indicator_svc.windows.rules import Lack, ReportingTable, Window, WindowState, default_window, lack_of, table_in_force
from indicator_svc.windows.shipped import reporting_tables
from shared.contracts.window import MissingFigure, WindowRescheduled
from shared.kit.db import ReadSession, UnitOfWork
from shared.kit.periods import Period

YEARS: Final = range(1950, 2100)
"""Those that a period on the wire may be of."""
Notices = dict[Key, list[WindowRevision]]


@dataclass(frozen=True, slots=True)
class Notice:
    """What an official notice says of one window."""

    opens_at: datetime
    closes_at: datetime
    document: str
    issued_on: date
    reason: str


@dataclass(frozen=True, slots=True)
class Missing:
    """A figure that a window still waits for."""

    region: str
    indicator: str
    indicator_name: str
    period: str
    why: Lack
    lead_department: str
    portfolio: str


def tables_on(day: date) -> list[ReportingTable]:
    """The rule of every table that holds on a day."""
    codes = dict.fromkeys(table.code for table in reporting_tables())
    held = (table_in_force(reporting_tables(), code, day) for code in codes)
    return [table for table in held if table is not None]


def windows_around(now: datetime, notices: Notices) -> Iterator[Window]:
    """Every window of last year, this one and the next, as defaults and notices set it."""
    codes = dict.fromkeys(table.code for table in reporting_tables())
    for code in codes:
        for year in YEARS[max(0, now.year - 1 - YEARS.start) : max(0, now.year + 2 - YEARS.start)]:
            table = table_in_force(reporting_tables(), code, date(year, 1, 1))
            periods = table.periods(year) if table is not None else ()
            for period in periods:
                window = _window(code, period, notices)
                if window is not None:
                    yield window


def find(table_code: str, period_text: str, notices: Notices) -> Window:
    """Raises TableUnknown, PeriodNotReported, WindowUnknown."""
    period = _period(table_code, period_text)
    window = _window(table_code, period, notices)
    if window is None:
        raise WindowUnknown(table_code, period_text)
    return window


async def missing_of(
    session: AsyncSession, windows: Sequence[Window], regions: Sequence[str], at: datetime
) -> list[list[Missing]]:
    """What each of these windows still waits for, as it was known at an instant."""
    store = Windows(session)
    catalogue = await store.indicators({code for window in windows for code in window.table.indicators})
    asked = [_due(window, catalogue) for window in windows]
    figures = await store.figures({(each.code, period) for due in asked for each, period in due}, regions, at)
    return [
        [
            Missing(region, each.code, each.name, period, why, each.lead_department, each.portfolio)
            for each, period in due
            for region in regions
            if (why := lack_of(figures[each.code, period, region])) is not None
        ]
        for due in asked
    ]


def _due(window: Window, catalogue: Mapping[str, Indicator]) -> list[tuple[Indicator, str]]:
    """The indicators that a window feeds, each with its own period; one that is released less often is not due every time."""
    fed = [catalogue[code] for code in window.table.indicators if code in catalogue]
    due = ((each, each.calendar.latest_by(window.period)) for each in fed)
    return [(each, str(own)) for each, own in due if own is not None and own.end == window.period.end]


@dataclass(frozen=True, slots=True)
class Detail:
    """One window with all that is known of it."""

    window: Window
    missing: list[Missing]
    revisions: list[WindowRevision]
    marks: list[WindowMark]


async def current(view: ReadSession, region: str, instant: datetime, table: str | None) -> tuple[list[Window], list[Window]]:
    """The windows that were open at an instant, and the next one of each table. Raises TableNotListed."""
    if table is not None and table_in_force(reporting_tables(), table, instant.date()) is None:
        raise TableNotListed(table)
    notices = await Windows(view.session).revisions(region, instant)
    wanted = [window for window in windows_around(instant, notices) if table in (None, window.table.code)]
    now_open = [window for window in wanted if window.state(instant) is WindowState.OPEN]
    upcoming: dict[str, Window] = {}
    for window in sorted(wanted, key=lambda each: each.opens_at):
        if window.state(instant) is WindowState.UPCOMING:
            upcoming.setdefault(window.table.code, window)
    return sorted(now_open, key=lambda each: each.closes_at), list(upcoming.values())


async def detail(view: ReadSession, named: tuple[str, str, str], regions: Sequence[str], instant: datetime) -> Detail:
    """The window (region, table, period) as of an instant. Raises TableUnknown, PeriodNotReported, WindowUnknown."""
    region, table, period = named
    store = Windows(view.session)
    notices = await store.revisions(region, instant)
    window = find(table, period, notices)
    (missing,) = await missing_of(view.session, [window], regions, instant)
    return Detail(window, missing, notices.get(window.key, []), await store.marks_of(region, window.key))


async def revise(uow: UnitOfWork, region: str, key: Key, notice: Notice) -> WindowRevision:
    """Let a notice set the dates of a window. Raises TableUnknown, PeriodNotReported, ClosesBeforeOpening, NoticeInFuture."""
    period = _period(*key)
    if notice.closes_at <= notice.opens_at:
        raise ClosesBeforeOpening
    if notice.issued_on > uow.now.date():
        raise NoticeInFuture(notice.issued_on.isoformat())
    store = Windows(uow.session)
    await store.watch(uow, region)
    before = _window(key[0], period, await store.revisions(region))
    revision = WindowRevision(
        region=region,
        table_code=key[0],
        period=str(period),
        number=await store.last_number(region, key) + 1,
        opens_at=notice.opens_at,
        closes_at=notice.closes_at,
        document=notice.document,
        issued_on=notice.issued_on,
        reason=notice.reason,
        recorded_by=uow.actor,
    )
    store.add(revision)
    await uow.session.flush()
    window = find(key[0], key[1], {key: [revision]})
    previous = None if before is None else before.closes_at
    uow.record(WindowRescheduled(**told_of(region, window), previous_closes_at=previous, document=notice.document))
    return revision


def told_of(region: str, window: Window) -> dict[str, Any]:
    """What every fact about a window tells."""
    return {
        "region": region,
        "table": window.table.code,
        "table_name": window.table.name,
        "period": str(window.period),
        "opens_at": window.opens_at,
        "closes_at": window.closes_at,
    }


def told_missing(missing: Sequence[Missing]) -> tuple[MissingFigure, ...]:
    return tuple(
        MissingFigure(
            region=each.region,
            indicator=each.indicator,
            indicator_name=each.indicator_name,
            why=each.why.value,
            lead_department=each.lead_department,
        )
        for each in missing
    )


def _period(table_code: str, text: str) -> Period:
    period = Period.parse(text)
    table = table_in_force(reporting_tables(), table_code, period.end)
    if table is None:
        raise TableUnknown(table_code)
    if not table.has(period):
        raise PeriodNotReported(table_code, text)
    return period


def _window(table_code: str, period: Period, notices: Notices) -> Window | None:
    """The window as the last notice sets it, or else as the rule that holds at the end of the period does."""
    table = table_in_force(reporting_tables(), table_code, period.end)
    if table is None:
        return None
    said = notices.get((table_code, str(period)))
    if said:
        return Window(table, period, said[-1].opens_at, said[-1].closes_at, said[-1].document)
    return default_window(table, period)
