"""Library projects, their moves between states, and their documents."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import Boolean, Date, ForeignKey, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from bond_svc.balances.rules import Repayment
from bond_svc.library.errors import AmountsImplausible, DaysOutOfOrder, IncomeUnitsMixed, MoveRefused, ProjectSealed
from bond_svc.library.rules import Amounts, Flaw, LibraryState, Readiness, amount_flaws, mixed_income, nested_flaws, refusal
from bond_svc.tables import Base, Word
from shared.kit.columns import Exact, Id, Instant, JsonDoc
from shared.kit.ids import new_id
from shared.kit.tables import Versioned

SCREENED: Final = frozenset(
    {
        "name",
        "description",
        "field",
        "sub_field",
        "public_interest",
        "income_lines",
        "bond_demand_wan",
        "rate_pct",
        "term_years",
        "repayment",
        "grace_years",
        "instalments_wan",
        "cash_flows",
        "clarifications",
        "total_investment_wan",
        "capital_wan",
        "other_funding_wan",
        "large_confirmed",
        "project_code",
        "starts_on",
        "build_years",
        "payback_years",
        "bond_capital_wan",
        "debt_ratio_pct",
        "funding_plan",
        "debt_plan",
        "registrations",
        "performance_sections",
        "other_funding_lines",
    }
)
"""What a screening looks at: once one of these changes, the project counts as not screened."""
YEARLY: Final = ("income_wan", "operating_cost_wan", "tax_wan", "market_debt_service_wan", "funded_debt_service_wan")

DEBT_YEARLY: Final = (
    "construction_outlay_wan",
    "bond_issued_wan",
    "bond_principal_wan",
    "market_borrowed_wan",
    "market_principal_wan",
    "interest_wan",
)


class LibraryProject(Versioned, Base):
    """A project that is meant for special bonds. Money in 万元; None is unknown, an empty list is the statement of none.

    `income_lines`, `cash_flows`, `instalments_wan` and `clarifications` are kept as they travel; amounts inside are text.
    """

    __tablename__ = "library_project"
    __table_args__ = (
        UniqueConstraint("region", "code"),
        Index("ix_library_project_listing", "region", "state", "portfolio", "lead_department"),
    )

    region: Mapped[str] = mapped_column(String(6))
    code: Mapped[str | None] = mapped_column(String(64))
    name: Mapped[str] = mapped_column(String(200))
    description: Mapped[str | None] = mapped_column(Text)
    field: Mapped[str | None] = mapped_column(String(8))
    sub_field: Mapped[str | None] = mapped_column(String(200))
    lead_department: Mapped[str] = mapped_column(String(200))
    portfolio: Mapped[str] = mapped_column(String(64))
    total_investment_wan: Mapped[Decimal | None] = mapped_column(Exact())
    bond_demand_wan: Mapped[Decimal | None] = mapped_column(Exact())
    capital_wan: Mapped[Decimal | None] = mapped_column(Exact())
    other_funding_wan: Mapped[Decimal | None] = mapped_column(Exact())
    large_confirmed: Mapped[bool] = mapped_column(Boolean, default=False)
    public_interest: Mapped[bool | None] = mapped_column(Boolean)
    income_lines: Mapped[list[dict[str, Any]] | None] = mapped_column(JsonDoc())
    rate_pct: Mapped[Decimal | None] = mapped_column(Exact())
    term_years: Mapped[int | None] = mapped_column(Integer)
    repayment: Mapped[Repayment | None] = mapped_column(Word(Repayment))
    grace_years: Mapped[int | None] = mapped_column(Integer)
    instalments_wan: Mapped[list[str] | None] = mapped_column(JsonDoc())
    cash_flows: Mapped[list[dict[str, Any]] | None] = mapped_column(JsonDoc())
    clarifications: Mapped[list[dict[str, Any]]] = mapped_column(JsonDoc(), default=list)
    project_code: Mapped[str | None] = mapped_column(String(64))
    starts_on: Mapped[date | None] = mapped_column(Date)
    build_years: Mapped[int | None] = mapped_column(Integer)
    payback_years: Mapped[int | None] = mapped_column(Integer)
    bond_capital_wan: Mapped[Decimal | None] = mapped_column(Exact())
    debt_ratio_pct: Mapped[Decimal | None] = mapped_column(Exact())
    funding_plan: Mapped[list[dict[str, Any]] | None] = mapped_column(JsonDoc())
    debt_plan: Mapped[list[dict[str, Any]] | None] = mapped_column(JsonDoc())
    registrations: Mapped[list[dict[str, Any]] | None] = mapped_column(JsonDoc())
    performance_sections: Mapped[list[str] | None] = mapped_column(JsonDoc())
    other_funding_lines: Mapped[list[dict[str, Any]] | None] = mapped_column(JsonDoc())
    state: Mapped[LibraryState] = mapped_column(Word(LibraryState), default=LibraryState.IDEA)
    screening_id: Mapped[str | None] = mapped_column(Id())
    screening_outcome: Mapped[str | None] = mapped_column(String(32))
    synthetic: Mapped[bool] = mapped_column(Boolean, default=False)

    @property
    def amounts(self) -> Amounts:
        return Amounts(self.total_investment_wan, self.bond_demand_wan, self.capital_wan, self.other_funding_wan)

    @property
    def readiness(self) -> Readiness:
        known = self.total_investment_wan is not None and self.bond_demand_wan is not None
        return Readiness(amounts_known=known, screened=self.screening_outcome)

    def fill_in(self, contents: Mapping[str, Any]) -> None:
        """Set contents by column name. What the screening looked at changed: the project counts as not screened."""
        changed = {name for name, value in contents.items() if getattr(self, name) != value}
        for name in changed:
            setattr(self, name, contents[name])
        if changed & SCREENED:
            self.screening_id = self.screening_outcome = None
        self._must_be_plausible()

    def revise(self, contents: Mapping[str, Any]) -> None:
        """Change a project that is still in its department's hands."""
        if not self.state.editable:
            raise ProjectSealed(self.id, self.state)
        self.fill_in(contents)
        if self.state.counts and not self.readiness.amounts_known:
            raise MoveRefused(self.id, self.state, f"{self.state.label}项目的总投资和专项债券需求不能删去。")

    def move(self, to: LibraryState) -> None:
        """Go to another state, or say why not."""
        reason = refusal(self.state, to, self.readiness)
        if reason is not None:
            raise MoveRefused(self.id, to, reason)
        self.state = to

    def take_screening(self, screening_id: str, outcome: str) -> None:
        """Remember how the present contents came out."""
        self.screening_id, self.screening_outcome = screening_id, outcome

    def _must_be_plausible(self) -> None:
        if flaws := amount_flaws(self.amounts, large_confirmed=bool(self.large_confirmed)) + self._nested_flaws():
            raise AmountsImplausible(flaws)
        by_line = _known(self.income_lines, "total_wan")
        if mixed_income(by_line, _known(self.cash_flows, "income_wan")):
            raise IncomeUnitsMixed

    def _nested_flaws(self) -> list[Flaw]:
        plan = [amount for name in YEARLY for amount in _known(self.cash_flows, name)]
        return [
            *nested_flaws("income_lines", _known(self.income_lines, "total_wan")),
            *nested_flaws("cash_flows", plan),
            *nested_flaws("funding_plan", _known(self.funding_plan, "amount_wan")),
            *nested_flaws("registrations", _known(self.registrations, "amount_wan")),
            *nested_flaws("debt_plan", [amount for name in DEBT_YEARLY for amount in _known(self.debt_plan, name)]),
            *nested_flaws("bond_capital_wan", [] if self.bond_capital_wan is None else [self.bond_capital_wan]),
            *nested_flaws("instalments_wan", [Decimal(each) for each in self.instalments_wan or ()]),
        ]


def _known(rows: list[dict[str, Any]] | None, name: str) -> list[Decimal]:
    return [Decimal(row[name]) for row in rows or () if row[name] is not None]


class LibraryMove(Base):
    """One move of a project, append-only; `from_state` is None for the entry into the library."""

    __tablename__ = "library_move"
    __table_args__ = (Index("ix_library_move_project_id", "project_id", "at"),)

    id: Mapped[str] = mapped_column(Id(), primary_key=True, default=new_id)
    project_id: Mapped[str] = mapped_column(Id(), ForeignKey("library_project.id"))
    from_state: Mapped[LibraryState | None] = mapped_column(Word(LibraryState))
    to_state: Mapped[LibraryState] = mapped_column(Word(LibraryState))
    reason: Mapped[str | None] = mapped_column(Text)
    actor: Mapped[str] = mapped_column(String(300))
    at: Mapped[datetime] = mapped_column(Instant())


class DocumentKind(StrEnum):
    """一案两书, 绩效评估 and the permits of §4.5 R08–R10."""

    IMPLEMENTATION_PLAN = "implementation_plan"
    FINANCIAL_REPORT = "financial_report"
    LEGAL_OPINION = "legal_opinion"
    PERFORMANCE_EVALUATION = "performance_evaluation"
    APPROVAL = "approval"
    FEASIBILITY_STUDY = "feasibility_study"
    LAND = "land"
    PLANNING_PERMIT = "planning_permit"
    ENVIRONMENTAL_REVIEW = "environmental_review"
    CONSTRUCTION_PERMIT = "construction_permit"
    OTHER = "other"


class LibraryDocument(Versioned, Base):
    """A paper of a project: what it is, its number, and from when to when it holds (both days included)."""

    __tablename__ = "library_document"
    __table_args__ = (Index("ix_library_document_project_id", "project_id", "valid_until"),)

    project_id: Mapped[str] = mapped_column(Id(), ForeignKey("library_project.id"))
    kind: Mapped[DocumentKind] = mapped_column(Word(DocumentKind))
    title: Mapped[str] = mapped_column(String(200))
    number: Mapped[str | None] = mapped_column(String(200))
    issued_on: Mapped[date] = mapped_column(Date)
    valid_until: Mapped[date | None] = mapped_column(Date)

    def check_days(self) -> None:
        if self.valid_until is not None and self.valid_until < self.issued_on:
            raise DaysOutOfOrder
