"""What obstacles refuse, and how they say so."""

from datetime import date
from types import MappingProxyType
from typing import Final

from project_svc.obstacles.rules import ObstacleAct, ObstacleKind, ObstacleState
from shared.kit.errors import Conflict, Invalid, NotFound

OBSTACLE_KINDS: Final = MappingProxyType(
    {
        ObstacleKind.APPROVAL: "审批",
        ObstacleKind.PLANNING: "规划",
        ObstacleKind.LAND: "用地",
        ObstacleKind.FUNDING: "资金",
        ObstacleKind.DEMOLITION: "征拆",
        ObstacleKind.RESOURCES: "要素",
        ObstacleKind.UTILITIES: "配套",
        ObstacleKind.OTHER: "其他",
    }
)
OBSTACLE_STATES: Final = MappingProxyType(
    {
        ObstacleState.OPEN: "待办理",
        ObstacleState.WORKING: "办理中",
        ObstacleState.RESOLVED: "已解决",
        ObstacleState.WITHDRAWN: "已撤销",
    }
)
OBSTACLE_ACTS: Final = MappingProxyType(
    {
        ObstacleAct.RAISE: "提出",
        ObstacleAct.TAKE_UP: "受理",
        ObstacleAct.DEFER: "延期",
        ObstacleAct.HAND_OVER: "移交",
        ObstacleAct.RESOLVE: "解决",
        ObstacleAct.WITHDRAW: "撤销",
    }
)


class ObstacleUnknown(NotFound):
    code = "obstacle.unknown"

    def __init__(self, obstacle_id: str) -> None:
        super().__init__(f"没有编号为 {obstacle_id} 的堵点，请核对 id。", obstacle_id=obstacle_id)


class ObstacleActRefused(Conflict):
    code = "obstacle.act-refused"

    def __init__(self, act: ObstacleAct, state: ObstacleState) -> None:
        super().__init__(f"堵点{OBSTACLE_STATES[state]}，不能{OBSTACLE_ACTS[act]}。", act=act, state=state)


class ObstacleDayInFuture(Invalid):
    code = "obstacle.day-in-future"

    def __init__(self, day: date, pointer: str) -> None:
        super().__init__(f"日期 {day} 尚未到来，不得预先登记。", pointer=pointer)


class ObstacleDayTooEarly(Invalid):
    code = "obstacle.day-too-early"

    def __init__(self, day: date, raised_on: date, pointer: str) -> None:
        super().__init__(f"日期 {day} 早于堵点提出之日 {raised_on}，请核对。", pointer=pointer)


class DueBeforeRaised(Invalid):
    code = "obstacle.due-before-raised"

    def __init__(self, due_on: date, raised_on: date) -> None:
        super().__init__(f"解决时限 {due_on} 早于提出之日 {raised_on}，请核对。", pointer="/due_on")


class DeferredToThePast(Invalid):
    code = "obstacle.deferred-to-the-past"

    def __init__(self, due_on: date, today: date) -> None:
        super().__init__(f"新时限 {due_on} 早于今天 {today}：延期只能延到今天或以后。", pointer="/due_on")


class OwnerUnchanged(Conflict):
    code = "obstacle.owner-unchanged"

    def __init__(self, department: str, person: str) -> None:
        super().__init__(f"已由{department}{person}负责，无须移交。", pointer="/lead_department")
