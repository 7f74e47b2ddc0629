"""Rates of a whole and of its groups."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from project_svc.rates.models import ToldRates
from project_svc.rates.repository import RatesTold, Undertakings
from project_svc.rates.rules import Rates, Undertaking, last_month_ended, rates
from shared.kit.db import Database, ReadSession, UnitOfWork

ACTOR = "rates-sweep"


@dataclass(frozen=True, slots=True)
class RateBoard:
    """Rates as of a day, in total and per group in the order of the groups' names."""

    as_of: date
    total: Rates
    groups: Mapping[str, Rates]


async def rates_on(view: ReadSession, day: date, *, grouped_by: str, region: str | None) -> RateBoard:
    found = await Undertakings(view.session).on(day, grouped_by=grouped_by, region=region)
    groups: defaultdict[str, list[Undertaking]] = defaultdict(list)
    for each in found:
        groups[each.group].append(each.undertaking)
    return RateBoard(
        as_of=day,
        total=rates([each.undertaking for each in found], day),
        groups={name: rates(groups[name], day) for name in sorted(groups)},
    )


async def tell_rates(database: Database, region: str) -> bool:
    """Tell the others of the region's rates at the end of the newest month that is over, if they are new or changed.

    Two sweeps at once tell them once: the second waits for the row, or finds that it exists and begins anew.
    """
    async with database.unit_of_work(ACTOR) as uow:
        month = last_month_ended(uow.now.date())
        found = await Undertakings(uow.session).on(month.end, grouped_by="region", region=region)
        if not found:
            return False
        return await _tell(uow, (region, str(month)), rates([each.undertaking for each in found], month.end))


async def _tell(uow: UnitOfWork, of: tuple[str, str], computed: Rates) -> bool:
    known = RatesTold(uow.session)
    row = await known.of(*of)
    if row is None:
        row = ToldRates(region=of[0], period=of[1])
        known.add(row)
    changed = row.take(computed, uow.now)
    if changed:
        row.tell(uow)
    return changed
