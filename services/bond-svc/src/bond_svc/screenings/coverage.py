"""R04: the project's own income covers its debt (`domain.md` §4.7)."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any, Final

from bond_svc.balances.rules import Balance, YearFlow, balance, flow_flaws, term_flaws
from bond_svc.policies.rules import RuleBook
from bond_svc.screenings.proposals import Finding, IncomeLine, PlannedYear, Proposal, RuleId, Severity, Verdict, text_of
from shared.kit.decimals import exact_arithmetic, plain, round_half_up, shortest

COVERAGE_PLACES: Final = 2


def screen_coverage(proposal: Proposal, book: RuleBook) -> list[Finding]:
    """R04: the unrounded coverage ratio meets the threshold; a ratio beyond the ceiling is shown as implausible."""
    inputs = _coverage_inputs(proposal, book)
    if needed := coverage_needed(proposal):
        return [_coverage_finding(book, Verdict.UNDETERMINED, "资料不全，不能计算本息覆盖倍数。", inputs, needed)]
    result = balance_of(proposal)
    shown = plain(round_half_up(result.coverage_ratio, COVERAGE_PLACES))
    inputs |= {
        "coverage_ratio": shortest(round_half_up(result.coverage_ratio, 6)),
        "net_income_wan": shortest(result.net_income_wan),
        "debt_service_wan": shortest(result.debt_service_wan),
    }
    required = book.coverage.required
    if not result.meets(required):
        message = f"本息覆盖倍数为 {shown}（未经四舍五入低于 {required}）。{_floor_note(result, book)}"
        return [_coverage_finding(book, Verdict.HIT, message, inputs)]
    findings = [_coverage_finding(book, Verdict.CLEAR, f"本息覆盖倍数为 {shown}，不低于 {required}。", inputs)]
    if result.exceeds(book.coverage.ceiling):
        message = f"本息覆盖倍数 {shown} 超过合理上限 {book.coverage.ceiling}，请核对收入测算和金额单位。"
        implausible = Finding(RuleId.COVERAGE_CEILING, Verdict.HIT, Severity.SOFT, book.clauses.coverage, message, inputs)
        findings.append(implausible)
    return findings


def _coverage_finding(
    book: RuleBook, verdict: Verdict, message: str, inputs: dict[str, Any], needed: Sequence[str] = ()
) -> Finding:
    return Finding(RuleId.COVERAGE, verdict, Severity.HARD, book.clauses.coverage, message, inputs, tuple(needed))


def _floor_note(result: Balance, book: RuleBook) -> str:
    floor = book.coverage.floor
    return f"{'已达到' if result.meets(floor) else '也低于'}省级下限 {floor}。"


def balance_of(proposal: Proposal) -> Balance:
    if proposal.terms is None or proposal.cash_flows is None:
        raise ValueError("a balance is asked for only when nothing is missing")
    flows = [_flow(year) for year in proposal.cash_flows]
    return balance(proposal.terms, flows)


def _flow(year: PlannedYear) -> YearFlow:
    if year.income_wan is None or year.operating_cost_wan is None or year.tax_wan is None:
        raise ValueError("a balance is asked for only when nothing is missing")
    return YearFlow(
        year.year,
        year.income_wan,
        year.operating_cost_wan,
        year.tax_wan,
        year.market_debt_service_wan,
        year.funded_debt_service_wan,
    )


def coverage_needed(proposal: Proposal) -> list[str]:
    """Everything that keeps the ratio from being computed."""
    needed = [f"填报{label}。" for label in proposal.missing_terms]
    if proposal.terms is not None:
        needed += [f"更正债券要素：{flaw.message}" for flaw in term_flaws(proposal.terms)]
    if proposal.cash_flows is None:
        return [*needed, "逐年填报现金流计划（cash_flows）。"]
    for year in proposal.cash_flows:
        needed += [f"填报第 {year.year} 年的{label}。" for label in _unknowns(year)]
    if proposal.terms is not None and not needed:
        flaws = flow_flaws(proposal.terms.term_years, [_flow(year) for year in proposal.cash_flows])
        needed += [f"更正现金流计划：{flaw.message}" for flaw in flaws]
    return needed or _income_gap(proposal)


def _unknowns(year: PlannedYear) -> list[str]:
    values = {"收入": year.income_wan, "运营成本": year.operating_cost_wan, "税费": year.tax_wan}
    return [label for label, value in values.items() if value is None]


def _income_gap(proposal: Proposal) -> list[str]:
    """The income lines and the plan must tell of the same income: otherwise one of them is wrong, or in another unit."""
    lines = proposal.income_lines
    if lines is None or any(line.total_wan is None for line in lines):
        return ["逐项填报收入来源及合计金额，以便与现金流计划核对。"]
    by_line, by_year = _line_total(lines), sum((year.income_wan or Decimal() for year in proposal.cash_flows or ()), Decimal())
    if by_line == by_year:
        return []
    return [f"核对收入：收入来源合计 {shortest(by_line)} 万元，现金流计划中收入合计 {shortest(by_year)} 万元，两者应相等。"]


def _line_total(lines: Sequence[IncomeLine]) -> Decimal:
    with exact_arithmetic():
        return sum((line.total_wan or Decimal() for line in lines), Decimal())


def _coverage_inputs(proposal: Proposal, book: RuleBook) -> dict[str, Any]:
    terms = proposal.terms
    inputs: dict[str, Any] = {"required": shortest(book.coverage.required), "floor": shortest(book.coverage.floor)}
    if terms is not None:
        inputs["terms"] = {
            "principal_wan": shortest(terms.principal_wan),
            "rate_pct": shortest(terms.rate_pct),
            "term_years": terms.term_years,
            "repayment": terms.repayment.value,
            "grace_years": terms.grace_years,
            "instalments_wan": [shortest(each) for each in terms.instalments_wan],
        }
    inputs["cash_flows"] = None if proposal.cash_flows is None else [_year_input(year) for year in proposal.cash_flows]
    return inputs


def _year_input(year: PlannedYear) -> dict[str, Any]:
    return {
        "year": year.year,
        "income_wan": text_of(year.income_wan),
        "operating_cost_wan": text_of(year.operating_cost_wan),
        "tax_wan": text_of(year.tax_wan),
        "market_debt_service_wan": shortest(year.market_debt_service_wan),
        "funded_debt_service_wan": shortest(year.funded_debt_service_wan),
    }
