"""Queries about enterprises and their figures."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import Select, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from indicator_svc.enterprises.errors import EnterpriseNotFound, EnterpriseUnknown
from indicator_svc.enterprises.models import Enterprise, EnterpriseFigure
from shared.kit.db import for_update

SORTABLE = {
    "uscc": Enterprise.uscc,
    "name": Enterprise.name,
    "industry": Enterprise.industry,
    "created_at": Enterprise.created_at,
}


@dataclass(frozen=True, slots=True)
class EnterpriseFilter:
    """Which enterprises a list shows; None does not narrow it. `industry` is the beginning of a class."""

    uscc: str | None = None
    region: str | None = None
    industry: str | None = None
    in_register: bool | None = None
    key: bool | None = None
    cultivated: bool | None = None
    under_construction: bool | None = None
    lead_department: str | None = None
    synthetic: bool | None = None


class Enterprises:
    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    def add(self, row: Enterprise | EnterpriseFigure) -> None:
        self._session.add(row)

    async def get(self, enterprise_id: str) -> Enterprise:
        """Raises EnterpriseNotFound."""
        found = await self._session.get(Enterprise, enterprise_id)
        if found is None:
            raise EnterpriseNotFound(enterprise_id)
        return found

    async def for_change(self, enterprise_id: str) -> Enterprise:
        """Locked until the end of the unit of work. Raises EnterpriseNotFound."""
        found = await self._session.scalar(for_update(select(Enterprise).where(Enterprise.id == enterprise_id)))
        if found is None:
            raise EnterpriseNotFound(enterprise_id)
        return found

    async def of_uscc(self, uscc: str) -> Enterprise | None:
        return await self._session.scalar(select(Enterprise).where(Enterprise.uscc == uscc))

    async def of_uscc_for_change(self, uscc: str) -> Enterprise:
        """Locked, so that revisions are numbered one after the other. Raises EnterpriseUnknown."""
        found = await self._session.scalar(for_update(select(Enterprise).where(Enterprise.uscc == uscc)))
        if found is None:
            raise EnterpriseUnknown(uscc)
        return found

    async def last_revision(self, enterprise_id: str, period: str) -> int:
        figure = (EnterpriseFigure.enterprise_id == enterprise_id, EnterpriseFigure.period == period)
        return await self._session.scalar(select(func.max(EnterpriseFigure.revision)).where(*figure)) or 0

    async def current_figures(self, enterprise_ids: Collection[str]) -> dict[str, list[EnterpriseFigure]]:
        """Enterprise → its figures in force, the earliest month first."""
        wanted = in_force().where(EnterpriseFigure.enterprise_id.in_(sorted(enterprise_ids)))
        found: dict[str, list[EnterpriseFigure]] = defaultdict(list)
        for figure in await self._session.scalars(wanted.order_by(EnterpriseFigure.period_end)):
            found[figure.enterprise_id].append(figure)
        return found


def in_force() -> Select[EnterpriseFigure]:
    """The figures that no later revision replaced."""
    newer = aliased(EnterpriseFigure)
    same = (newer.enterprise_id == EnterpriseFigure.enterprise_id, newer.period == EnterpriseFigure.period)
    later = select(newer.id).where(*same, newer.revision > EnterpriseFigure.revision)
    return select(EnterpriseFigure).where(~later.exists())


def figures_of(uscc: str | None, period: str | None, *, every_revision: bool) -> Select[EnterpriseFigure]:
    """Figures of an enterprise, of a month, or of all."""
    wanted = select(EnterpriseFigure) if every_revision else in_force()
    if uscc is not None:
        wanted = wanted.join(Enterprise, Enterprise.id == EnterpriseFigure.enterprise_id).where(Enterprise.uscc == uscc)
    return wanted if period is None else wanted.where(EnterpriseFigure.period == period)


def listed(wanted: EnterpriseFilter) -> Select[Enterprise]:
    columns = (
        (Enterprise.uscc, wanted.uscc),
        (Enterprise.region, wanted.region),
        (Enterprise.in_register, wanted.in_register),
        (Enterprise.key, wanted.key),
        (Enterprise.cultivated, wanted.cultivated),
        (Enterprise.under_construction, wanted.under_construction),
        (Enterprise.lead_department, wanted.lead_department),
        (Enterprise.synthetic, wanted.synthetic),
    )
    narrowed = select(Enterprise).where(*(column == value for column, value in columns if value is not None))
    return narrowed if wanted.industry is None else narrowed.where(Enterprise.industry.startswith(wanted.industry))
