"""The printable opinion on a screening: what was decided, by which clause, from which inputs, and what has to be supplied."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from types import MappingProxyType
from typing import Any, Final

from docx import Document
from docx.document import Document as Paper
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Pt

from bond_svc.library.models import LibraryProject
from bond_svc.screenings.models import NO_POLICY, LibraryScreening
from bond_svc.screenings.proposals import Outcome, RuleId, Severity, Verdict
from shared.kit.clock import SHANGHAI

TITLE: Final = "专项债券项目审查意见"
FONT: Final = "宋体"
OUTCOMES: Final = MappingProxyType(
    {Outcome.PASS: "通过", Outcome.FAIL: "不通过", Outcome.UNDETERMINED: "无法判定（不作通过处理）"}
)
VERDICTS: Final = MappingProxyType({Verdict.CLEAR: "符合", Verdict.HIT: "不符合", Verdict.UNDETERMINED: "无法判定"})
SEVERITIES: Final = MappingProxyType({Severity.HARD: "硬性", Severity.SOFT: "提示"})
RULES: Final = MappingProxyType(
    {
        RuleId.FIELD: "投向领域",
        RuleId.NEGATIVE_LIST: "负面清单",
        RuleId.INCOME: "公益性与收入",
        RuleId.COVERAGE: "本息覆盖倍数",
        RuleId.COVERAGE_CEILING: "本息覆盖倍数上限",
        RuleId.CASH: "逐年现金流",
        RuleId.DEBT_PLAN: "发行与还本平衡",
        RuleId.PLAN_YEARS: "收入年限与期限",
        RuleId.APPROVALS: "立项用地规划",
        RuleId.PROPOSAL_PAPERS: "一案两书",
        RuleId.PERFORMANCE: "事前绩效评估",
        RuleId.REGISTERS: "两库登记一致",
        RuleId.CAPITAL: "资本金",
        RuleId.DOUBLE_FUNDING: "重复安排资金",
        RuleId.TERM: "债券期限",
        RuleId.DEMAND: "债券需求",
        RuleId.REGION_DEBT: "地区债务水平",
    }
)


@dataclass(frozen=True, slots=True)
class Opinion:
    """A screening as it was kept, and the project as it is called now."""

    project: LibraryProject
    screening: LibraryScreening


def written(opinion: Opinion) -> bytes:
    """The opinion as a .docx; the same screening gives the same words for ever."""
    paper = Document()
    _set_font(paper)
    heading = paper.add_heading(TITLE, level=0)
    heading.alignment = WD_ALIGN_PARAGRAPH.CENTER
    _write_facts(paper, opinion)
    _write_findings(paper, opinion.screening.findings)
    _write_needs(paper, opinion.screening.findings)
    _write_inputs(paper, opinion.screening.findings)
    paper.core_properties.title = TITLE
    paper.core_properties.author = opinion.screening.actor
    paper.core_properties.created = paper.core_properties.modified = opinion.screening.created_at
    target = BytesIO()
    paper.save(target)
    return target.getvalue()


def _set_font(paper: Paper) -> None:
    """Latin and Chinese text in one face; Word keeps them apart."""
    style = paper.styles["Normal"]
    style.font.name, style.font.size = FONT, Pt(11)
    style.element.rPr.rFonts.set(qn("w:eastAsia"), FONT)


def _write_facts(paper: Paper, opinion: Opinion) -> None:
    project, screening = opinion.project, opinion.screening
    versions = f"第 {screening.project_version} 版"
    if project.version != screening.project_version:
        versions += f"（项目此后已有修改，现为第 {project.version} 版）"
    policy = "审查日期没有已发布的政策版本" if screening.policy_version == NO_POLICY else screening.policy_version
    _table(
        paper,
        [
            ("项目名称", project.name),
            ("项目编号", project.code or "未编号"),
            ("审查结论", OUTCOMES[screening.outcome]),
            ("审查日期", screening.screened_on.isoformat()),
            ("政策版本", policy),
            ("审查所依据的项目内容", versions),
            ("审查编号", screening.id),
            ("审查人", screening.actor),
            ("出具时间", f"{screening.created_at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"),
        ],
    )


def _write_findings(paper: Paper, findings: Sequence[Mapping[str, Any]]) -> None:
    paper.add_heading("一、逐条审查", level=1)
    rows = [
        (
            f"{each['rule']} {RULES[RuleId(each['rule'])]}",
            SEVERITIES[Severity(each["severity"])],
            VERDICTS[Verdict(each["outcome"])],
            each["message"],
            each["clause"],
        )
        for each in findings
    ]
    _table(paper, [("规则", "性质", "结论", "说明", "依据"), *rows])


def _write_needs(paper: Paper, findings: Sequence[Mapping[str, Any]]) -> None:
    paper.add_heading("二、需补充或说明", level=1)
    needed = [f"{each['rule']}：{what}" for each in findings for what in each["needed"]]
    for line in needed or ["无。"]:
        paper.add_paragraph(line, style="List Bullet" if needed else None)


def _write_inputs(paper: Paper, findings: Sequence[Mapping[str, Any]]) -> None:
    paper.add_heading("三、审查所用数据", level=1)
    for each in findings:
        said = "；".join(f"{name}＝{_plain(value)}" for name, value in sorted(each["inputs"].items()))
        paper.add_paragraph(f"{each['rule']}：{said or '无'}")


def _plain(value: Any) -> str:
    """An input as a reader wants it; what is not known is said so."""
    if value is None:
        return "未知"
    if isinstance(value, Mapping):
        return "（" + "，".join(f"{name}＝{_plain(each)}" for name, each in sorted(value.items())) + "）"
    if isinstance(value, list):
        return "、".join(_plain(each) for each in value) or "无"
    return str(value)


def _table(paper: Paper, rows: Sequence[Sequence[str]]) -> None:
    table = paper.add_table(rows=0, cols=len(rows[0]), style="Table Grid")
    for row in rows:
        for cell, text in zip(table.add_row().cells, row, strict=True):
            cell.text = _printable(text)


def _printable(text: str) -> str:
    """Without the control characters that no document may hold."""
    return "".join(each for each in text if each.isprintable() or each in "\n\t")
