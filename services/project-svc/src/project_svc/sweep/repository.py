"""What the sweep takes and what it leaves behind."""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import selectinload

from project_svc.milestones.models import Milestone, MilestoneCrossing
from project_svc.milestones.rules import MilestoneState, Warned
from shared.kit.db import for_update


class WatchedMilestones:
    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def take(self, warned: Warned, last_due_on: date, limit: int) -> Sequence[Milestone]:
        """Open milestones warned of no further than that although their due day is not after `last_due_on`.

        Locked; those that another sweep or a user holds are passed over. Each one taken leaves this range when its crossing is
        recorded, so the next batch begins where this one ended, and a sweep that finds nothing reads nothing.
        """
        due = select(Milestone).where(
            Milestone.state == MilestoneState.OPEN, Milestone.warned == warned, Milestone.current_due_on <= last_due_on
        )
        batch = for_update(due.order_by(Milestone.current_due_on, Milestone.id).limit(limit), skip_locked=True)
        return (await self._session.scalars(batch.options(selectinload(Milestone.project)))).all()

    async def recorded(self, milestones: Sequence[Milestone]) -> set[tuple[str, date, int]]:
        """The crossings of these milestones' present watch that stand recorded: milestone, due day, crossing."""
        watches = {each.id: each.watch for each in milestones}
        wanted = select(MilestoneCrossing).where(MilestoneCrossing.milestone_id.in_(watches))
        found = await self._session.scalars(wanted)
        return {(each.milestone_id, each.due_on, each.warned) for each in found if each.watch == watches[each.milestone_id]}

    async def note(self, milestone: Milestone, crossing: tuple[Warned, date], at: datetime) -> None:
        """Keep a crossing with the day on which it came about."""
        warned, crossed_on = crossing
        key = {"milestone_id": milestone.id, "watch": milestone.watch, "due_on": milestone.current_due_on, "warned": warned}
        await self._session.execute(insert(MilestoneCrossing).values(**key, crossed_on=crossed_on, recorded_at=at))

    async def move_on(self, milestone: Milestone, warned: Warned) -> None:
        """Take a milestone out of the range of those that wait for this crossing.

        Past the version: what a user read and is about to change did not change under his hands.
        """
        await self._session.execute(
            update(Milestone)
            .where(Milestone.id == milestone.id)
            .values(warned=warned)
            .execution_options(synchronize_session=False)
        )
