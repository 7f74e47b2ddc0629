"""Use cases of milestones, once a plan is made."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from project_svc.milestones.errors import DependencyCycle, PredecessorElsewhere
from project_svc.milestones.models import Approval, Completion, Milestone, MilestoneLink, Node
from project_svc.milestones.outlook import links_of
from project_svc.milestones.planning import must_be_plannable
from project_svc.milestones.repository import Milestones
from project_svc.milestones.rules import DateConflict, Due, date_conflicts
from project_svc.network.rules import Link, LinkType, find_cycle
from project_svc.projects.models import Entry
from project_svc.projects.repository import Projects
from project_svc.sites import site_days
from shared.kit.db import UnitOfWork
from shared.kit.errors import check_version


@dataclass(frozen=True, slots=True)
class Predecessor:
    """What a milestone waits for, by id."""

    milestone: str
    type: LinkType
    lag_working_days: int


async def add(uow: UnitOfWork, project_id: str, node: Node, predecessors: Sequence[Predecessor]) -> Milestone:
    """Put one more milestone at the end of a plan."""
    project = await Projects(uow.session).for_change(project_id)
    must_be_plannable(project)
    milestones = Milestones(uow.session)
    milestone = Milestone.planned(project, await milestones.last_position(project_id) + 1, node)
    await milestones.add_all([milestone])
    await _link(uow, milestone, predecessors)
    await milestones.plan_changed(project_id)
    return milestone


async def change(uow: UnitOfWork, milestone_id: str, expected: int, changes: Mapping[str, Any]) -> Milestone:
    """Change name, note or predecessors; due days move by re-baselines only."""
    milestones = Milestones(uow.session)
    # The project is locked first: two changes of one plan at once could close a cycle that neither sees.
    await Projects(uow.session).for_change((await milestones.get(milestone_id)).project_id)
    milestone = await milestones.for_change(milestone_id)
    check_version(milestone.version, expected)
    for name in ("name", "note", "work"):
        if name in changes:
            setattr(milestone, name, changes[name])
    if "predecessors" in changes:
        milestones.touch(milestone)
        milestone.predecessors.clear()
        await uow.session.flush()
        await _link(uow, milestone, changes["predecessors"])
    await milestones.plan_changed(milestone.project_id)
    return milestone


async def re_baseline(uow: UnitOfWork, milestone_id: str, due_on: date, approval: Approval) -> Milestone:
    milestone = await Milestones(uow.session).for_change(milestone_id)
    milestone.re_baseline(due_on, approval, _entry(uow))
    await Milestones(uow.session).plan_changed(milestone.project_id)
    return milestone


async def complete(uow: UnitOfWork, milestone_id: str, completion: Completion) -> Milestone:
    milestone = await Milestones(uow.session).for_change(milestone_id)
    milestone.complete(completion, _entry(uow), uow)
    await Milestones(uow.session).plan_changed(milestone.project_id)
    return milestone


def conflicts(milestones: Sequence[Milestone]) -> tuple[DateConflict, ...]:
    """The dependencies that the current due days of a plan, which is not empty, do not keep."""
    due = [Due(each.id, each.work, each.actual_on or each.current_due_on) for each in milestones]
    return date_conflicts(due, links_of(milestones), site_days(milestones[0].project.region))


async def _link(uow: UnitOfWork, milestone: Milestone, wanted: Sequence[Predecessor]) -> None:
    """Make a milestone wait for others of its plan. Raises PredecessorElsewhere, DependencyCycle."""
    names = await Milestones(uow.session).names_of(milestone.project_id)
    for index, each in enumerate(wanted):
        if each.milestone not in names:
            raise PredecessorElsewhere(each.milestone, f"/predecessors/{index}/milestone")
    links = await Milestones(uow.session).links_of(milestone.project_id)
    if cycle := find_cycle([*links, *(Link(each.milestone, milestone.id) for each in wanted)]):
        raise DependencyCycle([names[each] for each in cycle], "/predecessors")
    milestone.predecessors.extend(
        MilestoneLink(predecessor_id=each.milestone, type=each.type, lag_working_days=each.lag_working_days) for each in wanted
    )


def _entry(uow: UnitOfWork) -> Entry:
    return Entry(effective_on=uow.now.date(), at=uow.now, by=uow.actor)
