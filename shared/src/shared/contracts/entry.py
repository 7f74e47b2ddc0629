"""Facts that indicator-svc publishes about entry into the statistical register (应统尽统)."""

from datetime import date
from typing import ClassVar, Literal

from shared.contracts.facts import Fact

Step = Literal["apply", "county", "city", "province", "national"]
State = Literal["not_qualified", "to_apply", "applied", "entered", "exited"]


class EntryFact(Fact):
    """What every fact about an application tells: whose it is, which step it is at, and who answers for it.

    `step` is None where nothing is waited for. `missing` says in Chinese what the application lacks at that moment.
    """

    subject_kind: ClassVar[str] = "entry-application"

    application_id: str
    name: str
    subject_type: Literal["project", "enterprise"]
    uscc: str | None
    project_code: str | None
    step: Step | None
    missing: tuple[str, ...]
    lead_department: str
    portfolio: str
    responsible_person: str
    synthetic: bool = False

    @property
    def object_id(self) -> str:
        return self.application_id


class EntryStateChanged(EntryFact):
    """An application moved: it qualified, was handed in, approved at a stage, returned, entered the register or left it."""

    act: str
    previous_state: State | None
    state: State
    changed_on: date
    due_on: date | None
    reason: str


class EntryCameDueSoon(EntryFact):
    """The window that an application waits for, or the stage that it is at, ends within the notice period.

    Both counts end with the due day; working days are those of the official calendar, make-up days included.
    """

    dossier: Literal["complete", "incomplete"]
    due_on: date
    calendar_days_left: int
    working_days_left: int


class EntryFellOverdue(EntryFact):
    """The window closed without the application being handed in, or a stage took longer than it may. Once for each due day."""

    due_on: date
    days_overdue: int


class EntryBlockerFact(Fact):
    """What stands in the way of an application, and which department has to clear it."""

    subject_kind: ClassVar[str] = "entry-blocker"

    blocker_id: str
    description: str
    owner_department: str
    due_on: date
    application_id: str
    application_name: str
    portfolio: str
    responsible_person: str
    synthetic: bool = False

    @property
    def object_id(self) -> str:
        return self.blocker_id


class EntryBlockerFellOverdue(EntryBlockerFact):
    """A blocker was not cleared by its due day. Once for each due day."""

    days_overdue: int


class EntryBlockerResolved(EntryBlockerFact):
    """A blocker was cleared."""

    resolution: str
