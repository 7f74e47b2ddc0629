"""What milestone plans refuse, and how they say so."""

from collections.abc import Sequence
from datetime import date
from types import MappingProxyType
from typing import Final

from project_svc.codes import STATE_LABELS, ProjectState
from project_svc.milestones.rules import MilestoneState
from shared.kit.errors import Conflict, Fault, Invalid, NotFound

MILESTONE_STATES: Final = MappingProxyType(
    {MilestoneState.OPEN: "未完成", MilestoneState.COMPLETED: "已完成", MilestoneState.WITHDRAWN: "已随项目停缓建撤回"}
)


class MilestoneUnknown(NotFound):
    code = "milestone.unknown"

    def __init__(self, milestone_id: str) -> None:
        super().__init__(f"没有编号为 {milestone_id} 的节点，请核对节点 id。", milestone_id=milestone_id)


class PlanUnknown(NotFound):
    code = "milestone.plan-unknown"

    def __init__(self, project_id: str) -> None:
        super().__init__("该项目尚未编排节点计划。", project_id=project_id)


class MilestoneNotOpen(Conflict):
    code = "milestone.not-open"

    def __init__(self, name: str, state: MilestoneState) -> None:
        super().__init__(f"节点“{name}”{MILESTONE_STATES[state]}，不能再变动。", state=state)


class CompletedInFuture(Invalid):
    code = "milestone.completed-in-future"

    def __init__(self, actual_on: date, pointer: str = "/actual_on") -> None:
        super().__init__(f"实际完成日期 {actual_on} 尚未到来，不得预先填报完成。", pointer=pointer)


class ApprovalInFuture(Invalid):
    code = "milestone.approval-in-future"

    def __init__(self, approved_on: date) -> None:
        super().__init__(f"批准日期 {approved_on} 尚未到来，计划调整须先经批准。", pointer="/approved_on")


class DueDayUnchanged(Conflict):
    code = "milestone.due-day-unchanged"

    def __init__(self, due_on: date) -> None:
        super().__init__(f"现行到期日就是 {due_on}，无需调整。", pointer="/due_on")


class PlanAlreadyMade(Conflict):
    code = "milestone.plan-already-made"

    def __init__(self, project_id: str) -> None:
        super().__init__("该项目已有节点计划；新增节点请逐个添加，改期请走计划调整。", pointer="/project", project_id=project_id)


class DayBeyondCalendar(Invalid):
    code = "milestone.day-beyond-calendar"

    def __init__(self, why: str, pointer: str) -> None:
        super().__init__(f"{why}。", pointer=pointer)


class ProjectNotPlannable(Conflict):
    code = "milestone.project-not-plannable"

    def __init__(self, state: ProjectState) -> None:
        super().__init__(f"项目目前为“{STATE_LABELS[state]}”，不能编排节点。", pointer="/project", state=state)


class DependencyCycle(Invalid):
    code = "milestone.dependency-cycle"

    def __init__(self, names: Sequence[str], pointer: str) -> None:
        super().__init__(f"前置关系成环：{' → '.join(names)}，请去掉其中一条。", pointer=pointer, cycle=tuple(names))


class PlanFaulty(Invalid):
    """Everything that is wrong with the nodes of a plan, at once."""

    code = "milestone.plan-faulty"

    def __init__(self, faults: Sequence[Fault]) -> None:
        more = f"（另有 {len(faults) - 1} 处，见 errors）" if len(faults) > 1 else ""
        super().__init__(f"{faults[0].message}{more}", faults=faults)


class TemplateUnknown(Invalid):
    code = "milestone.template-unknown"

    def __init__(self, code: str, known: Sequence[str]) -> None:
        super().__init__(f"没有节点模板“{code}”，可用的有 {'、'.join(known)}。", pointer="/template")


class TemplateNotForKind(Invalid):
    code = "milestone.template-not-for-kind"

    def __init__(self, name: str, kind_label: str) -> None:
        super().__init__(f"节点模板“{name}”不适用于{kind_label}项目。", pointer="/template")


class PredecessorElsewhere(Invalid):
    code = "milestone.predecessor-elsewhere"

    def __init__(self, milestone_id: str, pointer: str) -> None:
        super().__init__(f"前置节点 {milestone_id} 不在本项目的节点计划中。", pointer=pointer)


class MilestonesStillOpen(Conflict):
    code = "milestone.still-open"

    def __init__(self, names: Sequence[str]) -> None:
        super().__init__(f"项目尚有未完成的节点：{'、'.join(names)}。请先填报这些节点的完成情况，再办理竣工。", open=tuple(names))
