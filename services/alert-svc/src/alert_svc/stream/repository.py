"""Questions about the stream."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from alert_svc.alerts.models import CaseEntry
from alert_svc.stream.models import StreamHead
from alert_svc.stream.rules import Extent
from shared.kit.db import Dialect, for_update
from shared.kit.outbox import upsert

NAME: Final = "alerts"
UNNUMBERED: Final = (CaseEntry.announcement.is_not(None), CaseEntry.sequence.is_(None))


class Stream:
    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def lock_head(self, dialect: Dialect) -> StreamHead:
        """The head, locked: whoever else gives numbers waits here."""
        await self._session.execute(upsert(dialect, StreamHead.__table__).values(name=NAME, last=0).on_conflict_do_nothing())
        return (await self._session.scalars(for_update(select(StreamHead).where(StreamHead.name == NAME)))).one()

    async def any_unnumbered(self) -> bool:
        return await self._session.scalar(select(CaseEntry.id).where(*UNNUMBERED).limit(1)) is not None

    async def unnumbered(self, most: int) -> Sequence[CaseEntry]:
        """Announced entries without a number, in the order in which they were written."""
        return (await self._session.scalars(select(CaseEntry).where(*UNNUMBERED).order_by(CaseEntry.id).limit(most))).all()

    async def after(self, sequence: int, most: int) -> Sequence[CaseEntry]:
        """The numbered entries that follow."""
        statement = select(CaseEntry).where(CaseEntry.sequence > sequence).order_by(CaseEntry.sequence).limit(most)
        return (await self._session.scalars(statement)).all()

    async def extent(self, since: datetime) -> Extent:
        """The head, and the first number not older than `since`."""
        head = await self._session.scalar(select(func.max(CaseEntry.sequence))) or 0
        oldest = await self._session.scalar(select(func.min(CaseEntry.sequence)).where(CaseEntry.at >= since))
        return Extent(head, oldest)
