"""What is screened, and what screening says about it."""

import dataclasses
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any

from bond_svc.balances.rules import BondTerms
from bond_svc.library.rules import IncomeNature
from bond_svc.screenings.dossiers import Dossier
from shared.kit.decimals import shortest


def text_of(value: Decimal | None) -> str | None:
    """An amount as it is kept in a finding's inputs."""
    return None if value is None else shortest(value)


class RuleId(StrEnum):
    FIELD = "R01"
    NEGATIVE_LIST = "R02"
    INCOME = "R03"
    COVERAGE = "R04"
    COVERAGE_CEILING = "R04S"
    CASH = "R05"
    DEBT_PLAN = "R06"
    PLAN_YEARS = "R07"
    APPROVALS = "R08"
    PROPOSAL_PAPERS = "R09"
    PERFORMANCE = "R10"
    REGISTERS = "R11"
    CAPITAL = "R12"
    DOUBLE_FUNDING = "R13"
    TERM = "R14"
    DEMAND = "R15"
    REGION_DEBT = "R16"


class Severity(StrEnum):
    """A hard rule that is hit fails the project; a soft one that is hit is shown. What is undetermined passes neither."""

    HARD = "H"
    SOFT = "S"


class Verdict(StrEnum):
    CLEAR = "clear"
    HIT = "hit"
    UNDETERMINED = "undetermined"


class Outcome(StrEnum):
    PASS = "pass"  # noqa: S105 - an outcome of screening
    FAIL = "fail"
    UNDETERMINED = "undetermined"


@dataclass(frozen=True, slots=True)
class IncomeLine:
    """One source of a project's income over the life of the bond, in 万元; None is unknown."""

    name: str
    nature: IncomeNature | None
    total_wan: Decimal | None


@dataclass(frozen=True, slots=True)
class PlannedYear:
    """One year of the cash-flow plan as it was filled in, in 万元; None is unknown, never zero."""

    year: int
    income_wan: Decimal | None
    operating_cost_wan: Decimal | None
    tax_wan: Decimal | None
    market_debt_service_wan: Decimal = Decimal()
    funded_debt_service_wan: Decimal = Decimal()


@dataclass(frozen=True, slots=True)
class Clarification:
    """What the project's unit says about a mention that words alone do not settle."""

    mention: str
    statement: str


@dataclass(frozen=True, slots=True)
class Proposal:
    """What is screened. None is unknown; an empty tuple of income lines is the statement that there is no income."""

    name: str
    description: str | None
    field: str | None
    sub_field: str | None
    public_interest: bool | None
    income_lines: tuple[IncomeLine, ...] | None
    terms: BondTerms | None
    missing_terms: tuple[str, ...]
    cash_flows: tuple[PlannedYear, ...] | None
    clarifications: tuple[Clarification, ...] = ()
    dossier: Dossier = dataclasses.field(default_factory=Dossier)


@dataclass(frozen=True, slots=True)
class Finding:
    """What one rule says: why, on what inputs, by which clause, and what to supply where it cannot say."""

    rule: RuleId
    verdict: Verdict
    severity: Severity
    clause: str
    message: str
    inputs: dict[str, Any] = dataclasses.field(default_factory=dict)
    needed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Screening:
    outcome: Outcome
    findings: tuple[Finding, ...]
