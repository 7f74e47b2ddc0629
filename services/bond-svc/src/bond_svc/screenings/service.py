"""Screening a library project: the project, the policy, the rules, and the fact of what was decided."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from bond_svc.balances.rules import BondTerms, Repayment
from bond_svc.library.models import LibraryDocument, LibraryProject
from bond_svc.library.repository import LibraryProjects
from bond_svc.library.rules import IncomeNature
from bond_svc.policies.models import Policy
from bond_svc.policies.repository import Policies
from bond_svc.screenings.dossier_of import dossier_of
from bond_svc.screenings.models import NO_POLICY, LibraryScreening, as_document, summaries
from bond_svc.screenings.opinion import Opinion, written
from bond_svc.screenings.proposals import Clarification, IncomeLine, PlannedYear, Proposal, Screening
from bond_svc.screenings.repository import Screenings
from bond_svc.screenings.rules import screen
from shared.contracts.bond import ScreeningDecided
from shared.kit.db import ReadSession, UnitOfWork
from shared.kit.decimals import shortest
from shared.kit.ids import new_id


@dataclass(frozen=True, slots=True)
class Question:
    """On which day, and by which policy version; None means today, and the version in force on the day."""

    on: date | None = None
    policy_version: str | None = None


async def screen_project(uow: UnitOfWork, project_id: str, question: Question) -> LibraryScreening:
    """Screen a project as it is now and keep the answer.

    The answer to today's question under the policy in force decides: the project remembers it and a fact is recorded.
    """
    project = await LibraryProjects(uow.session).get_for_update(project_id)
    today = uow.now.date()
    day = question.on or today
    policy = await _policy(uow, question.policy_version, day)
    documents = await LibraryProjects(uow.session).all_documents(project.id)
    answer = screen(proposal_of(project, documents), None if policy is None else policy.rule_book, day)
    row = LibraryScreening(
        id=new_id(),
        project_id=project.id,
        region=project.region,
        project_version=project.version,
        screened_on=day,
        policy_version=NO_POLICY if policy is None else policy.policy_version,
        outcome=answer.outcome,
        decisive=day == today and question.policy_version is None,
        findings=[as_document(finding) for finding in answer.findings],
        actor=uow.actor,
    )
    Screenings(uow.session).add(row)
    if row.decisive:
        project.take_screening(row.id, answer.outcome.value)
        uow.record(_decided(project, row, answer))
    await uow.session.flush()
    return row


async def opinion_on(view: ReadSession, project_id: str, screening_id: str) -> bytes:
    """The printable opinion on a screening. Raises LibraryProjectNotFound, ScreeningNotFound."""
    project = await LibraryProjects(view.session).get(project_id)
    screening = await Screenings(view.session).get(project_id, screening_id)
    return await asyncio.to_thread(written, Opinion(project, screening))


async def _policy(uow: UnitOfWork, policy_version: str | None, day: date) -> Policy | None:
    policies = Policies(uow.session)
    return await (policies.in_force(day) if policy_version is None else policies.by_version(policy_version))


def _decided(project: LibraryProject, row: LibraryScreening, answer: Screening) -> ScreeningDecided:
    return ScreeningDecided(
        region=project.region,
        library_project_id=project.id,
        name=project.name,
        screening_id=row.id,
        outcome=answer.outcome.value,
        findings=summaries(answer),
        policy_version=row.policy_version,
        total_investment_wan=_tidy(project.total_investment_wan),
        bond_demand_wan=_tidy(project.bond_demand_wan),
        lead_department=project.lead_department,
        portfolio=project.portfolio,
        synthetic=project.synthetic,
    )


def _tidy(amount: Decimal | None) -> Decimal | None:
    return None if amount is None else Decimal(shortest(amount))


def proposal_of(project: LibraryProject, documents: Sequence[LibraryDocument]) -> Proposal:
    """A library project as the rules see it."""
    terms, missing = _terms(project)
    return Proposal(
        name=project.name,
        description=project.description,
        field=project.field,
        sub_field=project.sub_field,
        public_interest=project.public_interest,
        income_lines=None if project.income_lines is None else tuple(_line(row) for row in project.income_lines),
        terms=terms,
        missing_terms=missing,
        cash_flows=None if project.cash_flows is None else tuple(_year(row) for row in project.cash_flows),
        clarifications=tuple(Clarification(row["mention"], row["statement"]) for row in project.clarifications),
        dossier=dossier_of(project, documents),
    )


def _terms(project: LibraryProject) -> tuple[BondTerms | None, tuple[str, ...]]:
    principal, rate, term, repayment = project.bond_demand_wan, project.rate_pct, project.term_years, project.repayment
    named: dict[str, object] = {"专项债券需求": principal, "年利率": rate, "债券期限": term, "还本方式": repayment}
    if repayment is Repayment.GRACE:
        named["宽限期"] = project.grace_years
    if repayment is Repayment.CUSTOM:
        named["各年还本额"] = project.instalments_wan
    missing = tuple(label for label, value in named.items() if value is None)
    if missing or principal is None or rate is None or term is None or repayment is None:
        return None, missing
    instalments = tuple(Decimal(each) for each in project.instalments_wan or ())
    return BondTerms(principal, rate, term, repayment, project.grace_years or 0, instalments), ()


def _line(row: dict[str, Any]) -> IncomeLine:
    nature = None if row["nature"] is None else IncomeNature(row["nature"])
    return IncomeLine(row["name"], nature, _decimal(row["total_wan"]))


def _year(row: dict[str, Any]) -> PlannedYear:
    return PlannedYear(
        year=row["year"],
        income_wan=_decimal(row["income_wan"]),
        operating_cost_wan=_decimal(row["operating_cost_wan"]),
        tax_wan=_decimal(row["tax_wan"]),
        market_debt_service_wan=Decimal(row["market_debt_service_wan"]),
        funded_debt_service_wan=Decimal(row["funded_debt_service_wan"]),
    )


def _decimal(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)
