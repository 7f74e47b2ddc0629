"""Use cases of obstacles: what holds projects up, what would free the most, and the sweep over missed days."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from enum import StrEnum

import structlog

from project_svc.obstacles.models import Obstacle, Owner, Report
from project_svc.obstacles.repository import Obstacles
from project_svc.obstacles.rules import HeldUp, Leverage, at_stake, leverage_of, pairs_worth_fixing
from project_svc.progress.repository import ProgressReports
from project_svc.projects.models import Entry, Project
from shared.kit.db import Database, ReadSession, UnitOfWork

log = structlog.get_logger(__name__)

ACTOR = "obstacle-sweep"


class Fix(StrEnum):
    """What is thought away at once: one obstacle, all of a department or kind, or two obstacles."""

    OBSTACLE = "obstacle"
    DEPARTMENT = "department"
    KIND = "kind"
    PAIR = "pair"


@dataclass(frozen=True, slots=True)
class LeverageBoard:
    """Every fix of one sort with what it would free, and the obstacles and projects that they speak of, by id."""

    fixes: Sequence[Leverage]
    obstacles: Mapping[str, Obstacle]
    projects: Mapping[str, Project]


async def raise_obstacle(uow: UnitOfWork, project_ids: Collection[str], report: Report) -> Obstacle:
    """Raises ProjectUnknown, ObstacleDayInFuture, DueBeforeRaised."""
    obstacles = Obstacles(uow.session)
    projects = await obstacles.projects(project_ids)
    obstacle = Obstacle.raised(report, projects, _area(projects), replace(entry_of(uow), effective_on=report.raised_on))
    obstacles.add(obstacle)
    await uow.session.flush()
    return obstacle


async def take_up(uow: UnitOfWork, obstacle_id: str, entry: Entry) -> Obstacle:
    obstacle = await Obstacles(uow.session).for_change(obstacle_id)
    obstacle.take_up(entry)
    await uow.session.flush()
    return obstacle


async def defer(uow: UnitOfWork, obstacle_id: str, due_on: date, entry: Entry) -> Obstacle:
    obstacle = await Obstacles(uow.session).for_change(obstacle_id)
    obstacle.defer(due_on, entry)
    await uow.session.flush()
    return obstacle


async def hand_over(uow: UnitOfWork, obstacle_id: str, owner: Owner, entry: Entry) -> Obstacle:
    obstacle = await Obstacles(uow.session).for_change(obstacle_id)
    obstacle.hand_over(owner, entry)
    await uow.session.flush()
    return obstacle


async def resolve(uow: UnitOfWork, obstacle_id: str, entry: Entry) -> Obstacle:
    obstacle = await Obstacles(uow.session).for_change(obstacle_id)
    obstacle.resolve(entry, uow)
    await uow.session.flush()
    return obstacle


async def withdraw(uow: UnitOfWork, obstacle_id: str, entry: Entry) -> Obstacle:
    obstacle = await Obstacles(uow.session).for_change(obstacle_id)
    obstacle.withdraw(entry, uow)
    await uow.session.flush()
    return obstacle


def entry_of(uow: UnitOfWork) -> Entry:
    """A line for the history that is written now."""
    return Entry(effective_on=uow.now.date(), at=uow.now, by=uow.actor)


async def leverage(view: ReadSession, fix: Fix) -> LeverageBoard:
    """What each removal would free today, the most investment first."""
    standing = {each.id: each for each in await Obstacles(view.session).standing()}
    projects = {hold.project_id: hold.project for each in standing.values() for hold in each.holds}
    done = await ProgressReports(view.session).completed_on(view.now.date())
    completed = {project_id: amount for project_id, (_, amount) in done.items()}
    held_up = _held_up(standing.values(), projects, completed)
    return LeverageBoard(leverage_of(held_up, _fixes(fix, standing, held_up)), standing, projects)


def _held_up(standing: Collection[Obstacle], projects: Mapping[str, Project], completed: Mapping[str, Decimal]) -> list[HeldUp]:
    holders: defaultdict[str, set[str]] = defaultdict(set)
    for obstacle in standing:
        for hold in obstacle.holds:
            holders[hold.project_id].add(obstacle.id)
    return [
        HeldUp(
            each,
            frozenset(holders[each]),
            at_stake(project.annual_plan_wan, completed.get(each)),
            project.total_investment_wan,
            reported=each in completed,
        )
        for each, project in projects.items()
    ]


def _fixes(fix: Fix, standing: Mapping[str, Obstacle], held_up: Collection[HeldUp]) -> Mapping[tuple[str, ...], Collection[str]]:
    if fix is Fix.PAIR:
        return pairs_worth_fixing(held_up)
    groups: defaultdict[tuple[str, ...], list[str]] = defaultdict(list)
    for identity, obstacle in standing.items():
        names = {Fix.OBSTACLE: identity, Fix.DEPARTMENT: obstacle.lead_department, Fix.KIND: obstacle.kind.value}
        groups[(names[fix],)].append(identity)
    return groups


def _area(projects: Sequence[Project]) -> str:
    """The region of the projects; where they have several, the prefecture-level city around the first."""
    regions = {each.region for each in projects}
    return regions.pop() if len(regions) == 1 else f"{projects[0].region[:4]}00"


async def sweep(database: Database, batch: int) -> int:
    """Tell every missed day that is not told of yet; how many.

    Works in batches of one transaction each, so that a sweep cut short loses nothing. Any number may run at once.
    """
    told = 0
    while (found := await _sweep_batch(database, batch)) is not None:
        told += found
    if told:
        log.info("obstacles.recorded", overdue=told)
    return told


async def _sweep_batch(database: Database, batch: int) -> int | None:
    """One batch; None when nothing waits."""
    async with database.unit_of_work(ACTOR) as uow:
        obstacles, told = Obstacles(uow.session), 0
        taken = await obstacles.take_overdue(uow.now.date(), batch)
        recorded = await obstacles.recorded(taken)
        for obstacle in taken:
            # A day that was moved away and back again was missed before: its warning never ended.
            if (obstacle.id, obstacle.due_on) not in recorded:
                await obstacles.note(obstacle, uow.now)
                obstacle.tell_overdue(uow.now.date(), uow)
                told += 1
            await obstacles.move_on(obstacle)
        return told if taken else None
