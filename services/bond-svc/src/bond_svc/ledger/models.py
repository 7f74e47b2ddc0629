"""Issued bonds, and what stood in their rows before."""

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from sqlalchemy import Date, ForeignKey, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from bond_svc.ledger.rules import BondType, Key, Reading
from bond_svc.tables import Base, Word
from shared.kit.columns import Exact, Id, Instant, JsonDoc
from shared.kit.decimals import shortest
from shared.kit.ids import new_id
from shared.kit.tables import Versioned


class ImportOutcome(StrEnum):
    """What an import did with a row."""

    CREATED = "created"
    UNCHANGED = "unchanged"
    REVISED = "revised"


class IssuedBond(Versioned, Base):
    """A bond of the public register. Money in 万元; None is unknown. `name` is as published, `name_key` is for searching."""

    __tablename__ = "issued_bond"
    __table_args__ = (
        UniqueConstraint("issuer", "bond_code", "issue_date"),
        Index("ix_issued_bond_issue", "issue_date", "bond_type"),
    )

    issuer: Mapped[str] = mapped_column(String(200))
    bond_code: Mapped[str] = mapped_column(String(40))
    issue_date: Mapped[date] = mapped_column(Date)
    issue_year: Mapped[int] = mapped_column(Integer)
    region: Mapped[str | None] = mapped_column(String(6))
    set_year: Mapped[int | None] = mapped_column(Integer)
    name: Mapped[str] = mapped_column(String(200))
    name_key: Mapped[str] = mapped_column(Text)
    bond_type: Mapped[BondType] = mapped_column(Word(BondType))
    tenor_label: Mapped[str] = mapped_column(String(40))
    term_years: Mapped[int | None] = mapped_column(Integer)
    coupon_pct: Mapped[Decimal | None] = mapped_column(Exact())
    amount_wan: Mapped[Decimal | None] = mapped_column(Exact())
    new_wan: Mapped[Decimal | None] = mapped_column(Exact())
    refinance_wan: Mapped[Decimal | None] = mapped_column(Exact())
    swap_wan: Mapped[Decimal | None] = mapped_column(Exact())
    origin: Mapped[str | None] = mapped_column(String(200))
    flags: Mapped[list[str]] = mapped_column(JsonDoc())
    flagged: Mapped[bool]

    @property
    def key(self) -> Key:
        return Key(self.issuer, self.bond_code, self.issue_date)

    def take(self, reading: Reading) -> dict[str, Any]:
        """Make the row say what the register says now; the answer is what it said before, where that was something else."""
        columns = reading.columns() | {"flagged": bool(reading.flags)}
        before = {name: getattr(self, name) for name, value in columns.items() if getattr(self, name) != value}
        for name in before:
            setattr(self, name, columns[name])
        return before


class IssuedBondRevision(Base):
    """What an import replaced, append-only: column → former value as text."""

    __tablename__ = "issued_bond_revision"
    __table_args__ = (Index("ix_issued_bond_revision_bond_id", "bond_id", "at"),)

    id: Mapped[str] = mapped_column(Id(), primary_key=True, default=new_id)
    bond_id: Mapped[str] = mapped_column(Id(), ForeignKey("issued_bond.id"))
    before: Mapped[dict[str, Any]] = mapped_column(JsonDoc())
    actor: Mapped[str] = mapped_column(String(300))
    at: Mapped[datetime] = mapped_column(Instant())

    @classmethod
    def of(cls, bond: IssuedBond, before: dict[str, Any], actor: str, at: datetime) -> "IssuedBondRevision":
        return cls(bond_id=bond.id, before={name: _written(value) for name, value in before.items()}, actor=actor, at=at)


def _written(value: Any) -> Any:
    return shortest(value) if isinstance(value, Decimal) else value
