"""What can go wrong with a balance."""

from collections.abc import Sequence

from bond_svc.balances.rules import Flaw
from shared.kit.errors import Fault, Invalid


class BalanceFlawed(Invalid):
    code = "bond.balance-flawed"

    def __init__(self, flaws: Sequence[Flaw]) -> None:
        faults = [Fault(f"/{flaw.field}", self.code, flaw.message) for flaw in flaws]
        super().__init__(flaws[0].message, faults=faults)
