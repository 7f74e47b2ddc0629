"""Screenings as they were given, for good: what was looked at, by which policy version, with what findings."""

from datetime import date
from typing import Any, Final

from sqlalchemy import Boolean, Date, ForeignKey, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from bond_svc.screenings.proposals import Finding, Outcome, Screening, Verdict
from bond_svc.tables import Base, Word
from shared.contracts.bond import FindingSummary
from shared.kit.columns import Id, JsonDoc
from shared.kit.tables import Versioned

NO_POLICY: Final = "-"
"""The policy version of a screening on a day without one."""


class LibraryScreening(Versioned, Base):
    """One screening of one project; append-only.

    `project_version` says which contents were screened. It is `decisive` when it was about today under the policy in force;
    any other question is answered and kept, and changes nothing.
    """

    __tablename__ = "library_screening"
    __table_args__ = (Index("ix_library_screening_project_id", "project_id", "created_at"),)

    project_id: Mapped[str] = mapped_column(Id(), ForeignKey("library_project.id"))
    region: Mapped[str] = mapped_column(String(6))
    project_version: Mapped[int] = mapped_column(Integer)
    screened_on: Mapped[date] = mapped_column(Date)
    policy_version: Mapped[str] = mapped_column(String(80))
    outcome: Mapped[Outcome] = mapped_column(Word(Outcome))
    decisive: Mapped[bool] = mapped_column(Boolean)
    findings: Mapped[list[dict[str, Any]]] = mapped_column(JsonDoc())
    actor: Mapped[str] = mapped_column(String(300))


def as_document(finding: Finding) -> dict[str, Any]:
    """A finding as it is kept and as it travels."""
    return {
        "rule": finding.rule.value,
        "outcome": finding.verdict.value,
        "severity": finding.severity.value,
        "clause": finding.clause,
        "message": finding.message,
        "inputs": finding.inputs,
        "needed": list(finding.needed),
    }


def summaries(screening: Screening) -> tuple[FindingSummary, ...]:
    """The findings that are not clear, as a fact tells them."""
    found = [
        (finding, "hit" if finding.verdict is Verdict.HIT else "undetermined")
        for finding in screening.findings
        if finding.verdict is not Verdict.CLEAR
    ]
    return tuple(
        FindingSummary.model_validate(
            {"rule": finding.rule.value, "outcome": outcome, "clause": finding.clause, "message": finding.message}
        )
        for finding, outcome in found
    )
