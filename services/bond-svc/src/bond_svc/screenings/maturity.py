"""R08–R11: approvals, 一案两书, the performance evaluation and the two registers (`domain.md` §4.5)."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from types import MappingProxyType
from typing import Final

from bond_svc.library.rules import YI_IN_WAN
from bond_svc.policies.readiness import Readiness
from bond_svc.screenings.dossiers import Dossier, Paper, Registration
from bond_svc.screenings.judgements import Judgement, judge, missing
from bond_svc.screenings.proposals import text_of
from bond_svc.wording.rules import normalise
from shared.kit.decimals import exact_arithmetic, shortest

PAPER_LABELS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "implementation_plan": "实施方案",
        "financial_report": "财务评估报告",
        "legal_opinion": "法律意见书",
        "performance_evaluation": "事前绩效评估报告",
        "approval": "立项批复",
        "feasibility_study": "可行性研究报告批复",
        "land": "用地手续",
        "planning_permit": "规划许可",
        "environmental_review": "环评批复",
        "construction_permit": "施工许可证",
        "other": "其他资料",
    }
)
SYSTEMS: Final[Mapping[str, str]] = MappingProxyType({"ndrc": "国家重大建设项目库", "mof": "地方政府债务管理系统"})


def approvals(dossier: Dossier, readiness: Readiness, day: date) -> Judgement:
    """R08: approved, coded, with land and planning basis, and able to start in the year."""
    wrong, needed = _papers(dossier, readiness.approval_papers, day)
    needed += missing({"投资项目代码（project_code）": dossier.project_code, "计划开工日期（starts_on）": dossier.starts_on})
    if dossier.starts_on is not None and dossier.starts_on.year > day.year:
        wrong.append(f"计划 {dossier.starts_on} 开工，{day.year} 年内不能开工。")
    started = None if dossier.starts_on is None else dossier.starts_on.isoformat()
    inputs = {"papers": _paper_inputs(dossier, readiness.approval_papers), "project_code": dossier.project_code}
    return judge(inputs | {"starts_on": started}, wrong=wrong, needed=needed, clear="审批、用地、规划手续齐备，年内可以开工。")


def proposal_papers(dossier: Dossier, readiness: Readiness, day: date) -> Judgement:
    """R09: the 一案两书."""
    wrong, needed = _papers(dossier, readiness.proposal_papers, day)
    inputs = {"papers": _paper_inputs(dossier, readiness.proposal_papers)}
    return judge(inputs, wrong=wrong, needed=needed, clear="一案两书齐备且在有效期内。")


def performance(dossier: Dossier, readiness: Readiness, day: date) -> Judgement:
    """R10: the evaluation beforehand speaks of everything that the document asks for."""
    del day
    covered = dossier.performance_sections
    absent = [] if covered is None else [each for each in readiness.performance_sections if each not in covered]
    wrong = [f"事前绩效评估未涵盖：{'、'.join(absent)}。"] if absent else []
    needed = missing({"事前绩效评估所涵盖的内容（performance_sections）": covered})
    inputs = {"performance_sections": None if covered is None else list(covered)}
    return judge(inputs, wrong=wrong, needed=needed, clear="事前绩效评估涵盖了全部规定内容。")


def registers(dossier: Dossier, readiness: Readiness, day: date) -> Judgement:
    """R11: in both registers, with the same code, name and amount."""
    del day
    rows = dossier.registrations
    if rows is None:
        return judge({"registrations": None}, needed=["填报在两个系统中的登记情况（registrations）。"], clear="")
    inputs = {"registrations": [_row_input(row) for row in rows]}
    by_system = {row.system: row for row in rows}
    wrong = [f"未在{label}登记。" for system, label in SYSTEMS.items() if system not in by_system]
    needed = [each for row in rows for each in _row_needed(row)]
    if not wrong:
        unlike, unclear = _differences(by_system["ndrc"], by_system["mof"], readiness.tolerance_wan)
        wrong, needed = unlike, needed + unclear
    return judge(inputs, wrong=wrong, needed=needed, clear="两个系统均已登记，代码、名称、金额一致。")


def _differences(ours: Registration, theirs: Registration, tolerance: Decimal) -> tuple[list[str], list[str]]:
    wrong: list[str] = []
    if ours.code is not None and theirs.code is not None and ours.code != theirs.code:
        wrong.append(f"两个系统的项目代码不一致：{ours.code}、{theirs.code}。")
    if ours.name is not None and theirs.name is not None and normalise(ours.name) != normalise(theirs.name):
        wrong.append(f"两个系统的项目名称不一致：“{ours.name}”、“{theirs.name}”。")
    if ours.amount_wan is None or theirs.amount_wan is None:
        return wrong, []
    with exact_arithmetic():
        low, high = sorted((ours.amount_wan, theirs.amount_wan))
        if high - low <= tolerance:
            return wrong, []
        shown = f"{shortest(ours.amount_wan)} 万元、{shortest(theirs.amount_wan)} 万元"
        if low * YI_IN_WAN == high:
            return wrong, [f"核对两个系统登记的金额（{shown}）：恰好相差一万倍，疑似一处以亿元填报。"]
    return [*wrong, f"两个系统的金额不一致：{shown}。"], []


def _row_needed(row: Registration) -> list[str]:
    place = SYSTEMS[row.system]
    return missing({f"{place}中的项目代码": row.code, f"{place}中的项目名称": row.name, f"{place}中的金额": row.amount_wan})


def _row_input(row: Registration) -> dict[str, str | None]:
    return {"system": row.system, "code": row.code, "name": row.name, "amount_wan": text_of(row.amount_wan)}


def _papers(dossier: Dossier, kinds: tuple[str, ...], day: date) -> tuple[list[str], list[str]]:
    """What has expired, and what is not there or has no number."""
    wrong: list[str] = []
    needed: list[str] = []
    for kind in kinds:
        own = [paper for paper in dossier.papers if paper.kind == kind]
        if any(paper.holds(day) and paper.number for paper in own):
            continue
        label = PAPER_LABELS[kind]
        if any(paper.holds(day) for paper in own):
            needed.append(f"填报{label}的文号。")
        elif expired := [paper.valid_until for paper in own if paper.valid_until is not None and paper.expired(day)]:
            wrong.append(f"{label}已于 {max(expired)} 到期。")
        else:
            needed.append(f"上传 {day} 时有效的{label}。")
    return wrong, needed


def _paper_inputs(dossier: Dossier, kinds: tuple[str, ...]) -> list[dict[str, str | None]]:
    return [_paper_input(paper) for paper in dossier.papers if paper.kind in kinds]


def _paper_input(paper: Paper) -> dict[str, str | None]:
    until = None if paper.valid_until is None else paper.valid_until.isoformat()
    return {"kind": paper.kind, "number": paper.number, "issued_on": paper.issued_on.isoformat(), "valid_until": until}
