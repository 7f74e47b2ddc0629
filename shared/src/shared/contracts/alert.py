"""Facts that alert-svc publishes."""

from datetime import date, datetime
from typing import ClassVar

from pydantic import BaseModel, ConfigDict

from shared.contracts.facts import Fact, Level


class AlertObject(BaseModel):
    """What an alert is about: the service that knows it, its type, its id there and its Chinese name."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    service: str
    type: str
    id: str
    name: str


class AlertFact(Fact):
    """What every fact about an alert tells. (rule, object, period) is the alert's business key."""

    subject_kind: ClassVar[str] = "alert"

    alert_id: str
    rule: str
    object: AlertObject
    period: str
    occurrence: int
    level: Level
    reason: str
    synthetic: bool = False

    @property
    def object_id(self) -> str:
        return self.alert_id


class AlertRaised(AlertFact):
    """An alert was opened."""

    clause: str
    responsible: tuple[str, ...]
    raised_at: datetime


class AlertLevelChanged(AlertFact):
    """An open alert moved to another level."""

    previous_level: Level
    changed_at: datetime


class AlertAcknowledged(AlertFact):
    """Somebody took an alert on: who, with what plan, until when."""

    by: str
    plan: str
    due_on: date | None
    acknowledged_at: datetime


class AlertClosed(AlertFact):
    """An alert's cause is gone, or it was closed by hand; `cause` says which."""

    cause: str
    closed_at: datetime
