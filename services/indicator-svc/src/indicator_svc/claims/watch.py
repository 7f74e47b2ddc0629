"""The watch over unclaimed items: each is told once when its time is up, and again only when the reason or the holder changes.

What stands is compared with what was told, under the lock of the scheme's register: a watch that is cut short, comes twice, runs
beside another one or meets a clock that went back tells nothing twice and forgets nothing.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

import structlog

from indicator_svc.claims.models import UnclaimedItem
from indicator_svc.claims.repository import Claims
from indicator_svc.claims.rules import Unclaimed, due_on, is_late, unclaimed
from indicator_svc.claims.shipped import calendar, deadline_rules
from indicator_svc.schemes.definition import Nature
from indicator_svc.schemes.models import SchemeEdition
from indicator_svc.schemes.repository import Schemes
from indicator_svc.schemes.service import natures_of
from shared.contracts.indicator import ItemLeftScheme, ItemUnclaimed
from shared.kit.db import Database, UnitOfWork

log = structlog.get_logger(__name__)

WATCHER: Final = "worker:claims"


@dataclass(frozen=True, slots=True)
class Watched:
    """One scheme under watch."""

    region: str
    edition: SchemeEdition
    opened_at: datetime


async def watch_claims(database: Database, region: str) -> int:
    """Look over every scheme of which something was offered; how many facts were recorded."""
    async with database.reading() as view:
        codes = await Claims(view.session).registered(region)
    told = 0
    for code in codes:
        async with database.unit_of_work(WATCHER) as uow:
            told += await _watch_scheme(uow, region, code)
    if told:
        log.info("claims.watched", told=told)
    return told


async def _watch_scheme(uow: UnitOfWork, region: str, code: str) -> int:
    register = await Claims(uow.session).lock(region, code, or_pass=True)
    # What is published, whatever the clock says: one that went back must not make items come and go.
    edition = next((each for each in await Schemes(uow.session).published() if each.code == code), None)
    if register is None or edition is None:
        return 0
    await _tell(uow, Watched(region, edition, register.opened_at))
    return len(uow.recorded)


async def _tell(uow: UnitOfWork, watched: Watched) -> None:
    claims, code = Claims(uow.session), watched.edition.code
    scheme = watched.edition.parsed()
    natures = await natures_of(uow.session, scheme)
    held, told = await claims.held(watched.region, code), await claims.told(watched.region, code)
    asked_on = max(watched.opened_at, watched.edition.published_at or watched.opened_at).date()
    offer_due_on = due_on(asked_on, deadline_rules(), calendar())
    for item in scheme.items:
        claim = held.get(item.indicator)
        before = told.get(item.indicator)
        # A later edition gives no new term to an item that was due under the one before.
        stands = unclaimed(None if claim is None else claim.holding, offer_due_on if before is None else before.due_on)
        if stands is not None and (before is not None or is_late(stands.due_on, uow.now.date())):
            _tell_one(uow, watched, (item.indicator, natures[item.indicator]), (before, stands))
    kept = {item.indicator for item in scheme.items}
    for gone in [each for each in told.values() if each.indicator not in kept]:
        await _tell_gone(uow, watched, gone)
    await uow.session.flush()


def _tell_one(
    uow: UnitOfWork, watched: Watched, item: tuple[str, Nature], standing: tuple[UnclaimedItem | None, Unclaimed]
) -> None:
    """Record that an item has no owner, unless exactly that was told already."""
    (indicator, nature), (before, stands) = item, standing
    words = {"why": stands.why, "lead_department": stands.lead_department, "portfolio": stands.portfolio, "due_on": stands.due_on}
    if before is None:
        before = UnclaimedItem(region=watched.region, scheme_code=watched.edition.code, indicator=indicator)
        before.indicator_name = nature.name
        Claims(uow.session).add(before)
    elif words == {name: getattr(before, name) for name in words}:
        return
    for name, value in words.items():
        setattr(before, name, value)
    before.told_at = uow.now
    uow.record(
        ItemUnclaimed(
            region=watched.region,
            scheme=watched.edition.code,
            scheme_version=watched.edition.edition,
            indicator=indicator,
            indicator_name=nature.name,
            why=stands.why.value,
            lead_department=stands.lead_department,
            portfolio=stands.portfolio,
            due_on=stands.due_on,
        )
    )


async def _tell_gone(uow: UnitOfWork, watched: Watched, gone: UnclaimedItem) -> None:
    await Claims(uow.session).forget(watched.region, watched.edition.code, gone.indicator)
    uow.record(
        ItemLeftScheme(
            region=watched.region,
            scheme=watched.edition.code,
            scheme_version=watched.edition.edition,
            indicator=gone.indicator,
            indicator_name=gone.indicator_name,
        )
    )
