"""Facts that indicator-svc publishes about stopped enterprises (一企一策)."""

from datetime import date
from decimal import Decimal
from typing import ClassVar, Literal

from shared.contracts.facts import Fact


class StopFact(Fact):
    """What every fact about a stop tells: which enterprise, what it takes from the growth, and who answers for it.

    `drag_pp` in percentage points of the city's growth, negative; None is unknown.
    """

    subject_kind: ClassVar[str] = "enterprise-stop"

    stop_id: str
    uscc: str
    enterprise_name: str
    industry: str
    stopped_on: date
    drag_pp: Decimal | None
    sponsor_post: str
    lead_department: str
    responsible_person: str
    synthetic: bool = False

    @property
    def object_id(self) -> str:
        return self.stop_id


class StopChanged(StopFact):
    """An enterprise stopped, got a plan or another day to work again, works again, or left for good."""

    act: str
    state: Literal["stopped", "planned", "resumed", "exited"]
    changed_on: date
    resume_on: date | None
    reason: str


class ResumptionFellOverdue(StopFact):
    """The day on which an enterprise was to work again passed, and it does not. Once for each due day."""

    due_on: date
    days_overdue: int


class StopStatusReported(StopFact):
    """The weekly status of a stop was told."""

    reported_on: date
    progress: str


class StopStatusWentStale(StopFact):
    """The weekly status of a stop was not told by its due day. Once for each due day."""

    due_on: date
    days_overdue: int
