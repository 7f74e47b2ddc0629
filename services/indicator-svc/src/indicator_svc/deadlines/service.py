"""The sweep: every crossing told once, its fact in the transaction that notes it."""

from collections import Counter
from collections.abc import Sequence

import structlog

from indicator_svc.deadlines.models import Watched
from indicator_svc.deadlines.repository import Deadlines
from indicator_svc.deadlines.rules import Crossing, Notice
from shared.kit.db import Database, UnitOfWork

log = structlog.get_logger(__name__)

ACTOR = "deadline-sweep"
BATCH = 200
FURTHEST_FIRST = (Crossing.OVERDUE, Crossing.DUE_SOON)
"""A notice that was missed is not given after the fact."""


async def sweep(database: Database, model: type[Watched], notice: Notice, batch: int = BATCH) -> Counter[Crossing]:
    """Tell every crossing that stands today and was not told yet; how many of each kind.

    Work goes in batches of one transaction each, so that a sweep cut short loses nothing. Any number may run at once.
    """
    told = Counter[Crossing]()
    for crossing in FURTHEST_FIRST:
        while (found := await _sweep_batch(database, model, (crossing, notice), batch)) is not None:
            told[crossing] += found
    told = +told
    if told:
        log.info("deadlines.told", watched_as=model.watched_as, **{each.name.lower(): count for each, count in told.items()})
    return told


async def _sweep_batch(database: Database, model: type[Watched], step: tuple[Crossing, Notice], batch: int) -> int | None:
    """How many were told in one batch; None when nothing waits."""
    crossing, notice = step
    async with database.unit_of_work(ACTOR) as uow:
        last = notice.last_due_day(crossing, uow.now.date())
        taken = await Deadlines(uow.session).take(model, crossing, last, batch)
        return await _tell(uow, taken, step) if taken else None


async def _tell(uow: UnitOfWork, taken: Sequence[Watched], step: tuple[Crossing, Notice]) -> int:
    crossing, notice = step
    deadlines, told = Deadlines(uow.session), 0
    known = await deadlines.recorded(taken, crossing)
    for each in taken:
        if (each.id, each.due_on) not in known:
            await deadlines.note(each, crossing, uow.now)
            each.tell(crossing, uow.now.date(), notice, uow)
            told += 1
        await deadlines.move_on(each, crossing)
    return told
