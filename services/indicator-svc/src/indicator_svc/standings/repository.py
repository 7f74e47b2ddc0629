"""Queries for standings."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from indicator_svc.standings.models import Standing, StandingRevision, TalkRisk


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

    def add(self, row: Standing | StandingRevision | TalkRisk) -> None:
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
        return select(Standing).where(*_conditions(Standing, filters))

    @staticmethod
    def known_by(filters: Filters, instant: datetime) -> Select[StandingRevision]:
        """What the standings said at that instant; `levels` are those of that time."""
        past = select(func.max(StandingRevision.id)).where(StandingRevision.recorded_at <= instant)
        newest = past.group_by(StandingRevision.standing_id)
        return select(StandingRevision).where(StandingRevision.id.in_(newest), *_conditions(StandingRevision, filters))


def _conditions(table: type[Standing] | type[StandingRevision], filters: Filters) -> list[ColumnElement[bool]]:
    conditions = [
        column == wanted
        for column, wanted in (
            (table.region, filters.region),
            (table.period, filters.period),
            (table.indicator, filters.indicator),
            (table.scheme_code, filters.scheme),
        )
        if wanted is not None
    ]
    return [*conditions, table.level.in_(filters.levels)] if filters.levels else conditions
