"""Use cases of schedules."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from project_svc.milestones.models import Approval, Milestone
from project_svc.milestones.outlook import Range, basis_of, links_of, tasks_of
from project_svc.milestones.repository import Milestones
from project_svc.milestones.rules import MilestoneState
from project_svc.network.days import BeyondCalendar, Work
from project_svc.network.schedule import Basis, Line, Schedule, Task, schedule
from project_svc.projects.models import Entry
from project_svc.schedules.errors import (
    BackwardImpossible,
    ChangedMilestoneElsewhere,
    ChangedMilestoneNotOpen,
    NothingToAdopt,
    ScheduleBeyondCalendar,
)
from project_svc.schedules.rules import Direction, planned_on, why_not_adopted
from project_svc.sites import site_days
from shared.kit.db import ReadSession, UnitOfWork


@dataclass(frozen=True, slots=True)
class Change:
    """Another work or due day of a milestone, for a trial."""

    milestone: str
    work: Work | None = None
    due_on: date | None = None


@dataclass(frozen=True, slots=True)
class Question:
    """Which schedule is asked for."""

    direction: Direction = Direction.FORWARD
    range: Range = field(default_factory=Range)
    changes: Sequence[Change] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """A schedule with what it was computed from."""

    question: Question
    milestones: Sequence[Milestone]
    basis: Basis
    schedule: Schedule

    def planned(self, line: Line) -> date:
        """The day that the schedule proposes."""
        return planned_on(line, self.question.direction)


async def compute(view: ReadSession, project_id: str, question: Question) -> Answer:
    """The schedule of a project, with changes that are kept nowhere. Raises PlanUnknown, ScheduleBeyondCalendar."""
    return _answer(await Milestones(view.session).plan_of(project_id), view.now.date(), question)


async def adopt(uow: UnitOfWork, project_id: str, question: Question, approval: Approval) -> Answer:
    """Move the due days of a plan to the days of a schedule, each by an approved re-baseline: no warning ends by that."""
    milestones = Milestones(uow.session)
    await milestones.plan_of(project_id)
    plan = (await milestones.plan_for_change(project_id)).milestones
    answer = _answer(plan, uow.now.date(), question)
    if why := why_not_adopted(answer.schedule, question.direction):
        raise BackwardImpossible(why)
    moves = {line.task.key: answer.planned(line) for line in answer.schedule.lines}
    moved = [each for each in plan if each.state is MilestoneState.OPEN and moves[each.id] != each.current_due_on]
    if not moved:
        raise NothingToAdopt
    entry = Entry(effective_on=uow.now.date(), at=uow.now, by=uow.actor)
    for milestone in moved:
        milestone.re_baseline(moves[milestone.id], approval, entry)
    await milestones.plan_changed(project_id)
    return _answer(plan, uow.now.date(), question)


def _answer(milestones: Sequence[Milestone], today: date, question: Question) -> Answer:
    basis = basis_of(milestones, today, question.range)
    tasks = _changed(milestones, question.changes)
    try:
        found = schedule(tasks, links_of(milestones), basis, site_days(milestones[0].project.region))
    except BeyondCalendar as beyond:
        raise ScheduleBeyondCalendar(str(beyond)) from beyond
    return Answer(question, milestones, basis, found)


def _changed(milestones: Sequence[Milestone], changes: Sequence[Change]) -> list[Task]:
    known: Mapping[str, Milestone] = {each.id: each for each in milestones}
    wanted: dict[str, Change] = {}
    for index, change in enumerate(changes):
        pointer = f"/changes/{index}/milestone"
        if (milestone := known.get(change.milestone)) is None:
            raise ChangedMilestoneElsewhere(change.milestone, pointer)
        if milestone.state is not MilestoneState.OPEN:
            raise ChangedMilestoneNotOpen(milestone.name, milestone.state, pointer)
        wanted[change.milestone] = change
    return [_with(task, wanted[task.key]) if task.key in wanted else task for task in tasks_of(milestones)]


def _with(task: Task, change: Change) -> Task:
    return replace(task, work=change.work or task.work, due_on=change.due_on or task.due_on)
