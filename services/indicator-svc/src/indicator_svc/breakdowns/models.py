"""Sub-tasks of a claimed item: one cooperating department, a target, a due day, and what was reported of it."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Boolean, Date, ForeignKey, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from indicator_svc.breakdowns.errors import SubTaskMoveIllegal
from indicator_svc.breakdowns.rules import TASK_MOVES, SubTarget, TaskAct, TaskState
from indicator_svc.claims.models import Said
from indicator_svc.tables import Base
from shared.kit.columns import Exact, Id, Instant
from shared.kit.ids import new_id
from shared.kit.tables import Versioned


@dataclass(frozen=True, slots=True)
class Progress:
    """What was reached by a report; None is unknown."""

    value: Decimal | None
    done: bool
    note: str | None


class SubTaskReport(Base):
    """One report on a sub-task. Never changed, never removed."""

    __tablename__ = "claim_sub_task_report"
    __table_args__ = (UniqueConstraint("sub_task_id", "position"),)

    id: Mapped[str] = mapped_column(Id(), primary_key=True, default=new_id)
    sub_task_id: Mapped[str] = mapped_column(Id(), ForeignKey("claim_sub_task.id"))
    position: Mapped[int] = mapped_column(Integer)
    value: Mapped[Decimal | None] = mapped_column(Exact(6))
    state: Mapped[str] = mapped_column(String(20))
    note: Mapped[str | None] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(Instant())
    actor: Mapped[str] = mapped_column(String(200))
    by: Mapped[str] = mapped_column(String(200))


class SubTask(Versioned, Base):
    """What one cooperating department is to bring by a day."""

    __tablename__ = "claim_sub_task"
    __table_args__ = (
        Index("ix_claim_sub_task_claim_id", "claim_id"),
        Index("ix_claim_sub_task_department", "department"),
    )

    claim_id: Mapped[str] = mapped_column(Id(), ForeignKey("claim.id"))
    department: Mapped[str] = mapped_column(String(100))
    title: Mapped[str] = mapped_column(String(200))
    target: Mapped[Decimal | None] = mapped_column(Exact(6))
    unit: Mapped[str] = mapped_column(String(20))
    additive: Mapped[bool] = mapped_column(Boolean)
    due_on: Mapped[date] = mapped_column(Date)
    state: Mapped[str] = mapped_column(String(20))
    reports: Mapped[list[SubTaskReport]] = relationship(lazy="raise", order_by=SubTaskReport.position)

    @property
    def reported(self) -> Decimal | None:
        """The newest value that was reported."""
        return self.reports[-1].value if self.reports else None

    @property
    def sub_target(self) -> SubTarget:
        return SubTarget(self.unit, self.additive, self.target, self.reported)

    def change(self, fields: dict[str, Any]) -> None:
        self._move(TaskAct.CHANGE)
        for name, value in fields.items():
            setattr(self, name, value)

    def report(self, progress: Progress, said: Said) -> None:
        self._move(TaskAct.FINISH if progress.done else TaskAct.REPORT)
        self._note(progress.value, progress.note, said)

    def withdraw(self, said: Said) -> None:
        """Taken back; what was reported of it stays on record and counts no longer."""
        self._move(TaskAct.WITHDRAW)
        self._note(self.reported, said.reason, said)

    def may(self, act: TaskAct) -> bool:
        return (TaskState(self.state), act) in TASK_MOVES

    def _move(self, act: TaskAct) -> None:
        reached = TASK_MOVES.get((TaskState(self.state), act))
        if reached is None:
            raise SubTaskMoveIllegal(self.id, act, TaskState(self.state))
        self.state = reached

    def _note(self, value: Decimal | None, note: str | None, said: Said) -> None:
        position, told = len(self.reports) + 1, {"at": said.at, "actor": said.actor, "by": said.by}
        self.reports.append(SubTaskReport(position=position, value=value, state=self.state, note=note, **told))
        # A report is a change of its task: whoever looked at the task before it looked at an older version.
        self.updated_at = said.at
