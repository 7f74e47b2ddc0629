"""Which plans have to be looked at."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from project_svc.milestones.models import PlanOutlook
from shared.kit.db import for_update


class Outlooks:
    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def take(self, today: date, limit: int) -> Sequence[PlanOutlook]:
        """Plans that were changed since they were looked at, or not looked at today.

        Locked; those that another sweep or a user holds are passed over. Each leaves this range when it was looked at.
        """
        due = select(PlanOutlook).where(or_(PlanOutlook.assessed_on.is_(None), PlanOutlook.assessed_on < today))
        batch = for_update(due.order_by(PlanOutlook.project_id).limit(limit), skip_locked=True)
        return (await self._session.scalars(batch)).all()
