"""Queries for standings."""

from dataclasses import dataclass

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from indicator_svc.standings.models import Standing, TalkRisk


@dataclass(frozen=True, slots=True)
class Filters:
    """What a list of standings is narrowed to."""

    region: str | None = None
    period: str | None = None
    indicator: str | None = None
    scheme: str | None = None
    levels: tuple[str, ...] = ()


class Standings:
    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    def add(self, row: Standing | TalkRisk) -> None:
        self._session.add(row)

    async def talk_risks(self, scheme_code: str, period: str) -> dict[str, TalkRisk]:
        """Region → how near it is to the 约谈 line."""
        statement = select(TalkRisk).where(TalkRisk.scheme_code == scheme_code, TalkRisk.period == period)
        return {each.region: each for each in await self._session.scalars(statement)}

    async def of_period(self, scheme_code: str, period: str) -> dict[tuple[str, str], Standing]:
        """(region, indicator) → standing."""
        statement = select(Standing).where(Standing.scheme_code == scheme_code, Standing.period == period)
        return {(each.region, each.indicator): each for each in await self._session.scalars(statement)}

    @staticmethod
    def matching(filters: Filters) -> Select[Standing]:
        conditions = [
            column == wanted
            for column, wanted in (
                (Standing.region, filters.region),
                (Standing.period, filters.period),
                (Standing.indicator, filters.indicator),
                (Standing.scheme_code, filters.scheme),
            )
            if wanted is not None
        ]
        statement = select(Standing).where(*conditions)
        return statement.where(Standing.level.in_(filters.levels)) if filters.levels else statement
