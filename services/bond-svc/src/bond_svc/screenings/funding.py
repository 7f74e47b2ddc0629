"""R06, R12, R13, R15: the debt plan, the capital, double funding and the demand (`domain.md` §4.5)."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date
from decimal import Decimal
from typing import Any, Final

from bond_svc.policies.readiness import Readiness
from bond_svc.policies.rules import RuleBook, sub_field_matches
from bond_svc.screenings.dossiers import DebtYear, Dossier
from bond_svc.screenings.judgements import Judgement, judge, missing
from bond_svc.screenings.proposals import Proposal, text_of
from shared.kit.decimals import exact_arithmetic, shortest

DEBT_LABELS: Final = {
    "construction_outlay_wan": "建设支出",
    "bond_issued_wan": "专项债券发行额",
    "bond_principal_wan": "专项债券还本额",
    "market_borrowed_wan": "市场化融资借入额",
    "market_principal_wan": "市场化融资还本额",
    "interest_wan": "付息额",
}
FUNDING_LABELS: Final = {"central_budget": "中央预算内投资", "general_bond": "一般债券", "hidden_debt": "隐性债务"}
CAPITAL: Final = "capital"


def debt_plan(dossier: Dossier, readiness: Readiness, day: date) -> Judgement:
    """R06: what is borrowed is repaid, and interest of the building years stays within their outlay."""
    del day
    plan, build = dossier.debt_plan, dossier.build_years
    shown = None if plan is None else [_debt_input(year) for year in plan]
    needed = missing({"逐年债务计划（debt_plan）": plan, "建设期年数（build_years）": build})
    needed += [f"填报第 {year.year} 年的{label}。" for year in plan or () for label in _unknowns(year)]
    if plan is not None and not plan:
        needed.append("逐年填报债务计划（debt_plan）。")
    if plan is not None and build is not None:
        given = sorted(year.year for year in plan)
        term = dossier.term_years or len(given)
        if given and given != list(range(1, max(term, build) + 1)):
            needed.append(f"债务计划应逐年填报第 1 至 {max(term, build)} 年，各一次。")
    wrong = [] if needed or plan is None or build is None else _debt_wrongs(plan, build, readiness.tolerance_wan)
    return judge(
        {"debt_plan": shown, "build_years": build}, wrong=wrong, needed=needed, clear="借入与偿还相等，建设期利息不超过建设支出。"
    )


def _debt_wrongs(plan: Sequence[DebtYear], build: int, tolerance: Decimal) -> list[str]:
    with exact_arithmetic():
        wrong = [
            f"{label}：借入合计 {shortest(borrowed)} 万元，还本合计 {shortest(repaid)} 万元，不相等。"
            for label, borrowed, repaid in (
                ("专项债券", _sum(plan, "bond_issued_wan"), _sum(plan, "bond_principal_wan")),
                ("市场化融资", _sum(plan, "market_borrowed_wan"), _sum(plan, "market_principal_wan")),
            )
            if abs(borrowed - repaid) > tolerance
        ]
        building = [year for year in plan if year.year <= build]
        interest, outlay = _sum(building, "interest_wan"), _sum(building, "construction_outlay_wan")
        if interest > outlay + tolerance:
            wrong.append(f"建设期付息 {shortest(interest)} 万元，超过建设支出 {shortest(outlay)} 万元。")
    return wrong


def _sum(plan: Sequence[DebtYear], name: str) -> Decimal:
    return sum((getattr(year, name) for year in plan), Decimal())


def _unknowns(year: DebtYear) -> list[str]:
    return [label for name, label in DEBT_LABELS.items() if getattr(year, name) is None]


def _debt_input(year: DebtYear) -> dict[str, Any]:
    return {"year": year.year} | {name: text_of(getattr(year, name)) for name in DEBT_LABELS}


def capital(proposal: Proposal, book: RuleBook, readiness: Readiness, day: date) -> Judgement:
    """R12: enough capital, from named sources, and bonds as capital only where the list allows it."""
    dossier = proposal.dossier
    total, own, bonds = dossier.total_investment_wan, dossier.capital_wan, dossier.bond_capital_wan
    plan = dossier.funding_plan
    labels = {"总投资": total, "项目资本金": own, "专项债券用作资本金的金额（bond_capital_wan，没有填 0）": bonds}
    needed = missing(labels | {"资金筹措计划（funding_plan）": plan})
    needed += [f"填报 {each.year} 年资金来源“{each.source}”的金额。" for each in plan or () if each.amount_wan is None]
    wrong: list[str] = []
    with exact_arithmetic():
        if total is not None and own is not None and own * 100 + readiness.tolerance_wan < total * readiness.minimum_capital_pct:
            wrong.append(f"项目资本金 {shortest(own)} 万元，低于总投资的 {shortest(readiness.minimum_capital_pct)}%。")
        if bonds is not None and bonds > 0 and not _may_be_capital(proposal, book, day):
            wrong.append("该领域的专项债券不得用作项目资本金。")
        if own is not None and bonds is not None and bonds > own + readiness.tolerance_wan:
            wrong.append("专项债券用作资本金的金额超过项目资本金。")
        if not needed and own is not None and plan is not None:
            planned = sum((each.amount_wan or Decimal() for each in plan if each.source == CAPITAL), Decimal())
            if abs(planned - own) > readiness.tolerance_wan:
                needed.append(
                    f"核对资金筹措计划：资本金合计 {shortest(planned)} 万元，项目资本金 {shortest(own)} 万元，两者应相等。"
                )
    inputs = {"total_investment_wan": text_of(total), "capital_wan": text_of(own), "bond_capital_wan": text_of(bonds)}
    shown = None if plan is None else [asdict(each) | {"amount_wan": text_of(each.amount_wan)} for each in plan]
    return judge(inputs | {"funding_plan": shown}, wrong=wrong, needed=needed, clear="资本金比例和来源符合要求。")


def _may_be_capital(proposal: Proposal, book: RuleBook, day: date) -> bool:
    field = None if proposal.field is None else book.field(proposal.field, day)
    if field is None or proposal.sub_field is None:
        return False
    return any(sub_field_matches(each, proposal.sub_field) for each in field.capital_on(day))


def double_funding(dossier: Dossier, readiness: Readiness, day: date) -> Judgement:
    """R13: no other public money for the same outlay."""
    del readiness, day
    rows = dossier.other_funding
    needed = missing({"是否有其他财政资金（other_funding_lines，没有填空列表）": rows})
    needed += [f"说明“{each.purpose}”是否与专项债券用于同一支出。" for each in rows or () if each.same_spend is None]
    wrong = [
        f"“{each.purpose}”已由{FUNDING_LABELS[each.kind]}安排，不得重复安排专项债券。"
        for each in rows or ()
        if each.same_spend and each.kind in FUNDING_LABELS
    ]
    inputs = {"other_funding_lines": None if rows is None else [asdict(each) for each in rows]}
    return judge(inputs, wrong=wrong, needed=needed, clear="没有重复安排资金。")


def demand(dossier: Dossier, readiness: Readiness, day: date) -> Judgement:
    """R15: the demand leaves room for capital and other funding; bonds that serve as capital are counted once."""
    del day
    labels = {
        "总投资": dossier.total_investment_wan,
        "专项债券需求": dossier.bond_demand_wan,
        "项目资本金": dossier.capital_wan,
        "其他资金（other_funding_wan，没有填 0）": dossier.other_funding_wan,
        "专项债券用作资本金的金额（bond_capital_wan，没有填 0）": dossier.bond_capital_wan,
    }
    inputs = {
        "total_investment_wan": text_of(dossier.total_investment_wan),
        "bond_demand_wan": text_of(dossier.bond_demand_wan),
        "capital_wan": text_of(dossier.capital_wan),
        "other_funding_wan": text_of(dossier.other_funding_wan),
        "bond_capital_wan": text_of(dossier.bond_capital_wan),
    }
    needed = missing(labels)
    if needed:
        return judge(inputs, needed=needed, clear="")
    total, asked, own, other, bonds = (value or Decimal() for value in labels.values())
    with exact_arithmetic():
        room = total - (own - bonds) - other
        wrong = (
            []
            if asked <= room + readiness.tolerance_wan
            else [f"专项债券需求 {shortest(asked)} 万元，超过总投资扣除资本金和其他资金后的 {shortest(room)} 万元。"]
        )
    return judge(inputs, wrong=wrong, clear="专项债券需求不超过资金缺口。")
