"""Importing the register: idempotent, nothing dropped, every change of a row kept."""

from dataclasses import dataclass
from typing import Self

from bond_svc.ledger.errors import RowRepeated, RowUnreadable
from bond_svc.ledger.models import ImportOutcome, IssuedBond, IssuedBondRevision
from bond_svc.ledger.repository import IssuedBonds
from bond_svc.ledger.rules import Key, Reading, Row, Unreadable, read
from shared.kit.db import UnitOfWork


@dataclass(frozen=True, slots=True)
class Imported:
    """What became of one row."""

    bond: IssuedBond
    outcome: ImportOutcome


class Import:
    """One import: it knows the bonds that the rows may be about, and what it did with each row."""

    def __init__(self, uow: UnitOfWork, known: dict[Key, IssuedBond]) -> None:
        self._uow = uow
        self._known = known
        self._seen: dict[Key, Reading] = {}

    @classmethod
    async def begin(cls, uow: UnitOfWork, codes: list[str]) -> Self:
        return cls(uow, await IssuedBonds(uow.session).by_codes(codes))

    async def take(self, row: Row) -> Imported:
        """Keep one row: new, as before, or with changes that are remembered. A row that repeats another is as before."""
        reading = _read(row)
        if self._seen.setdefault(reading.key, reading) != reading:
            raise RowRepeated(row.bond_name)
        bond = self._known.get(reading.key)
        if bond is None:
            bond = IssuedBond()
            bond.take(reading)
            await self._keep(bond)
            self._known[reading.key] = bond
            return Imported(bond, ImportOutcome.CREATED)
        before = bond.take(reading)
        if not before:
            return Imported(bond, ImportOutcome.UNCHANGED)
        await self._keep(IssuedBondRevision.of(bond, before, self._uow.actor, self._uow.now))
        return Imported(bond, ImportOutcome.REVISED)

    async def _keep(self, row: IssuedBond | IssuedBondRevision) -> None:
        IssuedBonds(self._uow.session).add_all([row])
        await self._uow.session.flush()


def _read(row: Row) -> Reading:
    try:
        return read(row)
    except Unreadable as unreadable:
        raise RowUnreadable(unreadable.flaws) from unreadable
