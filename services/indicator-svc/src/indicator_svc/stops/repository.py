"""Queries about stops."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import selectinload

from indicator_svc.enterprises.models import Enterprise
from indicator_svc.stops.errors import StopNotFound
from indicator_svc.stops.models import Stop, StopMove, StopStatus
from indicator_svc.stops.rules import STANDING, StopState
from shared.kit.db import for_update

SORTABLE = {"stopped_on": Stop.stopped_on, "resume_on": Stop.resume_on, "created_at": Stop.created_at}


@dataclass(frozen=True, slots=True)
class StopFilter:
    """Which stops a list shows; None does not narrow it."""

    state: StopState | None = None
    kind: str | None = None
    region: str | None = None
    uscc: str | None = None
    sponsor_post: str | None = None
    resume_before: date | None = None


class Stops:
    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    def add(self, row: Stop | StopStatus) -> None:
        self._session.add(row)

    async def get(self, stop_id: str) -> Stop:
        """Raises StopNotFound."""
        wanted = select(Stop).where(Stop.id == stop_id).options(selectinload(Stop.enterprise), selectinload(Stop.weekly))
        found = await self._session.scalar(wanted)
        if found is None:
            raise StopNotFound(stop_id)
        return found

    async def for_change(self, stop_id: str) -> Stop:
        """With its enterprise, moves and watch, locked until the end of the unit of work. Raises StopNotFound."""
        loaded = (selectinload(Stop.enterprise), selectinload(Stop.weekly), selectinload(Stop.moves))
        wanted = for_update(select(Stop).where(Stop.id == stop_id).options(*loaded))
        found = await self._session.scalar(wanted.execution_options(populate_existing=True))
        if found is None:
            raise StopNotFound(stop_id)
        return found

    async def standing_of(self, enterprise_id: str) -> str | None:
        """The id of the one that has not ended yet; None where the enterprise works."""
        return await self._session.scalar(select(Stop.id).where(Stop.enterprise_id == enterprise_id, Stop.state.in_(STANDING)))

    async def moves(self, stop_id: str) -> Sequence[StopMove]:
        return (
            await self._session.scalars(select(StopMove).where(StopMove.stop_id == stop_id).order_by(StopMove.position))
        ).all()

    async def standing_in(self, region: str) -> Sequence[Stop]:
        """Every enterprise of a region that does not work."""
        wanted = select(Stop).join(Enterprise).where(Enterprise.region == region, Stop.state.in_(STANDING))
        return (await self._session.scalars(wanted.order_by(Stop.stopped_on, Stop.id))).all()


def statuses_of(stop_id: str) -> Select[StopStatus]:
    return select(StopStatus).where(StopStatus.stop_id == stop_id)


def listed(wanted: StopFilter) -> Select[Stop]:
    columns = (
        (Stop.state, wanted.state),
        (Stop.kind, wanted.kind),
        (Enterprise.region, wanted.region),
        (Enterprise.uscc, wanted.uscc),
        (Stop.sponsor_post, wanted.sponsor_post),
    )
    narrowed = select(Stop).join(Enterprise, Enterprise.id == Stop.enterprise_id)
    narrowed = narrowed.where(*(column == value for column, value in columns if value is not None))
    narrowed = narrowed.options(selectinload(Stop.enterprise), selectinload(Stop.weekly))
    return narrowed if wanted.resume_before is None else narrowed.where(Stop.resume_on < wanted.resume_before)
