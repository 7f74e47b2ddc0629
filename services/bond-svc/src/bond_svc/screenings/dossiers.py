"""What the rules R05–R16 look at beside a project's contents (`domain.md` §4.5). Money is 万元; None is unknown.

An empty tuple is a statement: no registration, no other funding.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Paper:
    """A document of the project, valid from the day of issue to `valid_until`, both included."""

    kind: str
    number: str | None
    issued_on: date
    valid_until: date | None

    def holds(self, day: date) -> bool:
        return self.issued_on <= day and not self.expired(day)

    def expired(self, day: date) -> bool:
        return self.valid_until is not None and self.valid_until < day


@dataclass(frozen=True, slots=True)
class Source:
    """What one source of money gives in a calendar year."""

    year: int
    source: str
    amount_wan: Decimal | None


@dataclass(frozen=True, slots=True)
class DebtYear:
    """One year of the bond's life as the implementation plan draws it."""

    year: int
    construction_outlay_wan: Decimal | None
    bond_issued_wan: Decimal | None
    bond_principal_wan: Decimal | None
    market_borrowed_wan: Decimal | None
    market_principal_wan: Decimal | None
    interest_wan: Decimal | None


@dataclass(frozen=True, slots=True)
class Registration:
    """An entry in 国家重大建设项目库 (`ndrc`) or 地方政府债务管理系统 (`mof`)."""

    system: str
    code: str | None
    name: str | None
    amount_wan: Decimal | None


@dataclass(frozen=True, slots=True)
class OtherFunding:
    """Public money beside special bonds; `same_spend` says whether it pays for the same outlay."""

    kind: str
    purpose: str
    same_spend: bool | None


@dataclass(frozen=True, slots=True)
class IncomeYears:
    """From and to which year of the bond's life an income line flows."""

    name: str
    first_year: int | None
    last_year: int | None


@dataclass(frozen=True, slots=True)
class Dossier:
    """The readiness of a project: papers, funding, registrations, and the few figures that the rules compare."""

    total_investment_wan: Decimal | None = None
    bond_demand_wan: Decimal | None = None
    capital_wan: Decimal | None = None
    other_funding_wan: Decimal | None = None
    large_confirmed: bool = False
    term_years: int | None = None
    project_code: str | None = None
    starts_on: date | None = None
    build_years: int | None = None
    payback_years: int | None = None
    bond_capital_wan: Decimal | None = None
    debt_ratio_pct: Decimal | None = None
    papers: tuple[Paper, ...] = ()
    funding_plan: tuple[Source, ...] | None = None
    debt_plan: tuple[DebtYear, ...] | None = None
    registrations: tuple[Registration, ...] | None = None
    performance_sections: tuple[str, ...] | None = None
    other_funding: tuple[OtherFunding, ...] | None = None
    income_years: tuple[IncomeYears, ...] | None = None
