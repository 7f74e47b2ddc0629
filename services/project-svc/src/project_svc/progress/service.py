"""Use cases of monthly reports."""

from dataclasses import dataclass
from decimal import Decimal

from project_svc.progress.errors import FallUnexplained, NotAMonth, PeriodNotOver, SameFigure
from project_svc.progress.models import ProgressReport
from project_svc.progress.repository import ProgressReports
from project_svc.progress.rules import falls
from project_svc.projects.repository import Projects
from shared.kit.db import UnitOfWork
from shared.kit.periods import Frequency, Period


@dataclass(frozen=True, slots=True)
class Report:
    """A project's cumulative investment in 万元 up to the end of a month."""

    project: str
    period: str
    cumulative_completed_wan: Decimal
    reported_by: str
    explanation: str | None = None
    photo_reference: str | None = None


async def report(uow: UnitOfWork, given: Report) -> ProgressReport:
    """Record a month, or a revision of it; a figure that falls wants an explanation."""
    # Locked: two reports of one project at once could each be in order and together not.
    project = await Projects(uow.session).for_change(given.project)
    period = _month(given.period, uow)
    reports = ProgressReports(uow.session)
    in_force = await reports.in_force(given.project)
    known = in_force.get(period)
    if known is not None and known.cumulative_completed_wan == given.cumulative_completed_wan:
        raise SameFigure(period)
    figures = {each: report.cumulative_completed_wan for each, report in in_force.items()}
    if (found := falls(figures, period, given.cumulative_completed_wan)) and not given.explanation:
        raise FallUnexplained(found)
    made = _revision(given, period, 1 + (known.revision if known else 0), uow)
    made.project = project
    reports.add(made)
    await uow.session.flush()
    return made


def _month(text: str, uow: UnitOfWork) -> Period:
    period = Period.parse(text)
    if period.frequency is not Frequency.MONTH:
        raise NotAMonth(period)
    if period.is_after(uow.now.date()):
        raise PeriodNotOver(period)
    return period


def _revision(given: Report, period: Period, number: int, uow: UnitOfWork) -> ProgressReport:
    return ProgressReport(
        period=given.period,
        period_end=period.end,
        revision=number,
        cumulative_completed_wan=given.cumulative_completed_wan,
        explanation=given.explanation,
        photo_reference=given.photo_reference,
        reported_by=given.reported_by,
        recorded_at=uow.now,
        recorded_by=uow.actor,
    )
