"""Queries about monthly reports."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import Select, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import contains_eager, selectinload

from project_svc.progress.errors import ReportUnknown
from project_svc.progress.models import ProgressReport
from project_svc.projects.models import Project
from shared.kit.periods import Period

SORTABLE = {
    "period": ProgressReport.period_end,
    "revision": ProgressReport.revision,
    "cumulative_completed_wan": ProgressReport.cumulative_completed_wan,
    "recorded_at": ProgressReport.recorded_at,
}
TIE = ProgressReport.id


@dataclass(frozen=True, slots=True)
class ReportFilter:
    """Which reports a list shows; only the revisions that count unless `revisions`."""

    project: str | None = None
    period: str | None = None
    synthetic: bool | None = None
    revisions: bool = False


class ProgressReports:
    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    def add(self, report: ProgressReport) -> None:
        self._session.add(report)

    async def get(self, report_id: str) -> ProgressReport:
        """Raises ReportUnknown."""
        wanted = select(ProgressReport).where(ProgressReport.id == report_id).options(selectinload(ProgressReport.project))
        report = await self._session.scalar(wanted)
        if report is None:
            raise ReportUnknown(report_id)
        return report

    async def in_force(self, project_id: str) -> dict[Period, ProgressReport]:
        """The report that counts of each month of a project."""
        wanted = select(ProgressReport).where(ProgressReport.project_id == project_id).order_by(ProgressReport.revision)
        return {Period.parse(report.period): report for report in await self._session.scalars(wanted)}

    async def completed_on(self, day: date) -> dict[str, tuple[Period, Decimal]]:
        """Per project the last month of the day's year that was over by then, and what was completed up to it."""
        in_year = ProgressReport.period_end.between(date(day.year, 1, 1), day)
        wanted = select(ProgressReport).where(in_year).order_by(ProgressReport.period_end, ProgressReport.revision)
        reports: Sequence[ProgressReport] = (await self._session.scalars(wanted)).all()
        return {each.project_id: (Period.parse(each.period), each.cumulative_completed_wan) for each in reports}


def listed(wanted: ReportFilter) -> Select[ProgressReport]:
    """The reports that a filter lets through, each with its project."""
    equal = (
        (ProgressReport.project_id, wanted.project),
        (ProgressReport.period, wanted.period),
        (Project.synthetic, wanted.synthetic),
    )
    statement = select(ProgressReport).join(ProgressReport.project)
    statement = statement.where(*(column == value for column, value in equal if value is not None))
    if not wanted.revisions:
        same = ProgressReport.__table__.alias("same")
        last = select(func.max(same.c.revision)).where(
            same.c.project_id == ProgressReport.project_id, same.c.period == ProgressReport.period
        )
        statement = statement.where(ProgressReport.revision == last.scalar_subquery())
    return statement.options(contains_eager(ProgressReport.project))
