"""Making a plan: from nodes as given, or from a template; checked as a whole before anything is written."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date

from project_svc.codes import KIND_LABELS, ProjectState
from project_svc.milestones.errors import (
    CompletedInFuture,
    DayBeyondCalendar,
    DependencyCycle,
    PlanAlreadyMade,
    PlanFaulty,
    ProjectNotPlannable,
    TemplateNotForKind,
    TemplateUnknown,
)
from project_svc.milestones.models import Completion, Milestone, MilestoneLink, Node
from project_svc.milestones.repository import Milestones
from project_svc.milestones.rules import lay_out
from project_svc.milestones.shipped import Template, templates
from project_svc.network.days import BeyondCalendar
from project_svc.network.rules import Activity, Link, LinkType, find_cycle
from project_svc.projects.models import Entry, Project
from project_svc.projects.repository import Projects
from project_svc.sites import site_days
from shared.kit.db import UnitOfWork
from shared.kit.errors import Fault


@dataclass(frozen=True, slots=True)
class PredecessorDraft:
    """What a node waits for: a node of the same plan by its key."""

    key: str
    type: LinkType = LinkType.FS
    lag_working_days: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeDraft(Node):
    """A node as it comes in; `key` names it inside its plan. `done` brings along what was finished before."""

    key: str
    predecessors: Sequence[PredecessorDraft] = field(default_factory=tuple)
    done: Completion | None = None


@dataclass(frozen=True, slots=True)
class FromTemplate:
    """A plan by a template's code, laid out over the working calendar from a day on."""

    code: str
    begin_on: date


async def make(uow: UnitOfWork, project_id: str, wanted: Sequence[NodeDraft] | FromTemplate) -> Sequence[Milestone]:
    """Give a project its plan, once. Raises PlanFaulty with every fault, or DependencyCycle with the nodes of a cycle."""
    project = await _plannable(uow, project_id)
    nodes = list(_laid_out(project, wanted)) if isinstance(wanted, FromTemplate) else wanted
    if faults := list(_faults(nodes, uow.now.date())):
        raise PlanFaulty(faults)
    _refuse_cycle(nodes)
    milestones = list(_milestones(project, nodes, uow))
    await Milestones(uow.session).add_all(milestones)
    await Milestones(uow.session).plan_changed(project_id)
    return milestones


def _template(project: Project, code: str) -> Template:
    template = templates().get(code)
    if template is None:
        raise TemplateUnknown(code, list(templates()))
    if project.kind not in template.kinds:
        raise TemplateNotForKind(template.name, KIND_LABELS[project.kind])
    return template


def _laid_out(project: Project, wanted: FromTemplate) -> Iterator[NodeDraft]:
    template = _template(project, wanted.code)
    nodes = [Activity(node.key, node.work) for node in template.nodes]
    try:
        due = lay_out(nodes, template.links, wanted.begin_on, site_days(project.region))
    except BeyondCalendar as beyond:
        raise DayBeyondCalendar(str(beyond), "/begin_on") from beyond
    for node in template.nodes:
        waits_for = [link for link in template.links if link.successor == node.key]
        yield NodeDraft(
            key=node.key,
            name=node.name,
            stage=node.stage,
            due_on=due[node.key],
            work=node.work,
            predecessors=[PredecessorDraft(link.predecessor, link.type, link.lag_working_days) for link in waits_for],
        )


async def _plannable(uow: UnitOfWork, project_id: str) -> Project:
    project = await Projects(uow.session).for_change(project_id)
    must_be_plannable(project)
    if await Milestones(uow.session).last_position(project_id):
        raise PlanAlreadyMade(project_id)
    return project


def must_be_plannable(project: Project) -> None:
    if project.state in (ProjectState.SUSPENDED, ProjectState.COMPLETED):
        raise ProjectNotPlannable(project.state)


def _faults(nodes: Sequence[NodeDraft], today: date) -> Iterator[Fault]:
    keys = [node.key for node in nodes]
    for index, node in enumerate(nodes):
        place = f"/nodes/{index}"
        if node.key in keys[:index]:
            yield Fault(f"{place}/key", "milestone.key-repeated", f"节点键“{node.key}”重复。")
        if node.done is not None and node.done.actual_on > today:
            yield from CompletedInFuture(node.done.actual_on, f"{place}/actual_on").faults
        yield from _predecessor_faults(node, place, set(keys))


def _predecessor_faults(node: NodeDraft, place: str, keys: set[str]) -> Iterator[Fault]:
    seen = set[str]()
    for number, wanted in enumerate(node.predecessors):
        pointer = f"{place}/predecessors/{number}/key"
        if wanted.key not in keys:
            yield Fault(pointer, "milestone.predecessor-unknown", f"前置节点“{wanted.key}”不在本计划中。")
        elif wanted.key in seen:
            yield Fault(pointer, "milestone.predecessor-repeated", f"前置节点“{wanted.key}”重复。")
        seen.add(wanted.key)


def _refuse_cycle(nodes: Sequence[NodeDraft]) -> None:
    links = [Link(wanted.key, node.key) for node in nodes for wanted in node.predecessors]
    if cycle := find_cycle(links):
        names = {node.key: node.name for node in nodes}
        last = next(index for index, node in enumerate(nodes) if node.key == cycle[-1])
        raise DependencyCycle([names[key] for key in cycle], f"/nodes/{last}/predecessors")


def _milestones(project: Project, nodes: Sequence[NodeDraft], uow: UnitOfWork) -> Iterator[Milestone]:
    made = {node.key: Milestone.planned(project, position, node) for position, node in enumerate(nodes, start=1)}
    for node in nodes:
        made[node.key].predecessors = [
            MilestoneLink(predecessor_id=made[each.key].id, type=each.type, lag_working_days=each.lag_working_days)
            for each in node.predecessors
        ]
        if node.done is not None:
            made[node.key].bring_along(node.done, Entry(effective_on=node.done.actual_on, at=uow.now, by=uow.actor))
    yield from made.values()
