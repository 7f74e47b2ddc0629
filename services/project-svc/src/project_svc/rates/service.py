"""Rates of a whole and of its groups."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from project_svc.rates.repository import Undertakings
from project_svc.rates.rules import Rates, Undertaking, rates
from shared.kit.db import ReadSession


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
