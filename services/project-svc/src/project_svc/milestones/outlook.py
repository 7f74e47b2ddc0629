"""A plan's milestones as a schedule sees them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from project_svc.milestones.models import Milestone
from project_svc.milestones.shipped import compression_rule_on
from project_svc.network.days import BeyondCalendar
from project_svc.network.rules import Link
from project_svc.network.schedule import Basis, Schedule, Task, schedule
from project_svc.sites import site_days


@dataclass(frozen=True, slots=True)
class Range:
    """From when works may begin (None: the day on which the plan was recorded), and the deadline of the whole, if any."""

    begin_on: date | None = None
    deadline: date | None = None


def tasks_of(milestones: Sequence[Milestone]) -> list[Task]:
    return [Task(each.id, each.name, each.work, each.current_due_on, each.actual_on) for each in milestones]


def links_of(milestones: Sequence[Milestone]) -> list[Link]:
    """The dependencies of a plan."""
    return [
        Link(link.predecessor_id, link.successor_id, link.type, link.lag_working_days)
        for each in milestones
        for link in each.predecessors
    ]


def basis_of(milestones: Sequence[Milestone], today: date, wanted: Range) -> Basis:
    recorded_on = min(each.created_at.date() for each in milestones)
    return Basis(wanted.begin_on or recorded_on, today, wanted.deadline, compression_rule_on(today))


def schedule_on(milestones: Sequence[Milestone], today: date) -> Schedule | None:
    """The schedule of a plan, which is not empty, against its own due days; None where the calendar does not reach."""
    days = site_days(milestones[0].project.region)
    try:
        return schedule(tasks_of(milestones), links_of(milestones), basis_of(milestones, today, Range()), days)
    except BeyondCalendar:
        return None
