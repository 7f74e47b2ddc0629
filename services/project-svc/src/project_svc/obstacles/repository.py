"""Queries about obstacles, and what the sweep takes of them."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Select, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import selectinload
from sqlalchemy.orm.interfaces import ORMOption

from project_svc.codes import ProjectState
from project_svc.obstacles.errors import ObstacleUnknown
from project_svc.obstacles.models import Obstacle, ObstacleCrossing, ObstacleHold
from project_svc.obstacles.rules import STANDING, ObstacleKind, ObstacleState
from project_svc.projects.errors import ProjectUnknown
from project_svc.projects.models import Project
from shared.kit.db import for_update

SORTABLE = {"due_on": Obstacle.due_on, "raised_on": Obstacle.raised_on, "lead_department": Obstacle.lead_department}
TIE = Obstacle.id


@dataclass(frozen=True, slots=True)
class ObstacleFilter:
    """Which obstacles a list shows; None does not narrow it. `standing_on`: those that stood at the end of that day."""

    project: str | None = None
    kind: ObstacleKind | None = None
    state: ObstacleState | None = None
    lead_department: str | None = None
    due_before: date | None = None
    standing_on: date | None = None


class Obstacles:
    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    def add(self, obstacle: Obstacle) -> None:
        self._session.add(obstacle)

    async def get(self, obstacle_id: str) -> Obstacle:
        """With its projects and history. Raises ObstacleUnknown."""
        return await self._one(select(Obstacle).where(Obstacle.id == obstacle_id), obstacle_id)

    async def for_change(self, obstacle_id: str) -> Obstacle:
        """As `get`, locked until the end of the unit of work."""
        return await self._one(for_update(select(Obstacle).where(Obstacle.id == obstacle_id)), obstacle_id)

    async def projects(self, project_ids: Collection[str]) -> list[Project]:
        """These projects in the order of their ids. Raises ProjectUnknown for the first that is not there."""
        found = {each.id: each for each in await self._session.scalars(select(Project).where(Project.id.in_(project_ids)))}
        for project_id in sorted(project_ids):
            if project_id not in found:
                raise ProjectUnknown(project_id)
        return [found[project_id] for project_id in sorted(project_ids)]

    async def standing(self) -> Sequence[Obstacle]:
        """Every obstacle that stands, with the projects that are not finished."""
        wanted = select(Obstacle).where(Obstacle.state.in_(STANDING)).order_by(Obstacle.id)
        unfinished = selectinload(Obstacle.holds.and_(ObstacleHold.project.has(Project.state != ProjectState.COMPLETED)))
        return (await self._session.scalars(wanted.options(unfinished.selectinload(ObstacleHold.project)))).all()

    async def standing_on(self, day: date) -> dict[str, list[Obstacle]]:
        """Project → the obstacles that held it up at the end of that day, the nearest due day first."""
        found: defaultdict[str, list[Obstacle]] = defaultdict(list)
        wanted = listed(ObstacleFilter(standing_on=day)).order_by(Obstacle.due_on, Obstacle.id)
        for obstacle in await self._session.scalars(wanted):
            for hold in obstacle.holds:
                found[hold.project_id].append(obstacle)
        return found

    async def take_overdue(self, today: date, limit: int) -> Sequence[Obstacle]:
        """Standing obstacles whose due day is over and was not looked at since; each leaves this range when it is.

        Locked; those that another sweep or a user holds are passed over.
        """
        over = select(Obstacle).where(Obstacle.state.in_(STANDING), Obstacle.told.is_(False), Obstacle.due_on < today)
        batch = for_update(over.order_by(Obstacle.due_on, Obstacle.id).limit(limit), skip_locked=True)
        return (await self._session.scalars(batch.options(*_loaded()))).all()

    async def recorded(self, obstacles: Sequence[Obstacle]) -> set[tuple[str, date]]:
        """The missed days of these obstacles that stand recorded."""
        own = select(ObstacleCrossing).where(ObstacleCrossing.obstacle_id.in_([each.id for each in obstacles]))
        return {(each.obstacle_id, each.due_on) for each in await self._session.scalars(own)}

    async def note(self, obstacle: Obstacle, at: datetime) -> None:
        key = {"obstacle_id": obstacle.id, "due_on": obstacle.due_on}
        await self._session.execute(insert(ObstacleCrossing).values(**key, recorded_at=at))

    async def move_on(self, obstacle: Obstacle) -> None:
        """Past the version: what a user read and is about to change did not change under his hands."""
        moved = update(Obstacle).where(Obstacle.id == obstacle.id).values(told=True)
        await self._session.execute(moved.execution_options(synchronize_session=False))

    async def _one(self, wanted: Select[Obstacle], obstacle_id: str) -> Obstacle:
        obstacle = await self._session.scalar(wanted.options(*_loaded()).execution_options(populate_existing=True))
        if obstacle is None:
            raise ObstacleUnknown(obstacle_id)
        return obstacle


def _loaded() -> tuple[ORMOption, ...]:
    return selectinload(Obstacle.holds).selectinload(ObstacleHold.project), selectinload(Obstacle.notes)


def listed(wanted: ObstacleFilter) -> Select[Obstacle]:
    """The obstacles that a filter lets through."""
    equal = (
        (Obstacle.kind, wanted.kind),
        (Obstacle.state, wanted.state),
        (Obstacle.lead_department, wanted.lead_department),
    )
    statement = select(Obstacle).where(*(column == value for column, value in equal if value is not None))
    if wanted.project is not None:
        statement = statement.where(Obstacle.holds.any(ObstacleHold.project_id == wanted.project))
    if wanted.due_before is not None:
        statement = statement.where(Obstacle.due_on < wanted.due_before)
    if (day := wanted.standing_on) is not None:
        statement = statement.where(Obstacle.raised_on <= day, Obstacle.ended_on.is_(None) | (Obstacle.ended_on > day))
    return statement.options(*_loaded())
