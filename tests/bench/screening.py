"""Items per second through all sixteen screening rules on one core, beside a bare search for the same words and a bare ratio."""

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Final

from bond_svc.balances.rules import BondTerms, Repayment
from bond_svc.library.rules import IncomeNature
from bond_svc.policies.rules import RuleBook
from bond_svc.policies.shipped import shipped_policies
from bond_svc.sample import library_projects
from bond_svc.screenings.dossiers import DebtYear, Dossier, IncomeYears, Paper, Registration, Source
from bond_svc.screenings.proposals import IncomeLine, PlannedYear, Proposal
from bond_svc.screenings.rules import screen
from tests.bench.measures import Measure

DAY: Final = date(2022, 7, 1)
NOTHING: Final = Decimal()
YEARS: Final = 10
PAPERS: Final = (
    "approval",
    "feasibility_study",
    "land",
    "planning_permit",
    "implementation_plan",
    "financial_report",
    "legal_opinion",
)


def measure_screening(rounds: int) -> list[Measure]:
    """The best of several rounds over the sample library's names and descriptions, each with every paper and plan."""
    book = _book()
    proposals = [_proposal(str(each["name"]), str(each["description"]), book) for each in library_projects()]

    def ours() -> None:
        for proposal in proposals:
            screen(proposal, book, DAY)

    rate, bare = (len(proposals) / _best(each, rounds) for each in (ours, _bare(proposals, book)))
    return [Measure("screening, 16 rules, CPU of one core", "items/s", rate, bare, "≥ 500 items/s")]


def _best(work: Callable[[], object], rounds: int) -> float:
    """Seconds of this process's own time."""
    taken = []
    for _ in range(rounds):
        began = time.process_time()
        work()
        taken.append(time.process_time() - began)
    return min(taken)


def _book() -> RuleBook:
    """The newest edition of the policy of the day."""
    books = [RuleBook.of(f"{each.code}.{each.edition}", each.window, each.document) for each in shipped_policies()]
    of_the_day = [book for book in books if book.window.covers(DAY)]
    return max(of_the_day, key=lambda book: book.policy_version)


def _bare(proposals: Sequence[Proposal], book: RuleBook) -> Callable[[], list[tuple[bool, float]]]:
    """Any word of the negative list in the text as it stands, and income over debt service in floats."""
    words = [word for each in book.negatives_on(DAY) for word in (*each.lexicon.phrases, *each.lexicon.subject_phrases)]

    def search() -> list[tuple[bool, float]]:
        return [
            (
                any(word in f"{each.name}{each.description}" for word in words),
                sum(float(year.income_wan or 0) for year in each.cash_flows or ()) / (10_000 * (1 + 0.032 * YEARS)),
            )
            for each in proposals
        ]

    return search


def _proposal(name: str, description: str, book: RuleBook) -> Proposal:
    years = (PlannedYear(year, Decimal(2_000), NOTHING, NOTHING) for year in range(2, YEARS + 1))
    return Proposal(
        name=name,
        description=description,
        field="F07",
        sub_field="供水",
        public_interest=True,
        income_lines=(IncomeLine("水费收入", IncomeNature.SPECIAL_REVENUE, Decimal(18_000)),),
        terms=BondTerms(Decimal(10_000), Decimal("3.2"), YEARS, Repayment.BULLET),
        missing_terms=(),
        cash_flows=(PlannedYear(1, NOTHING, NOTHING, NOTHING, funded_debt_service_wan=Decimal(320)), *years),
        dossier=_dossier(name, book),
    )


def _dossier(name: str, book: RuleBook) -> Dossier:
    registration = Registration("ndrc", "2206-620200-04-01-100001", name, Decimal(20_000))
    return Dossier(
        total_investment_wan=Decimal(20_000),
        bond_demand_wan=Decimal(10_000),
        capital_wan=Decimal(10_000),
        other_funding_wan=NOTHING,
        term_years=YEARS,
        project_code=registration.code,
        starts_on=date(2022, 9, 1),
        build_years=1,
        payback_years=6,
        bond_capital_wan=NOTHING,
        debt_ratio_pct=Decimal(110),
        papers=tuple(Paper(kind, "文〔2022〕1号", date(2022, 1, 1), date(2024, 12, 31)) for kind in PAPERS),
        funding_plan=(Source(2022, "capital", Decimal(10_000)), Source(2022, "special_bond", Decimal(10_000))),
        debt_plan=tuple(_debt_year(year) for year in range(1, YEARS + 1)),
        registrations=(registration, replace(registration, system="mof")),
        performance_sections=book.readiness.performance_sections if book.readiness else (),
        other_funding=(),
        income_years=(IncomeYears("水费收入", 2, YEARS),),
    )


def _debt_year(year: int) -> DebtYear:
    return DebtYear(
        year=year,
        construction_outlay_wan=Decimal(20_000) if year == 1 else NOTHING,
        bond_issued_wan=Decimal(10_000) if year == 1 else NOTHING,
        bond_principal_wan=Decimal(10_000) if year == YEARS else NOTHING,
        market_borrowed_wan=NOTHING,
        market_principal_wan=NOTHING,
        interest_wan=Decimal(320),
    )
