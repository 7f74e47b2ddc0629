"""Queries for kept scoreboards."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from indicator_svc.scoreboards.models import Scoreboard


class Scoreboards:
    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    def add(self, board: Scoreboard) -> None:
        self._session.add(board)

    async def get(self, board_id: str) -> Scoreboard | None:
        return await self._session.get(Scoreboard, board_id)

    async def kept(self, scheme_code: str, period: str) -> Scoreboard | None:
        return await self._session.scalar(
            select(Scoreboard).where(Scoreboard.scheme_code == scheme_code, Scoreboard.period == period)
        )

    async def periods_of(self, scheme_code: str) -> set[str]:
        """The periods for which the scheme has a board."""
        return set(await self._session.scalars(select(Scoreboard.period).where(Scoreboard.scheme_code == scheme_code)))

    async def schemes_to_judge(self) -> list[str]:
        """Codes of schemes with a board that changed since the standings were worked out."""
        statement = select(Scoreboard.scheme_code).where(Scoreboard.judged < Scoreboard.results).distinct()
        return sorted(await self._session.scalars(statement))

    async def of_scheme(self, scheme_code: str) -> Sequence[Scoreboard]:
        """All boards of a scheme by period."""
        statement = select(Scoreboard).where(Scoreboard.scheme_code == scheme_code).order_by(Scoreboard.period_end)
        return (await self._session.scalars(statement)).all()
