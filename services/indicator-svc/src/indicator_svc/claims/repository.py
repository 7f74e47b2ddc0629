"""Queries for claims, their registers and what was told of unclaimed items."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, delete, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import selectinload

from indicator_svc.claims.errors import ClaimNotFound
from indicator_svc.claims.models import Claim, ClaimRegister, UnclaimedItem
from indicator_svc.claims.rules import ClaimState
from shared.kit.db import UnitOfWork, for_update
from shared.kit.outbox import upsert


@dataclass(frozen=True, slots=True)
class ClaimFilters:
    """What a list of claims is narrowed to."""

    scheme: str | None = None
    indicator: str | None = None
    department: str | None = None
    portfolio: str | None = None
    state: str | None = None


class Claims:
    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    def add(self, row: Claim | UnclaimedItem) -> None:
        self._session.add(row)

    async def get(self, claim_id: str) -> Claim:
        """The claim with its history. Raises ClaimNotFound."""
        wanted = select(Claim).where(Claim.id == claim_id).options(selectinload(Claim.moves))
        claim = await self._session.scalar(wanted.execution_options(populate_existing=True))
        if claim is None:
            raise ClaimNotFound(claim_id)
        return claim

    async def for_change(self, claim_id: str) -> Claim:
        """As `get`, with its register locked: whoever acts on a claim of the same scheme waits here."""
        claim = await self.get(claim_id)
        await self.lock(claim.region, claim.scheme_code)
        return await self.get(claim_id)

    async def open_register(self, uow: UnitOfWork, region: str, scheme_code: str) -> ClaimRegister:
        """The register of a scheme, locked; opened now when nothing of it was ever offered."""
        first = {"region": region, "scheme_code": scheme_code, "opened_at": uow.now}
        await self._session.execute(upsert(uow.dialect, ClaimRegister.__table__).values(**first).on_conflict_do_nothing())
        return (await self._session.scalars(for_update(_register(region, scheme_code)))).one()

    async def lock(self, region: str, scheme_code: str, *, or_pass: bool = False) -> ClaimRegister | None:
        """The register, locked; None where there is none, or (`or_pass`) where somebody else holds it."""
        return await self._session.scalar(for_update(_register(region, scheme_code), skip_locked=or_pass))

    async def register_of(self, region: str, scheme_code: str) -> ClaimRegister | None:
        return await self._session.scalar(_register(region, scheme_code))

    async def registered(self, region: str) -> Sequence[str]:
        """The schemes of which something was offered."""
        wanted = select(ClaimRegister.scheme_code).where(ClaimRegister.region == region).order_by(ClaimRegister.scheme_code)
        return (await self._session.scalars(wanted)).all()

    async def of_scheme(self, region: str, scheme_code: str) -> Sequence[Claim]:
        """Every claim of a scheme with its history, those that are over included, oldest first."""
        wanted = select(Claim).where(Claim.region == region, Claim.scheme_code == scheme_code)
        return (await self._session.scalars(wanted.options(selectinload(Claim.moves)).order_by(Claim.offered_at, Claim.id))).all()

    async def held(self, region: str, scheme_code: str) -> dict[str, Claim]:
        """The claim of each item that is not over, by indicator."""
        wanted = select(Claim).where(
            Claim.region == region, Claim.scheme_code == scheme_code, Claim.state != ClaimState.TRANSFERRED
        )
        found = await self._session.scalars(wanted.options(selectinload(Claim.moves)))
        return {claim.indicator: claim for claim in found}

    async def told(self, region: str, scheme_code: str) -> dict[str, UnclaimedItem]:
        """What was told of the unclaimed items of a scheme, by indicator."""
        wanted = select(UnclaimedItem).where(UnclaimedItem.region == region, UnclaimedItem.scheme_code == scheme_code)
        return {each.indicator: each for each in await self._session.scalars(wanted)}

    async def forget(self, region: str, scheme_code: str, indicator: str) -> None:
        """The item has an owner, or none is needed: nothing is told of it any longer."""
        mine = (UnclaimedItem.region == region) & (UnclaimedItem.scheme_code == scheme_code)
        await self._session.execute(delete(UnclaimedItem).where(mine, UnclaimedItem.indicator == indicator))

    @staticmethod
    def matching(filters: ClaimFilters) -> Select[Claim]:
        pairs = (
            (Claim.scheme_code, filters.scheme),
            (Claim.indicator, filters.indicator),
            (Claim.lead_department, filters.department),
            (Claim.portfolio, filters.portfolio),
            (Claim.state, filters.state),
        )
        conditions = [column == wanted for column, wanted in pairs if wanted is not None]
        return select(Claim).where(*conditions).options(selectinload(Claim.moves))


def _register(region: str, scheme_code: str) -> Select[ClaimRegister]:
    return select(ClaimRegister).where(ClaimRegister.region == region, ClaimRegister.scheme_code == scheme_code)


def known_at(claims: Sequence[Claim], instant: datetime) -> dict[str, Claim]:
    """Which claim held each item at an instant, by indicator."""
    return {claim.indicator: claim for claim in claims if claim.holding_at(instant) is not None}
