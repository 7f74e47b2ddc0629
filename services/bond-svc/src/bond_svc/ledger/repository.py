"""Questions about issued bonds."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bond_svc.ledger.errors import BondNotFound
from bond_svc.ledger.models import IssuedBond, IssuedBondRevision
from bond_svc.ledger.rules import BondType, Key, name_key
from shared.kit.pages import Page, PageRequest, page_of

CODES_AT_ONCE: Final = 500
SORTABLE: Final = ("issue_date", "bond_code", "issuer", "bond_type", "term_years", "coupon_pct", "amount_wan", "set_year")


@dataclass(frozen=True, slots=True)
class BondFilter:
    """What a list of bonds is narrowed down to; None does not narrow. Days are inclusive."""

    region: str | None = None
    issuer: str | None = None
    bond_type: BondType | None = None
    bond_code: str | None = None
    issue_year: int | None = None
    term_years: int | None = None
    flagged: bool | None = None
    issued_from: date | None = None
    issued_to: date | None = None
    q: str | None = None

    def conditions(self) -> list[ColumnElement[bool]]:
        same = ("region", "issuer", "bond_type", "bond_code", "issue_year", "term_years", "flagged")
        found: list[ColumnElement[bool]] = [
            getattr(IssuedBond, name) == getattr(self, name) for name in same if getattr(self, name) is not None
        ]
        if self.issued_from is not None:
            found.append(IssuedBond.issue_date >= self.issued_from)
        if self.issued_to is not None:
            found.append(IssuedBond.issue_date <= self.issued_to)
        if self.q is not None:
            found.append(IssuedBond.name_key.contains(name_key(self.q), autoescape=True))
        return found


@dataclass(frozen=True, slots=True)
class YearSum:
    """What was issued in a year and type, in 万元; `unknown` bonds have no amount and are in no sum."""

    issue_year: int
    bond_type: BondType
    bonds: int
    unknown: int
    amount_wan: Decimal
    new_wan: Decimal
    refinance_wan: Decimal
    swap_wan: Decimal


class IssuedBonds:
    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def get(self, bond_id: str) -> IssuedBond:
        bond = await self._session.get(IssuedBond, bond_id)
        if bond is None:
            raise BondNotFound(bond_id)
        return bond

    async def by_codes(self, codes: Iterable[str]) -> dict[Key, IssuedBond]:
        """Every bond with one of these codes, whoever issued it."""
        wanted = sorted(set(codes))
        found: dict[Key, IssuedBond] = {}
        for start in range(0, len(wanted), CODES_AT_ONCE):
            some = select(IssuedBond).where(IssuedBond.bond_code.in_(wanted[start : start + CODES_AT_ONCE]))
            found.update({bond.key: bond for bond in await self._session.scalars(some)})
        return found

    async def page(self, request: PageRequest, wanted: BondFilter) -> Page[IssuedBond]:
        statement = select(IssuedBond).where(*wanted.conditions())
        return await page_of(
            self._session,
            statement,
            request,
            sortable={name: getattr(IssuedBond, name) for name in SORTABLE},
            default_sort="-issue_date,bond_code",
            tie=IssuedBond.id,
        )

    async def sums(self, wanted: BondFilter) -> list[YearSum]:
        """Sums per year of issue and type, over exactly the bonds that a list under the same filters shows."""
        amounts = (IssuedBond.amount_wan, IssuedBond.new_wan, IssuedBond.refinance_wan, IssuedBond.swap_wan)
        statement = (
            select(
                IssuedBond.issue_year,
                IssuedBond.bond_type,
                func.count(),
                func.count().filter(IssuedBond.amount_wan.is_(None)),
                *(func.sum(amount) for amount in amounts),
            )
            .where(*wanted.conditions())
            .group_by(IssuedBond.issue_year, IssuedBond.bond_type)
            .order_by(IssuedBond.issue_year.desc(), IssuedBond.bond_type)
        )
        rows = (await self._session.execute(statement)).all()
        return [YearSum(*row[:4], *(total or Decimal() for total in row[4:])) for row in rows]

    async def revisions(self, request: PageRequest, bond_id: str) -> Page[IssuedBondRevision]:
        statement = select(IssuedBondRevision).where(IssuedBondRevision.bond_id == bond_id)
        return await page_of(
            self._session,
            statement,
            request,
            sortable={"at": IssuedBondRevision.at},
            default_sort="at",
            tie=IssuedBondRevision.id,
        )

    def add_all(self, rows: Sequence[IssuedBond | IssuedBondRevision]) -> None:
        self._session.add_all(rows)
