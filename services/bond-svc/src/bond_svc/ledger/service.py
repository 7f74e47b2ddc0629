"""Taking the register's rows into the ledger. The same rows again change nothing."""

from collections import Counter
from dataclasses import dataclass
from typing import Any

from bond_svc.ledger.errors import IssuedBondNotFound, LedgerImportNotFound, TenorUnreadable
from bond_svc.ledger.models import IssuedBond, LedgerImport
from bond_svc.ledger.repository import Ledger, Total
from bond_svc.ledger.rules import BondKey, BondType, Flag, Outcome, in_wan, tenor_years
from bond_svc.ledger.schemas import IssuedBondIn
from shared.kit.db import ReadSession, UnitOfWork
from shared.kit.errors import DomainError


@dataclass(frozen=True, slots=True)
class RowResult:
    """What became of one row."""

    index: int
    outcome: Outcome
    bond: IssuedBond | None = None
    error: DomainError | None = None

    @property
    def flags(self) -> list[Flag]:
        return [] if self.bond is None else [Flag(flag) for flag in self.bond.flags]


async def import_rows(uow: UnitOfWork, origin: str, rows: list[IssuedBondIn]) -> tuple[LedgerImport, list[RowResult]]:
    """Create what is new, revise what changed, leave the rest; a row that cannot be read is refused alone."""
    ledger = Ledger(uow.session)
    known = await ledger.by_key([_key(row) for row in rows])
    results = [_take(uow, ledger, known, index, row) for index, row in enumerate(rows)]
    counts = Counter(result.outcome.value for result in results)
    done = LedgerImport(
        origin=origin,
        imported_by=uow.actor,
        rows=len(rows),
        flagged=sum(1 for result in results if result.flags),
        **{outcome.value: counts[outcome.value] for outcome in Outcome},
    )
    ledger.add(done)
    await uow.session.flush()
    return done, results


async def issued_bond(view: ReadSession, bond_id: str) -> IssuedBond:
    """One bond. Raises IssuedBondNotFound."""
    bond = await Ledger(view.session).with_id(bond_id)
    if bond is None:
        raise IssuedBondNotFound(bond_id)
    return bond


async def ledger_import(view: ReadSession, import_id: str) -> LedgerImport:
    """One import. Raises LedgerImportNotFound."""
    done = await Ledger(view.session).import_with_id(import_id)
    if done is None:
        raise LedgerImportNotFound(import_id)
    return done


async def totals(view: ReadSession, bond_type: BondType | None) -> list[Total]:
    """What was issued per year and type."""
    return await Ledger(view.session).totals(bond_type)


def _take(uow: UnitOfWork, ledger: Ledger, known: dict[BondKey, IssuedBond], index: int, row: IssuedBondIn) -> RowResult:
    key = _key(row)
    try:
        entry = _entry(row)
    except DomainError as error:
        return RowResult(index, Outcome.REFUSED, error=error)
    bond = known.get(key)
    if bond is not None:
        return RowResult(index, bond.take(entry, at=uow.now, by=uow.actor), bond)
    known[key] = bond = IssuedBond.of(key, entry)
    ledger.add(bond)
    return RowResult(index, Outcome.CREATED, bond)


def _key(row: IssuedBondIn) -> BondKey:
    return BondKey(row.issuer, row.bond_code, row.issue_date)


def _entry(row: IssuedBondIn) -> dict[str, Any]:
    years = tenor_years(row.tenor_label)
    if years is None:
        raise TenorUnreadable(row.tenor_label)
    return {
        "name": row.bond_name,
        "set_year": row.set_year,
        "bond_type": row.bond_type.value,
        "tenor_years": years,
        "coupon_pct": row.coupon_pct,
        "amount_wan": in_wan(row.amount_yi),
        "new_amount_wan": in_wan(row.new_amount_yi),
        "refinance_amount_wan": in_wan(row.refinance_amount_yi),
        "swap_amount_wan": in_wan(row.swap_amount_yi),
    }
