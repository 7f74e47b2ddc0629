"""What the register refuses, and how it says so."""

from collections.abc import Sequence
from datetime import date
from types import MappingProxyType
from typing import Final

from project_svc.codes import KIND_LABELS, ROLE_LABELS, STATE_LABELS, ProjectKind, ProjectState, Role
from project_svc.projects.rules import Act, FigureGap, Refusal, StartGap
from shared.kit.errors import Conflict, Fault, Invalid, NotFound

ACT_LABELS: Final = MappingProxyType(
    {
        Act.REGISTER: "登记",
        Act.REVISE_PLAN: "调整年度计划",
        Act.LIST: "列入年度计划",
        Act.CONFIRM_READY: "确认具备开工条件",
        Act.START: "开（复）工",
        Act.SUSPEND: "停缓建",
        Act.RESUME: "恢复建设",
        Act.COMPLETE: "竣工",
    }
)

START_GAPS: Final = MappingProxyType(
    {
        StartGap.IN_FUTURE: ("/started_on", "开（复）工日期不得晚于今天"),
        StartGap.PERMIT_MISSING: ("/permit", "缺少施工许可证、开工报告或复工报告"),
        StartGap.PERMIT_NOT_FOR_A_FIRST_START: ("/permit/kind", "首次开工须凭施工许可证或开工报告，复工报告不能作为依据"),
        StartGap.PERMIT_AFTER_START: ("/permit/issued_on", "许可或报告的日期晚于开（复）工日期"),
        StartGap.PERMIT_LAPSED: ("/permit/issued_on", "开工时许可或报告已超过有效期，应重新办理或延期"),
        StartGap.PERMIT_EXTENDED_TOO_OFTEN: ("/permit/extensions", "施工许可证最多延期两次，开工报告和复工报告不得延期"),
        StartGap.PHOTO_MISSING: ("/photo", "缺少注明日期的现场照片"),
        StartGap.PHOTO_BEFORE_START: ("/photo/taken_on", "照片拍摄日期早于开（复）工日期，不能证明永久工程已动工"),
        StartGap.PHOTO_IN_FUTURE: ("/photo/taken_on", "照片拍摄日期不得晚于今天"),
        StartGap.CONTRACT_MISSING: ("/contract", "缺少施工合同编号"),
    }
)

FIGURE_GAPS: Final = MappingProxyType(
    {
        FigureGap.REASON_MISSING: ("/unknown_reason", "总投资或年度计划未知时，须说明未知原因"),
        FigureGap.REASON_NOT_NEEDED: ("/unknown_reason", "总投资和年度计划均已知，未知原因应为空"),
        FigureGap.PLAN_ABOVE_TOTAL: ("/annual_plan_wan", "年度计划投资大于总投资"),
        FigureGap.FUNDING_ABOVE_TOTAL: ("/funding", "各资金来源之和大于总投资"),
    }
)


class ProjectUnknown(NotFound):
    code = "project.unknown"

    def __init__(self, project_id: str) -> None:
        super().__init__(f"没有编号为 {project_id} 的项目，请核对项目 id。", project_id=project_id)


class ProjectAlreadyRegistered(Conflict):
    code = "project.already-registered"

    def __init__(self, what: str, project_id: str) -> None:
        super().__init__(f"{what}已在台账中登记（项目 id {project_id}），请勿重复登记。", pointer="/code", project_id=project_id)


class ProjectCodeRequired(Invalid):
    code = "project.code-required"

    def __init__(self) -> None:
        super().__init__("续建、新建项目须有投资项目代码；尚未赋码的项目只能登记为前期项目。", pointer="/code")


class ProjectCodeUnchangeable(Conflict):
    code = "project.code-unchangeable"

    def __init__(self, code: str) -> None:
        super().__init__(f"项目代码 {code} 已赋予，不得更改；重新立项的应按新代码另行登记。", pointer="/code")


class FiguresDoNotFit(Invalid):
    code = "project.figures-do-not-fit"

    def __init__(self, gaps: Sequence[FigureGap]) -> None:
        faults = [Fault(FIGURE_GAPS[gap][0], f"project.{gap.replace('_', '-')}", f"{FIGURE_GAPS[gap][1]}。") for gap in gaps]
        super().__init__("；".join(FIGURE_GAPS[gap][1] for gap in gaps) + "。", faults=faults)


class StartNotProven(Invalid):
    code = "project.start-not-proven"

    def __init__(self, gaps: Sequence[StartGap], under: str = "") -> None:
        faults = [Fault(under + START_GAPS[gap][0], f"start.{gap.replace('_', '-')}", f"{START_GAPS[gap][1]}。") for gap in gaps]
        super().__init__("开（复）工依据不足：" + "；".join(START_GAPS[gap][1] for gap in gaps) + "。", faults=faults)


class ActRefused(Conflict):
    code = "project.act-refused"

    def __init__(self, act: Act, kind: ProjectKind, state: ProjectState, why: Refusal) -> None:
        super().__init__(refusal_sentence(act, kind, state, why), act=act, state=state)


class DaysOutOfOrder(Conflict):
    code = "project.days-out-of-order"

    def __init__(self, day: date, latest: date) -> None:
        super().__init__(f"生效日期 {day} 早于该项目上一次状态变动的日期 {latest}，请按发生的先后顺序填报。", day=day)


class DayInFuture(Invalid):
    code = "project.day-in-future"

    def __init__(self, pointer: str, day: date) -> None:
        super().__init__(f"日期 {day} 尚未到来，不得预先填报。", pointer=pointer)


class StartOfPreparatoryProject(Invalid):
    code = "project.start-of-preparatory"

    def __init__(self) -> None:
        super().__init__("前期项目不能带开工信息登记，须先列入年度计划。", pointer="/start")


class PlanYearTaken(Conflict):
    code = "project.plan-year-taken"

    def __init__(self, year: int) -> None:
        super().__init__(f"该项目已列入 {year} 年度计划，只能列入以后年度。", pointer="/year")


class ListedOutsideItsYear(Invalid):
    code = "project.listed-outside-its-year"

    def __init__(self, year: int, day: date) -> None:
        super().__init__(f"列入 {year} 年度计划的日期须在该年度内，现为 {day}。", pointer="/listed_on")


class ResponsibilityTooEarly(Conflict):
    code = "project.responsibility-too-early"

    def __init__(self, role: Role, since: date) -> None:
        detail = f"现任{ROLE_LABELS[role]}自 {since} 起负责，新的起始日期须在其后。"
        super().__init__(detail, pointer="/from_on")


class ResponsibilityUnchanged(Conflict):
    code = "project.responsibility-unchanged"

    def __init__(self, role: Role, holder: str) -> None:
        super().__init__(f"{ROLE_LABELS[role]}现在就是“{holder}”，无需变更。", pointer="/holder")


def refusal_sentence(act: Act, kind: ProjectKind, state: ProjectState, why: Refusal) -> str:
    """Why an act is not open, as a reader of the product is told."""
    match why:
        case Refusal.PREPARATORY:
            return f"{KIND_LABELS[kind]}项目不能{ACT_LABELS[act]}：须先列入年度计划。"
        case Refusal.WRONG_STATE:
            return f"项目目前为“{STATE_LABELS[state]}”，不能{ACT_LABELS[act]}。"
