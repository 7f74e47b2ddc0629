"""Use cases that move a project together with its whole plan."""

from dataclasses import dataclass
from datetime import date

from project_svc.milestones.plan import Plan
from project_svc.milestones.repository import Milestones
from project_svc.projects.errors import DayInFuture
from project_svc.projects.models import Entry, Project
from shared.kit.db import UnitOfWork


@dataclass(frozen=True, slots=True)
class Order:
    """An approved decision about a project: from which day, why, by whom approved when, on what paper."""

    effective_on: date
    reason: str
    approver: str
    approved_on: date
    document: str


async def suspend(uow: UnitOfWork, project_id: str, order: Order) -> Project:
    """Stop a project formally; its open milestones are withdrawn and their warnings end."""
    plan = await _plan(uow, project_id)
    plan.suspend(_entry(uow, order), uow)
    await Milestones(uow.session).plan_changed(project_id)
    return plan.project


async def resume(uow: UnitOfWork, project_id: str, order: Order) -> Project:
    """Lift a stop; withdrawn milestones come under watch again, and what is late by then is warned of anew."""
    plan = await _plan(uow, project_id)
    plan.resume(_entry(uow, order))
    await Milestones(uow.session).plan_changed(project_id)
    return plan.project


async def complete(uow: UnitOfWork, project_id: str, completed_on: date, acceptance: str) -> Project:
    """Finish a project on the paper of its acceptance; raises MilestonesStillOpen."""
    plan = await _plan(uow, project_id)
    entry = Entry(effective_on=completed_on, at=uow.now, by=uow.actor, evidence={"acceptance": acceptance})
    plan.complete(entry)
    await uow.session.flush()
    return plan.project


async def _plan(uow: UnitOfWork, project_id: str) -> Plan:
    return await Milestones(uow.session).plan_for_change(project_id)


def _entry(uow: UnitOfWork, order: Order) -> Entry:
    if order.approved_on > uow.now.date():
        raise DayInFuture("/approved_on", order.approved_on)
    approval = {"approver": order.approver, "approved_on": order.approved_on.isoformat(), "document": order.document}
    return Entry(effective_on=order.effective_on, at=uow.now, by=uow.actor, reason=order.reason, evidence=approval)
