"""Queries for observations, their moves, and the changes that make boards stale."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, and_, delete, func, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from indicator_svc.observations.models import FigureChange, Observation, ObservationMove
from indicator_svc.observations.rules import State
from shared.kit.db import for_update


@dataclass(frozen=True, slots=True)
class Filters:
    """What a list of observations is narrowed to."""

    region: str | None = None
    indicator: str | None = None
    period: str | None = None
    state: str | None = None
    as_of: datetime | None = None


class Observations:
    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def get(self, observation_id: str) -> Observation | None:
        return await self._session.get(Observation, observation_id)

    async def get_for_update(self, observation_id: str) -> Observation | None:
        return await self._session.scalar(for_update(select(Observation).where(Observation.id == observation_id)))

    def add(self, row: Observation | ObservationMove | FigureChange) -> None:
        self._session.add(row)

    async def revisions(self, indicator: str, period: str) -> list[Observation]:
        """All revisions of one indicator in one period, of every region, newest first."""
        statement = select(Observation).where(Observation.indicator == indicator, Observation.period == period)
        return list(await self._session.scalars(statement.order_by(Observation.revision.desc())))

    async def newest_of_indicator(self, indicator: str) -> list[Observation]:
        """The newest revision that was not withdrawn, for every region and period: what the checks compare."""
        return await self._newest(Observation.indicator == indicator)

    async def newest_of_rows(self, rows: Collection[tuple[str, str]]) -> list[Observation]:
        """The same for every indicator of these (region, period)."""
        return await self._newest(tuple_(Observation.region, Observation.period).in_(sorted(rows)))

    async def _newest(self, condition: object) -> list[Observation]:
        newer = aliased(Observation)
        later = select(newer.id).where(
            newer.region == Observation.region,
            newer.indicator == Observation.indicator,
            newer.period == Observation.period,
            newer.revision > Observation.revision,
            newer.state != State.WITHDRAWN,
        )
        statement = select(Observation).where(condition, Observation.state != State.WITHDRAWN, ~later.exists())  # type: ignore[arg-type]  # a column expression of either caller
        return list(await self._session.scalars(statement.order_by(Observation.region, Observation.period_end)))

    async def with_history(
        self, indicators: Collection[str], periods: Collection[str], regions: Collection[str]
    ) -> list[tuple[Observation, list[ObservationMove]]]:
        """Every revision of these figures with its moves, oldest move first."""
        wanted = and_(
            Observation.indicator.in_(sorted(indicators)),
            Observation.period.in_(sorted(periods)),
            Observation.region.in_(sorted(regions)),
        )
        rows = list(await self._session.scalars(select(Observation).where(wanted)))
        moves: dict[str, list[ObservationMove]] = {row.id: [] for row in rows}
        statement = (
            select(ObservationMove)
            .join(Observation, Observation.id == ObservationMove.observation_id)
            .where(wanted)
            .order_by(ObservationMove.id)
        )
        for move in await self._session.scalars(statement):
            moves[move.observation_id].append(move)
        return [(row, moves[row.id]) for row in rows]

    async def periods_of(self, indicators: Collection[str]) -> set[str]:
        """The periods for which any of these indicators has a figure."""
        statement = select(Observation.period).where(Observation.indicator.in_(sorted(indicators))).distinct()
        return set(await self._session.scalars(statement))

    @staticmethod
    def matching(filters: Filters) -> Select[Observation]:
        conditions = [
            column == wanted
            for column, wanted in (
                (Observation.region, filters.region),
                (Observation.indicator, filters.indicator),
                (Observation.period, filters.period),
            )
            if wanted is not None
        ]
        statement = select(Observation).where(*conditions)
        if filters.as_of is not None:
            return _known_by(statement, filters.as_of, filters.state)
        return statement if filters.state is None else statement.where(Observation.state == filters.state)


def _known_by(statement: Select[Observation], instant: datetime, state: str | None) -> Select[Observation]:
    """What had been recorded by then; `state` is the state of that time."""
    known = statement.where(Observation.created_at <= instant)
    if state is None:
        return known
    earlier = aliased(ObservationMove)
    last = (
        select(func.max(earlier.id))
        .where(earlier.observation_id == Observation.id, earlier.created_at <= instant)
        .correlate(Observation)
        .scalar_subquery()
    )
    then = select(ObservationMove.id).where(ObservationMove.id == last, ObservationMove.state == state)
    return known.where(then.correlate(Observation).exists())


class FigureChanges:
    """The queue between figures and boards."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def take(self, most: int) -> Sequence[FigureChange]:
        """The oldest changes that no other worker is busy with, locked."""
        statement = select(FigureChange).order_by(FigureChange.id).limit(most)
        return (await self._session.scalars(for_update(statement, skip_locked=True))).all()

    async def any(self) -> bool:
        return await self._session.scalar(select(FigureChange.id).limit(1)) is not None

    async def done(self, changes: Iterable[FigureChange]) -> None:
        """Take away exactly these rows: a change that came meanwhile has a row of its own."""
        ids = [change.id for change in changes]
        if ids:
            await self._session.execute(delete(FigureChange).where(FigureChange.id.in_(ids)))
