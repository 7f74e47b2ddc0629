"""Milestones with their three dates, and what is recorded of them."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import Boolean, Date, ForeignKey, Index, Integer, SmallInteger, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from project_svc.codes import Stage
from project_svc.milestones.errors import (
    ApprovalInFuture,
    CompletedInFuture,
    DueDayUnchanged,
    MilestoneNotOpen,
)
from project_svc.milestones.rules import DateBasis, MilestoneState, NodeOnDay, Warned, Watch
from project_svc.network.days import DayUnit, Work
from project_svc.network.rules import LinkType
from project_svc.projects.models import Entry, Project
from project_svc.tables import Base, Word
from shared.contracts.project import MilestoneCameDueSoon, MilestoneCompleted, MilestoneFellOverdue, MilestoneWithdrawn
from shared.kit.columns import Id, Instant, JsonDoc
from shared.kit.db import Recorder
from shared.kit.ids import new_id
from shared.kit.tables import Versioned

STILL_OPEN = text("state = 'open'")


@dataclass(frozen=True, slots=True)
class Completion:
    """When a milestone was done and what shows it."""

    actual_on: date
    reference: str
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Approval:
    """Who allowed a due day to be moved, when, why, and on what paper."""

    approver: str
    approved_on: date
    reason: str
    document: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """What is planned: what has to be reached, in which stage, by which day."""

    name: str
    stage: Stage
    due_on: date
    date_basis: DateBasis = DateBasis.APPROVED
    work: Work = field(default_factory=Work)
    note: str | None = None


class MilestoneLink(Base):
    """`successor` may not come before `predecessor` plus a lag in working days."""

    __tablename__ = "milestone_link"

    predecessor_id: Mapped[str] = mapped_column(Id(), ForeignKey("milestone.id"), primary_key=True)
    successor_id: Mapped[str] = mapped_column(Id(), ForeignKey("milestone.id"), primary_key=True, index=True)
    type: Mapped[LinkType] = mapped_column(Word(LinkType))
    lag_working_days: Mapped[int] = mapped_column(Integer)


class ReBaseline(Base):
    """An approved move of a due day."""

    __tablename__ = "milestone_re_baseline"
    __table_args__ = (UniqueConstraint("milestone_id", "position"),)

    id: Mapped[str] = mapped_column(Id(), primary_key=True, default=new_id)
    milestone_id: Mapped[str] = mapped_column(Id(), ForeignKey("milestone.id"))
    position: Mapped[int] = mapped_column(Integer)
    from_due_on: Mapped[date] = mapped_column(Date)
    to_due_on: Mapped[date] = mapped_column(Date)
    reason: Mapped[str] = mapped_column(Text)
    approver: Mapped[str] = mapped_column(String(200))
    approved_on: Mapped[date] = mapped_column(Date)
    document: Mapped[str | None] = mapped_column(String(200))
    recorded_at: Mapped[datetime] = mapped_column(Instant())
    recorded_by: Mapped[str] = mapped_column(String(300))


class MilestoneCrossing(Base):
    """One crossing of one due day, in one watch. The key is what keeps two sweeps from recording it twice."""

    __tablename__ = "milestone_crossing"

    milestone_id: Mapped[str] = mapped_column(Id(), ForeignKey("milestone.id"), primary_key=True)
    watch: Mapped[int] = mapped_column(Integer, primary_key=True)
    due_on: Mapped[date] = mapped_column(Date, primary_key=True)
    warned: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    crossed_on: Mapped[date] = mapped_column(Date)
    recorded_at: Mapped[datetime] = mapped_column(Instant())


class PlanOutlook(Base):
    """Whether a plan can still be kept. `assessed_on` is empty from a change of the plan until the sweep has looked at it."""

    __tablename__ = "plan_outlook"

    project_id: Mapped[str] = mapped_column(Id(), ForeignKey("project.id"), primary_key=True)
    assessed_on: Mapped[date | None] = mapped_column(Date, index=True)
    impossible: Mapped[bool] = mapped_column(Boolean)
    since: Mapped[datetime | None] = mapped_column(Instant())


class Milestone(Versioned, Base):
    """A node of a project's plan.

    `baseline_due_on` never changes; `current_due_on` only by an approved re-baseline; `actual_on` by completion. `warned` is the
    furthest crossing of the current due day that the sweep recorded; `watch` counts how often the milestone came under watch.
    """

    __tablename__ = "milestone"
    __table_args__ = (
        UniqueConstraint("project_id", "position"),
        Index("ix_milestone_under_watch", "warned", "current_due_on", "id", sqlite_where=STILL_OPEN, postgresql_where=STILL_OPEN),
        Index("ix_milestone_current_due_on", "current_due_on", "id"),
    )

    project_id: Mapped[str] = mapped_column(Id(), ForeignKey("project.id"))
    position: Mapped[int] = mapped_column(Integer)
    name: Mapped[str] = mapped_column(String(200))
    stage: Mapped[Stage] = mapped_column(Word(Stage))
    state: Mapped[MilestoneState] = mapped_column(Word(MilestoneState))
    baseline_due_on: Mapped[date] = mapped_column(Date)
    current_due_on: Mapped[date] = mapped_column(Date)
    actual_on: Mapped[date | None] = mapped_column(Date)
    evidence: Mapped[dict[str, Any] | None] = mapped_column(JsonDoc())
    withdrawn_on: Mapped[date | None] = mapped_column(Date)
    date_basis: Mapped[DateBasis] = mapped_column(Word(DateBasis))
    work_days: Mapped[int] = mapped_column(Integer)
    work_unit: Mapped[DayUnit] = mapped_column(Word(DayUnit))
    outdoor: Mapped[bool] = mapped_column(Boolean)
    least_work_days: Mapped[int | None] = mapped_column(Integer)
    note: Mapped[str | None] = mapped_column(Text)
    warned: Mapped[int] = mapped_column(SmallInteger)
    watch: Mapped[int] = mapped_column(Integer)
    project: Mapped[Project] = relationship(lazy="raise")
    predecessors: Mapped[list[MilestoneLink]] = relationship(
        lazy="raise", foreign_keys=MilestoneLink.successor_id, cascade="all, delete-orphan"
    )
    re_baselines: Mapped[list[ReBaseline]] = relationship(lazy="raise", order_by=ReBaseline.position)
    crossings: Mapped[list[MilestoneCrossing]] = relationship(lazy="raise", order_by=MilestoneCrossing.recorded_at)

    @property
    def work(self) -> Work:
        """What leads up to it: how long, and on which days it can be done."""
        return Work(self.work_days, self.work_unit, self.outdoor, self.least_work_days)

    @work.setter
    def work(self, work: Work) -> None:
        self.work_days, self.work_unit, self.outdoor, self.least_work_days = work.days, work.unit, work.outdoor, work.least_days

    @classmethod
    def planned(cls, project: Project, position: int, node: Node) -> "Milestone":
        """A milestone under its first watch, with nothing recorded of it yet."""
        return cls(
            id=new_id(),
            project=project,
            project_id=project.id,
            position=position,
            name=node.name,
            stage=node.stage,
            state=MilestoneState.OPEN,
            baseline_due_on=node.due_on,
            current_due_on=node.due_on,
            date_basis=node.date_basis,
            work=node.work,
            note=node.note,
            warned=Warned.NOT_YET,
            watch=1,
            predecessors=[],
            re_baselines=[],
            crossings=[],
        )

    def re_baseline(self, due_on: date, approval: Approval, entry: Entry) -> None:
        """Move the due day, with approval. A warning that stands goes on standing; the new day is watched afresh."""
        self.must_be_open()
        if approval.approved_on > entry.at.date():
            raise ApprovalInFuture(approval.approved_on)
        if due_on == self.current_due_on:
            raise DueDayUnchanged(due_on)
        self.re_baselines.append(
            ReBaseline(
                position=len(self.re_baselines) + 1,
                from_due_on=self.current_due_on,
                to_due_on=due_on,
                reason=approval.reason,
                approver=approval.approver,
                approved_on=approval.approved_on,
                document=approval.document,
                recorded_at=entry.at,
                recorded_by=entry.by,
            )
        )
        self.current_due_on, self.warned, self.date_basis = due_on, Warned.NOT_YET, DateBasis.APPROVED

    def complete(self, completion: Completion, entry: Entry, recorder: Recorder) -> None:
        """Done, on a day that has come, with something to show for it."""
        self.must_be_open()
        if completion.actual_on > entry.at.date():
            raise CompletedInFuture(completion.actual_on)
        self.bring_along(completion, entry)
        days_late = (completion.actual_on - self.current_due_on).days
        recorder.record(MilestoneCompleted(**self._told(), actual_on=completion.actual_on, days_late=days_late))

    def bring_along(self, completion: Completion, entry: Entry) -> None:
        """Note what was done before the plan was made here: history, and no news to anybody."""
        self.state, self.actual_on = MilestoneState.COMPLETED, completion.actual_on
        self.evidence = {
            "reference": completion.reference,
            "note": completion.note,
            "recorded_at": entry.at.isoformat(),
            "recorded_by": entry.by,
        }

    def withdraw(self, entry: Entry, recorder: Recorder) -> None:
        """Taken out of the watch, since the project is formally stopped."""
        self.must_be_open()
        self.state, self.withdrawn_on = MilestoneState.WITHDRAWN, entry.effective_on
        recorder.record(MilestoneWithdrawn(**self._told(), reason=entry.reason or ""))

    def come_back(self) -> None:
        """Under watch again, with nothing recorded of this watch yet: what is late is warned of anew."""
        self.state, self.withdrawn_on = MilestoneState.OPEN, None
        self.watch, self.warned = self.watch + 1, Warned.NOT_YET

    def tell(self, crossing: Warned, today: date, watch: Watch, recorder: Recorder) -> None:
        """Record the fact of a crossing."""
        late = (today - self.current_due_on).days
        match crossing:
            case Warned.DUE_SOON:
                recorder.record(MilestoneCameDueSoon(**self._told(), **watch.days_left(self.current_due_on, today)))
            case Warned.OVERDUE:
                recorder.record(MilestoneFellOverdue(**self._told(), threshold_days=0, days_overdue=late))
            case Warned.SERIOUSLY_OVERDUE:
                recorder.record(MilestoneFellOverdue(**self._told(), threshold_days=7, days_overdue=late))
            case Warned.NOT_YET:
                return

    def on_day(self, day: date) -> NodeOnDay:
        """What this was on a day. A move of the due day counts from the day it was recorded: it cannot rewrite what was late."""
        moves = [move for move in self.re_baselines if move.recorded_at.date() <= day]
        crossed = [each.warned for each in self.crossings if each.watch == self.watch and each.crossed_on <= day]
        return NodeOnDay(
            state=self._state_on(day),
            due_on=moves[-1].to_due_on if moves else self.baseline_due_on,
            warned=Warned(max(crossed, default=Warned.NOT_YET)),
        )

    def must_be_open(self) -> None:
        if self.state is not MilestoneState.OPEN:
            raise MilestoneNotOpen(self.name, self.state)

    def _state_on(self, day: date) -> MilestoneState:
        if self.actual_on is not None and self.actual_on <= day:
            return MilestoneState.COMPLETED
        if self.withdrawn_on is not None and self.withdrawn_on <= day:
            return MilestoneState.WITHDRAWN
        return MilestoneState.OPEN

    def _told(self) -> dict[str, Any]:
        """What every fact about this milestone tells."""
        return {
            **self.project.told(),
            "milestone_id": self.id,
            "milestone_name": self.name,
            "stage": self.stage.value,
            "baseline_due_on": self.baseline_due_on,
            "current_due_on": self.current_due_on,
            "date_basis": self.date_basis.value,
        }
