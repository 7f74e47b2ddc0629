"""Queries about factor gaps."""

from dataclasses import dataclass

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import selectinload

from indicator_svc.enterprises.models import Enterprise
from indicator_svc.factors.models import FactorSupply

SORTABLE = {"period": FactorSupply.period_end, "factor": FactorSupply.factor, "recorded_at": FactorSupply.recorded_at}


@dataclass(frozen=True, slots=True)
class SupplyFilter:
    """Which supplies a list shows; None does not narrow it. `short`: only those that lack something."""

    uscc: str | None = None
    region: str | None = None
    factor: str | None = None
    period: str | None = None
    owner_department: str | None = None
    short: bool = False
    every_revision: bool = False


class Supplies:
    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    def add(self, supply: FactorSupply) -> None:
        self._session.add(supply)

    async def latest(self, enterprise_id: str, factor: str, period: str) -> FactorSupply | None:
        """The revision in force."""
        key = (FactorSupply.enterprise_id == enterprise_id, FactorSupply.factor == factor, FactorSupply.period == period)
        return await self._session.scalar(select(FactorSupply).where(*key, FactorSupply.latest))


def listed(wanted: SupplyFilter) -> Select[FactorSupply]:
    columns = (
        (Enterprise.uscc, wanted.uscc),
        (Enterprise.region, wanted.region),
        (FactorSupply.factor, wanted.factor),
        (FactorSupply.period, wanted.period),
        (FactorSupply.owner_department, wanted.owner_department),
    )
    narrowed = select(FactorSupply).join(Enterprise, Enterprise.id == FactorSupply.enterprise_id)
    narrowed = narrowed.where(*(column == value for column, value in columns if value is not None))
    if not wanted.every_revision:
        narrowed = narrowed.where(FactorSupply.latest)
    if wanted.short:
        narrowed = narrowed.where(FactorSupply.supplied < FactorSupply.demand)
    return narrowed.options(selectinload(FactorSupply.enterprise))
