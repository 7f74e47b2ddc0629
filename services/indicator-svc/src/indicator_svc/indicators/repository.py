"""Queries for indicators."""

from collections.abc import Collection

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from indicator_svc.indicators.models import Indicator


class Indicators:
    """The catalogue."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def by_code(self, code: str) -> Indicator | None:
        return await self._session.scalar(select(Indicator).where(Indicator.code == code))

    async def with_codes(self, codes: Collection[str]) -> dict[str, Indicator]:
        found = await self._session.scalars(select(Indicator).where(Indicator.code.in_(sorted(codes))))
        return {indicator.code: indicator for indicator in found}

    async def derived_from(self, codes: Collection[str]) -> list[Indicator]:
        """Indicators whose growth is worked out from any of these."""
        return list(await self._session.scalars(select(Indicator).where(Indicator.derived_from.in_(sorted(codes)))))

    def add(self, indicator: Indicator) -> None:
        self._session.add(indicator)

    @staticmethod
    def matching(group: str | None, frequency: str | None) -> Select[Indicator]:
        statement = select(Indicator)
        if group is not None:
            statement = statement.where(Indicator.group == group)
        return statement if frequency is None else statement.where(Indicator.frequency == frequency)
