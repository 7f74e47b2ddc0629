"""Repayment plans, the coverage ratio (本息覆盖倍数) and the yearly cash test (`domain.md` §4.7, R05).

Money is 万元, exact to a hundredth of a yuan: interest is rounded to it, an instalment that does not divide evenly is cut to
it and the last one takes the rest, so that the principal repaid is the principal issued.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import ROUND_DOWN, Decimal
from enum import StrEnum
from itertools import accumulate
from typing import Final, assert_never

from shared.kit.decimals import exact_arithmetic, ratio, round_half_up, shortest

HALF_YEARLY_FROM_YEARS: Final = 10
LONGEST_TERM_YEARS: Final = 30
CENT_PLACES: Final = 6  # of 万元: a hundredth of a yuan, the smallest sum that can be paid
SMALLEST_WAN: Final = Decimal("0.000001")
ZERO: Final = Decimal()


class Repayment(StrEnum):
    """How the principal comes back: at the end, in equal parts, in equal parts after a grace period, or as agreed."""

    BULLET = "bullet"
    EQUAL_PRINCIPAL = "equal_principal"
    GRACE = "grace"
    CUSTOM = "custom"


@dataclass(frozen=True, slots=True)
class Flaw:
    """Something in the input that no balance can be computed from: the field and a Chinese sentence."""

    field: str
    message: str


@dataclass(frozen=True, slots=True)
class BondTerms:
    """A bond: principal in 万元, rate in percent a year, term in years.

    `grace_years` counts only with GRACE, `instalments_wan` (one a year) only with CUSTOM. `interest_payments` a year:
    None means the custom of the market, 1 below ten years and 2 from ten years on.
    """

    principal_wan: Decimal
    rate_pct: Decimal
    term_years: int
    repayment: Repayment
    grace_years: int = 0
    instalments_wan: tuple[Decimal, ...] = ()
    interest_payments: int | None = None

    @property
    def payments_a_year(self) -> int:
        if self.interest_payments is not None:
            return self.interest_payments
        return 2 if self.term_years >= HALF_YEARLY_FROM_YEARS else 1


@dataclass(frozen=True, slots=True)
class YearFlow:
    """One year of a project's cash, in 万元; `year` 1 is the first year of the bond.

    Cost excludes depreciation and interest. `funded_debt_service_wan` is the part of the year's debt service that the funding
    plan pays for (capitalised interest of the building years).
    """

    year: int
    income_wan: Decimal
    operating_cost_wan: Decimal
    tax_wan: Decimal
    market_debt_service_wan: Decimal = ZERO
    funded_debt_service_wan: Decimal = ZERO

    @property
    def net_income_wan(self) -> Decimal:
        return self.income_wan - self.operating_cost_wan - self.tax_wan


@dataclass(frozen=True, slots=True)
class Year:
    """One year of a balance. `dscr` is that year's net income over its debt service; None where nothing falls due."""

    year: int
    opening_principal_wan: Decimal
    principal_wan: Decimal
    interest_wan: Decimal
    market_debt_service_wan: Decimal
    net_income_wan: Decimal
    cash_wan: Decimal
    cumulative_wan: Decimal
    dscr: Decimal | None

    @property
    def debt_service_wan(self) -> Decimal:
        return self.principal_wan + self.interest_wan + self.market_debt_service_wan


@dataclass(frozen=True, slots=True)
class CashTest:
    """R05: cumulative cash never below zero. `lowest_year` is the first year with the lowest cumulative cash."""

    passes: bool
    lowest_wan: Decimal
    lowest_year: int


@dataclass(frozen=True, slots=True)
class Balance:
    """A project's income against its debt over the life of the bond."""

    years: tuple[Year, ...]
    interest_payments: int

    @property
    def net_income_wan(self) -> Decimal:
        return sum((year.net_income_wan for year in self.years), ZERO)

    @property
    def interest_wan(self) -> Decimal:
        return sum((year.interest_wan for year in self.years), ZERO)

    @property
    def debt_service_wan(self) -> Decimal:
        return sum((year.debt_service_wan for year in self.years), ZERO)

    @property
    def coverage_ratio(self) -> Decimal:
        """K, unrounded to 60 digits; show it with two places, compare it with `meets`."""
        return _over(self.net_income_wan, self.debt_service_wan)

    def coverage_if(self, income_change_pct: Decimal) -> Decimal:
        """K with every year's net income changed by so many percent."""
        with exact_arithmetic():
            return _over(self.net_income_wan * (100 + income_change_pct) / 100, self.debt_service_wan)

    def meets(self, threshold: Decimal) -> bool:
        """Whether K ≥ threshold, decided without dividing: 1.1951 is shown as 1.20 and does not meet 1.20."""
        with exact_arithmetic():
            return self.net_income_wan >= threshold * self.debt_service_wan

    def exceeds(self, ceiling: Decimal) -> bool:
        with exact_arithmetic():
            return self.net_income_wan > ceiling * self.debt_service_wan

    @property
    def cash_test(self) -> CashTest:
        lowest = min(self.years, key=lambda year: (year.cumulative_wan, year.year))
        return CashTest(lowest.cumulative_wan >= 0, lowest.cumulative_wan, lowest.year)


def term_flaws(terms: BondTerms) -> list[Flaw]:
    """Everything that is wrong with the terms themselves."""
    flaws: list[Flaw] = []
    if terms.principal_wan <= 0:
        flaws.append(Flaw("principal_wan", "债券本金应大于 0 万元。"))
    if terms.rate_pct < 0:
        flaws.append(Flaw("rate_pct", "年利率不能为负。"))
    if not 1 <= terms.term_years <= LONGEST_TERM_YEARS:
        flaws.append(Flaw("term_years", f"债券期限应为 1 至 {LONGEST_TERM_YEARS} 年。"))
    if terms.repayment is Repayment.GRACE and not 0 <= terms.grace_years < terms.term_years:
        flaws.append(Flaw("grace_years", "宽限期应不少于 0 年且短于债券期限。"))
    return flaws + (_instalment_flaws(terms) if terms.repayment is Repayment.CUSTOM else [])


def _instalment_flaws(terms: BondTerms) -> list[Flaw]:
    flaws: list[Flaw] = []
    if len(terms.instalments_wan) != terms.term_years:
        flaws.append(
            Flaw("instalments_wan", f"应逐年列出 {terms.term_years} 年的还本额，实际列出 {len(terms.instalments_wan)} 年。")
        )
    if any(instalment < 0 for instalment in terms.instalments_wan):
        flaws.append(Flaw("instalments_wan", "还本额不能为负。"))
    repaid = sum(terms.instalments_wan, ZERO)
    if repaid != terms.principal_wan:
        flaws.append(
            Flaw(
                "instalments_wan",
                f"各年还本合计 {shortest(repaid)} 万元，与债券本金 {shortest(terms.principal_wan)} 万元不相等。",
            )
        )
    return flaws


def flow_flaws(term_years: int, flows: Sequence[YearFlow]) -> list[Flaw]:
    """A plan must name each year of the bond's life once: a year left out is unknown, not zero."""
    given = [flow.year for flow in flows]
    wanted = range(1, term_years + 1)
    flaws: list[Flaw] = []
    if missing := [year for year in wanted if year not in given]:
        flaws.append(Flaw("cash_flows", f"现金流缺少第 {_listed(missing)} 年。"))
    if repeated := sorted({year for year in given if given.count(year) > 1}):
        flaws.append(Flaw("cash_flows", f"现金流重复填报第 {_listed(repeated)} 年。"))
    if outside := [year for year in given if year not in wanted]:
        flaws.append(Flaw("cash_flows", f"第 {_listed(outside)} 年不在债券存续期（1 至 {term_years} 年）内。"))
    return flaws


def _listed(years: Sequence[int]) -> str:
    return "、".join(str(year) for year in years)


def principal_plan(terms: BondTerms) -> tuple[Decimal, ...]:
    """The principal repaid at the end of each year; it adds up to the principal."""
    match terms.repayment:
        case Repayment.BULLET:
            return (ZERO,) * (terms.term_years - 1) + (terms.principal_wan,)
        case Repayment.EQUAL_PRINCIPAL:
            return equal_parts(terms.principal_wan, terms.term_years)
        case Repayment.GRACE:
            return (ZERO,) * terms.grace_years + equal_parts(terms.principal_wan, terms.term_years - terms.grace_years)
        case Repayment.CUSTOM:
            return terms.instalments_wan
        case _:
            assert_never(terms.repayment)


def equal_parts(amount: Decimal, count: int) -> tuple[Decimal, ...]:
    """So many payments of the same size; the last one takes what does not divide."""
    with exact_arithmetic():
        part = (amount / count).quantize(SMALLEST_WAN, rounding=ROUND_DOWN)
        return (part,) * (count - 1) + (amount - part * (count - 1),)


def balance(terms: BondTerms, flows: Sequence[YearFlow]) -> Balance:
    """The balance of a bond without flaws over flows that name each of its years once."""
    with exact_arithmetic():
        years = tuple(_years(terms, sorted(flows, key=lambda flow: flow.year)))
    return Balance(years, terms.payments_a_year)


def _years(terms: BondTerms, flows: Sequence[YearFlow]) -> Iterator[Year]:
    principal = principal_plan(terms)
    repaid_before = accumulate(principal, initial=ZERO)
    cumulative = ZERO
    for flow, repaid, due in zip(flows, repaid_before, principal, strict=False):
        opening = terms.principal_wan - repaid
        interest = round_half_up(opening * terms.rate_pct / 100, CENT_PLACES)
        service = due + interest + flow.market_debt_service_wan
        cash = flow.net_income_wan + flow.funded_debt_service_wan - service
        cumulative += cash
        yield Year(
            year=flow.year,
            opening_principal_wan=opening,
            principal_wan=due,
            interest_wan=interest,
            market_debt_service_wan=flow.market_debt_service_wan,
            net_income_wan=flow.net_income_wan,
            cash_wan=cash,
            cumulative_wan=cumulative,
            dscr=ratio(flow.net_income_wan, service),
        )


def _over(part: Decimal, whole: Decimal) -> Decimal:
    quotient = ratio(part, whole)
    if quotient is None:
        raise ValueError("a bond with a principal has debt service")
    return quotient
