"""Facts that project-svc publishes about what holds projects up."""

from datetime import date
from decimal import Decimal
from typing import ClassVar, Literal

from shared.contracts.facts import Fact


class ObstacleFact(Fact):
    """What every fact about an obstacle tells: what it is, whom it holds up, who has to remove it and by when.

    `annual_plan_wan` is the year's planned investment of the projects that it holds up, in 万元, over those of which it is known;
    `unknown_plans` are the others. `kind_name` is Chinese.
    """

    subject_kind: ClassVar[str] = "obstacle"

    obstacle_id: str
    kind: str
    kind_name: str
    title: str
    project_ids: tuple[str, ...]
    project_names: tuple[str, ...]
    annual_plan_wan: Decimal
    unknown_plans: int
    lead_department: str
    responsible_person: str
    due_on: date
    synthetic: bool = False

    @property
    def object_id(self) -> str:
        return self.obstacle_id


class ObstacleFellOverdue(ObstacleFact):
    """An obstacle stands after the day by which it should have been removed. Recorded once for each (obstacle, due day)."""

    days_overdue: int


class ObstacleEnded(ObstacleFact):
    """An obstacle was removed, or turned out to be none; `reason` is Chinese."""

    state: Literal["resolved", "withdrawn"]
    ended_on: date
    reason: str
