"""What can go wrong with the ledger."""

from collections.abc import Sequence

from bond_svc.ledger.rules import Flaw
from shared.kit.errors import Fault, Invalid, NotFound


class BondNotFound(NotFound):
    code = "bond.issued-bond-not-found"

    def __init__(self, bond_id: str) -> None:
        super().__init__(f"台账中没有债券 {bond_id}。", bond_id=bond_id)


class RowUnreadable(Invalid):
    code = "bond.issued-bond-unreadable"

    def __init__(self, flaws: Sequence[Flaw]) -> None:
        faults = [Fault(f"/{flaw.field}", self.code, flaw.message) for flaw in flaws]
        super().__init__(flaws[0].message, faults=faults)


class RowRepeated(Invalid):
    code = "bond.issued-bond-repeated"

    def __init__(self, name: str) -> None:
        super().__init__(f"同一批中“{name}”的发行人、代码、发行日期与另一行相同而内容不同，请核对。", pointer="/bond_code")
