"""Questions that are asked of the ledger."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from sqlalchemy import Select, func, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from bond_svc.ledger.models import IssuedBond, LedgerImport
from bond_svc.ledger.rules import BondKey, BondType, searchable

KEYS_PER_QUERY: Final = 250


@dataclass(frozen=True, slots=True)
class Total:
    """What was issued in a year, of one type; money in 万元."""

    year: int
    bond_type: str
    bonds: int
    amount_wan: Decimal
    new_amount_wan: Decimal
    refinance_amount_wan: Decimal
    swap_amount_wan: Decimal


class Ledger:
    """Issued bonds and imports of one database."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def by_key(self, keys: Sequence[BondKey]) -> dict[BondKey, IssuedBond]:
        """The bonds with these keys that the ledger knows."""
        found: dict[BondKey, IssuedBond] = {}
        columns = tuple_(IssuedBond.issuer, IssuedBond.code, IssuedBond.issue_date)
        for start in range(0, len(keys), KEYS_PER_QUERY):
            wanted = [(key.issuer, key.code, key.issue_date) for key in keys[start : start + KEYS_PER_QUERY]]
            for bond in await self._session.scalars(select(IssuedBond).where(columns.in_(wanted))):
                found[bond.key] = bond
        return found

    async def with_id(self, bond_id: str) -> IssuedBond | None:
        return await self._session.get(IssuedBond, bond_id)

    async def import_with_id(self, import_id: str) -> LedgerImport | None:
        return await self._session.get(LedgerImport, import_id)

    def add(self, row: IssuedBond | LedgerImport) -> None:
        self._session.add(row)

    async def totals(self, bond_type: BondType | None) -> list[Total]:
        """What was issued per year and type, the newest year first."""
        sums = (func.count().label("bonds"), *(func.sum(column).label(column.key) for column in _MONEY))
        statement = select(IssuedBond.set_year.label("year"), IssuedBond.bond_type, *sums)
        statement = statement.group_by(IssuedBond.set_year, IssuedBond.bond_type)
        statement = statement.order_by(IssuedBond.set_year.desc(), IssuedBond.bond_type)
        if bond_type is not None:
            statement = statement.where(IssuedBond.bond_type == bond_type.value)
        return [Total(**row) for row in (await self._session.execute(statement)).mappings()]


_MONEY: Final = (
    IssuedBond.amount_wan,
    IssuedBond.new_amount_wan,
    IssuedBond.refinance_amount_wan,
    IssuedBond.swap_amount_wan,
)

SORTABLE: Final[Mapping[str, Any]] = {
    "issue_date": IssuedBond.issue_date,
    "amount_wan": IssuedBond.amount_wan,
    "coupon_pct": IssuedBond.coupon_pct,
    "code": IssuedBond.code,
}


@dataclass(frozen=True, slots=True)
class BondFilter:
    """Which bonds of the ledger are wanted; None does not filter."""

    bond_type: BondType | None = None
    year: int | None = None
    name: str | None = None
    flagged: bool | None = None

    def statement(self) -> Select[IssuedBond]:
        """The bonds that pass."""
        statement = select(IssuedBond)
        if self.bond_type is not None:
            statement = statement.where(IssuedBond.bond_type == self.bond_type.value)
        if self.year is not None:
            statement = statement.where(IssuedBond.set_year == self.year)
        if self.name is not None:
            statement = statement.where(IssuedBond.searchable_name.contains(searchable(self.name), autoescape=True))
        if self.flagged is not None:
            statement = statement.where(IssuedBond.flagged.is_(self.flagged))
        return statement
