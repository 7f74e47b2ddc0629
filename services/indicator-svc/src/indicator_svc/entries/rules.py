"""States of an application, what its dossier lacks, and whether its statements show what they must (`domain.md` §2.5, §2.7, §5).

The software checks and explains; it never fills in a figure. What is unknown shows nothing, neither for nor against.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from shared.kit.decimals import shortest
from shared.kit.identifiers import DivisionLevel, divisions


class Subject(StrEnum):
    PROJECT = "project"
    ENTERPRISE = "enterprise"


class Route(StrEnum):
    """On which grounds the register is entered: works, mere purchases; existing, newly built or upgraded enterprises."""

    CONSTRUCTION = "construction"
    PURCHASE = "purchase"
    EXISTING = "existing"
    NEW = "new"
    UPGRADE = "upgrade"

    @property
    def subject(self) -> Subject:
        return Subject.PROJECT if self in (Route.CONSTRUCTION, Route.PURCHASE) else Subject.ENTERPRISE


class EntryState(StrEnum):
    """未达标, 待申报, 已申报, 已入统, 退库."""

    NOT_QUALIFIED = "not_qualified"
    TO_APPLY = "to_apply"
    APPLIED = "applied"
    ENTERED = "entered"
    EXITED = "exited"


class Stage(StrEnum):
    """The approval chain, nearest first."""

    COUNTY = "county"
    CITY = "city"
    PROVINCE = "province"
    NATIONAL = "national"


class EntryAct(StrEnum):
    REGISTER = "register"
    QUALIFY = "qualify"
    DISQUALIFY = "disqualify"
    SUBMIT = "submit"
    APPROVE = "approve"
    RETURN = "return"
    REJECT = "reject"
    POSTPONE = "postpone"
    EXIT = "exit"
    READMIT = "readmit"


MOVES: Final[Mapping[tuple[EntryState, EntryAct], EntryState]] = MappingProxyType(
    {
        (EntryState.NOT_QUALIFIED, EntryAct.QUALIFY): EntryState.TO_APPLY,
        (EntryState.TO_APPLY, EntryAct.DISQUALIFY): EntryState.NOT_QUALIFIED,
        (EntryState.TO_APPLY, EntryAct.POSTPONE): EntryState.TO_APPLY,
        (EntryState.TO_APPLY, EntryAct.SUBMIT): EntryState.APPLIED,
        # APPLIED as long as the chain goes on, ENTERED after its last stage: see `state_after`.
        (EntryState.APPLIED, EntryAct.APPROVE): EntryState.APPLIED,
        (EntryState.APPLIED, EntryAct.RETURN): EntryState.TO_APPLY,
        (EntryState.APPLIED, EntryAct.REJECT): EntryState.NOT_QUALIFIED,
        (EntryState.ENTERED, EntryAct.EXIT): EntryState.EXITED,
        (EntryState.EXITED, EntryAct.READMIT): EntryState.NOT_QUALIFIED,
    }
)
OUTSIDE: Final = (EntryState.NOT_QUALIFIED, EntryState.TO_APPLY, EntryState.APPLIED)
"""On the way into the register, and not in it."""


def state_after(state: EntryState, act: EntryAct, *, last_stage: bool) -> EntryState | None:
    """The state that an act leads to; None where it is not open."""
    if (state, act) == (EntryState.APPLIED, EntryAct.APPROVE) and last_stage:
        return EntryState.ENTERED
    return MOVES.get((state, act))


def chain_in(region: str, chain: Sequence[Stage]) -> tuple[Stage, ...]:
    """The stages that a region has: a prefecture without counties (嘉峪关) begins with the city."""
    whole = divisions()[region]
    if whole.level is not DivisionLevel.PREFECTURE:
        return tuple(chain)
    has_counties = any(each.level is DivisionLevel.COUNTY and whole.contains(each.code) for each in divisions().values())
    return tuple(stage for stage in chain if has_counties or stage is not Stage.COUNTY)


# --- the dossier ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Threshold:
    """What an object of a sector must reach; `at_least_wan` None: every one of the sector belongs in."""

    sector: str
    name: str
    measure: str
    at_least_wan: Decimal | None
    output_too: bool
    document: str


@dataclass(frozen=True, slots=True)
class Dossier:
    """The documents of one kind of application. Of each group in `required` one has to be there."""

    code: str
    name: str
    required: tuple[tuple[str, ...], ...]
    optional: tuple[str, ...]
    chain: tuple[Stage, ...]
    document: str


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that speaks against an application, in a Chinese sentence. One that does not block asks for a look."""

    code: str
    message: str
    blocks: bool = True


Documents = Mapping[str, Mapping[str, str | None]]
"""Document → its reference and details."""


def missing_documents(
    dossier: Dossier, present: Documents, names: Mapping[str, str], details: Mapping[str, Sequence[str]]
) -> list[Finding]:
    """What the dossier still lacks, whole documents first, then what is not told of those that are there."""
    findings = [
        Finding("entry.document-missing", f"缺少{'或'.join(names[key] for key in group)}")
        for group in dossier.required
        if not any(key in present for key in group)
    ]
    for key in (key for group in dossier.required for key in group if key in present):
        untold = [DETAIL_NAMES[name] for name in details.get(key, ()) if not present[key].get(name)]
        if untold:
            findings.append(Finding("entry.document-incomplete", f"{names[key]}未注明{'、'.join(untold)}"))
    return findings


DETAIL_NAMES: Final = MappingProxyType({"name": "名称", "place": "地点", "taken_on": "时间", "verified_by": "核实人"})


# --- the statements ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Statement:
    """What the enterprise's own forms say, in 万元; None is unknown. Months are the last ones that the forms cover."""

    income_month: str | None = None
    income_cumulative_wan: Decimal | None = None
    vat_month: str | None = None
    vat_cumulative_wan: Decimal | None = None
    output_cumulative_wan: Decimal | None = None
    first_sale_on: date | None = None


@dataclass(frozen=True, slots=True)
class Applicant:
    """What an application is judged by."""

    route: Route
    threshold: Threshold
    total_investment_wan: Decimal | None = None
    statement: Statement = field(default_factory=Statement)


def line_findings(applicant: Applicant, today: date) -> list[Finding]:
    """Everything that keeps this applicant from being over the line; none: it should be in."""
    line = applicant.threshold.at_least_wan
    if line is None:
        return []
    if applicant.route.subject is Subject.PROJECT:
        return _below("计划总投资", applicant.total_investment_wan, line)
    statement = applicant.statement
    findings = _forms(statement) + _below("利润表累计收入", statement.income_cumulative_wan, line)
    if applicant.threshold.output_too:
        findings += _below("累计产值", statement.output_cumulative_wan, line)
    return findings + (_too_old(statement.first_sale_on, today) if applicant.route is Route.NEW else [])


def _below(what: str, value: Decimal | None, line: Decimal) -> list[Finding]:
    if value is None:
        return [Finding("entry.figure-unknown", f"{what}未知，未知不作零处理，须补报后再判断")]
    if value < line:
        return [Finding("entry.below-line", f"{what}{shortest(value)}万元，低于标准{shortest(line)}万元")]
    return []


def _forms(statement: Statement) -> list[Finding]:
    """The income statement and the VAT form: of the same month, and of one cumulative revenue."""
    findings = []
    months, sums = (statement.income_month, statement.vat_month), (statement.income_cumulative_wan, statement.vat_cumulative_wan)
    if None in months:
        findings.append(Finding("entry.form-month-unknown", "利润表或增值税申报表的所属月份未知"))
    elif months[0] != months[1]:
        findings.append(Finding("entry.form-months-differ", f"利润表为{months[0]}，增值税申报表为{months[1]}，须为同一月份"))
    if sums[1] is None:
        findings.append(Finding("entry.figure-unknown", "增值税申报表累计收入未知，未知不作零处理，须补报后再判断"))
    elif sums[0] is not None and sums[0] != sums[1]:
        text = f"利润表累计收入{shortest(sums[0])}万元与增值税申报表{shortest(sums[1])}万元不一致"
        findings.append(Finding("entry.forms-differ", text))
    return findings


def _too_old(first_sale_on: date | None, today: date) -> list[Finding]:
    """Monthly entry is for those without a sale before the fourth quarter of the previous year."""
    since = date(today.year - 1, 10, 1)
    if first_sale_on is None:
        return [Finding("entry.first-sale-unknown", "首笔销售日期未知，不能认定为新建投产")]
    if first_sale_on < since:
        return [Finding("entry.not-new", f"首笔销售在{first_sale_on}，早于{since}，不属于月度入库范围，应走年度入库")]
    return []


PROJECT_EVIDENCE: Final = (("contract",), ("photo",), ("construction_permit", "approval"))
"""A project with contract, photo and permit is one that should be in (`domain.md` §8)."""


def should_be_in(applicant: Applicant, present: Documents, today: date) -> tuple[str, ...]:
    """The evidence that somebody outside belongs in, as Chinese sentences; none where it does not show."""
    if line_findings(applicant, today):
        return ()
    line, statement = applicant.threshold, applicant.statement
    if applicant.route is Route.CONSTRUCTION:
        if not all(any(key in present for key in group) for group in PROJECT_EVIDENCE):
            return ()
        return (
            "合同、现场照片、施工许可（或立项文件）已具备",
            f"计划总投资{_amount(applicant.total_investment_wan)}，达到入库标准",
        )
    if applicant.route is Route.PURCHASE:
        return (f"计划总投资{_amount(applicant.total_investment_wan)}，达到入库标准",)
    if line.at_least_wan is None:
        return (line.document,)
    return (f"{statement.income_month}累计收入{_amount(statement.income_cumulative_wan)}，达到{line.name}标准",)


def _amount(value: Decimal | None) -> str:
    return "未知" if value is None else f"{shortest(value)}万元"
