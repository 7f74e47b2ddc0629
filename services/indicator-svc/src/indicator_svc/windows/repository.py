"""Queries for reporting windows, and for the figures that they wait for."""

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from indicator_svc.indicators.models import Indicator
from indicator_svc.indicators.repository import Indicators
from indicator_svc.observations.figures import figures_at
from indicator_svc.observations.rules import Figure, missing
from indicator_svc.windows.models import WindowMark, WindowRevision, WindowWatch
from shared.kit.db import UnitOfWork, for_update
from shared.kit.outbox import upsert

Key = tuple[str, str]
"""(table, period)"""


class Windows:
    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    def add(self, row: WindowRevision | WindowMark) -> None:
        self._session.add(row)

    async def watch(self, uow: UnitOfWork, region: str, *, or_pass: bool = False) -> WindowWatch | None:
        """The watch of a region, locked, begun now when there is none; None (`or_pass`) where somebody else holds it."""
        first = {"region": region, "since": uow.now}
        await self._session.execute(upsert(uow.dialect, WindowWatch.__table__).values(**first).on_conflict_do_nothing())
        mine = select(WindowWatch).where(WindowWatch.region == region)
        return await self._session.scalar(for_update(mine, skip_locked=or_pass))

    async def revisions(self, region: str, known_at: datetime | None = None) -> dict[Key, list[WindowRevision]]:
        """What notices said by then, oldest first; all that stands recorded where no instant is given."""
        wanted = select(WindowRevision).where(WindowRevision.region == region)
        if known_at is not None:
            wanted = wanted.where(WindowRevision.created_at <= known_at)
        found: dict[Key, list[WindowRevision]] = defaultdict(list)
        for row in await self._session.scalars(wanted.order_by(WindowRevision.number)):
            found[row.table_code, row.period].append(row)
        return found

    async def last_number(self, region: str, key: Key) -> int:
        mine = (WindowRevision.region == region, WindowRevision.table_code == key[0], WindowRevision.period == key[1])
        return await self._session.scalar(select(func.max(WindowRevision.number)).where(*mine)) or 0

    async def marks(self, region: str, closing_after: datetime) -> dict[Key, list[WindowMark]]:
        """What was told of windows that close after an instant, by window, in the order in which it was told."""
        wanted = select(WindowMark).where(WindowMark.region == region, WindowMark.closes_at > closing_after)
        found: dict[Key, list[WindowMark]] = defaultdict(list)
        for row in await self._session.scalars(wanted.order_by(WindowMark.told_at, WindowMark.closes_at)):
            found[row.table_code, row.period].append(row)
        return found

    async def marks_of(self, region: str, key: Key) -> list[WindowMark]:
        """What was told of one window, in the order in which it was told."""
        mine = (WindowMark.region == region, WindowMark.table_code == key[0], WindowMark.period == key[1])
        return list(await self._session.scalars(select(WindowMark).where(*mine).order_by(WindowMark.told_at)))

    async def indicators(self, codes: Collection[str]) -> dict[str, Indicator]:
        return await Indicators(self._session).with_codes(codes)

    async def figures(
        self, wanted: Collection[tuple[str, str]], regions: Collection[str], instant: datetime
    ) -> dict[tuple[str, str, str], Figure]:
        """The figure of each (indicator, period) and region as it was known then, by (indicator, period, region)."""
        asked = {(region, code, period) for code, period in wanted for region in regions}
        known = await figures_at(self._session, asked, instant) if asked else {}
        return {(code, period, region): known.get((region, code, period), missing(period)) for region, code, period in asked}
