"""Use cases of claims: offering, answering, ruling, transferring."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from indicator_svc.claims.errors import (
    ClaimMoveIllegal,
    DepartmentLeaderless,
    DueInThePast,
    ItemAlreadyOffered,
    ItemNotInScheme,
    SameDepartment,
)
from indicator_svc.claims.models import Claim, Holder, Said
from indicator_svc.claims.repository import Claims
from indicator_svc.claims.rules import ClaimAct, ClaimState, due_on
from indicator_svc.claims.shipped import calendar, deadline_rules
from indicator_svc.departments.errors import NotOneDepartment
from indicator_svc.departments.repository import Departments
from indicator_svc.departments.rules import Post, names_one, post_of
from indicator_svc.schemes.definition import Nature, Scheme
from indicator_svc.schemes.errors import SchemeNotInForce
from indicator_svc.schemes.repository import Schemes
from indicator_svc.schemes.service import natures_of
from shared.contracts.indicator import ItemClaimed
from shared.kit.db import UnitOfWork


@dataclass(frozen=True, slots=True)
class Terms:
    """By when an offer is to be answered: the day that is given, or the one that the rule in force sets."""

    due_on: date | None = None

    def last_day(self, today: date) -> date:
        """Raises DueInThePast."""
        if self.due_on is None:
            return due_on(today, deadline_rules(), calendar())
        if self.due_on < today:
            raise DueInThePast(self.due_on.isoformat())
        return self.due_on


@dataclass(frozen=True, slots=True)
class NotOffered:
    """An item of a round that could not be offered, with the Chinese reason."""

    indicator: str
    reason: str


def must_be_one(department: str, pointer: str) -> None:
    """Raises NotOneDepartment: what several departments are to lead, none leads."""
    if not names_one(department):
        raise NotOneDepartment(department, pointer)


async def offer(uow: UnitOfWork, item: tuple[str, str, str], holder: Holder, terms: Terms, said: Said) -> Claim:
    """Hand the item (region, scheme, indicator) to a department.

    Raises SchemeNotInForce, ItemNotInScheme, NotOneDepartment, ItemAlreadyOffered, DueInThePast.
    """
    region, scheme_code, indicator = item
    await _nature(uow, scheme_code, indicator)
    must_be_one(holder.lead_department, "/lead_department")
    last_day = terms.last_day(uow.now.date())
    claims = Claims(uow.session)
    await claims.open_register(uow, region, scheme_code)
    held = (await claims.held(region, scheme_code)).get(indicator)
    if held is not None:
        raise ItemAlreadyOffered(indicator, held.lead_department, held.id)
    return await _add(uow, Claim.offered(item, holder, last_day, said))


async def offer_all(
    uow: UnitOfWork, region: str, scheme_code: str, terms: Terms, said: Said
) -> tuple[list[Claim], list[NotOffered]]:
    """Hand every item that nobody holds to the department that the scheme in force names for it."""
    scheme, _ = await _in_force(uow, scheme_code)
    last_day = terms.last_day(uow.now.date())
    claims = Claims(uow.session)
    await claims.open_register(uow, region, scheme_code)
    held = await claims.held(region, scheme_code)
    made: list[Claim] = []
    left: list[NotOffered] = []
    for item in scheme.items:
        if item.indicator in held:
            continue
        if not names_one(item.lead_department) or not item.portfolio:
            left.append(NotOffered(item.indicator, "方案未写明唯一的牵头部门或分管副市长，请单独交办。"))
            continue
        key, holder = (region, scheme_code, item.indicator), Holder(item.lead_department, item.portfolio)
        made.append(await _add(uow, Claim.offered(key, holder, last_day, said)))
    return made, left


async def accept(uow: UnitOfWork, claim_id: str, said: Said) -> Claim:
    """The department takes the item on. Raises DepartmentLeaderless where nobody is there to answer for it."""
    claim = await Claims(uow.session).for_change(claim_id)
    return await _take_on(uow, claim, ClaimAct.ACCEPT, said)


async def dispute(uow: UnitOfWork, claim_id: str, said: Said) -> Claim:
    """The department says that the item is not its own."""
    claim = await Claims(uow.session).for_change(claim_id)
    claim.move(ClaimAct.DISPUTE, said)
    await uow.session.flush()
    return claim


async def resolve(uow: UnitOfWork, claim_id: str, said: Said, successor: Holder | None) -> Claim:
    """Rule on a dispute: without a successor the department has to take the item on; with one it is offered to that."""
    claim = await Claims(uow.session).for_change(claim_id)
    if claim.state != ClaimState.DISPUTED:
        raise ClaimMoveIllegal(claim.id, ClaimAct.UPHOLD, ClaimState(claim.state))
    if successor is None:
        return await _take_on(uow, claim, ClaimAct.UPHOLD, said)
    return await _hand_over(uow, claim, successor, said)


async def transfer(uow: UnitOfWork, claim_id: str, said: Said, successor: Holder) -> Claim:
    """Take the item from one department and offer it to another; a dispute is ended by a ruling, not by this."""
    claim = await Claims(uow.session).for_change(claim_id)
    if claim.state == ClaimState.DISPUTED:
        raise ClaimMoveIllegal(claim.id, ClaimAct.TRANSFER, ClaimState.DISPUTED)
    return await _hand_over(uow, claim, successor, said)


async def _take_on(uow: UnitOfWork, claim: Claim, act: ClaimAct, said: Said) -> Claim:
    claim.move(act, said)
    scheme, nature = await _nature(uow, claim.scheme_code, claim.indicator)
    leads = await Departments(uow.session).leads_on([claim.lead_department], uow.now.date(), uow.now)
    if post_of(leads.get(claim.lead_department)) is Post.VACANT:
        raise DepartmentLeaderless(claim.lead_department)
    await uow.session.flush()
    await Claims(uow.session).forget(claim.region, claim.scheme_code, claim.indicator)
    uow.record(
        ItemClaimed(
            region=claim.region,
            scheme=claim.scheme_code,
            scheme_version=scheme.edition,
            indicator=claim.indicator,
            indicator_name=nature.name,
            claim_id=claim.id,
            lead_department=claim.lead_department,
            portfolio=claim.portfolio,
            claimed_at=said.at,
            by_ruling=act is ClaimAct.UPHOLD,
        )
    )
    return claim


async def _hand_over(uow: UnitOfWork, claim: Claim, successor: Holder, said: Said) -> Claim:
    """End one claim and begin the next; answers the new one."""
    must_be_one(successor.lead_department, "/lead_department")
    if successor == claim.holder:
        raise SameDepartment(claim.lead_department)
    claim.move(ClaimAct.TRANSFER, said)
    # The item's place is free only once this row is written: the index allows one claim that is not over.
    await uow.session.flush()
    await _nature(uow, claim.scheme_code, claim.indicator)
    item = (claim.region, claim.scheme_code, claim.indicator)
    return await _add(uow, Claim.offered(item, successor, Terms().last_day(uow.now.date()), said))


async def _add(uow: UnitOfWork, claim: Claim) -> Claim:
    Claims(uow.session).add(claim)
    await uow.session.flush()
    return claim


async def _in_force(uow: UnitOfWork, scheme_code: str) -> tuple[Scheme, Mapping[str, Nature]]:
    edition = next((each for each in await Schemes(uow.session).published() if each.code == scheme_code), None)
    if edition is None:
        raise SchemeNotInForce(scheme_code, pointer="/scheme")
    scheme = edition.parsed()
    return scheme, await natures_of(uow.session, scheme)


async def _nature(uow: UnitOfWork, scheme_code: str, indicator: str) -> tuple[Scheme, Nature]:
    """The scheme in force and what its item is. Raises SchemeNotInForce, ItemNotInScheme."""
    scheme, natures = await _in_force(uow, scheme_code)
    if indicator not in {item.indicator for item in scheme.items}:
        raise ItemNotInScheme(indicator, scheme_code)
    return scheme, natures[indicator]
