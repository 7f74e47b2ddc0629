"""The sweep over plans: each that cannot be kept any more is told of once, in the transaction that notes it."""

from collections import Counter
from collections.abc import Sequence
from datetime import date

import structlog

from project_svc.milestones.models import Milestone, PlanOutlook
from project_svc.milestones.outlook import schedule_on
from project_svc.milestones.repository import Milestones
from project_svc.network.rules import Miss
from project_svc.network.schedule import Schedule
from project_svc.outlooks.repository import Outlooks
from project_svc.outlooks.rules import Crossing, cause, crossing, recovery_reason, remedy, stands
from project_svc.projects.models import Project
from shared.contracts.project import PlanBecameImpossible, PlanRecovered
from shared.kit.db import Database, UnitOfWork

log = structlog.get_logger(__name__)

ACTOR = "plan-outlook-sweep"


async def sweep(database: Database, batch: int) -> Counter[Crossing]:
    """Look at every plan that waits for it; the crossings told. Batches of one transaction each; any number may run at once."""
    told = Counter[Crossing]()
    while (found := await _sweep_batch(database, batch)) is not None:
        told.update(found)
    if told:
        log.info("outlook.recorded", **{each.value: count for each, count in sorted(told.items())})
    return told


async def _sweep_batch(database: Database, batch: int) -> Counter[Crossing] | None:
    """One batch; None when nothing waits."""
    async with database.unit_of_work(ACTOR) as uow:
        taken = await Outlooks(uow.session).take(uow.now.date(), batch)
        found = [await _assess(uow, outlook) for outlook in taken]
        return Counter(each for each in found if each is not None) if taken else None


async def _assess(uow: UnitOfWork, outlook: PlanOutlook) -> Crossing | None:
    today = uow.now.date()
    outlook.assessed_on = today
    plan = await Milestones(uow.session).of_project(outlook.project_id)
    project = plan[0].project
    found = schedule_on(plan, today) if stands(project.state) else None
    if stands(project.state) and found is None:
        return None  # years that no calendar reaches: nobody can say, so nothing is news
    crossed = crossing(found.miss if found else None, today, impossible=outlook.impossible)
    if crossed is not None:
        outlook.impossible, outlook.since = crossed is Crossing.BECAME_IMPOSSIBLE, uow.now
        uow.record(_impossible(found, found.miss, plan) if found and found.miss else _recovered(project))
    return crossed


def _impossible(found: Schedule, miss: Miss, plan: Sequence[Milestone]) -> PlanBecameImpossible:
    end = plan[miss.end]
    return PlanBecameImpossible(
        **end.project.told(),
        milestone_id=end.id,
        milestone_name=end.name,
        deadline=date.fromordinal(miss.deadline),
        earliest_on=date.fromordinal(miss.finish),
        working_days=miss.working_days,
        because=cause(found),
        advice=remedy(found),
    )


def _recovered(project: Project) -> PlanRecovered:
    return PlanRecovered(**project.told(), reason=recovery_reason(project.state))
