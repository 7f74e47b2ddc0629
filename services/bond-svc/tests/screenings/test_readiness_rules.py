"""R05–R16: boundaries of each rule, and whatever is missing, the outcome is never *pass*."""

from dataclasses import fields, replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from bond_svc.balances.rules import BondTerms, Repayment
from bond_svc.library.rules import IncomeNature
from bond_svc.policies.rules import RuleBook
from bond_svc.policies.shipped import shipped_policies
from bond_svc.screenings.dossiers import DebtYear, Dossier, IncomeYears, OtherFunding, Paper, Registration, Source
from bond_svc.screenings.proposals import Finding, IncomeLine, Outcome, PlannedYear, Proposal, RuleId, Severity, Verdict
from bond_svc.screenings.rules import screen

DAY = date(2022, 7, 1)
BOOKS = [
    RuleBook.of(f"{each.code}.{each.edition}", each.window, each.document) for each in shipped_policies() if each.edition == 2
]
BOOK = BOOKS[0]
ASKED = [rule.value for rule in RuleId if rule is not RuleId.COVERAGE_CEILING]
NOTHING = Decimal()


def debt_year(year: int, **changes: Decimal | None) -> DebtYear:
    amounts: dict[str, Decimal | None] = {each.name: NOTHING for each in fields(DebtYear) if each.name != "year"}
    return DebtYear(year, **(amounts | {"interest_wan": Decimal(320)} | changes))


DEBT_PLAN = (
    debt_year(1, construction_outlay_wan=Decimal(20_000), bond_issued_wan=Decimal(10_000)),
    *(debt_year(year) for year in range(2, 10)),
    debt_year(10, bond_principal_wan=Decimal(10_000)),
)
KINDS = ("approval", "feasibility_study", "land", "planning_permit", "implementation_plan", "financial_report", "legal_opinion")
NDRC = Registration("ndrc", "2206-620200-04-01-100001", "城区供水管网改造工程", Decimal(20_000))
DOSSIER = Dossier(
    total_investment_wan=Decimal(20_000),
    bond_demand_wan=Decimal(10_000),
    capital_wan=Decimal(10_000),
    other_funding_wan=NOTHING,
    term_years=10,
    project_code="2206-620200-04-01-100001",
    starts_on=date(2022, 9, 1),
    build_years=1,
    payback_years=6,
    bond_capital_wan=NOTHING,
    debt_ratio_pct=Decimal(110),
    papers=tuple(Paper(kind, "文〔2022〕1号", date(2022, 1, 1), date(2024, 12, 31)) for kind in KINDS),
    funding_plan=(Source(2022, "capital", Decimal(10_000)), Source(2022, "special_bond", Decimal(10_000))),
    debt_plan=DEBT_PLAN,
    registrations=(NDRC, replace(NDRC, system="mof")),
    performance_sections=BOOK.readiness.performance_sections if BOOK.readiness else (),
    other_funding=(),
    income_years=(IncomeYears("水费收入", 2, 10),),
)
PROPOSAL = Proposal(
    name="城区供水管网改造工程",
    description="改造供水主管网 42 公里。",
    field="F07",
    sub_field="供水",
    public_interest=True,
    income_lines=(IncomeLine("水费收入", IncomeNature.SPECIAL_REVENUE, Decimal(18_000)),),
    terms=BondTerms(Decimal(10_000), Decimal("3.2"), 10, Repayment.BULLET),
    missing_terms=(),
    cash_flows=(
        PlannedYear(1, NOTHING, NOTHING, NOTHING, funded_debt_service_wan=Decimal(320)),
        *(PlannedYear(year, Decimal(2_000), NOTHING, NOTHING) for year in range(2, 11)),
    ),
    dossier=DOSSIER,
)


def with_dossier(**changes: Any) -> Proposal:
    return replace(PROPOSAL, dossier=replace(DOSSIER, **changes))


def finding(rule: str, proposal: Proposal) -> Finding:
    return next(each for each in screen(proposal, BOOK, DAY).findings if each.rule.value == rule)


def test_a_complete_project_passes_all_sixteen_rules() -> None:
    result = screen(PROPOSAL, BOOK, DAY)

    assert [(each.rule.value, each.verdict) for each in result.findings] == [(rule, Verdict.CLEAR) for rule in ASKED]
    assert result.outcome is Outcome.PASS
    assert all(each.clause and each.message and each.inputs and not each.needed for each in result.findings)


def test_an_edition_without_parameters_asks_the_first_four_rules_only() -> None:
    assert len(screen(PROPOSAL, replace(BOOK, readiness=None), DAY).findings) == 4


def _without_one_value(rows: tuple[Any, ...] | None, at: int) -> dict[str, tuple[Any, ...]]:
    assert rows is not None
    names = [each.name for each in fields(rows[at]) if each.name not in ("year", "source", "system", "name", "kind", "purpose")]
    return {name: (*rows[:at], replace(rows[at], **{name: None}), *rows[at + 1 :]) for name in names}


REMOVED: dict[str, dict[str, Any]] = (
    {each.name: {each.name: None} for each in fields(Dossier) if each.name not in ("large_confirmed", "papers")}
    | {f"paper {at}": {"papers": DOSSIER.papers[:at] + DOSSIER.papers[at + 1 :]} for at in range(len(KINDS))}
    | {"number of a paper": {"papers": (replace(DOSSIER.papers[0], number=None), *DOSSIER.papers[1:])}}
    | {f"year of debt, {name}": {"debt_plan": rows} for name, rows in _without_one_value(DEBT_PLAN, 4).items()}
    | {"a year of debt": {"debt_plan": DEBT_PLAN[:4] + DEBT_PLAN[5:]}, "all years of debt": {"debt_plan": ()}}
    | {f"source, {name}": {"funding_plan": rows} for name, rows in _without_one_value(DOSSIER.funding_plan, 0).items()}
    | {"sources": {"funding_plan": ()}}
    | {f"registration, {name}": {"registrations": rows} for name, rows in _without_one_value(DOSSIER.registrations, 1).items()}
    | {"registered name": {"registrations": (replace(NDRC, name=None), replace(NDRC, system="mof"))}}
    | {"first year of income": {"income_years": (IncomeYears("水费收入", None, 10),)}}
    | {"last year of income": {"income_years": (IncomeYears("水费收入", 2, None),)}}
    | {"whether other money pays the same": {"other_funding": (OtherFunding("central_budget", "管网", None),)}}
)


@pytest.mark.parametrize("changes", REMOVED.values(), ids=list(REMOVED))
@pytest.mark.parametrize("book", BOOKS, ids=lambda book: book.policy_version)
def test_whichever_input_is_taken_away_the_outcome_is_never_pass(changes: dict[str, Any], book: RuleBook) -> None:
    result = screen(with_dossier(**changes), book, DAY)

    assert result.outcome is Outcome.UNDETERMINED
    assert all(each.needed for each in result.findings if each.verdict is Verdict.UNDETERMINED)


def test_every_rule_asks_for_what_it_lacks_when_nothing_is_known() -> None:
    result = screen(replace(PROPOSAL, dossier=Dossier(), cash_flows=None), BOOK, DAY)

    asked = {each.rule.value for each in result.findings if each.verdict is Verdict.UNDETERMINED and each.needed}
    assert asked == set(ASKED) - {"R01", "R02", "R03"}


def debt(at: int, **changes: Any) -> dict[str, Any]:
    return {"debt_plan": (*DEBT_PLAN[:at], replace(DEBT_PLAN[at], **changes), *DEBT_PLAN[at + 1 :])}


def twin(**changes: Any) -> dict[str, Any]:
    return {"registrations": (NDRC, replace(NDRC, system="mof", **changes))}


def paper(**changes: Any) -> dict[str, Any]:
    return {"papers": (*DOSSIER.papers[:-1], replace(DOSSIER.papers[-1], **changes))}


HIT, CLEAR, OPEN = Verdict.HIT, Verdict.CLEAR, Verdict.UNDETERMINED
BOUNDARIES: list[tuple[str, dict[str, Any], Verdict]] = [
    ("R06", debt(9, bond_principal_wan=Decimal("10000.000001")), CLEAR),
    ("R06", debt(9, bond_principal_wan=Decimal("10000.000002")), HIT),
    ("R06", debt(9, bond_principal_wan=Decimal("9999.999999")), CLEAR),
    ("R06", debt(4, market_borrowed_wan=Decimal("0.000002")), HIT),
    ("R06", debt(0, interest_wan=Decimal("20000.000001")), CLEAR),
    ("R06", debt(0, interest_wan=Decimal("20000.000002")), HIT),
    ("R07", {"income_years": (IncomeYears("水费", 1, 10),)}, HIT),
    ("R07", {"income_years": (IncomeYears("水费", 2, 12),)}, CLEAR),
    ("R07", {"income_years": (IncomeYears("水费", 2, 13),)}, HIT),
    ("R07", {"term_years": 31}, HIT),
    ("R07", {"total_investment_wan": Decimal(2_000_000)}, CLEAR),
    ("R07", {"total_investment_wan": Decimal("2000000.01")}, OPEN),
    ("R07", {"total_investment_wan": Decimal("2000000.01"), "large_confirmed": True}, CLEAR),
    ("R08", {"starts_on": date(2022, 12, 31)}, CLEAR),
    ("R08", {"starts_on": date(2023, 1, 1)}, HIT),
    ("R09", paper(valid_until=DAY), CLEAR),
    ("R09", paper(valid_until=date(2022, 6, 30)), HIT),
    ("R09", paper(valid_until=None), CLEAR),
    ("R09", paper(issued_on=date(2022, 7, 2)), OPEN),
    ("R10", {"performance_sections": DOSSIER.performance_sections[:-1] if DOSSIER.performance_sections else ()}, HIT),
    ("R11", {"registrations": ()}, HIT),
    ("R11", {"registrations": (NDRC,)}, HIT),
    ("R11", twin(code="2206-620200-04-01-100002"), HIT),
    ("R11", twin(name="城区 供水管网改造工程"), CLEAR),
    ("R11", twin(name="城区供水工程"), HIT),
    ("R11", twin(amount_wan=Decimal("20000.000001")), CLEAR),
    ("R11", twin(amount_wan=Decimal("20000.000002")), HIT),
    ("R11", twin(amount_wan=Decimal(2)), OPEN),
    ("R12", {"capital_wan": Decimal(4_000), "funding_plan": (Source(2022, "capital", Decimal(4_000)),)}, CLEAR),
    ("R12", {"capital_wan": Decimal("3999.99"), "funding_plan": (Source(2022, "capital", Decimal("3999.99")),)}, HIT),
    ("R12", {"bond_capital_wan": Decimal("10000.01")}, HIT),
    ("R12", {"funding_plan": (Source(2022, "capital", Decimal(9_000)),)}, OPEN),
    ("R13", {"other_funding": (OtherFunding("general_bond", "管网", True),)}, HIT),
    ("R13", {"other_funding": (OtherFunding("general_bond", "厂区", False),)}, CLEAR),
    ("R14", {"term_years": 12}, HIT),
    ("R14", {"payback_years": 9}, CLEAR),
    ("R14", {"payback_years": 10}, HIT),
    ("R15", {"bond_demand_wan": Decimal("10000.000001")}, CLEAR),
    ("R15", {"bond_demand_wan": Decimal("10000.000002")}, HIT),
    ("R15", {"other_funding_wan": Decimal(1)}, HIT),
    ("R15", {"bond_capital_wan": Decimal(500), "bond_demand_wan": Decimal(10_500)}, CLEAR),
    ("R16", {"debt_ratio_pct": Decimal("199.99")}, CLEAR),
    ("R16", {"debt_ratio_pct": Decimal(200)}, HIT),
    ("R16", {"debt_ratio_pct": Decimal(300)}, HIT),
]


@pytest.mark.parametrize(("rule", "changes", "expected"), BOUNDARIES)
def test_each_rule_decides_at_its_boundary(rule: str, changes: dict[str, Any], expected: Verdict) -> None:
    found = finding(rule, with_dossier(**changes))

    assert found.verdict is expected, found
    assert bool(found.needed) == (expected is Verdict.UNDETERMINED)


@pytest.mark.parametrize(("ratio", "band"), [("119.99", "green"), ("120", "yellow"), ("200", "orange"), ("300", "red")])
def test_the_band_of_the_debt_ratio_begins_at_its_edge(ratio: str, band: str) -> None:
    assert finding("R16", with_dossier(debt_ratio_pct=Decimal(ratio))).inputs["band"] == band


def test_a_year_without_enough_cash_is_named() -> None:
    flows = PROPOSAL.cash_flows
    assert flows is not None
    unfunded = replace(PROPOSAL, cash_flows=(replace(flows[0], funded_debt_service_wan=Decimal("319.999999")), *flows[1:]))

    found = finding("R05", unfunded)
    assert (found.verdict, found.inputs["lowest_wan"], found.inputs["lowest_year"]) == (Verdict.HIT, "-0.000001", 1)


def test_bonds_as_capital_are_kept_to_the_listed_industries() -> None:
    asked = with_dossier(bond_capital_wan=Decimal(100))

    assert finding("R12", asked).verdict is Verdict.CLEAR
    assert finding("R12", replace(asked, sub_field="停车换乘综合体以外的其他")).verdict is Verdict.HIT


def test_a_soft_rule_that_is_hit_is_shown_and_fails_nothing() -> None:
    result = screen(with_dossier(debt_ratio_pct=Decimal(300)), BOOK, DAY)

    assert result.outcome is Outcome.PASS
    assert [(each.rule.value, each.severity) for each in result.findings if each.verdict is Verdict.HIT] == [
        ("R16", Severity.SOFT)
    ]


def test_a_hard_rule_that_is_hit_fails_the_project() -> None:
    assert screen(with_dossier(registrations=()), BOOK, DAY).outcome is Outcome.FAIL
