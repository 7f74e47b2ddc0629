"""Sub-tasks and their sums over HTTP."""

from datetime import date
from typing import Annotated, Self

from pydantic import Field, StringConstraints

from indicator_svc.breakdowns.errors import TASK_ACTS, TASK_STATES
from indicator_svc.breakdowns.models import Progress, SubTask
from indicator_svc.breakdowns.rules import TaskAct, TaskState
from indicator_svc.breakdowns.service import Assignment
from indicator_svc.claims.models import Said
from indicator_svc.claims.rules import is_late
from shared.kit.db import UnitOfWork
from shared.kit.decimals import percent
from shared.kit.http import VersionedOut
from shared.kit.schemas import (
    Day,
    DecimalText,
    InModel,
    LongText,
    May,
    Moment,
    ObjectId,
    OutModel,
    Permission,
    ShortText,
)

Department = Annotated[str, StringConstraints(min_length=1, max_length=100, strip_whitespace=True)]
Unit = Annotated[str, StringConstraints(min_length=1, max_length=20, strip_whitespace=True)]


class WithdrawalIn(InModel):
    """撤销子任务，须说明理由。"""

    by: ShortText
    reason: LongText

    def said(self, uow: UnitOfWork) -> Said:
        return Said(uow.now, uow.actor, self.by, self.reason)


class SubTaskIn(InModel):
    """交给一个配合部门的子任务。"""

    claim: ObjectId = Field(description="认领记录的编号；该指标须已认领")
    department: Department
    title: ShortText
    target: DecimalText | None = Field(description="目标值；null 表示尚未确定")
    unit: Unit
    additive: bool = Field(description="是否可与其他子任务的目标相加（同一计量单位）")
    due_on: Day

    def assignment(self) -> Assignment:
        return Assignment(**self.model_dump(exclude={"claim"}))


class SubTaskChange(InModel):
    """修改子任务；未列出的字段不变。"""

    title: ShortText | None = None
    target: DecimalText | None = None
    due_on: Day | None = None

    def changes(self) -> dict[str, object]:
        """The fields that were sent; only the target may be emptied."""
        sent = {name: getattr(self, name) for name in self.model_fields_set}
        return {name: value for name, value in sent.items() if value is not None or name == "target"}


class ProgressIn(InModel):
    """子任务的一次进度。"""

    by: ShortText
    value: DecimalText | None = Field(description="累计完成值；null 表示未知")
    done: bool = Field(default=False, description="是否办结")
    note: LongText | None = None

    def progress(self) -> Progress:
        return Progress(self.value, self.done, self.note)

    def said(self, uow: UnitOfWork) -> Said:
        return Said(uow.now, uow.actor, self.by)


class SubTaskReportOut(OutModel):
    """一次进度或撤销的记录。"""

    value: DecimalText | None
    state: TaskState
    note: str | None
    at: Moment
    actor: str
    by: str


class SubTaskOut(VersionedOut):
    """一项子任务及其进度。"""

    created_at: Moment
    updated_at: Moment
    claim: str
    department: str
    title: str
    target: DecimalText | None
    unit: str
    additive: bool
    due_on: Day
    state: TaskState = Field(description="open 未办结、done 已办结、withdrawn 已撤销")
    reported: DecimalText | None = Field(description="最近一次报送的累计完成值；null 表示未知")
    completed_share: DecimalText | None = Field(description="完成率（%）；目标或完成值未知、目标为零时为 null")
    late: bool
    reports: list[SubTaskReportOut]
    may: May

    @classmethod
    def of(cls, task: SubTask, day: date) -> Self:
        derived = ("claim", "completed_share", "late", "may")
        own = {name: getattr(task, name) for name in cls.model_fields if name not in derived}
        share = None if task.target is None or task.reported is None else percent(task.reported, task.target, 2)
        late = task.state == TaskState.OPEN and is_late(task.due_on, day)
        may = {act.value: _task_permission(task, act) for act in TaskAct}
        return cls.model_validate({**own, "claim": task.claim_id, "completed_share": share, "late": late, "may": may})


class UnitSumOut(OutModel):
    """同一计量单位的可加总子任务之和；其中有未知时为 null。"""

    unit: str
    tasks: int
    target: DecimalText | None
    reported: DecimalText | None


class BreakdownOut(OutModel):
    """子任务目标之和与指标目标的对照；只列示，不强制相等。"""

    claim: str
    unit: str
    item_target: DecimalText | None = Field(description="方案为该指标设定的全年目标；null 表示未设")
    sums: list[UnitSumOut]
    difference: DecimalText | None = Field(description="同单位子目标之和减指标目标；任一未知时为 null")


def _task_permission(task: SubTask, act: TaskAct) -> Permission:
    allowed = task.may(act)
    said = f"该子任务{TASK_STATES[TaskState(task.state)]}，不能{TASK_ACTS[act]}"
    return Permission(allowed=allowed, reason=None if allowed else said)
