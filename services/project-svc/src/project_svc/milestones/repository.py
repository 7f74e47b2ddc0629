"""Queries about milestones and plans."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Select, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import contains_eager, selectinload
from sqlalchemy.orm.attributes import flag_modified
from sqlalchemy.orm.interfaces import ORMOption

from project_svc.codes import Stage
from project_svc.milestones.errors import MilestoneUnknown, PlanUnknown
from project_svc.milestones.models import Milestone, MilestoneLink, PlanOutlook
from project_svc.milestones.plan import Plan
from project_svc.milestones.rules import MilestoneState, Warned
from project_svc.network.rules import Link
from project_svc.projects.models import Project
from project_svc.projects.repository import Projects
from shared.kit.db import for_update

SORTABLE = {
    "current_due_on": Milestone.current_due_on,
    "baseline_due_on": Milestone.baseline_due_on,
    "position": Milestone.position,
    "name": Milestone.name,
    "total_investment_wan": Project.total_investment_wan,
    "updated_at": Milestone.updated_at,
}
TIE = Milestone.id


@dataclass(frozen=True, slots=True)
class MilestoneFilter:
    """Which milestones a list shows; None does not narrow it. `due_before` and `due_from` speak of the current due day."""

    project: str | None = None
    state: MilestoneState | None = None
    stage: Stage | None = None
    region: str | None = None
    sponsor_post: str | None = None
    lead_department: str | None = None
    synthetic: bool | None = None
    due_before: date | None = None
    due_from: date | None = None
    warned: Warned | None = None


class Milestones:
    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def add_all(self, milestones: Sequence[Milestone]) -> None:
        """Write new milestones, before anything refers to them."""
        self._session.add_all(milestones)
        await self._session.flush()

    async def plan_changed(self, project_id: str) -> None:
        """Let the sweep look again whether the plan can be kept. The last lock to take, so that nobody waits crosswise."""
        await self._session.flush()
        asked = update(PlanOutlook).where(PlanOutlook.project_id == project_id).values(assessed_on=None)
        if await self._session.scalar(asked.returning(PlanOutlook.project_id)) is None:
            self._session.add(PlanOutlook(project_id=project_id, impossible=False))
            await self._session.flush()

    def touch(self, milestone: Milestone) -> None:
        """Give the milestone a new version although only its dependencies changed."""
        flag_modified(milestone, "note")

    async def get(self, milestone_id: str) -> Milestone:
        """With its project, predecessors and history. Raises MilestoneUnknown."""
        return await self._one(select(Milestone).where(Milestone.id == milestone_id), milestone_id)

    async def for_change(self, milestone_id: str) -> Milestone:
        """As `get`, locked until the end of the unit of work: a sweep passes it over, and finds it changed afterwards."""
        return await self._one(for_update(select(Milestone).where(Milestone.id == milestone_id)), milestone_id)

    async def plan_for_change(self, project_id: str) -> Plan:
        """The project and its plan, both locked. Raises ProjectUnknown."""
        project = await Projects(self._session).for_change(project_id)
        # In the order of ids: two transactions that take the same locks in different orders deadlock.
        await self._session.execute(
            for_update(select(Milestone.id).where(Milestone.project_id == project_id).order_by(Milestone.id))
        )
        return Plan(project, await self.of_project(project_id))

    async def of_project(self, project_id: str) -> Sequence[Milestone]:
        """The plan of a project, in its own order."""
        wanted = select(Milestone).where(Milestone.project_id == project_id).order_by(Milestone.position)
        wanted = wanted.options(selectinload(Milestone.project), *_histories())
        return (await self._session.scalars(wanted)).all()

    async def plan_of(self, project_id: str) -> Sequence[Milestone]:
        """As `of_project`. Raises PlanUnknown when the project has no plan yet, ProjectUnknown when there is none."""
        await Projects(self._session).get(project_id)
        if not (plan := await self.of_project(project_id)):
            raise PlanUnknown(project_id)
        return plan

    async def last_position(self, project_id: str) -> int:
        """The position of the last milestone of a plan; 0 when there is none."""
        last = select(func.max(Milestone.position)).where(Milestone.project_id == project_id)
        return await self._session.scalar(last) or 0

    async def names_of(self, project_id: str) -> dict[str, str]:
        """Milestone id → what people call it, for one project."""
        wanted = select(Milestone.id, Milestone.name).where(Milestone.project_id == project_id)
        return dict((await self._session.execute(wanted)).all())

    async def links_of(self, project_id: str) -> list[Link]:
        """The dependencies between the milestones of a project."""
        wanted = select(MilestoneLink).join(Milestone, Milestone.id == MilestoneLink.successor_id)
        links = await self._session.scalars(wanted.where(Milestone.project_id == project_id))
        return [Link(each.predecessor_id, each.successor_id, each.type, each.lag_working_days) for each in links]

    async def _one(self, wanted: Select[Milestone], milestone_id: str) -> Milestone:
        loaded = wanted.options(selectinload(Milestone.project), *_histories()).execution_options(populate_existing=True)
        milestone = await self._session.scalar(loaded)
        if milestone is None:
            raise MilestoneUnknown(milestone_id)
        return milestone


def listed(wanted: MilestoneFilter) -> Select[Milestone]:
    """The milestones that a filter lets through, each with its project and history."""
    equal = (
        (Milestone.project_id, wanted.project),
        (Milestone.state, wanted.state),
        (Milestone.stage, wanted.stage),
        (Milestone.warned, wanted.warned),
        (Project.region, wanted.region),
        (Project.sponsor_post, wanted.sponsor_post),
        (Project.lead_department, wanted.lead_department),
        (Project.synthetic, wanted.synthetic),
    )
    statement = (
        select(Milestone).join(Milestone.project).where(*(column == value for column, value in equal if value is not None))
    )
    if wanted.due_before is not None:
        statement = statement.where(Milestone.current_due_on < wanted.due_before)
    if wanted.due_from is not None:
        statement = statement.where(Milestone.current_due_on >= wanted.due_from)
    return statement.options(contains_eager(Milestone.project), *_histories())


def _histories() -> tuple[ORMOption, ...]:
    return (
        selectinload(Milestone.predecessors),
        selectinload(Milestone.re_baselines),
        selectinload(Milestone.crossings),
    )
