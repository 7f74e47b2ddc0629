"""Questions about the library."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from bond_svc.library.errors import DocumentNotFound, ProjectNotFound
from bond_svc.library.models import LibraryDocument, LibraryMove, LibraryProject
from bond_svc.library.rules import LibraryState
from shared.kit.db import for_update
from shared.kit.pages import Page, PageRequest, page_of

SORTABLE: Final = (
    "code",
    "name",
    "field",
    "state",
    "lead_department",
    "portfolio",
    "total_investment_wan",
    "bond_demand_wan",
    "created_at",
)


@dataclass(frozen=True, slots=True)
class ProjectFilter:
    """What a list of projects is narrowed down to; None and empty do not narrow."""

    states: Sequence[LibraryState] = ()
    fields: Sequence[str] = ()
    region: str | None = None
    lead_department: str | None = None
    portfolio: str | None = None
    screening_outcome: str | None = None
    synthetic: bool | None = None


class LibraryProjects:
    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def get(self, project_id: str) -> LibraryProject:
        project = await self._session.get(LibraryProject, project_id)
        if project is None:
            raise ProjectNotFound(project_id)
        return project

    async def get_for_update(self, project_id: str) -> LibraryProject:
        project = await self._session.scalar(for_update(select(LibraryProject).where(LibraryProject.id == project_id)))
        if project is None:
            raise ProjectNotFound(project_id)
        return project

    async def has_code(self, region: str, code: str) -> bool:
        statement = select(LibraryProject.id).where(LibraryProject.region == region, LibraryProject.code == code)
        return await self._session.scalar(statement) is not None

    async def page(self, request: PageRequest, wanted: ProjectFilter) -> Page[LibraryProject]:
        statement = select(LibraryProject)
        if wanted.states:
            statement = statement.where(LibraryProject.state.in_(wanted.states))
        if wanted.fields:
            statement = statement.where(LibraryProject.field.in_(wanted.fields))
        for name in ("region", "lead_department", "portfolio", "screening_outcome", "synthetic"):
            if (value := getattr(wanted, name)) is not None:
                statement = statement.where(getattr(LibraryProject, name) == value)
        return await page_of(
            self._session,
            statement,
            request,
            sortable={name: getattr(LibraryProject, name) for name in SORTABLE},
            default_sort="portfolio,created_at",
            tie=LibraryProject.id,
        )

    def add(self, row: LibraryProject | LibraryMove | LibraryDocument) -> None:
        self._session.add(row)

    async def moves(self, request: PageRequest, project_id: str) -> Page[LibraryMove]:
        statement = select(LibraryMove).where(LibraryMove.project_id == project_id)
        return await page_of(
            self._session, statement, request, sortable={"at": LibraryMove.at}, default_sort="at", tie=LibraryMove.id
        )

    async def documents(self, request: PageRequest, project_id: str, valid_on: date | None) -> Page[LibraryDocument]:
        statement = select(LibraryDocument).where(LibraryDocument.project_id == project_id)
        if valid_on is not None:
            open_end = or_(LibraryDocument.valid_until.is_(None), LibraryDocument.valid_until >= valid_on)
            statement = statement.where(LibraryDocument.issued_on <= valid_on, open_end)
        sortable = {name: getattr(LibraryDocument, name) for name in ("kind", "issued_on", "valid_until")}
        return await page_of(
            self._session, statement, request, sortable=sortable, default_sort="kind,issued_on", tie=LibraryDocument.id
        )

    async def all_documents(self, project_id: str) -> Sequence[LibraryDocument]:
        statement = select(LibraryDocument).where(LibraryDocument.project_id == project_id)
        return (await self._session.scalars(statement.order_by(LibraryDocument.kind, LibraryDocument.id))).all()

    async def document(self, project_id: str, document_id: str) -> LibraryDocument:
        found = await self._session.get(LibraryDocument, document_id)
        if found is None or found.project_id != project_id:
            raise DocumentNotFound(document_id)
        return found
