"""Use cases of the breakdown of a claimed item (对牵头负责的指标一个个拆分细化). Sums are shown, never forced."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final

from indicator_svc.breakdowns.errors import ClaimNotAccepted
from indicator_svc.breakdowns.models import Progress, SubTask
from indicator_svc.breakdowns.repository import SubTasks
from indicator_svc.breakdowns.rules import TaskState, UnitSum, sums_by_unit
from indicator_svc.claims.models import Claim, Said
from indicator_svc.claims.repository import Claims
from indicator_svc.claims.rules import ClaimState
from indicator_svc.claims.service import must_be_one
from indicator_svc.schemes.repository import Schemes
from indicator_svc.schemes.service import natures_of
from shared.kit.db import ReadSession, UnitOfWork
from shared.kit.errors import check_version
from shared.kit.ids import new_id

WHOLE_YEAR: Final = Decimal(1)


@dataclass(frozen=True, slots=True)
class Assignment:
    """What a cooperating department is asked for; an unknown target is None."""

    department: str
    title: str
    target: Decimal | None
    unit: str
    additive: bool
    due_on: date


@dataclass(frozen=True, slots=True)
class Breakdown:
    """The item's own target for the year, and what its sub-tasks add up to. None where either is unknown."""

    claim: str
    unit: str
    item_target: Decimal | None
    sums: list[UnitSum]

    @property
    def difference(self) -> Decimal | None:
        """Σ of the additive sub-targets in the item's own unit, less the item's target."""
        own = next((each.target for each in self.sums if each.unit == self.unit), None)
        return None if own is None or self.item_target is None else own - self.item_target


async def assign(uow: UnitOfWork, claim_id: str, assignment: Assignment) -> SubTask:
    """Raises NotOneDepartment, ClaimNotAccepted: only who took an item on breaks it down."""
    must_be_one(assignment.department, "/department")
    claim = await Claims(uow.session).for_change(claim_id)
    _must_be_accepted(claim)
    task = SubTask(
        id=new_id(),
        claim_id=claim.id,
        department=assignment.department,
        title=assignment.title,
        target=assignment.target,
        unit=assignment.unit,
        additive=assignment.additive,
        due_on=assignment.due_on,
        state=TaskState.OPEN,
        reports=[],
    )
    SubTasks(uow.session).add(task)
    await uow.session.flush()
    return task


async def change(uow: UnitOfWork, task_id: str, expected: int, fields: dict[str, Any]) -> SubTask:
    task = await _locked(uow, task_id)
    check_version(task.version, expected)
    task.change(fields)
    await uow.session.flush()
    return task


async def report(uow: UnitOfWork, task_id: str, progress: Progress, said: Said) -> SubTask:
    task = await _locked(uow, task_id)
    task.report(progress, said)
    await uow.session.flush()
    return task


async def withdraw(uow: UnitOfWork, task_id: str, said: Said) -> SubTask:
    task = await _locked(uow, task_id)
    task.withdraw(said)
    await uow.session.flush()
    return task


async def breakdown_of(view: ReadSession, claim_id: str) -> Breakdown:
    """What the sub-tasks of a claim add up to, beside the target that the published scheme sets for the year."""
    claim = await Claims(view.session).get(claim_id)
    sums = sums_by_unit(task.sub_target for task in await SubTasks(view.session).counted(claim.id))
    edition = next((each for each in await Schemes(view.session).published() if each.code == claim.scheme_code), None)
    scheme = None if edition is None else edition.parsed()
    item = next((each for each in scheme.items if each.indicator == claim.indicator), None) if scheme else None
    if scheme is None or item is None:
        return Breakdown(claim_id, "", None, sums)
    natures = await natures_of(view.session, scheme)
    return Breakdown(claim_id, natures[item.indicator].unit, item.method.goal(WHOLE_YEAR), sums)


async def _locked(uow: UnitOfWork, task_id: str) -> SubTask:
    """The task, with its claim's register locked before it. Raises ClaimNotAccepted where the item went to another department."""
    task = await SubTasks(uow.session).get(task_id)
    claim = await Claims(uow.session).for_change(task.claim_id)
    _must_be_accepted(claim)
    return await SubTasks(uow.session).for_change(task_id)


def _must_be_accepted(claim: Claim) -> None:
    if claim.state != ClaimState.ACCEPTED:
        raise ClaimNotAccepted(claim.id, ClaimState(claim.state))
