"""Facts that project-svc publishes."""

from datetime import date, datetime
from decimal import Decimal
from typing import ClassVar, Literal

from shared.contracts.facts import Fact


class MilestoneFact(Fact):
    """What every fact about a milestone tells: which, of which project, and who answers for it.

    Money in 万元; None where it is not known. `synthetic` marks generated demonstration data wherever it shows; a `date_basis` of
    `assumed` says that the due day was set by nobody: the source of the plan gives none.
    """

    subject_kind: ClassVar[str] = "milestone"

    milestone_id: str
    milestone_name: str
    stage: str
    project_id: str
    project_code: str | None
    project_name: str
    baseline_due_on: date
    current_due_on: date
    total_investment_wan: Decimal | None
    lead_department: str
    sponsor_post: str
    responsible_person: str
    synthetic: bool = False
    date_basis: Literal["approved", "assumed"] = "approved"

    @property
    def object_id(self) -> str:
        return self.milestone_id


class MilestoneDueInDays(MilestoneFact):
    """The first form of a due-soon notice, whose `days_left` did not say that it counts calendar days."""

    days_left: int


class MilestoneCameDueSoon(MilestoneFact):
    """A milestone that is not done came within the notice period of its current due day.

    Both counts end with the due day; working days are those of the official calendar, make-up days included.
    """

    calendar_days_left: int
    working_days_left: int

    def older_form(self) -> MilestoneDueInDays:
        shared = self.model_dump(exclude={"calendar_days_left", "working_days_left"})
        return MilestoneDueInDays(**shared, days_left=self.calendar_days_left)


class MilestoneFellOverdue(MilestoneFact):
    """A milestone crossed its current due day undone (`threshold_days` 0), or is more than seven days late (7).

    Recorded once for each (milestone, due day, threshold).
    """

    threshold_days: Literal[0, 7]
    days_overdue: int


class MilestoneCompleted(MilestoneFact):
    """A milestone was done, on `actual_on`."""

    actual_on: date
    days_late: int


class MilestoneWithdrawn(MilestoneFact):
    """A milestone no longer stands, since its project was formally stopped."""

    reason: str


class PlanFact(Fact):
    """What every fact about a project's plan as a whole tells. Money in 万元; None where it is not known."""

    subject_kind: ClassVar[str] = "plan"

    project_id: str
    project_code: str | None
    project_name: str
    total_investment_wan: Decimal | None
    lead_department: str
    sponsor_post: str
    responsible_person: str
    synthetic: bool = False

    @property
    def object_id(self) -> str:
        return self.project_id


class PlanBecameImpossible(PlanFact):
    """A plan whose deadline is still to come cannot keep it any more; recorded once for each crossing.

    `milestone_name` misses its `deadline` the most, by `working_days`; `because` is the critical path and `advice` what to
    compress, both in Chinese.
    """

    milestone_id: str
    milestone_name: str
    deadline: date
    earliest_on: date
    working_days: int
    because: str
    advice: str


class PlanRecovered(PlanFact):
    """A plan that was impossible can be kept again, or no longer stands; `reason` is Chinese."""

    reason: str


class PermitFact(Fact):
    """What every fact about a permit tells. `expires_on` is the last day on which works may begin under it; None: no limit.

    Money in 万元; None where it is not known. `permit_name` and `clause` are Chinese.
    """

    subject_kind: ClassVar[str] = "permit"

    permit_id: str
    permit_type: str
    permit_name: str
    number: str
    issued_on: date
    expires_on: date | None
    clause: str
    project_id: str
    project_code: str | None
    project_name: str
    total_investment_wan: Decimal | None
    lead_department: str
    sponsor_post: str
    responsible_person: str
    synthetic: bool = False

    @property
    def object_id(self) -> str:
        return self.permit_id


class PermitExpiresSoon(PermitFact):
    """The last day of a permit under which nothing began is near. Both counts end with that day.

    `apply_by` is the last day to apply for an extension, where its document sets one.
    """

    calendar_days_left: int
    working_days_left: int
    apply_by: date | None


class PermitExpired(PermitFact):
    """A permit lapsed with nothing begun under it. Recorded once for each (permit, last day)."""


class PermitSettled(PermitFact):
    """A warning about a permit ends: it was extended, used or withdrawn; `reason` is Chinese."""

    reason: str


class RatesComputed(Fact):
    """The rates of a region's projects of the year's plan at the end of a month: told when it has ended, and when they change.

    Counts and sums rather than percentages: who reads them divides once, and over nothing not at all. Money in 万元, over the
    `counted` projects of which both plan and completion are known; `unknown` are those of which one is not. 前期 projects stand
    in no rate.
    """

    subject_kind: ClassVar[str] = "project-rates"

    period: str
    computed_at: datetime
    new_started: int
    new_projects: int
    completed_wan: Decimal
    planned_wan: Decimal
    counted: int
    unknown: int
    synthetic: bool = False

    @property
    def object_id(self) -> str:
        return self.period
