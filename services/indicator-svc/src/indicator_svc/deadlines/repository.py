"""What a sweep takes and what it leaves behind."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import TypeVar

from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from indicator_svc.deadlines.models import DeadlineCrossing, Watched
from indicator_svc.deadlines.rules import Crossing
from shared.kit.db import for_update

W = TypeVar("W", bound=Watched)


class Deadlines:
    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def take(self, model: type[W], crossing: Crossing, last_due_on: date, limit: int) -> Sequence[W]:
        """Objects told of less than this crossing although their due day has come to it.

        Locked; those that another sweep or a user holds are passed over. Each one leaves this range when its crossing is told.
        """
        due = select(model).where(model.warned < crossing, model.due_on <= last_due_on)
        batch = due.order_by(model.due_on, model.id).limit(limit).options(*model.needed_to_tell())
        return (await self._session.scalars(for_update(batch, skip_locked=True))).all()

    async def recorded(self, watched: Sequence[Watched], crossing: Crossing) -> set[tuple[str, date]]:
        """(object, due day) of those whose crossing was told before: a day that was moved away and back again."""
        wanted = select(DeadlineCrossing.object_id, DeadlineCrossing.due_on).where(
            DeadlineCrossing.watched_as == watched[0].watched_as,
            DeadlineCrossing.object_id.in_([each.id for each in watched]),
            DeadlineCrossing.crossing == crossing,
        )
        return {(object_id, due_on) for object_id, due_on in (await self._session.execute(wanted)).all()}

    async def note(self, watched: Watched, crossing: Crossing, at: datetime) -> None:
        key = {"watched_as": watched.watched_as, "object_id": watched.id, "due_on": watched.due_on, "crossing": crossing}
        await self._session.execute(insert(DeadlineCrossing).values(**key, recorded_at=at))

    async def move_on(self, watched: Watched, crossing: Crossing) -> None:
        """Past the version: what a user read and is about to change did not change under his hands."""
        model = type(watched)
        told = update(model).where(model.id == watched.id).values(warned=crossing)
        await self._session.execute(told.execution_options(synchronize_session=False))
