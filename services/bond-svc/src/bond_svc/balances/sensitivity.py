"""What moves the coverage ratio: the grid of −8 … +8 %, how far each factor may move, and the fees (`domain.md` §4.6, §4.7).

A factor moves in every year alike; taxes and market borrowing stay as planned. Changes are in percent of the plan.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum
from typing import Final, assert_never

from bond_svc.balances.rules import CENT_PLACES, Balance, BondTerms, YearFlow, balance
from shared.kit.decimals import exact_arithmetic, round_half_up

GRID_PCT: Final = (-8, -6, -4, -2, 0, 2, 4, 6, 8)
LOWEST_PCT: Final = Decimal(-100)
HIGHEST_PCT: Final = Decimal(1000)
FINEST_PCT: Final = Decimal("0.0001")


class Factor(StrEnum):
    INCOME = "income"
    OPERATING_COST = "operating_cost"
    RATE = "rate"
    PRINCIPAL = "principal"


@dataclass(frozen=True, slots=True)
class Cell:
    """The balance with one factor changed by so many percent."""

    factor: Factor
    change_pct: Decimal
    balance: Balance


@dataclass(frozen=True, slots=True)
class BreakEven:
    """The last change of a factor, to a ten-thousandth of a percent, at which the ratio still meets the threshold.

    Income may fall to it, the others may rise to it. `change_pct` is None where the ratio meets the threshold over the whole
    range that is searched (`always`), or nowhere in it.
    """

    factor: Factor
    change_pct: Decimal | None
    always: bool


@dataclass(frozen=True, slots=True)
class FeeRates:
    """In percent: issue and registration of the principal, redemption of principal and interest together."""

    issue_pct: Decimal
    registration_pct: Decimal
    redemption_pct: Decimal


@dataclass(frozen=True, slots=True)
class Fees:
    issue_wan: Decimal
    registration_wan: Decimal
    redemption_wan: Decimal

    @property
    def total_wan(self) -> Decimal:
        return self.issue_wan + self.registration_wan + self.redemption_wan


def grid(terms: BondTerms, flows: Sequence[YearFlow]) -> list[Cell]:
    """Each factor at each step of the grid, the others as planned."""
    return [Cell(each, Decimal(step), changed(terms, flows, each, Decimal(step))) for each in Factor for step in GRID_PCT]


def changed(terms: BondTerms, flows: Sequence[YearFlow], factor: Factor, change_pct: Decimal) -> Balance:
    """The balance with one factor changed."""
    with exact_arithmetic():
        share = (100 + change_pct) / 100
        match factor:
            case Factor.INCOME:
                return balance(terms, [replace(flow, income_wan=flow.income_wan * share) for flow in flows])
            case Factor.OPERATING_COST:
                return balance(terms, [replace(flow, operating_cost_wan=flow.operating_cost_wan * share) for flow in flows])
            case Factor.RATE:
                return balance(replace(terms, rate_pct=terms.rate_pct * share), flows)
            case Factor.PRINCIPAL:
                instalments = tuple(each * share for each in terms.instalments_wan)
                return balance(replace(terms, principal_wan=terms.principal_wan * share, instalments_wan=instalments), flows)
            case _:
                assert_never(factor)


def break_even(terms: BondTerms, flows: Sequence[YearFlow], factor: Factor, threshold: Decimal) -> BreakEven:
    """How far a factor may move, by bisection on exact decimals: the ratio rises with income and falls with the others."""

    def holds(change_pct: Decimal) -> bool:
        return changed(terms, flows, factor, change_pct).meets(threshold)

    good, bad = (HIGHEST_PCT, LOWEST_PCT) if factor is Factor.INCOME else (LOWEST_PCT, HIGHEST_PCT)
    if not holds(good):
        return BreakEven(factor, None, always=False)
    if holds(bad):
        return BreakEven(factor, None, always=True)
    return BreakEven(factor, _last_good(good, bad, holds), always=False)


def _last_good(good: Decimal, bad: Decimal, holds: Callable[[Decimal], bool]) -> Decimal:
    """Bisection over whole steps: `good` holds, `bad` does not, and in the end they are neighbours."""
    with exact_arithmetic():
        near, far = int(good / FINEST_PCT), int(bad / FINEST_PCT)
        while abs(near - far) > 1:
            middle = (near + far) // 2
            if holds(middle * FINEST_PCT):
                near = middle
            else:
                far = middle
        return near * FINEST_PCT


def fees(terms: BondTerms, result: Balance, rates: FeeRates) -> Fees:
    """What issuing, registering and redeeming the bonds costs; market borrowing bears none of it."""
    with exact_arithmetic():
        repaid = terms.principal_wan + result.interest_wan
        return Fees(
            _share(terms.principal_wan, rates.issue_pct),
            _share(terms.principal_wan, rates.registration_pct),
            _share(repaid, rates.redemption_pct),
        )


def _share(amount: Decimal, rate_pct: Decimal) -> Decimal:
    return round_half_up(amount * rate_pct / 100, CENT_PLACES)
