"""The sweep: every crossing recorded once, with its fact, in the same transaction."""

from collections import Counter
from collections.abc import Sequence

import structlog

from project_svc.milestones.models import Milestone
from project_svc.milestones.rules import Warned, Watch
from project_svc.milestones.shipped import watch_on
from project_svc.sweep.repository import WatchedMilestones
from project_svc.sweep.rules import crossings_to_record
from shared.kit.db import Database, UnitOfWork

log = structlog.get_logger(__name__)

ACTOR = "milestone-sweep"
NEXT = ((Warned.NOT_YET, Warned.DUE_SOON), (Warned.DUE_SOON, Warned.OVERDUE), (Warned.OVERDUE, Warned.SERIOUSLY_OVERDUE))


async def sweep(database: Database, batch: int) -> Counter[Warned]:
    """Record every crossing that stands today and is not recorded yet; how many of each kind.

    Work goes in batches of one transaction each, so that a sweep cut short loses nothing. Any number may run at once.
    """
    told = Counter[Warned]()
    for waiting, crossing in NEXT:
        while (found := await _sweep_batch(database, (waiting, crossing), batch)) is not None:
            told.update(found)
    if told:
        log.info("sweep.recorded", **{crossing.name.lower(): count for crossing, count in sorted(told.items())})
    return told


async def _sweep_batch(database: Database, step: tuple[Warned, Warned], batch: int) -> Counter[Warned] | None:
    """One batch; None when nothing waits."""
    waiting, crossing = step
    async with database.unit_of_work(ACTOR) as uow:
        watch = watch_on(uow.now.date())
        milestones = WatchedMilestones(uow.session)
        taken = await milestones.take(waiting, watch.last_due_day_crossed(crossing, uow.now.date()), batch)
        return await _record(uow, taken, watch) if taken else None


async def _record(uow: UnitOfWork, taken: Sequence[Milestone], watch: Watch) -> Counter[Warned]:
    told = Counter[Warned]()
    milestones, today = WatchedMilestones(uow.session), uow.now.date()
    recorded = await milestones.recorded(taken)
    for milestone in taken:
        crossings = crossings_to_record(milestone.current_due_on, Warned(milestone.warned), today, watch)
        # A due day that was moved away and back again was crossed before: its warning never ended.
        fresh = [each for each in crossings if (milestone.id, milestone.current_due_on, each) not in recorded]
        for crossing in fresh:
            await milestones.note(milestone, (crossing, watch.crossed_on(crossing, milestone.current_due_on)), uow.now)
            milestone.tell(crossing, today, watch, uow)
        await milestones.move_on(milestone, crossings[-1])
        told.update(fresh)
    return told
