"""Queries about the register."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, Select, and_, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import selectinload

from project_svc.codes import ProjectKind, ProjectState, Sector
from project_svc.projects.errors import ProjectUnknown
from project_svc.projects.models import Project, Responsibility, Standing
from shared.kit.db import for_update

SORTABLE = {
    "code": Project.code,
    "name": Project.name,
    "kind": Project.kind,
    "state": Project.state,
    "sector": Project.sector,
    "total_investment_wan": Project.total_investment_wan,
    "annual_plan_wan": Project.annual_plan_wan,
    "created_at": Project.created_at,
    "updated_at": Project.updated_at,
}
TIE = Project.id


@dataclass(frozen=True, slots=True)
class ProjectFilter:
    """Which projects a list shows; None does not narrow it."""

    code: str | None = None
    kind: ProjectKind | None = None
    state: ProjectState | None = None
    sector: Sector | None = None
    region: str | None = None
    sponsor_post: str | None = None
    lead_department: str | None = None
    plan_year: int | None = None
    synthetic: bool | None = None


class Projects:
    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    def add(self, project: Project) -> None:
        self._session.add(project)

    async def get(self, project_id: str) -> Project:
        """Raises ProjectUnknown."""
        project = await self._session.get(Project, project_id)
        if project is None:
            raise ProjectUnknown(project_id)
        return project

    async def for_change(self, project_id: str) -> Project:
        """The project with its histories, locked until the end of the unit of work. Raises ProjectUnknown."""
        wanted = select(Project).where(Project.id == project_id)
        histories = (selectinload(Project.standings), selectinload(Project.responsibilities))
        locked = for_update(wanted.options(*histories)).execution_options(populate_existing=True)
        project = await self._session.scalar(locked)
        if project is None:
            raise ProjectUnknown(project_id)
        return project

    async def having_code(self, code: str) -> str | None:
        """The id of the project with that code."""
        return await self._session.scalar(select(Project.id).where(Project.code == code))

    async def uncoded_named(self, region: str, name: str) -> str | None:
        """The id of the project of that name that waits for its code."""
        wanted = select(Project.id).where(Project.region == region, Project.name == name, Project.code.is_(None))
        return await self._session.scalar(wanted)

    async def standings(self, project_id: str) -> Sequence[Standing]:
        """What the project was, line by line, the earliest first."""
        lines = select(Standing).where(Standing.project_id == project_id).order_by(Standing.position)
        return (await self._session.scalars(lines)).all()

    async def responsibilities(self, project_id: str, on: date | None) -> Sequence[Responsibility]:
        """Who answered for the project, on a day or ever."""
        terms = select(Responsibility).where(Responsibility.project_id == project_id)
        if on is not None:
            terms = terms.where(in_office(on))
        return (await self._session.scalars(terms.order_by(Responsibility.role, Responsibility.from_on))).all()


def in_office(on: date) -> ColumnElement[bool]:
    """Whether a term of office covers a day; the day of a change belongs to the successor."""
    return and_(Responsibility.from_on <= on, or_(Responsibility.until_on.is_(None), Responsibility.until_on > on))


def listed(wanted: ProjectFilter) -> Select[Project]:
    """The projects that a filter lets through."""
    columns = (
        (Project.code, wanted.code),
        (Project.kind, wanted.kind),
        (Project.state, wanted.state),
        (Project.sector, wanted.sector),
        (Project.region, wanted.region),
        (Project.sponsor_post, wanted.sponsor_post),
        (Project.lead_department, wanted.lead_department),
        (Project.plan_year, wanted.plan_year),
        (Project.synthetic, wanted.synthetic),
    )
    return select(Project).where(*(column == value for column, value in columns if value is not None))
