"""Use cases of permits, and the sweep over those about to lapse."""

from collections import Counter
from dataclasses import replace
from datetime import date

import structlog

from project_svc.permits.errors import PermitAlreadyHeld
from project_svc.permits.models import Issue, Permit, Prolongation
from project_svc.permits.repository import Permits
from project_svc.permits.rules import Lapse, lapse_to_record
from project_svc.projects.models import Entry
from project_svc.projects.repository import Projects
from shared.kit.db import Database, UnitOfWork

log = structlog.get_logger(__name__)

ACTOR = "permit-sweep"


async def register(uow: UnitOfWork, project_id: str, issue: Issue) -> Permit:
    """Put a permit on record. Raises PermitAlreadyHeld."""
    project = await Projects(uow.session).for_change(project_id)
    permits = Permits(uow.session)
    if await permits.holds(project_id, issue.type, issue.number):
        raise PermitAlreadyHeld(issue.number)
    permit = Permit.issued(project, issue, uow.now.date())
    permits.add(permit)
    await uow.session.flush()
    return permit


async def extend(uow: UnitOfWork, permit_id: str, wanted: Prolongation) -> Permit:
    permit = await Permits(uow.session).for_change(permit_id)
    permit.extend(wanted, _entry(uow), uow)
    await uow.session.flush()
    return permit


async def withdraw(uow: UnitOfWork, permit_id: str, withdrawn_on: date, reason: str) -> Permit:
    permit = await Permits(uow.session).for_change(permit_id)
    permit.withdraw(replace(_entry(uow), effective_on=withdrawn_on, reason=reason), uow)
    await uow.session.flush()
    return permit


async def sweep(database: Database, batch: int) -> Counter[Lapse]:
    """Record every lapse that stands today and is not recorded yet; how many of each kind.

    Works in batches of one transaction each, so that a sweep cut short loses nothing. Any number may run at once.
    """
    while await _note_used(database, batch):
        pass
    told = Counter[Lapse]()
    while (found := await _sweep_batch(database, batch)) is not None:
        told.update(found)
    if told:
        log.info("permits.recorded", **{each.name.lower(): count for each, count in sorted(told.items())})
    return told


async def _note_used(database: Database, batch: int) -> int:
    """Permits of projects that have begun lapse no more; how many."""
    async with database.unit_of_work(ACTOR) as uow:
        taken = await Permits(uow.session).take_used(batch)
        for permit in taken:
            permit.use(_entry(uow), uow)
        return len(taken)


async def _sweep_batch(database: Database, batch: int) -> Counter[Lapse] | None:
    """One batch; None when nothing waits."""
    async with database.unit_of_work(ACTOR) as uow:
        permits, today, told = Permits(uow.session), uow.now.date(), Counter[Lapse]()
        taken = await permits.take_lapsing(today, batch)
        recorded = await permits.recorded(taken)
        for permit in taken:
            if (crossing := _standing(permit, today)) is not None:
                # A last day that was watched before, and told of, is not told of again.
                if (permit.id, permit.expires_on, crossing) not in recorded:
                    await permits.note(permit, crossing, uow.now)
                    permit.tell(crossing, today, uow)
                    told[crossing] += 1
                await permits.move_on(permit, crossing)
        return told if taken else None


def _standing(permit: Permit, today: date) -> Lapse | None:
    if permit.expires_on is None or permit.notice_on is None:
        return None
    return lapse_to_record(permit.expires_on, permit.notice_on, Lapse(permit.lapse), today)


def _entry(uow: UnitOfWork) -> Entry:
    return Entry(effective_on=uow.now.date(), at=uow.now, by=uow.actor)
