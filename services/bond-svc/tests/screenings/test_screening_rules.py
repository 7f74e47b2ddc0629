from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from bond_svc.balances.rules import BondTerms, Repayment
from bond_svc.library.rules import IncomeNature
from bond_svc.policies.rules import RuleBook
from bond_svc.policies.shipped import shipped_policies
from bond_svc.screenings.proposals import (
    Clarification,
    Finding,
    IncomeLine,
    Outcome,
    PlannedYear,
    Proposal,
    RuleId,
    Verdict,
)
from bond_svc.screenings.rules import screen

BOOKS = [
    RuleBook.of(f"{each.code}.{each.edition}", each.window, each.document) for each in shipped_policies() if each.edition == 1
]
JULY = date(2022, 7, 1)
GOLDEN = Path(__file__).with_name("golden_answers.json")


def book_on(day: date) -> RuleBook:
    (book,) = [each for each in BOOKS if each.window.covers(day)]
    return book


def a_year(year: int, income: int = 1_400) -> PlannedYear:
    return PlannedYear(year, Decimal(income), Decimal(300), Decimal(100))


PROPOSAL = Proposal(
    name="城区供水管网改造工程",
    description="改造供水主管网 42 公里，配套建设加压泵站两座，不涉及楼堂馆所、形象工程等禁止类内容。",
    field="F07",
    sub_field="供水",
    public_interest=True,
    income_lines=(IncomeLine("水费收入", IncomeNature.SPECIAL_REVENUE, Decimal(14_000)),),
    terms=BondTerms(Decimal(6_000), Decimal("3.20"), 10, Repayment.GRACE, grace_years=2),
    missing_terms=(),
    cash_flows=tuple(a_year(year) for year in range(1, 11)),
)


def finding(rule: RuleId, proposal: Proposal, day: date = JULY) -> Finding:
    return next(each for each in screen(proposal, book_on(day), day).findings if each.rule is rule)


def verdict(rule: RuleId, proposal: Proposal, day: date = JULY) -> Verdict:
    return finding(rule, proposal, day).verdict


def test_a_complete_proposal_within_the_policy_passes() -> None:
    result = screen(PROPOSAL, book_on(JULY), JULY)

    assert result.outcome is Outcome.PASS
    assert [each.rule for each in result.findings] == [RuleId.FIELD, RuleId.NEGATIVE_LIST, RuleId.INCOME, RuleId.COVERAGE]
    assert all(each.clause and each.message and each.inputs and not each.needed for each in result.findings)


def without_line(**changes: object) -> Proposal:
    assert PROPOSAL.income_lines is not None
    return replace(PROPOSAL, income_lines=(replace(PROPOSAL.income_lines[0], **changes),))  # type: ignore[arg-type]  # fields named by the table


def without_year(**changes: object) -> Proposal:
    assert PROPOSAL.cash_flows is not None
    third = replace(PROPOSAL.cash_flows[2], **changes)  # type: ignore[arg-type]  # fields named by the table
    return replace(PROPOSAL, cash_flows=(*PROPOSAL.cash_flows[:2], third, *PROPOSAL.cash_flows[3:]))


INCOMPLETE = {
    "name": replace(PROPOSAL, name="　"),
    "description": replace(PROPOSAL, description=None),
    "blank description": replace(PROPOSAL, description=" \n"),
    "field": replace(PROPOSAL, field=None),
    "sub-field": replace(PROPOSAL, sub_field=None),
    "blank sub-field": replace(PROPOSAL, sub_field=" "),
    "public interest": replace(PROPOSAL, public_interest=None),
    "income lines": replace(PROPOSAL, income_lines=None),
    "name of an income": without_line(name=" "),
    "nature of an income": without_line(nature=None),
    "total of an income": without_line(total_wan=None),
    "terms": replace(PROPOSAL, terms=None, missing_terms=("债券期限",)),
    "cash flows": replace(PROPOSAL, cash_flows=None),
    "no year at all": replace(PROPOSAL, cash_flows=()),
    "a year": replace(PROPOSAL, cash_flows=tuple(a_year(year) for year in range(1, 10))),
    "income of a year": without_year(income_wan=None),
    "cost of a year": without_year(operating_cost_wan=None),
    "tax of a year": without_year(tax_wan=None),
}


@pytest.mark.parametrize("proposal", INCOMPLETE.values(), ids=list(INCOMPLETE))
@pytest.mark.parametrize("book", BOOKS, ids=lambda book: book.policy_version)
def test_whichever_input_is_missing_the_outcome_is_never_pass(proposal: Proposal, book: RuleBook) -> None:
    day = max(book.window.first, date(2021, 10, 1)) if book.window.covers(date(2021, 10, 1)) else book.window.first
    result = screen(proposal, book, day)

    assert result.outcome is Outcome.UNDETERMINED
    assert any(each.needed for each in result.findings if each.verdict is Verdict.UNDETERMINED)


@pytest.mark.parametrize("book", BOOKS, ids=lambda book: book.policy_version)
def test_the_complete_proposal_passes_in_every_year(book: RuleBook) -> None:
    assert screen(PROPOSAL, book, book.window.first).outcome is Outcome.PASS


def test_without_a_policy_nothing_passes() -> None:
    result = screen(PROPOSAL, None, date(2019, 1, 1))

    assert result.outcome is Outcome.UNDETERMINED
    assert {each.verdict for each in result.findings} == {Verdict.UNDETERMINED}


def test_all_findings_come_in_one_answer() -> None:
    bad = replace(PROPOSAL, name="城市雕塑", field="F99", public_interest=False, terms=None, missing_terms=("年利率",))
    result = screen(bad, book_on(JULY), JULY)

    assert result.outcome is Outcome.FAIL
    assert [each.verdict for each in result.findings] == [Verdict.HIT] * 3 + [Verdict.UNDETERMINED]


# --- R01


@pytest.mark.parametrize(
    ("field", "sub_field", "day", "expected"),
    [
        ("F10", "云计算、数据中心、人工智能、算力设备及辅助设备", date(2022, 6, 30), Verdict.HIT),
        ("F10", "云计算、数据中心、人工智能、算力设备及辅助设备", date(2022, 7, 1), Verdict.CLEAR),
        ("F12", "新材料", date(2024, 12, 24), Verdict.HIT),
        ("F12", "新材料", date(2024, 12, 25), Verdict.CLEAR),
        ("F09", "城中村改造", date(2022, 12, 31), Verdict.UNDETERMINED),
        ("F09", "城中村改造", date(2023, 1, 1), Verdict.CLEAR),
        ("F99", "其他", date(2022, 7, 1), Verdict.HIT),
        ("F99", "其他", date(2025, 1, 1), Verdict.CLEAR),
        ("F99", None, date(2025, 1, 1), Verdict.UNDETERMINED),
        ("F05", "教育培训", date(2022, 7, 1), Verdict.UNDETERMINED),
        ("F05", "教育培训", date(2025, 1, 1), Verdict.CLEAR),
    ],
)
def test_the_field_is_judged_by_the_policy_of_the_day(field: str, sub_field: str | None, day: date, expected: Verdict) -> None:
    assert verdict(RuleId.FIELD, replace(PROPOSAL, field=field, sub_field=sub_field), day) is expected


def test_a_field_finding_names_what_may_be_chosen() -> None:
    (needed,) = finding(RuleId.FIELD, replace(PROPOSAL, field=None)).needed

    assert "F07 市政和产业园区基础设施" in needed
    assert "F12" not in needed


# --- R02


def test_a_hit_names_the_clause_of_its_own_entry() -> None:
    hit = finding(RuleId.NEGATIVE_LIST, replace(PROPOSAL, name="城市大型雕塑项目"))

    assert (hit.verdict, hit.clause) == (Verdict.HIT, "财预〔2021〕115号（禁止类：形象工程和政绩工程）")
    assert [each["phrase"] for each in hit.inputs["mentions"] if each["standing"] == "asserted"] == ["大型雕塑"]


def test_an_open_question_is_settled_by_a_statement_and_not_by_an_empty_one() -> None:
    asked = replace(PROPOSAL, description="建设园林绿化")
    (needed,) = finding(RuleId.NEGATIVE_LIST, asked).needed
    answered = replace(asked, clarifications=(Clarification("园林 绿化", "厂区围墙内绿化带 300 平方米。"),))

    assert "“园林绿化”" in needed
    assert verdict(RuleId.NEGATIVE_LIST, asked) is Verdict.UNDETERMINED
    assert verdict(RuleId.NEGATIVE_LIST, answered) is Verdict.CLEAR
    assert verdict(RuleId.NEGATIVE_LIST, replace(asked, clarifications=(Clarification("园林绿化", ""),))) is Verdict.UNDETERMINED


def test_no_statement_undoes_a_hit() -> None:
    hit = replace(PROPOSAL, name="主题公园", clarifications=(Clarification("主题公园", "不是主题公园。"),))

    assert verdict(RuleId.NEGATIVE_LIST, hit) is Verdict.HIT


def test_the_sub_field_is_read_too() -> None:
    assert verdict(RuleId.NEGATIVE_LIST, replace(PROPOSAL, sub_field="土地储备")) is Verdict.HIT
    assert verdict(RuleId.NEGATIVE_LIST, replace(PROPOSAL, sub_field="必要的新增土地储备"), date(2025, 1, 1)) is Verdict.CLEAR


def test_a_policy_without_a_negative_list_for_the_day_decides_nothing() -> None:
    bare = replace(book_on(JULY), negatives=())

    assert screen(PROPOSAL, bare, JULY).outcome is Outcome.UNDETERMINED


# --- R03


def lines(*natures: IncomeNature | None, total: int | None = 14_000) -> tuple[IncomeLine, ...]:
    return tuple(
        IncomeLine(f"收入{index}", nature, None if total is None else Decimal(total)) for index, nature in enumerate(natures)
    )


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        pytest.param({"public_interest": False}, Verdict.HIT, id="not of public interest"),
        pytest.param({"income_lines": ()}, Verdict.HIT, id="declared without income"),
        pytest.param({"income_lines": lines(IncomeNature.GOVERNMENT_FUND, total=0)}, Verdict.HIT, id="income of nothing"),
        pytest.param({"income_lines": lines(IncomeNature.OTHER)}, Verdict.HIT, id="only other income"),
        pytest.param(
            {"income_lines": lines(IncomeNature.OTHER, IncomeNature.GOVERNMENT_FUND)},
            Verdict.UNDETERMINED,
            id="some other income",
        ),
        pytest.param({"income_lines": lines(None)}, Verdict.UNDETERMINED, id="nature unknown"),
        pytest.param({"income_lines": lines(IncomeNature.GOVERNMENT_FUND)}, Verdict.CLEAR, id="government fund"),
    ],
)
def test_income_must_be_of_a_nature_that_may_pay(changes: dict[str, object], expected: Verdict) -> None:
    assert verdict(RuleId.INCOME, replace(PROPOSAL, **changes)) is expected  # type: ignore[arg-type]  # fields named by the table


# --- R04


def with_net_income(net: str) -> Proposal:
    """Net income in each of ten years against 10,000 at 3.2 % as a bullet: debt service 13,200."""
    years = tuple(PlannedYear(year, Decimal(net), Decimal(), Decimal()) for year in range(1, 11))
    income = (IncomeLine("水费收入", IncomeNature.SPECIAL_REVENUE, Decimal(net) * 10),)
    return replace(
        PROPOSAL, terms=BondTerms(Decimal(10_000), Decimal("3.2"), 10, Repayment.BULLET), cash_flows=years, income_lines=income
    )


@pytest.mark.parametrize(
    ("net", "ratio", "expected"),
    [
        pytest.param("1584", "1.20", Verdict.CLEAR, id="the threshold itself"),
        pytest.param("1577.532", "1.20", Verdict.HIT, id="1.1951 is shown as 1.20 and fails"),
        pytest.param("1512", "1.15", Verdict.HIT, id="1.1455 fails the default and passes the floor"),
        pytest.param("1400", "1.06", Verdict.HIT, id="below the floor"),
    ],
)
def test_the_unrounded_ratio_decides(net: str, ratio: str, expected: Verdict) -> None:
    result = finding(RuleId.COVERAGE, with_net_income(net))

    assert result.verdict is expected
    assert f"为 {ratio}" in result.message
    assert ("已达到省级下限" in result.message) == (expected is Verdict.HIT and ratio != "1.06")


def test_an_implausible_ratio_is_shown_and_fails_nothing() -> None:
    result = screen(with_net_income("15840"), book_on(JULY), JULY)

    assert result.outcome is Outcome.PASS
    assert [each.rule for each in result.findings if each.verdict is Verdict.HIT] == [RuleId.COVERAGE_CEILING]


def test_income_lines_that_tell_another_sum_than_the_plan_settle_nothing() -> None:
    """As when one of the two was filled in as 亿元."""
    result = finding(RuleId.COVERAGE, without_line(total_wan=Decimal("1.4")))

    assert result.verdict is Verdict.UNDETERMINED
    assert result.needed == ("核对收入：收入来源合计 1.4 万元，现金流计划中收入合计 14000 万元，两者应相等。",)


def test_flawed_terms_are_named_and_not_computed_with() -> None:
    flawed = replace(PROPOSAL, terms=BondTerms(Decimal(), Decimal(-1), 10, Repayment.BULLET))

    assert len(finding(RuleId.COVERAGE, flawed).needed) == 2
