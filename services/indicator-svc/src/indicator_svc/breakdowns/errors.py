"""What can go wrong with sub-tasks."""

from types import MappingProxyType
from typing import Final

from indicator_svc.breakdowns.rules import TaskAct, TaskState
from indicator_svc.claims.errors import STATES
from indicator_svc.claims.rules import ClaimState
from shared.kit.errors import Conflict, NotFound

TASK_STATES: Final = MappingProxyType({TaskState.OPEN: "未办结", TaskState.DONE: "已办结", TaskState.WITHDRAWN: "已撤销"})
TASK_ACTS: Final = MappingProxyType(
    {TaskAct.CHANGE: "修改", TaskAct.REPORT: "报进度", TaskAct.FINISH: "办结", TaskAct.WITHDRAW: "撤销"}
)


class ClaimNotAccepted(Conflict):
    code = "claim.not-accepted"

    def __init__(self, claim: str, state: ClaimState) -> None:
        super().__init__(f"该指标{STATES[state]}，认领之后才能分解和调度子任务。", claim=claim, state=state)


class SubTaskNotFound(NotFound):
    code = "sub-task.not-found"

    def __init__(self, task: str) -> None:
        super().__init__("没有这项子任务，请核对编号。", task=task)


class SubTaskMoveIllegal(Conflict):
    code = "sub-task.illegal-move"

    def __init__(self, task: str, act: TaskAct, state: TaskState) -> None:
        super().__init__(f"该子任务{TASK_STATES[state]}，不能{TASK_ACTS[act]}。", task=task, act=act, state=state)
