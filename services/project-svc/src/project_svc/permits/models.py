"""Permits with their extensions, and what is recorded of their lapse."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Date, ForeignKey, Index, Integer, SmallInteger, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from project_svc.permits.errors import ExtensionRefused, PermitDayInFuture, PermitNotInForce
from project_svc.permits.rules import (
    ExtensionAsked,
    Lapse,
    PermitState,
    PermitType,
    Validity,
    extension_fault,
    last_day,
    notice_day,
    validity_of,
)
from project_svc.permits.shipped import validities
from project_svc.projects.models import Entry, Project
from project_svc.sites import calendar
from project_svc.tables import Base, Word
from shared.contracts.project import PermitExpired, PermitExpiresSoon, PermitSettled
from shared.kit.columns import Id, Instant
from shared.kit.db import Recorder
from shared.kit.ids import new_id
from shared.kit.tables import Versioned


@dataclass(frozen=True, slots=True)
class Issue:
    """What was issued: which paper, when."""

    type: PermitType
    number: str
    issued_on: date


@dataclass(frozen=True, slots=True)
class Prolongation:
    """An extension as it was granted: applied for when, for how many months, on what paper."""

    applied_on: date
    months: int
    document: str


class PermitExtension(Base):
    """An extension that was granted."""

    __tablename__ = "permit_extension"
    __table_args__ = (UniqueConstraint("permit_id", "position"),)

    id: Mapped[str] = mapped_column(Id(), primary_key=True, default=new_id)
    permit_id: Mapped[str] = mapped_column(Id(), ForeignKey("permit.id"))
    position: Mapped[int] = mapped_column(Integer)
    months: Mapped[int] = mapped_column(Integer)
    applied_on: Mapped[date] = mapped_column(Date)
    document: Mapped[str] = mapped_column(String(200))
    recorded_at: Mapped[datetime] = mapped_column(Instant())
    recorded_by: Mapped[str] = mapped_column(String(300))


class PermitCrossing(Base):
    """One crossing of one last day. The key is what keeps two sweeps from recording it twice."""

    __tablename__ = "permit_crossing"

    permit_id: Mapped[str] = mapped_column(Id(), ForeignKey("permit.id"), primary_key=True)
    expires_on: Mapped[date] = mapped_column(Date, primary_key=True)
    lapse: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    recorded_at: Mapped[datetime] = mapped_column(Instant())


class Permit(Versioned, Base):
    """A permit of a project. `expires_on` is the last day on which works may begin under it; None: no limit.

    `notice_on` is the day from which its end is near; `lapse` the furthest crossing that the sweep recorded of this last day.
    """

    __tablename__ = "permit"
    __table_args__ = (
        UniqueConstraint("project_id", "type", "number"),
        Index("ix_permit_under_watch", "state", "lapse", "notice_on"),
    )

    project_id: Mapped[str] = mapped_column(Id(), ForeignKey("project.id"))
    type: Mapped[PermitType] = mapped_column(Word(PermitType))
    number: Mapped[str] = mapped_column(String(200))
    state: Mapped[PermitState] = mapped_column(Word(PermitState))
    issued_on: Mapped[date] = mapped_column(Date)
    expires_on: Mapped[date | None] = mapped_column(Date, index=True)
    notice_on: Mapped[date | None] = mapped_column(Date)
    lapse: Mapped[int] = mapped_column(SmallInteger)
    ended_on: Mapped[date | None] = mapped_column(Date)
    reason: Mapped[str | None] = mapped_column(Text)
    project: Mapped[Project] = relationship(lazy="raise")
    extensions: Mapped[list[PermitExtension]] = relationship(lazy="raise", order_by=PermitExtension.position)

    @classmethod
    def issued(cls, project: Project, issue: Issue, today: date) -> "Permit":
        """A permit that nothing was recorded of yet. Raises PermitDayInFuture."""
        if issue.issued_on > today:
            raise PermitDayInFuture(issue.issued_on, "/issued_on")
        permit = cls(
            id=new_id(),
            project=project,
            project_id=project.id,
            type=issue.type,
            number=issue.number,
            state=PermitState.IN_FORCE,
            issued_on=issue.issued_on,
            extensions=[],
        )
        permit._set_last_day()
        return permit

    @property
    def rule(self) -> Validity:
        """How long it is good for, by the rule of the day on which it was issued."""
        return validity_of(validities(), self.type, self.issued_on)

    @property
    def apply_by(self) -> date | None:
        """The last day to apply for an extension, where one is possible and its rule sets such a day."""
        rule, possible = self.rule, len(self.extensions) < self.rule.most_extensions
        if self.expires_on is None or rule.apply_ahead is None or not possible:
            return None
        return rule.apply_ahead.of(self.expires_on, calendar())

    def extend(self, wanted: Prolongation, entry: Entry, recorder: Recorder) -> None:
        """Good for longer; its new last day is watched afresh. Raises ExtensionRefused."""
        self._must_be_in_force()
        if wanted.applied_on > entry.at.date():
            raise PermitDayInFuture(wanted.applied_on, "/applied_on")
        asked = ExtensionAsked(wanted.months, wanted.applied_on, self.expires_on)
        if fault := extension_fault(self.rule, len(self.extensions), asked):
            raise ExtensionRefused(self.rule, fault)
        self._settle(f"已批准延期 {wanted.months} 个月", recorder)
        self.extensions.append(
            PermitExtension(
                position=len(self.extensions) + 1,
                months=wanted.months,
                applied_on=wanted.applied_on,
                document=wanted.document,
                recorded_at=entry.at,
                recorded_by=entry.by,
            )
        )
        self._set_last_day()

    def use(self, entry: Entry, recorder: Recorder) -> None:
        """Works began under it, so it lapses no more."""
        self._end(PermitState.USED, "项目已开工", entry, recorder)

    def withdraw(self, entry: Entry, recorder: Recorder) -> None:
        """No longer good, or another was issued in its place."""
        if entry.effective_on > entry.at.date():
            raise PermitDayInFuture(entry.effective_on, "/withdrawn_on")
        self._end(PermitState.WITHDRAWN, entry.reason or "", entry, recorder)

    def tell(self, crossing: Lapse, today: date, recorder: Recorder) -> None:
        """Record the fact of a crossing."""
        if self.expires_on is None:
            return
        left = {
            "calendar_days_left": (self.expires_on - today).days,
            "working_days_left": calendar().working_days_between(today, self.expires_on),
        }
        match crossing:
            case Lapse.EXPIRES_SOON:
                recorder.record(PermitExpiresSoon(**self._told(), **left, apply_by=self.apply_by))
            case Lapse.EXPIRED:
                recorder.record(PermitExpired(**self._told()))
            case Lapse.NOT_YET:
                return

    def _end(self, state: PermitState, reason: str, entry: Entry, recorder: Recorder) -> None:
        self._must_be_in_force()
        self._settle(reason, recorder)
        self.state, self.reason, self.ended_on = state, reason, entry.effective_on

    def _settle(self, reason: str, recorder: Recorder) -> None:
        """A warning that stands ends, with the reason."""
        if self.lapse != Lapse.NOT_YET:
            recorder.record(PermitSettled(**self._told(), reason=reason))

    def _set_last_day(self) -> None:
        rule = self.rule
        self.expires_on = last_day(rule, self.issued_on, [each.months for each in self.extensions])
        self.notice_on = notice_day(rule, self.expires_on, calendar())
        self.lapse = Lapse.NOT_YET

    def _must_be_in_force(self) -> None:
        if self.state is not PermitState.IN_FORCE:
            raise PermitNotInForce(self.rule.name, self.state)

    def _told(self) -> dict[str, Any]:
        """What every fact about this permit tells."""
        return {
            **self.project.told(),
            "permit_id": self.id,
            "permit_type": self.type.value,
            "permit_name": self.rule.name,
            "number": self.number,
            "issued_on": self.issued_on,
            "expires_on": self.expires_on,
            "clause": self.rule.clause,
        }
