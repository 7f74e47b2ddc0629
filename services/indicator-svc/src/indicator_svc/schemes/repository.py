"""Queries for schemes."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Select, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from indicator_svc.schemes.models import Publication, SchemeEdition, SchemeState
from shared.kit.db import for_update


class Schemes:
    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    def add(self, row: SchemeEdition | Publication) -> None:
        self._session.add(row)

    async def get(self, scheme_id: str) -> SchemeEdition | None:
        return await self._session.get(SchemeEdition, scheme_id)

    async def get_for_update(self, scheme_id: str) -> SchemeEdition | None:
        """The edition, locked: two computations of its boards wait for each other."""
        statement = for_update(select(SchemeEdition).where(SchemeEdition.id == scheme_id))
        return await self._session.scalar(statement.execution_options(populate_existing=True))

    async def lock_all(self, code: str) -> None:
        """Lock every edition of a scheme, so that computing its boards and judging them never cross."""
        await self._session.execute(
            for_update(select(SchemeEdition.id).where(SchemeEdition.code == code).order_by(SchemeEdition.id))
        )

    async def last_edition(self, code: str) -> int:
        return await self._session.scalar(select(func.max(SchemeEdition.edition)).where(SchemeEdition.code == code)) or 0

    async def draft_of(self, code: str) -> SchemeEdition | None:
        draft = select(SchemeEdition).where(SchemeEdition.code == code, SchemeEdition.state == SchemeState.DRAFT)
        return await self._session.scalar(draft)

    async def in_force(self, code: str, instant: datetime) -> SchemeEdition | None:
        """The edition of this code that was published at that instant."""
        return await self._session.scalar(
            select(SchemeEdition).where(
                SchemeEdition.code == code,
                SchemeEdition.published_at <= instant,
                or_(SchemeEdition.superseded_at.is_(None), SchemeEdition.superseded_at > instant),
            )
        )

    async def published_by(self, code: str, instant: datetime) -> Sequence[SchemeEdition]:
        """Every edition of this code that had been published by then, the newest first."""
        statement = select(SchemeEdition).where(SchemeEdition.code == code, SchemeEdition.published_at <= instant)
        return (await self._session.scalars(statement.order_by(SchemeEdition.edition.desc()))).all()

    async def published(self) -> Sequence[SchemeEdition]:
        statement = select(SchemeEdition).where(SchemeEdition.state == SchemeState.PUBLISHED).order_by(SchemeEdition.code)
        return (await self._session.scalars(statement)).all()

    async def waiting_publications(self) -> Sequence[Publication]:
        """Publications whose boards nobody has computed, locked."""
        statement = select(Publication).where(Publication.boards_computed.is_(False)).order_by(Publication.published_at)
        return (await self._session.scalars(for_update(statement, skip_locked=True))).all()

    async def any_publication_waiting(self) -> bool:
        waiting = select(Publication.id).where(Publication.boards_computed.is_(False)).limit(1)
        return await self._session.scalar(waiting) is not None

    async def publication_waits(self, code: str) -> bool:
        """Whether an edition of this scheme was published and its boards not computed yet."""
        waiting = select(Publication.id).join(SchemeEdition, SchemeEdition.id == Publication.scheme_id)
        found = waiting.where(SchemeEdition.code == code, Publication.boards_computed.is_(False)).limit(1)
        return await self._session.scalar(found) is not None

    @staticmethod
    def matching(code: str | None, year: int | None, state: str | None) -> Select[SchemeEdition]:
        conditions = [
            column == wanted
            for column, wanted in ((SchemeEdition.code, code), (SchemeEdition.year, year), (SchemeEdition.state, state))
            if wanted is not None
        ]
        return select(SchemeEdition).where(*conditions)
