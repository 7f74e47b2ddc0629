"""What schedules refuse, and how they say so."""

from project_svc.milestones.rules import MilestoneState
from shared.kit.errors import Conflict, Invalid


class ScheduleBeyondCalendar(Invalid):
    code = "schedule.beyond-calendar"

    def __init__(self, why: str) -> None:
        super().__init__(f"{why}。请核对起始日、期限和各节点工期。", pointer="/begin_on")


class ChangedMilestoneElsewhere(Invalid):
    code = "schedule.milestone-elsewhere"

    def __init__(self, milestone_id: str, pointer: str) -> None:
        super().__init__(f"节点 {milestone_id} 不在该项目的节点计划中。", pointer=pointer)


class ChangedMilestoneNotOpen(Invalid):
    code = "schedule.milestone-not-open"

    def __init__(self, name: str, state: MilestoneState, pointer: str) -> None:
        super().__init__(f"节点“{name}”已不是未完成状态，不能试排。", pointer=pointer, state=state)


class NothingToAdopt(Conflict):
    code = "schedule.nothing-to-adopt"

    def __init__(self) -> None:
        super().__init__("排期结果与现行到期日一致，没有需要调整的节点。")


class BackwardImpossible(Conflict):
    code = "schedule.backward-impossible"

    def __init__(self, verdict: str) -> None:
        super().__init__(f"倒排结果早于可开始日期，不能采用。{verdict}", pointer="/deadline")
