"""Stops, their plans, their weekly status, and the watch over both."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, ClassVar

from sqlalchemy import Date, ForeignKey, Index, Integer, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship, selectinload

from indicator_svc.deadlines.models import Watched
from indicator_svc.deadlines.rules import Crossing, Notice
from indicator_svc.enterprises.models import Enterprise
from indicator_svc.stops.errors import StopActRefused
from indicator_svc.stops.rules import STATUS_EVERY_DAYS, Measure, StopAct, StopState, drag_pp, state_after
from indicator_svc.tables import Base
from shared.contracts.industry import (
    ResumptionFellOverdue,
    StopChanged,
    StopStatusReported,
    StopStatusWentStale,
)
from shared.kit.columns import Exact, Id, Instant, JsonDoc
from shared.kit.db import Recorder
from shared.kit.decimals import round_half_up, shortest
from shared.kit.ids import new_id

STANDING = text("state IN ('stopped', 'planned')")
PLACES = 6


@dataclass(frozen=True, slots=True)
class Plan:
    """When the enterprise is to work again, under what conditions, and who does what until then."""

    resume_on: date
    conditions: str
    measures: Sequence[Measure]


@dataclass(frozen=True, slots=True)
class Note:
    """When something was written down, by whom, and why."""

    at: datetime
    by: str
    reason: str


class StopMove(Base):
    """What a stop went through. Append-only."""

    __tablename__ = "enterprise_stop_move"
    __table_args__ = (UniqueConstraint("stop_id", "position"),)

    id: Mapped[str] = mapped_column(Id(), primary_key=True, default=new_id)
    stop_id: Mapped[str] = mapped_column(Id(), ForeignKey("enterprise_stop.id"))
    position: Mapped[int] = mapped_column(Integer)
    act: Mapped[str] = mapped_column(String(20))
    state: Mapped[str] = mapped_column(String(20))
    resume_on: Mapped[date | None] = mapped_column(Date)
    reason: Mapped[str] = mapped_column(Text)
    recorded_at: Mapped[datetime] = mapped_column(Instant())
    recorded_by: Mapped[str] = mapped_column(String(300))


class StopStatus(Base):
    """How things stand in a week. Append-only."""

    __tablename__ = "enterprise_stop_status"
    __table_args__ = (Index("ix_enterprise_stop_status_stop_id", "stop_id", "on_day"),)

    id: Mapped[str] = mapped_column(Id(), primary_key=True, default=new_id)
    stop_id: Mapped[str] = mapped_column(Id(), ForeignKey("enterprise_stop.id"))
    on: Mapped[date] = mapped_column("on_day", Date)
    progress: Mapped[str] = mapped_column(Text)
    recorded_at: Mapped[datetime] = mapped_column(Instant())
    recorded_by: Mapped[str] = mapped_column(String(300))


class Stop(Watched, Base):
    """One stop of one enterprise. `due_on` is the day on which it is to work again. Money in 万元; None is unknown."""

    __tablename__ = "enterprise_stop"
    __table_args__ = (
        Index("ix_enterprise_stop_due", "warned", "due_on"),
        Index("uq_enterprise_stop_standing", "enterprise_id", unique=True, sqlite_where=STANDING, postgresql_where=STANDING),
    )
    watched_as: ClassVar[str] = "enterprise-stop"

    enterprise_id: Mapped[str] = mapped_column(Id(), ForeignKey("enterprise.id"), index=True)
    state: Mapped[str] = mapped_column(String(20), index=True)
    kind: Mapped[str] = mapped_column(String(20))
    causes: Mapped[list[str]] = mapped_column(JsonDoc())
    stopped_on: Mapped[date] = mapped_column(Date)
    ended_on: Mapped[date | None] = mapped_column(Date)
    sponsor_post: Mapped[str] = mapped_column(String(200))
    lost_output_wan: Mapped[Decimal | None] = mapped_column(Exact(6))
    lost_tax_wan: Mapped[Decimal | None] = mapped_column(Exact(6))
    jobs_affected: Mapped[int | None] = mapped_column(Integer)
    city_base_wan: Mapped[Decimal | None] = mapped_column(Exact(6))
    conditions: Mapped[str | None] = mapped_column(Text)
    measures: Mapped[list[dict[str, Any]]] = mapped_column(JsonDoc())
    resume_on: Mapped[date | None] = mapped_column(Date)
    enterprise: Mapped[Enterprise] = relationship(lazy="raise")
    weekly: Mapped["WeeklyWatch"] = relationship(back_populates="stop", lazy="raise")
    moves: Mapped[list[StopMove]] = relationship(order_by=StopMove.position, lazy="raise")

    @classmethod
    def needed_to_tell(cls) -> tuple[Any, ...]:
        return (selectinload(cls.enterprise),)

    @property
    def drag_pp(self) -> Decimal | None:
        drag = drag_pp(self.lost_output_wan, self.city_base_wan)
        return None if drag is None else round_half_up(drag, PLACES)

    def begin(self, note: Note, recorder: Recorder) -> None:
        self.state, self.ended_on, self.resume_on, self.conditions = StopState.STOPPED, None, None, None
        self.measures, self.moves = [], []
        self.wait_until(None)
        self.weekly = WeeklyWatch(id=new_id())
        self.weekly.wait_until(note.at.date() + timedelta(days=STATUS_EVERY_DAYS))
        self._write(StopAct.REPORT, note, recorder)

    def plan(self, plan: Plan, note: Note, recorder: Recorder) -> None:
        """Set the plan, or another one; the day to work again is watched from now on."""
        self._move(StopAct.PLAN)
        self.resume_on, self.conditions = plan.resume_on, plan.conditions
        self.measures = [_document(each) for each in plan.measures]
        self.wait_until(plan.resume_on)
        self._write(StopAct.PLAN, note, recorder)

    def end(self, act: StopAct, on: date, note: Note, recorder: Recorder) -> None:
        """The enterprise works again, or never will: nothing is watched any more."""
        self._move(act)
        self.ended_on = on
        self.wait_until(None)
        self.weekly.wait_until(None)
        self._write(act, note, recorder)

    def report_status(self, status: StopStatus, recorder: Recorder) -> None:
        """The next one is due a week after this one."""
        if StopState(self.state) not in (StopState.STOPPED, StopState.PLANNED):
            raise StopActRefused(StopAct.REPORT, StopState(self.state))
        self.weekly.wait_until(status.on + timedelta(days=STATUS_EVERY_DAYS))
        recorder.record(StopStatusReported(**self.told(), reported_on=status.on, progress=status.progress))

    def tell(self, crossing: Crossing, today: date, notice: Notice, recorder: Recorder) -> None:  # noqa: ARG002 - only a miss is told
        if crossing is Crossing.OVERDUE and self.resume_on is not None:
            late = (today - self.resume_on).days
            recorder.record(ResumptionFellOverdue(**self.told(), due_on=self.resume_on, days_overdue=late))

    def told(self) -> dict[str, Any]:
        """What every fact about this stop tells."""
        enterprise = self.enterprise
        return {
            "region": enterprise.region,
            "stop_id": self.id,
            "uscc": enterprise.uscc,
            "enterprise_name": enterprise.name,
            "industry": enterprise.industry,
            "stopped_on": self.stopped_on,
            "drag_pp": None if self.drag_pp is None else Decimal(shortest(self.drag_pp)),
            "sponsor_post": self.sponsor_post,
            "lead_department": enterprise.lead_department,
            "responsible_person": enterprise.responsible_person,
            "synthetic": enterprise.synthetic,
        }

    def _move(self, act: StopAct) -> None:
        after = state_after(StopState(self.state), act)
        if after is None:
            raise StopActRefused(act, StopState(self.state))
        self.state = after

    def _write(self, act: StopAct, note: Note, recorder: Recorder) -> None:
        self.moves.append(
            StopMove(
                position=len(self.moves) + 1,
                act=act,
                state=self.state,
                resume_on=self.resume_on,
                reason=note.reason,
                recorded_at=note.at,
                recorded_by=note.by,
            )
        )
        changed = {"act": act.value, "state": StopState(self.state).value, "changed_on": note.at.date()}
        recorder.record(StopChanged(**self.told(), **changed, resume_on=self.resume_on, reason=note.reason))


class WeeklyWatch(Watched, Base):
    """The day by which the next weekly status of a stop is due."""

    __tablename__ = "enterprise_stop_weekly"
    __table_args__ = (Index("ix_enterprise_stop_weekly_due", "warned", "due_on"),)
    watched_as: ClassVar[str] = "enterprise-stop-weekly"

    stop_id: Mapped[str] = mapped_column(Id(), ForeignKey("enterprise_stop.id"), unique=True)
    stop: Mapped[Stop] = relationship(back_populates="weekly", lazy="raise")

    @classmethod
    def needed_to_tell(cls) -> tuple[Any, ...]:
        return (selectinload(cls.stop).selectinload(Stop.enterprise),)

    def tell(self, crossing: Crossing, today: date, notice: Notice, recorder: Recorder) -> None:  # noqa: ARG002 - only a miss is told
        if crossing is Crossing.OVERDUE and self.due_on is not None:
            late = (today - self.due_on).days
            recorder.record(StopStatusWentStale(**self.stop.told(), due_on=self.due_on, days_overdue=late))


def _document(measure: Measure) -> dict[str, Any]:
    return {name: None if value is None else str(value) for name, value in asdict(measure).items()}
