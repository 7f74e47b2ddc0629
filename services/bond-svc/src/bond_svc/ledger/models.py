"""Issued bonds and the imports that brought them."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Date, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from bond_svc.ledger.rules import Amounts, BondKey, Outcome, flags_of, searchable
from bond_svc.tables import Base
from shared.kit.columns import Exact, JsonDoc
from shared.kit.tables import Versioned


class IssuedBond(Versioned, Base):
    """A bond as the register has it; money in 万元, coupon in percent a year."""

    __tablename__ = "issued_bond"
    __table_args__ = (UniqueConstraint("issuer", "code", "issue_date"),)

    issuer: Mapped[str] = mapped_column(String(100))
    code: Mapped[str] = mapped_column(String(40))
    issue_date: Mapped[date] = mapped_column(Date, index=True)
    name: Mapped[str] = mapped_column(String(200))
    searchable_name: Mapped[str] = mapped_column(String(200))
    set_year: Mapped[int] = mapped_column(Integer, index=True)
    bond_type: Mapped[str] = mapped_column(String(20))
    tenor_years: Mapped[int] = mapped_column(Integer)
    coupon_pct: Mapped[Decimal] = mapped_column(Exact())
    amount_wan: Mapped[Decimal] = mapped_column(Exact())
    new_amount_wan: Mapped[Decimal] = mapped_column(Exact())
    refinance_amount_wan: Mapped[Decimal] = mapped_column(Exact())
    swap_amount_wan: Mapped[Decimal] = mapped_column(Exact())
    flags: Mapped[list[str]] = mapped_column(JsonDoc())
    flagged: Mapped[bool] = mapped_column(index=True)
    history: Mapped[list[dict[str, Any]]] = mapped_column(JsonDoc())

    @property
    def key(self) -> BondKey:
        return BondKey(self.issuer, self.code, self.issue_date)

    @property
    def amounts(self) -> Amounts:
        return Amounts(self.amount_wan, self.new_amount_wan, self.refinance_amount_wan, self.swap_amount_wan)

    def take(self, entry: Mapping[str, Any], *, at: datetime, by: str) -> Outcome:
        """Follow the register's entry; what it replaces stays in the history."""
        before = {name: getattr(self, name) for name in entry}
        changed = {name: value for name, value in before.items() if value != entry[name]}
        if not changed:
            return Outcome.UNCHANGED
        replaced = {name: None if value is None else str(value) for name, value in changed.items()}
        self.history = [*self.history, {"at": at.isoformat(), "by": by, "replaced": replaced}]
        self._write(entry)
        return Outcome.REVISED

    @classmethod
    def of(cls, key: BondKey, entry: Mapping[str, Any]) -> "IssuedBond":
        """A bond that the ledger did not know."""
        bond = cls(issuer=key.issuer, code=key.code, issue_date=key.issue_date, history=[])
        bond._write(entry)
        return bond

    def _write(self, entry: Mapping[str, Any]) -> None:
        for name, value in entry.items():
            setattr(self, name, value)
        self.searchable_name = searchable(self.name)
        flags = flags_of(self.amounts, tenor_years=self.tenor_years, set_year=self.set_year, issue_date=self.issue_date)
        self.flags = [flag.value for flag in flags]
        self.flagged = bool(flags)


class LedgerImport(Versioned, Base):
    """One import: from where, by whom, and what it did."""

    __tablename__ = "ledger_import"

    origin: Mapped[str] = mapped_column(String(200))
    imported_by: Mapped[str] = mapped_column(String(200))
    rows: Mapped[int] = mapped_column(Integer)
    created: Mapped[int] = mapped_column(Integer)
    unchanged: Mapped[int] = mapped_column(Integer)
    revised: Mapped[int] = mapped_column(Integer)
    refused: Mapped[int] = mapped_column(Integer)
    flagged: Mapped[int] = mapped_column(Integer)
