"""Queries for observations, their moves, and the changes that make boards stale."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import CTE, ColumnElement, FromClause, Row, ScalarSelect, Select, and_, delete, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from indicator_svc.observations.models import FigureChange, Observation, ObservationMove
from indicator_svc.observations.rules import Move, Provenance, Revision, State
from shared.kit.db import for_update
from shared.kit.decimals import UnknownReason
from shared.kit.sets import as_table

YEAR_DIGITS: Final = 4

Key = tuple[str, str, str]
"""(region, indicator, period): what all revisions of one figure share."""


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

    async def of_figure(self, region: str, indicator: str, period: str) -> list[Observation]:
        """The revisions of one figure, newest first."""
        key = Observation.region == region, Observation.indicator == indicator, Observation.period == period
        return list(await self._session.scalars(select(Observation).where(*key).order_by(Observation.revision.desc())))

    async def newest_of_indicator(self, indicator: str, stretches: Collection[str]) -> list[Observation]:
        """The newest revision that was not withdrawn, for every region and year: what the checks compare.

        `stretches` of the year as a period writes them behind the year; a provisional figure counts where there is no other.
        """
        stretch = func.substr(Observation.period, YEAR_DIGITS + 1)
        return await self._newest(select(Observation).where(Observation.indicator == indicator, stretch.in_(sorted(stretches))))

    async def newest_of_rows(self, rows: Collection[tuple[str, str]]) -> list[Observation]:
        """The same for every indicator of these (region, period)."""
        return await self._newest(self._in_rows(rows))

    async def doubted_of_rows(self, rows: Collection[tuple[str, str]]) -> list[Observation]:
        """Of these (region, period), only what is held, or what a person decided about: nothing else bears a finding."""
        doubted = or_(Observation.state == State.HELD, Observation.decided_by_person)
        return await self._newest(self._in_rows(rows).where(doubted))

    def _in_rows(self, rows: Collection[tuple[str, str]]) -> Select[Observation]:
        regions, periods = zip(*sorted(rows), strict=True) if rows else ((), ())
        given = as_table(self._session.get_bind().dialect.name, {"region": regions, "period": periods})
        return select(Observation).join(given, and_(Observation.region == given.c.region, Observation.period == given.c.period))

    async def _newest(self, statement: Select[Observation]) -> list[Observation]:
        newer = aliased(Observation)
        provisional = Observation.provenance == Provenance.PROVISIONAL
        newer_provisional = newer.provenance == Provenance.PROVISIONAL
        later = select(newer.id).where(
            newer.region == Observation.region,
            newer.indicator == Observation.indicator,
            newer.period == Observation.period,
            newer.state != State.WITHDRAWN,
            or_(
                and_(newer.revision > Observation.revision, newer_provisional == provisional),
                and_(provisional, ~newer_provisional),
            ),
        )
        newest = statement.where(Observation.state != State.WITHDRAWN, ~later.exists())
        return list(await self._session.scalars(newest.order_by(Observation.region, Observation.period_end)))

    async def known_at(self, keys: Collection[Key], instant: datetime) -> dict[Key, Revision]:
        """Of each figure the one revision that decides what was known of it at that instant (`rules.in_force`), with its moves.

        However many revisions a figure has, only those later than `instant` are passed over, in the index.
        """
        columns = zip(*sorted(keys), strict=True) if keys else ((), (), ())
        given = as_table(
            self._session.get_bind().dialect.name, dict(zip(("region", "indicator", "period"), columns, strict=True))
        )
        chosen = select(_deciding(given, instant).label("id")).select_from(given).cte("chosen")
        found: dict[Key, tuple[Row[Any], list[Move]]] = {}
        for row in await self._session.execute(_revisions_with_moves(chosen)):
            _, moves = found.setdefault((row.region, row.indicator, row.period), (row, []))
            moves.append(Move(State(row.state), row.moved_at, row.by_person))
        return {key: _revision(row, moves) for key, (row, moves) in found.items()}

    async def moves_of(self, observation_id: str, instant: datetime) -> Sequence[ObservationMove]:
        """Every move of a revision that had been made by then, oldest first."""
        made = select(ObservationMove).where(
            ObservationMove.observation_id == observation_id, ObservationMove.created_at <= instant
        )
        return (await self._session.scalars(made.order_by(ObservationMove.id))).all()

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


def _deciding(given: FromClause, instant: datetime) -> ColumnElement[str]:
    """The id that `in_force` would choose: decided before waiting, official before provisional, then the newest."""
    candidates = [
        _newest_known(given, instant, official=official, decided=decided)
        for decided in (True, False)
        for official in (True, False)
    ]
    return func.coalesce(*candidates)


def _newest_known(given: FromClause, instant: datetime, *, official: bool, decided: bool) -> ScalarSelect[str]:
    """The newest revision of a figure that was accepted by then (withdrawn again or not), or one that waits."""
    each, last, once = aliased(Observation), aliased(ObservationMove), aliased(ObservationMove)
    state = select(last.state).where(last.observation_id == each.id, last.created_at <= instant)
    state_then = state.order_by(last.id.desc()).limit(1).scalar_subquery()
    provisional = each.provenance == Provenance.PROVISIONAL
    statement = select(each.id).where(
        each.region == given.c.region,
        each.indicator == given.c.indicator,
        each.period == given.c.period,
        each.created_at <= instant,
        ~provisional if official else provisional,
        state_then != State.HELD if decided else state_then == State.HELD,
    )
    if decided:
        # A scalar and no EXISTS: that would be joined in, and every revision's moves read before the newest is found.
        accepted = select(once.id).where(once.observation_id == each.id, once.created_at <= instant, once.state == State.ACCEPTED)
        statement = statement.where(accepted.limit(1).scalar_subquery().is_not(None))
    return statement.order_by(each.revision.desc()).limit(1).scalar_subquery()


def _revisions_with_moves(chosen: CTE) -> Select[*tuple[Any, ...]]:
    return (
        select(
            Observation.id,
            Observation.region,
            Observation.indicator,
            Observation.period,
            Observation.revision,
            Observation.value,
            Observation.unknown_reason,
            Observation.provenance,
            Observation.synthetic,
            ObservationMove.state,
            ObservationMove.created_at.label("moved_at"),
            ObservationMove.by_person,
        )
        .join(chosen, chosen.c.id == Observation.id)
        .join(ObservationMove, ObservationMove.observation_id == Observation.id)
        .order_by(ObservationMove.id)
    )


def _revision(row: Row[Any], moves: Sequence[Move]) -> Revision:
    return Revision(
        row.id,
        row.revision,
        row.value,
        None if row.unknown_reason is None else UnknownReason(row.unknown_reason),
        Provenance(row.provenance),
        row.synthetic,
        tuple(moves),
    )


class FigureChanges:
    """The queue between figures and boards."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def take(self, most: int) -> Sequence[FigureChange]:
        """The oldest changes that no other worker is busy with, locked."""
        statement = select(FigureChange).order_by(FigureChange.id).limit(most)
        return (await self._session.scalars(for_update(statement, skip_locked=True))).all()

    async def periods_of(self, indicators: Collection[str]) -> set[str]:
        """The periods for which a figure of these indicators changed and no worker has come to it yet."""
        waiting = select(FigureChange.period).where(FigureChange.indicator.in_(sorted(indicators))).distinct()
        return set(await self._session.scalars(waiting))

    async def any(self) -> bool:
        return await self._session.scalar(select(FigureChange.id).limit(1)) is not None

    async def done(self, changes: Iterable[FigureChange]) -> None:
        """Take away exactly these rows: a change that came meanwhile has a row of its own."""
        ids = [change.id for change in changes]
        if ids:
            await self._session.execute(delete(FigureChange).where(FigureChange.id.in_(ids)))
