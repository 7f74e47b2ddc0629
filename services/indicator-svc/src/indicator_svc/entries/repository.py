"""Queries about applications."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import selectinload

from indicator_svc.entries.blockers import EntryBlocker
from indicator_svc.entries.errors import ApplicationNotFound, BlockerNotFound
from indicator_svc.entries.models import EntryApplication, EntryMove
from indicator_svc.entries.rules import EntryState, Subject
from shared.kit.db import for_update

SORTABLE = {
    "name": EntryApplication.name,
    "state": EntryApplication.state,
    "due_on": EntryApplication.due_on,
    "created_at": EntryApplication.created_at,
    "updated_at": EntryApplication.updated_at,
}


@dataclass(frozen=True, slots=True)
class EntryFilter:
    """Which applications a list shows; None does not narrow it."""

    state: str | None = None
    subject_type: str | None = None
    route: str | None = None
    sector: str | None = None
    stage: str | None = None
    region: str | None = None
    uscc: str | None = None
    project_code: str | None = None
    lead_department: str | None = None
    portfolio: str | None = None
    synthetic: bool | None = None
    belongs_in: bool | None = None
    due_before: date | None = None


class Applications:
    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    def add(self, row: EntryApplication | EntryBlocker) -> None:
        self._session.add(row)

    async def get(self, application_id: str) -> EntryApplication:
        """Raises ApplicationNotFound."""
        wanted = select(EntryApplication).where(EntryApplication.id == application_id)
        found = await self._session.scalar(wanted.options(selectinload(EntryApplication.blockers)))
        if found is None:
            raise ApplicationNotFound(application_id)
        return found

    async def for_change(self, application_id: str) -> EntryApplication:
        """With its moves and blockers, locked until the end of the unit of work. Raises ApplicationNotFound."""
        wanted = select(EntryApplication).where(EntryApplication.id == application_id)
        loaded = (selectinload(EntryApplication.moves), selectinload(EntryApplication.blockers))
        found = await self._session.scalar(for_update(wanted.options(*loaded)).execution_options(populate_existing=True))
        if found is None:
            raise ApplicationNotFound(application_id)
        return found

    async def blocker_for_change(self, application_id: str, blocker_id: str) -> EntryBlocker:
        """Raises BlockerNotFound."""
        wanted = select(EntryBlocker).where(EntryBlocker.id == blocker_id, EntryBlocker.application_id == application_id)
        found = await self._session.scalar(for_update(wanted.options(selectinload(EntryBlocker.application))))
        if found is None:
            raise BlockerNotFound(blocker_id)
        return found

    async def on_file(self, *, uscc: str | None, project_code: str | None) -> str | None:
        """The id of what is on file for this enterprise or project and has not left the register."""
        wanted = select(EntryApplication.id).where(EntryApplication.state != EntryState.EXITED)
        if project_code is not None:
            return await self._session.scalar(wanted.where(EntryApplication.project_code == project_code))
        by_enterprise = (EntryApplication.uscc == uscc, EntryApplication.subject_type == Subject.ENTERPRISE)
        return await self._session.scalar(wanted.where(*by_enterprise))

    async def moves(self, application_id: str) -> Sequence[EntryMove]:
        lines = select(EntryMove).where(EntryMove.application_id == application_id).order_by(EntryMove.position)
        return (await self._session.scalars(lines)).all()


def listed(wanted: EntryFilter) -> Select[EntryApplication]:
    """The applications that a filter lets through, with what stands in their way."""
    columns = (
        (EntryApplication.state, wanted.state),
        (EntryApplication.subject_type, wanted.subject_type),
        (EntryApplication.route, wanted.route),
        (EntryApplication.sector, wanted.sector),
        (EntryApplication.stage, wanted.stage),
        (EntryApplication.region, wanted.region),
        (EntryApplication.uscc, wanted.uscc),
        (EntryApplication.project_code, wanted.project_code),
        (EntryApplication.lead_department, wanted.lead_department),
        (EntryApplication.portfolio, wanted.portfolio),
        (EntryApplication.synthetic, wanted.synthetic),
        (EntryApplication.belongs_in, wanted.belongs_in),
    )
    narrowed = select(EntryApplication).where(*(column == value for column, value in columns if value is not None))
    narrowed = narrowed.options(selectinload(EntryApplication.blockers))
    return narrowed if wanted.due_before is None else narrowed.where(EntryApplication.due_on < wanted.due_before)
