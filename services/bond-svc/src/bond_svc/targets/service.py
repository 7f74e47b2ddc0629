"""What one does with targets: count the library, and say when it crosses its target."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from bond_svc.targets.errors import TargetExists, TaskExists
from bond_svc.targets.models import LibraryTarget, PlanningTask
from bond_svc.targets.repository import Holding, Holdings, PlanningTasks, Targets, locked_target
from bond_svc.targets.rules import (
    DEFAULT_TARGET_WAN,
    Line,
    Measure,
    Totals,
    gap,
    lines_by_department,
    lines_by_portfolio,
    total_of,
)
from shared.kit.db import ReadSession, UnitOfWork
from shared.kit.errors import check_version


@dataclass(frozen=True, slots=True)
class Change:
    """A project that changed, and how it counts now; None when it no longer counts."""

    project_id: str
    region: str
    holding: Holding | None


@dataclass(frozen=True, slots=True)
class TargetValues:
    """What a region's target is; None leaves it as it is."""

    target_wan: Decimal | None
    measure: Measure | None


@dataclass(frozen=True, slots=True)
class TaskText:
    region: str
    department: str
    portfolio: str
    task_wan: Decimal
    due_on: date | None
    synthetic: bool


@dataclass(frozen=True, slots=True)
class Summary:
    """A region's library against its target; money in 万元."""

    region: str
    target_wan: Decimal
    measure: Measure
    totals: Totals
    gap_wan: Decimal
    short: bool
    target: LibraryTarget | None
    by_state: dict[str, Totals]
    by_portfolio: list[Line]
    by_department: list[Line]


async def recount(uow: UnitOfWork, changes: Sequence[Change]) -> None:
    """Count changed projects anew, and record a fact for each region whose library crosses its target by that.

    The region's target is locked before anything is counted and until the commit, so that of concurrent writers each sees
    what the one before it left, and a crossing is recorded exactly once.
    """
    # Sorted by region: two batches that take the same locks in different orders deadlock.
    targets = [await locked_target(uow, region) for region in sorted({change.region for change in changes})]
    counted = [change.holding for change in changes if change.holding is not None]
    await Holdings(uow.session).replace([change.project_id for change in changes], counted)
    for target in targets:
        await _take_stock(uow, target)


async def create_target(uow: UnitOfWork, region: str, values: TargetValues) -> LibraryTarget:
    if await Targets(uow.session).of(region) is not None:
        raise TargetExists(region)
    return await _set(uow, await locked_target(uow, region), values)


async def change_target(uow: UnitOfWork, target_id: str, expected: int, values: TargetValues) -> LibraryTarget:
    """Another target may be a crossing of its own."""
    known = await Targets(uow.session).get(target_id)
    target = await locked_target(uow, known.region)
    check_version(target.version, expected)
    return await _set(uow, target, values)


async def _set(uow: UnitOfWork, target: LibraryTarget, values: TargetValues) -> LibraryTarget:
    target.target_wan = target.target_wan if values.target_wan is None else values.target_wan
    target.measure = values.measure or target.measure
    await _take_stock(uow, target)
    await uow.session.flush()
    return target


async def _take_stock(uow: UnitOfWork, target: LibraryTarget) -> None:
    lines = await _lines(uow.session, target.region, target.measure)
    target.take_stock(total_of(line.totals for line in lines), lines, uow, uow.now)


async def summarise(view: ReadSession, region: str) -> Summary:
    """The library of a region by state, portfolio and department; without a target of its own, against the default."""
    target = await Targets(view.session).of(region)
    target_wan, measure = (
        (DEFAULT_TARGET_WAN, Measure.TOTAL_INVESTMENT) if target is None else (target.target_wan, target.measure)
    )
    lines = await _lines(view.session, region, measure)
    totals = total_of(line.totals for line in lines)
    missing = gap(target_wan, totals.by(measure))
    return Summary(
        region=region,
        target_wan=target_wan,
        measure=measure,
        totals=totals,
        gap_wan=missing,
        short=missing > 0,
        target=target,
        by_state=await Holdings(view.session).by_state(region),
        by_portfolio=lines_by_portfolio(lines, measure),
        by_department=lines,
    )


async def _lines(session: AsyncSession, region: str, measure: Measure) -> list[Line]:
    held = await Holdings(session).by_unit(region)
    return lines_by_department(await PlanningTasks(session).by_unit(region), held, measure)


async def assign(uow: UnitOfWork, text: TaskText) -> PlanningTask:
    """Give a department its planning task; it has one."""
    tasks = PlanningTasks(uow.session)
    if await tasks.of_department(text.region, text.department) is not None:
        raise TaskExists(text.department)
    task = PlanningTask(
        region=text.region,
        department=text.department,
        portfolio=text.portfolio,
        task_wan=text.task_wan,
        due_on=text.due_on,
        synthetic=text.synthetic,
    )
    tasks.add(task)
    await uow.session.flush()
    return task


async def change_task(uow: UnitOfWork, task_id: str, expected: int, changes: Iterable[tuple[str, Any]]) -> PlanningTask:
    task = await PlanningTasks(uow.session).get(task_id)
    check_version(task.version, expected)
    for name, value in changes:
        setattr(task, name, value)
    await uow.session.flush()
    return task


async def withdraw_task(uow: UnitOfWork, task_id: str, expected: int) -> None:
    tasks = PlanningTasks(uow.session)
    task = await tasks.get(task_id)
    check_version(task.version, expected)
    await tasks.drop(task)
