"""R05–R16, run where the policy version has parameters for them (`domain.md` §4.5)."""

from datetime import date

from bond_svc.policies.readiness import Readiness
from bond_svc.policies.rules import RuleBook
from bond_svc.screenings import funding, horizons, maturity
from bond_svc.screenings.judgements import Judgement
from bond_svc.screenings.proposals import Finding, Proposal, RuleId, Severity


def screen_readiness(proposal: Proposal, book: RuleBook, day: date) -> list[Finding]:
    """The findings of the rules that the policy version asks for, in their order; none where it asks for none."""
    readiness = book.readiness
    if readiness is None:
        return []
    judged = _judgements(proposal, book, readiness, day)
    return [_finding(rule, judged[RuleId(rule)], readiness) for rule in readiness.rules]


def _finding(rule: str, judgement: Judgement, readiness: Readiness) -> Finding:
    asked = readiness.rules[rule]
    return Finding(
        RuleId(rule),
        judgement.verdict,
        Severity(asked.severity),
        asked.clause,
        judgement.message,
        judgement.inputs,
        judgement.needed,
    )


def _judgements(proposal: Proposal, book: RuleBook, readiness: Readiness, day: date) -> dict[RuleId, Judgement]:
    dossier = proposal.dossier
    return {
        RuleId.CASH: horizons.cash(proposal),
        RuleId.DEBT_PLAN: funding.debt_plan(dossier, readiness, day),
        RuleId.PLAN_YEARS: horizons.plan_years(dossier, readiness, day),
        RuleId.APPROVALS: maturity.approvals(dossier, readiness, day),
        RuleId.PROPOSAL_PAPERS: maturity.proposal_papers(dossier, readiness, day),
        RuleId.PERFORMANCE: maturity.performance(dossier, readiness, day),
        RuleId.REGISTERS: maturity.registers(dossier, readiness, day),
        RuleId.CAPITAL: funding.capital(proposal, book, readiness, day),
        RuleId.DOUBLE_FUNDING: funding.double_funding(dossier, readiness, day),
        RuleId.TERM: horizons.term(dossier, readiness, day),
        RuleId.DEMAND: funding.demand(dossier, readiness, day),
        RuleId.REGION_DEBT: horizons.region_debt(dossier, readiness, day),
    }
