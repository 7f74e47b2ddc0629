"""Computing a balance for somebody who has not put a project in."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from bond_svc.balances.errors import BalanceFlawed
from bond_svc.balances.rules import Balance, BondTerms, YearFlow, balance, flow_flaws, term_flaws
from bond_svc.policies.repository import Policies
from shared.kit.db import ReadSession


class Threshold(NamedTuple):
    """What a ratio has to reach, and the policy version that says so; None when the caller said it himself."""

    required: Decimal
    policy_version: str | None


def compute(terms: BondTerms, flows: Sequence[YearFlow]) -> Balance:
    """The balance; raises BalanceFlawed with everything that is wrong with its inputs."""
    flaws = term_flaws(terms)
    if flaws := flaws or flow_flaws(terms.term_years, flows):
        raise BalanceFlawed(flaws)
    return balance(terms, flows)


async def threshold_on(view: ReadSession, day: date) -> Threshold | None:
    """What the policy in force on the day requires; None without a policy."""
    policy = await Policies(view.session).in_force(day)
    return None if policy is None else Threshold(policy.rule_book.coverage.required, policy.policy_version)
