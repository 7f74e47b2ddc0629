"""Questions about policies."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import ColumnElement, Select, String, and_, cast, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from bond_svc.policies.errors import PolicyNotFound
from bond_svc.policies.models import Policy, PolicyState
from shared.kit.db import for_update
from shared.kit.pages import Page, PageRequest, page_of


class Policies:
    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def get(self, policy_id: str) -> Policy:
        policy = await self._session.get(Policy, policy_id)
        if policy is None:
            raise PolicyNotFound(policy_id)
        return policy

    async def get_for_update(self, policy_id: str) -> Policy:
        policy = await self._session.scalar(for_update(select(Policy).where(Policy.id == policy_id)))
        if policy is None:
            raise PolicyNotFound(policy_id)
        return policy

    async def by_version(self, policy_version: str) -> Policy:
        """A published or superseded version by its name, `CN-2022.1`; a draft binds nobody."""
        named = select(Policy).where(_is_version(policy_version), Policy.state != PolicyState.DRAFT)
        policy = await self._session.scalar(named)
        if policy is None:
            raise PolicyNotFound(policy_version)
        return policy

    async def in_force(self, day: date) -> Policy | None:
        """The published version whose window covers the day; windows of published versions do not overlap."""
        return await self._session.scalar(_published().where(_covers(day)))

    async def published_locked(self) -> Sequence[Policy]:
        """All published versions, locked first and read again: a rival who published meanwhile is seen."""
        await self._session.execute(for_update(_published().with_only_columns(Policy.id).order_by(Policy.id)))
        return (await self._session.scalars(_published())).all()

    async def latest_edition(self, code: str) -> int:
        return await self._session.scalar(select(func.max(Policy.edition)).where(Policy.code == code)) or 0

    async def page(self, request: PageRequest, state: PolicyState | None, on: date | None) -> Page[Policy]:
        statement = select(Policy)
        if state is not None:
            statement = statement.where(Policy.state == state)
        if on is not None:
            statement = statement.where(_covers(on))
        sortable = {"code": Policy.code, "edition": Policy.edition, "effective_from": Policy.effective_from}
        return await page_of(
            self._session, statement, request, sortable=sortable, default_sort="effective_from,edition", tie=Policy.id
        )

    def add(self, policy: Policy) -> None:
        self._session.add(policy)


def _published() -> Select[Policy]:
    return select(Policy).where(Policy.state == PolicyState.PUBLISHED)


def _covers(day: date) -> ColumnElement[bool]:
    return and_(Policy.effective_from <= day, or_(Policy.effective_to.is_(None), Policy.effective_to >= day))


def _is_version(policy_version: str) -> ColumnElement[bool]:
    return Policy.code + "." + cast(Policy.edition, String) == policy_version
