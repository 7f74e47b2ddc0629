"""Queries about permits, and what the sweep takes of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Select, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import contains_eager, selectinload

from project_svc.permits.errors import PermitUnknown
from project_svc.permits.models import Permit, PermitCrossing
from project_svc.permits.rules import Lapse, PermitState, PermitType
from project_svc.projects.models import Project
from shared.kit.db import for_update

SORTABLE = {"expires_on": Permit.expires_on, "issued_on": Permit.issued_on, "number": Permit.number}
TIE = Permit.id


@dataclass(frozen=True, slots=True)
class PermitFilter:
    """Which permits a list shows; None does not narrow it."""

    project: str | None = None
    type: PermitType | None = None
    state: PermitState | None = None
    expires_before: date | None = None


class Permits:
    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    def add(self, permit: Permit) -> None:
        self._session.add(permit)

    async def holds(self, project_id: str, kind: PermitType, number: str) -> bool:
        """Whether the project has this paper on record."""
        same = select(Permit.id).where(Permit.project_id == project_id, Permit.type == kind, Permit.number == number)
        return await self._session.scalar(same) is not None

    async def get(self, permit_id: str) -> Permit:
        """With its project and extensions. Raises PermitUnknown."""
        return await self._one(select(Permit).where(Permit.id == permit_id), permit_id)

    async def for_change(self, permit_id: str) -> Permit:
        """As `get`, locked until the end of the unit of work."""
        return await self._one(for_update(select(Permit).where(Permit.id == permit_id)), permit_id)

    async def take_used(self, limit: int) -> Sequence[Permit]:
        """Permits of projects that have begun since; locked, and passed over where somebody else holds them."""
        begun = select(Permit).where(Permit.state == PermitState.IN_FORCE, Permit.project.has(Project.begun))
        return await self._batch(begun, limit)

    async def take_lapsing(self, today: date, limit: int) -> Sequence[Permit]:
        """Permits with a crossing that stands today and is not recorded; each leaves this range when it is."""
        watched = select(Permit).where(Permit.state == PermitState.IN_FORCE)
        near = (Permit.lapse == Lapse.NOT_YET) & (Permit.notice_on <= today)
        over = (Permit.lapse < Lapse.EXPIRED) & (Permit.expires_on < today)
        return await self._batch(watched.where(near | over), limit)

    async def recorded(self, permits: Sequence[Permit]) -> set[tuple[str, date, int]]:
        """The crossings of these permits that stand recorded: permit, last day, crossing."""
        own = select(PermitCrossing).where(PermitCrossing.permit_id.in_([each.id for each in permits]))
        found = await self._session.scalars(own)
        return {(each.permit_id, each.expires_on, each.lapse) for each in found}

    async def note(self, permit: Permit, lapse: Lapse, at: datetime) -> None:
        key = {"permit_id": permit.id, "expires_on": permit.expires_on, "lapse": lapse}
        await self._session.execute(insert(PermitCrossing).values(**key, recorded_at=at))

    async def move_on(self, permit: Permit, lapse: Lapse) -> None:
        """Take a permit out of the range of those that wait for this crossing.

        Past the version: what a user read and is about to change did not change under his hands.
        """
        moved = update(Permit).where(Permit.id == permit.id).values(lapse=lapse)
        await self._session.execute(moved.execution_options(synchronize_session=False))

    async def _batch(self, wanted: Select[Permit], limit: int) -> Sequence[Permit]:
        batch = for_update(wanted.order_by(Permit.id).limit(limit), skip_locked=True)
        return (await self._session.scalars(batch.options(selectinload(Permit.project), selectinload(Permit.extensions)))).all()

    async def _one(self, wanted: Select[Permit], permit_id: str) -> Permit:
        loaded = wanted.options(selectinload(Permit.project), selectinload(Permit.extensions))
        permit = await self._session.scalar(loaded.execution_options(populate_existing=True))
        if permit is None:
            raise PermitUnknown(permit_id)
        return permit


def listed(wanted: PermitFilter) -> Select[Permit]:
    """The permits that a filter lets through."""
    equal = ((Permit.project_id, wanted.project), (Permit.type, wanted.type), (Permit.state, wanted.state))
    statement = select(Permit).join(Permit.project).where(*(column == value for column, value in equal if value is not None))
    if wanted.expires_before is not None:
        statement = statement.where(Permit.expires_on < wanted.expires_before)
    return statement.options(contains_eager(Permit.project), selectinload(Permit.extensions))
