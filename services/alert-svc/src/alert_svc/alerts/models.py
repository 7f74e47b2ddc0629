"""Alerts, and their append-only case files."""

from dataclasses import asdict, dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any, TypedDict

from sqlalchemy import BigInteger, Boolean, Date, ForeignKey, Identity, Index, Integer, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from alert_svc.alerts.errors import AlertAlreadyAcknowledged, AlertIsClosed
from alert_svc.alerts.rules import AlertState, Reading, Responsible, Role, Verdict
from alert_svc.tables import Base
from shared.contracts.alert import AlertAcknowledged, AlertClosed, AlertLevelChanged, AlertObject, AlertRaised
from shared.contracts.facts import Level
from shared.kit.columns import Id, Instant, JsonDoc, RowNumber
from shared.kit.db import Recorder
from shared.kit.ids import new_id
from shared.kit.tables import Versioned

NOT_CLOSED = text("state <> 'closed'")


class EntryKind(StrEnum):
    """What a case file notes. The first four are announced to receivers and on the stream."""

    RAISED = "raised"
    LEVEL_CHANGED = "level_changed"
    ACKNOWLEDGED = "acknowledged"
    CLOSED = "closed"
    COMMENTED = "commented"
    EVIDENCE_CHANGED = "evidence_changed"


@dataclass(frozen=True, slots=True)
class Commitment:
    """Who does what until when."""

    by: str
    plan: str
    due_on: date | None


class Common(TypedDict):
    region: str
    alert_id: str
    rule: str
    object: AlertObject
    period: str
    occurrence: int
    level: Level
    reason: str
    synthetic: bool


class Watch(Base):
    """The last fact that a rule saw of an object: what comes again or late changes nothing. Its lock orders the considering."""

    __tablename__ = "watch"

    rule: Mapped[str] = mapped_column(String(60), primary_key=True)
    object_key: Mapped[str] = mapped_column(String(300), primary_key=True)
    last_sequence: Mapped[int] = mapped_column(BigInteger)


class Alert(Versioned, Base):
    """A warning about one object under one rule in one period. At most one of a key is not closed; each has its number."""

    __tablename__ = "alert"
    __table_args__ = (
        UniqueConstraint("rule", "object_key", "period", "occurrence"),
        Index("uq_alert_open", "rule", "object_key", "period", unique=True, sqlite_where=NOT_CLOSED, postgresql_where=NOT_CLOSED),
        Index("ix_alert_state_level", "state", "severity"),
        Index("ix_alert_raised_at", "raised_at"),
    )

    region: Mapped[str] = mapped_column(String(6))
    rule: Mapped[str] = mapped_column(String(60))
    rule_number: Mapped[int] = mapped_column(Integer)
    object_key: Mapped[str] = mapped_column(String(300))
    object_service: Mapped[str] = mapped_column(String(60))
    object_type: Mapped[str] = mapped_column(String(60))
    object_id: Mapped[str] = mapped_column(String(200))
    object_name: Mapped[str] = mapped_column(Text)
    period: Mapped[str] = mapped_column(String(20))
    occurrence: Mapped[int] = mapped_column(Integer)
    level: Mapped[str] = mapped_column(String(10))
    severity: Mapped[int] = mapped_column(Integer)
    state: Mapped[str] = mapped_column(String(20))
    raised_at: Mapped[datetime] = mapped_column(Instant())
    level_since: Mapped[datetime] = mapped_column(Instant())
    acknowledged_at: Mapped[datetime | None] = mapped_column(Instant())
    closed_at: Mapped[datetime | None] = mapped_column(Instant())
    closed_because: Mapped[str | None] = mapped_column(String(20))
    reason: Mapped[str] = mapped_column(Text)
    clause: Mapped[str] = mapped_column(Text)
    lead_department: Mapped[str | None] = mapped_column(String(200), index=True)
    responsible: Mapped[list[dict[str, str]]] = mapped_column(JsonDoc())
    commitment_by: Mapped[str | None] = mapped_column(String(200))
    commitment_plan: Mapped[str | None] = mapped_column(Text)
    commitment_due_on: Mapped[date | None] = mapped_column(Date)
    entries: Mapped[int] = mapped_column(Integer)
    synthetic: Mapped[bool] = mapped_column(Boolean)

    @classmethod
    def raised(cls, reading: Reading, occurrence: int, at: datetime, recorder: Recorder) -> "Alert":
        """Open an alert for a reading."""
        alert = cls(
            id=new_id(),
            region=reading.region,
            rule=reading.rule,
            rule_number=reading.rule_number,
            object_key=object_key(reading),
            object_service=reading.object.service,
            object_type=reading.object.type,
            object_id=reading.object.id,
            object_name=reading.object.name,
            period=reading.period,
            occurrence=occurrence,
            level=reading.level,
            severity=reading.level.severity,
            state=AlertState.OPEN,
            raised_at=at,
            level_since=at,
            reason=reading.reason,
            clause=reading.clause,
            lead_department=_department(reading.responsible),
            responsible=[asdict(one) for one in reading.responsible],
            entries=0,
            synthetic=reading.synthetic,
        )
        codes = tuple(one.code for one in reading.responsible)
        recorder.record(AlertRaised(**alert._common(), clause=reading.clause, responsible=codes, raised_at=at))
        return alert

    def move(self, reading: Reading, at: datetime, recorder: Recorder) -> Level:
        """Take the level of a reading; answers the one before. Raises AlertIsClosed."""
        self._must_not_be_closed()
        before = Level(self.level)
        self.level, self.severity, self.level_since = reading.level, reading.level.severity, at
        self.reason, self.rule_number = reading.reason, reading.rule_number
        recorder.record(AlertLevelChanged(**self._common(), previous_level=before, changed_at=at))
        return before

    def refresh(self, reading: Reading) -> bool:
        """Take the newer evidence of a reading on the same level; False when it says nothing new. Raises AlertIsClosed."""
        self._must_not_be_closed()
        if self.reason == reading.reason:
            return False
        self.reason = reading.reason
        return True

    def acknowledge(self, commitment: Commitment, at: datetime, recorder: Recorder) -> None:
        """open → acknowledged. Raises AlertAlreadyAcknowledged, AlertIsClosed."""
        self._must_not_be_closed()
        if self.state == AlertState.ACKNOWLEDGED:
            raise AlertAlreadyAcknowledged(self.id)
        self.state, self.acknowledged_at = AlertState.ACKNOWLEDGED, at
        self.commitment_by, self.commitment_plan, self.commitment_due_on = commitment.by, commitment.plan, commitment.due_on
        recorder.record(AlertAcknowledged(**self._common(), **asdict(commitment), acknowledged_at=at))

    def close(self, because: Verdict, reason: str, at: datetime, recorder: Recorder) -> None:
        """open or acknowledged → closed. Raises AlertIsClosed."""
        self._must_not_be_closed()
        self.state, self.closed_at, self.closed_because = AlertState.CLOSED, at, because
        recorder.record(AlertClosed(**{**self._common(), "reason": reason}, cause=because, closed_at=at))

    def _must_not_be_closed(self) -> None:
        if self.state == AlertState.CLOSED:
            raise AlertIsClosed(self.id)

    def _common(self) -> Common:
        return Common(
            region=self.region,
            alert_id=self.id,
            rule=self.rule,
            object=self.object,
            period=self.period,
            occurrence=self.occurrence,
            level=Level(self.level),
            reason=self.reason,
            synthetic=self.synthetic,
        )

    @property
    def object(self) -> AlertObject:
        return AlertObject(service=self.object_service, type=self.object_type, id=self.object_id, name=self.object_name)

    @property
    def commitment(self) -> Commitment | None:
        if self.commitment_by is None:
            return None
        return Commitment(self.commitment_by, self.commitment_plan or "", self.commitment_due_on)


class CaseEntry(Base):
    """One entry of a case file. Entries are never changed, but for the number that an announced one gets on the stream."""

    __tablename__ = "case_entry"
    __table_args__ = (
        UniqueConstraint("alert_id", "number"),
        Index(
            "ix_case_entry_unnumbered",
            "id",
            sqlite_where=text("announcement IS NOT NULL AND sequence IS NULL"),
            postgresql_where=text("announcement IS NOT NULL AND sequence IS NULL"),
        ),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(RowNumber(), Identity(always=False), primary_key=True)
    alert_id: Mapped[str] = mapped_column(Id(), ForeignKey("alert.id"))
    number: Mapped[int] = mapped_column(Integer)
    kind: Mapped[str] = mapped_column(String(20))
    at: Mapped[datetime] = mapped_column(Instant())
    actor: Mapped[str] = mapped_column(String(300))
    level: Mapped[str] = mapped_column(String(10))
    note: Mapped[dict[str, Any]] = mapped_column(JsonDoc())
    announcement: Mapped[str | None] = mapped_column(Text)
    lead_department: Mapped[str | None] = mapped_column(String(200))
    rule: Mapped[str] = mapped_column(String(60))
    sequence: Mapped[int | None] = mapped_column(BigInteger, unique=True)


def object_key(reading: Reading) -> str:
    """The object's identity across services: `project/milestone/<id>`."""
    return f"{reading.object.service}/{reading.object.type}/{reading.object.id}"


def _department(responsible: tuple[Responsible, ...]) -> str | None:
    return next((one.code for one in responsible if one.role is Role.LEAD_DEPARTMENT), None)
