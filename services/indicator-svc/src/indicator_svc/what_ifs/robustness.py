"""How far a rank may move while figures are still revised: two opposite cases, each computed in full. Pure, without chance.

Every stated figure is taken to the end of its bound: the own ones for the better and everybody else's for the worse, and the
other way round. Assumed: bounds hold, all figures may be off at once, and those without a bound are final. The two cases are what
the official board would say; under methods that measure by the best, the worst or places, a third region's move may help a rival,
so that mixed cases outside the two are not excluded.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from indicator_svc.indicators.rules import Direction
from indicator_svc.schemes.definition import Group, Item, Scheme
from indicator_svc.scoreboards.items import Questions
from indicator_svc.scoreboards.rules import Row, compute
from indicator_svc.what_ifs.levers import is_monotone
from indicator_svc.what_ifs.rules import Change, supposing
from shared.kit.periods import Period

METHOD: Final = "两端对照法"
ASSUMED: Final = (
    "假定修订不超过所述幅度，各地区各项可同时偏离；未述幅度的数据视为不再修订。两端各按官方方法完整计分；"
    "按最好最差值或位次计分的项，第三方地区的变动可能间接影响对手，不排除个别组合超出两端。"
)


@dataclass(frozen=True, slots=True)
class Interval:
    """The own row as it stands, with everything for the better, and with everything for the worse."""

    now: Row
    best: Row
    worst: Row


def can_be_off(item: Item) -> bool:
    """Whether a bound of this item has a better and a worse end."""
    return item.group.weighted and item.measure is None and is_monotone(item)


def rank_interval(scheme: Scheme, period: Period, questions: Questions, noise: tuple[str, Mapping[str, Decimal]]) -> Interval:
    """`noise`: the region and, by indicator, by how much a figure may still be revised, in its own unit."""
    region, bounds = noise
    items = [item for item in scheme.items if item.indicator in bounds and item.group is not Group.BONUS]
    cases = []
    for favour in (0, 1, -1):
        changes = [
            change
            for item in items
            for peer in scheme.peers
            if (change := _off(item, peer, questions, bounds[item.indicator] * (favour if peer == region else -favour)))
        ]
        board = compute(scheme, period, supposing(questions, changes))
        cases.append(next(row for row in board.rows if row.region == region))
    return Interval(*cases)


def _off(item: Item, region: str, questions: Questions, better: Decimal) -> Change | None:
    """A known figure taken so much for the better; what is unknown stays unknown."""
    value = questions.of(region, item.indicator).value
    sign = -1 if item.direction is Direction.LOWER else 1
    return None if value is None else Change(region, item.indicator, value + sign * better)
