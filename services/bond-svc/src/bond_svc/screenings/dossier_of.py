"""A library project's readiness as the rules see it."""

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any, Final, TypeVar

from bond_svc.library.models import DEBT_YEARLY, LibraryDocument, LibraryProject
from bond_svc.screenings.dossiers import DebtYear, Dossier, IncomeYears, OtherFunding, Paper, Registration, Source

Row = TypeVar("Row")
SAME: Final = (
    "total_investment_wan",
    "bond_demand_wan",
    "capital_wan",
    "other_funding_wan",
    "term_years",
    "project_code",
    "starts_on",
    "build_years",
    "payback_years",
    "bond_capital_wan",
    "debt_ratio_pct",
)


def dossier_of(project: LibraryProject, documents: Sequence[LibraryDocument]) -> Dossier:
    sections, lines = project.performance_sections, project.income_lines
    return Dossier(
        **{name: getattr(project, name) for name in SAME},
        large_confirmed=bool(project.large_confirmed),
        papers=tuple(Paper(each.kind.value, each.number, each.issued_on, each.valid_until) for each in documents),
        funding_plan=_rows(project.funding_plan, lambda row: Source(row["year"], row["source"], _money(row["amount_wan"]))),
        debt_plan=_rows(project.debt_plan, _debt_year),
        registrations=_rows(project.registrations, _registration),
        performance_sections=None if sections is None else tuple(sections),
        other_funding=_rows(project.other_funding_lines, lambda row: OtherFunding(**row)),
        income_years=_rows(lines, lambda row: IncomeYears(row["name"], row.get("first_year"), row.get("last_year"))),
    )


def _rows(rows: list[dict[str, Any]] | None, read: Callable[[dict[str, Any]], Row]) -> tuple[Row, ...] | None:
    return None if rows is None else tuple(read(row) for row in rows)


def _debt_year(row: dict[str, Any]) -> DebtYear:
    return DebtYear(row["year"], **{name: _money(row[name]) for name in DEBT_YEARLY})


def _registration(row: dict[str, Any]) -> Registration:
    return Registration(row["system"], row["code"], row["name"], _money(row["amount_wan"]))


def _money(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)
