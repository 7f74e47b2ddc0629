"""Obstacles with the projects that they hold up, every act, and what is recorded of their missed days."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Boolean, Date, ForeignKey, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from project_svc.obstacles.errors import (
    OBSTACLE_KINDS,
    DeferredToThePast,
    DueBeforeRaised,
    ObstacleActRefused,
    ObstacleDayInFuture,
    ObstacleDayTooEarly,
    OwnerUnchanged,
)
from project_svc.obstacles.rules import MOVES, ObstacleAct, ObstacleKind, ObstacleState
from project_svc.projects.models import Entry, Project
from project_svc.tables import Base, Word
from shared.contracts.obstacle import ObstacleEnded, ObstacleFellOverdue
from shared.kit.columns import Id, Instant
from shared.kit.db import Recorder
from shared.kit.ids import new_id
from shared.kit.tables import Versioned


@dataclass(frozen=True, slots=True)
class Owner:
    """Who has to remove an obstacle."""

    lead_department: str
    responsible_person: str


@dataclass(frozen=True, slots=True)
class Report:
    """An obstacle as it is raised."""

    kind: ObstacleKind
    title: str
    description: str
    owner: Owner
    raised_on: date
    due_on: date


class ObstacleHold(Base):
    """An obstacle holds a project up."""

    __tablename__ = "obstacle_hold"

    obstacle_id: Mapped[str] = mapped_column(Id(), ForeignKey("obstacle.id"), primary_key=True)
    project_id: Mapped[str] = mapped_column(Id(), ForeignKey("project.id"), primary_key=True, index=True)
    project: Mapped[Project] = relationship(lazy="raise")


class ObstacleNote(Base):
    """A line of an obstacle's history: what was done when, by whom, and who had to remove it by when from then on."""

    __tablename__ = "obstacle_note"
    __table_args__ = (UniqueConstraint("obstacle_id", "position"),)

    id: Mapped[str] = mapped_column(Id(), primary_key=True, default=new_id)
    obstacle_id: Mapped[str] = mapped_column(Id(), ForeignKey("obstacle.id"))
    position: Mapped[int] = mapped_column(Integer)
    act: Mapped[ObstacleAct] = mapped_column(Word(ObstacleAct))
    state: Mapped[ObstacleState] = mapped_column(Word(ObstacleState))
    effective_on: Mapped[date] = mapped_column(Date)
    due_on: Mapped[date] = mapped_column(Date)
    lead_department: Mapped[str] = mapped_column(String(200))
    responsible_person: Mapped[str] = mapped_column(String(200))
    reason: Mapped[str | None] = mapped_column(Text)
    recorded_at: Mapped[datetime] = mapped_column(Instant())
    recorded_by: Mapped[str] = mapped_column(String(300))


class ObstacleCrossing(Base):
    """One missed day. The key is what keeps two sweeps from recording it twice."""

    __tablename__ = "obstacle_crossing"

    obstacle_id: Mapped[str] = mapped_column(Id(), ForeignKey("obstacle.id"), primary_key=True)
    due_on: Mapped[date] = mapped_column(Date, primary_key=True)
    recorded_at: Mapped[datetime] = mapped_column(Instant())


class Obstacle(Versioned, Base):
    """`told`: the sweep has looked at the present due day after it was missed; `region`: its projects' or the area's around."""

    __tablename__ = "obstacle"
    __table_args__ = (Index("ix_obstacle_under_watch", "state", "told", "due_on"),)

    region: Mapped[str] = mapped_column(String(6))
    kind: Mapped[ObstacleKind] = mapped_column(Word(ObstacleKind))
    title: Mapped[str] = mapped_column(String(200))
    description: Mapped[str] = mapped_column(Text)
    state: Mapped[ObstacleState] = mapped_column(Word(ObstacleState))
    lead_department: Mapped[str] = mapped_column(String(200), index=True)
    responsible_person: Mapped[str] = mapped_column(String(200))
    raised_on: Mapped[date] = mapped_column(Date)
    due_on: Mapped[date] = mapped_column(Date)
    ended_on: Mapped[date | None] = mapped_column(Date)
    told: Mapped[bool] = mapped_column(Boolean)
    holds: Mapped[list[ObstacleHold]] = relationship(lazy="raise", order_by=ObstacleHold.project_id)
    notes: Mapped[list[ObstacleNote]] = relationship(lazy="raise", order_by=ObstacleNote.position)

    @classmethod
    def raised(cls, report: Report, projects: list[Project], region: str, entry: Entry) -> "Obstacle":
        """Raises ObstacleDayInFuture, DueBeforeRaised."""
        if report.raised_on > entry.at.date():
            raise ObstacleDayInFuture(report.raised_on, "/raised_on")
        if report.due_on < report.raised_on:
            raise DueBeforeRaised(report.due_on, report.raised_on)
        obstacle = cls(
            id=new_id(),
            region=region,
            kind=report.kind,
            title=report.title,
            description=report.description,
            state=ObstacleState.OPEN,
            lead_department=report.owner.lead_department,
            responsible_person=report.owner.responsible_person,
            raised_on=report.raised_on,
            due_on=report.due_on,
            told=False,
            holds=[ObstacleHold(project_id=each.id, project=each) for each in projects],
            notes=[],
        )
        obstacle._write(ObstacleAct.RAISE, entry)
        return obstacle

    def as_it_stood_on(self, day: date) -> ObstacleNote:
        """The last line of its history that counts by that day: whose it was then, and by when. It has to be raised by then."""
        return [each for each in self.notes if each.effective_on <= day][-1]

    def take_up(self, entry: Entry) -> None:
        self._move(ObstacleAct.TAKE_UP, entry)

    def defer(self, due_on: date, entry: Entry) -> None:
        """Another day by which it is to be removed. It is watched afresh; a warning that stands ends only with the obstacle."""
        if due_on < entry.at.date():
            raise DeferredToThePast(due_on, entry.at.date())
        self._must_be_open(ObstacleAct.DEFER)
        self.due_on, self.told = due_on, False
        self._move(ObstacleAct.DEFER, entry)

    def hand_over(self, owner: Owner, entry: Entry) -> None:
        """Somebody else has to remove it, by the same day. Raises OwnerUnchanged."""
        self._must_be_open(ObstacleAct.HAND_OVER)
        if owner == Owner(self.lead_department, self.responsible_person):
            raise OwnerUnchanged(owner.lead_department, owner.responsible_person)
        self.lead_department, self.responsible_person = owner.lead_department, owner.responsible_person
        self._move(ObstacleAct.HAND_OVER, entry)

    def resolve(self, entry: Entry, recorder: Recorder) -> None:
        self._end(ObstacleAct.RESOLVE, entry, recorder)

    def withdraw(self, entry: Entry, recorder: Recorder) -> None:
        """It was none."""
        self._end(ObstacleAct.WITHDRAW, entry, recorder)

    def tell_overdue(self, today: date, recorder: Recorder) -> None:
        recorder.record(ObstacleFellOverdue(**self._said(), days_overdue=(today - self.due_on).days))

    def _end(self, act: ObstacleAct, entry: Entry, recorder: Recorder) -> None:
        self._move(act, entry)
        self.ended_on = entry.effective_on
        state = "resolved" if act is ObstacleAct.RESOLVE else "withdrawn"
        recorder.record(ObstacleEnded(**self._said(), state=state, ended_on=entry.effective_on, reason=entry.reason or ""))

    def _must_be_open(self, act: ObstacleAct) -> None:
        if (self.state, act) not in MOVES:
            raise ObstacleActRefused(act, self.state)

    def _move(self, act: ObstacleAct, entry: Entry) -> None:
        self._must_be_open(act)
        if entry.effective_on > entry.at.date():
            raise ObstacleDayInFuture(entry.effective_on, "/effective_on")
        if entry.effective_on < self.raised_on:
            raise ObstacleDayTooEarly(entry.effective_on, self.raised_on, "/effective_on")
        self.state = MOVES[self.state, act]
        self._write(act, entry)

    def _write(self, act: ObstacleAct, entry: Entry) -> None:
        self.notes.append(
            ObstacleNote(
                position=len(self.notes) + 1,
                act=act,
                state=self.state,
                effective_on=entry.effective_on,
                due_on=self.due_on,
                lead_department=self.lead_department,
                responsible_person=self.responsible_person,
                reason=entry.reason,
                recorded_at=entry.at,
                recorded_by=entry.by,
            )
        )

    def _said(self) -> dict[str, Any]:
        """What every fact about this obstacle tells."""
        projects = [each.project for each in self.holds]
        plans = [each.annual_plan_wan for each in projects if each.annual_plan_wan is not None]
        return {
            "region": self.region,
            "obstacle_id": self.id,
            "kind": self.kind.value,
            "kind_name": OBSTACLE_KINDS[self.kind],
            "title": self.title,
            "project_ids": tuple(each.id for each in projects),
            "project_names": tuple(each.name for each in projects),
            "annual_plan_wan": sum(plans, Decimal()),
            "unknown_plans": len(projects) - len(plans),
            "lead_department": self.lead_department,
            "responsible_person": self.responsible_person,
            "due_on": self.due_on,
            "synthetic": any(each.synthetic for each in projects),
        }
