"""Use cases of the register."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from project_svc.codes import FundingSource, ProjectKind, Role, Sector
from project_svc.projects.errors import (
    DayInFuture,
    FiguresDoNotFit,
    ProjectAlreadyRegistered,
    ProjectCodeRequired,
    ProjectCodeUnchangeable,
    StartOfPreparatoryProject,
)
from project_svc.projects.models import Entry, Project, Responsibility
from project_svc.projects.repository import Projects
from project_svc.projects.rules import Figures, StartEvidence, figure_gaps, wants_code
from shared.kit.db import UnitOfWork
from shared.kit.decimals import UnknownReason, shortest
from shared.kit.errors import check_version


@dataclass(frozen=True, slots=True)
class Funding:
    """A source of money with its amount in 万元."""

    source: FundingSource
    amount_wan: Decimal

    def document(self) -> dict[str, str]:
        return {"source": self.source.value, "amount_wan": shortest(self.amount_wan)}


@dataclass(frozen=True, slots=True)
class Registration:
    """A project as it comes in; money in 万元. `start` brings along a start that happened before registration."""

    name: str
    kind: ProjectKind
    sector: Sector
    region: str
    plan_year: int
    sponsor_post: str
    lead_department: str
    responsible_person: str
    code: str | None = None
    owner_unit: str | None = None
    total_investment_wan: Decimal | None = None
    annual_plan_wan: Decimal | None = None
    unknown_reason: UnknownReason | None = None
    funding: Sequence[Funding] = field(default_factory=tuple)
    listed_on: date | None = None
    synthetic: bool = False
    note: str | None = None
    start: StartEvidence | None = None

    def listed(self, today: date) -> date:
        """The day from which the project counts: as stated, otherwise the day of its start, otherwise today."""
        return self.listed_on or (self.start.started_on if self.start else today)


async def register(uow: UnitOfWork, registration: Registration) -> Project:
    """Put a project on the register; with a start it opens under construction."""
    projects = Projects(uow.session)
    await _must_be_new(projects, registration.code, registration.region, registration.name)
    _must_be_complete(registration)
    listed_on = registration.listed(uow.now.date())
    if listed_on > uow.now.date():
        raise DayInFuture("/listed_on", listed_on)
    project = _project(registration, listed_on)
    project.open_history(entry(uow, listed_on))
    if registration.start is not None:
        _bring_start_along(project, registration.start, uow)
    projects.add(project)
    await uow.session.flush()
    return project


async def change(uow: UnitOfWork, project_id: str, expected: int, changes: Mapping[str, Any]) -> Project:
    """Change what the register says of a project; its kind, state and people have resources of their own."""
    project = await Projects(uow.session).for_change(project_id)
    check_version(project.version, expected)
    if "code" in changes:
        await _assign_code(uow, project, changes["code"])
    if "annual_plan_wan" in changes:
        project.revise_plan(changes["annual_plan_wan"], entry(uow, uow.now.date()))
    for name, value in changes.items():
        if name not in ("code", "annual_plan_wan"):
            setattr(project, name, value)
    _must_fit(project)
    await uow.session.flush()
    return project


async def confirm_ready(uow: UnitOfWork, project_id: str, on: date, basis: str) -> Project:
    project = await Projects(uow.session).for_change(project_id)
    project.confirm_ready(entry(uow, on, reason=basis))
    await uow.session.flush()
    return project


async def start(uow: UnitOfWork, project_id: str, evidence: StartEvidence) -> Project:
    """Record that works began or were taken up again; raises StartNotProven with everything that is missing."""
    project = await Projects(uow.session).for_change(project_id)
    project.start(evidence, entry(uow, evidence.started_on, evidence=_document(evidence)))
    await uow.session.flush()
    return project


async def enter_plan(uow: UnitOfWork, project_id: str, year: int, plan: Decimal | None, listing: tuple[date, str]) -> Project:
    """Take a project into the plan of works of a year; `listing` is the day and the document."""
    project = await Projects(uow.session).for_change(project_id)
    listed_on, document = listing
    project.enter_plan(year, plan, entry(uow, listed_on, reason=document))
    if plan is not None and project.total_investment_wan is not None:
        project.unknown_reason = None
    _must_fit(project)
    await uow.session.flush()
    return project


async def hand_over(uow: UnitOfWork, project_id: str, role: Role, holder: str, appointment: Entry) -> Responsibility:
    project = await Projects(uow.session).for_change(project_id)
    project.relieve(role, holder, appointment)
    # Written before the successor: one role has one holder, at every instant.
    await uow.session.flush()
    appointed = project.appoint(role, holder, appointment)
    await uow.session.flush()
    return appointed


def entry(uow: UnitOfWork, on: date, *, reason: str | None = None, evidence: dict[str, Any] | None = None) -> Entry:
    """A line of history written now by whoever acts."""
    return Entry(effective_on=on, at=uow.now, by=uow.actor, reason=reason, evidence=evidence)


async def _must_be_new(projects: Projects, code: str | None, region: str, name: str) -> None:
    if code is not None:
        what, known = f"项目代码 {code} ", await projects.having_code(code)
    else:
        what, known = f"未赋码项目“{name}”", await projects.uncoded_named(region, name)
    if known is not None:
        raise ProjectAlreadyRegistered(what, known)


def _must_be_complete(registration: Registration) -> None:
    if wants_code(registration.kind) and registration.code is None:
        raise ProjectCodeRequired
    if registration.kind is ProjectKind.PREPARATORY and registration.start is not None:
        raise StartOfPreparatoryProject


def _project(registration: Registration, listed_on: date) -> Project:
    project = Project(
        code=registration.code,
        name=registration.name,
        kind=registration.kind,
        sector=registration.sector,
        region=registration.region,
        owner_unit=registration.owner_unit,
        plan_year=registration.plan_year,
        total_investment_wan=registration.total_investment_wan,
        annual_plan_wan=registration.annual_plan_wan,
        unknown_reason=registration.unknown_reason,
        funding=[each.document() for each in registration.funding],
        sponsor_post=registration.sponsor_post,
        lead_department=registration.lead_department,
        responsible_person=registration.responsible_person,
        listed_on=listed_on,
        synthetic=registration.synthetic,
        note=registration.note,
    )
    _must_fit(project)
    return project


def _must_fit(project: Project) -> None:
    figures = Figures(
        total_investment_wan=project.total_investment_wan,
        annual_plan_wan=project.annual_plan_wan,
        funding_wan=[Decimal(each["amount_wan"]) for each in project.funding],
        reason_given=project.unknown_reason is not None,
    )
    if gaps := figure_gaps(figures):
        raise FiguresDoNotFit(gaps)


def _bring_start_along(project: Project, evidence: StartEvidence, uow: UnitOfWork) -> None:
    on = evidence.started_on
    if project.kind is ProjectKind.NEW:
        project.confirm_ready(entry(uow, on))
    project.start(evidence, entry(uow, on, evidence=_document(evidence)), under="/start")


async def _assign_code(uow: UnitOfWork, project: Project, code: str | None) -> None:
    if code == project.code:
        return
    if project.code is not None:
        raise ProjectCodeUnchangeable(project.code)
    if code is not None:
        await _must_be_new(Projects(uow.session), code, project.region, project.name)
    project.code = code


def _document(evidence: StartEvidence) -> dict[str, Any]:
    permit, photo = evidence.permit, evidence.photo
    return {
        "permit": permit
        and {"kind": permit.kind, "number": permit.number, "issued_on": str(permit.issued_on), "extensions": permit.extensions},
        "photo": photo and {"reference": photo.reference, "taken_on": str(photo.taken_on)},
        "contract": evidence.contract,
    }
