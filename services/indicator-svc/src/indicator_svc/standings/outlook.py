"""Where an item is heading, beside the level of its warning: low, falling behind, worth pushing, safe (I6). Pure.

- `low`: its level is `low_from` or heavier.
- `rank-falling`, `gap-widening`: worse in each of the last periods, whatever the level still is.
- `headroom`: points still to be had, with the next better region or the target close by.
- `unknown`: without a figure the outlook stays what it was.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from itertools import pairwise

from indicator_svc.schemes.bounds import OutlookRules
from indicator_svc.standings.rules import LEVEL_NAMES
from shared.contracts.facts import Level
from shared.kit.decimals import shortest


class Outlook(StrEnum):
    LOW = "low"
    FALLING_BEHIND = "falling_behind"
    CAN_BE_PUSHED = "can_be_pushed"
    SAFE = "safe"


@dataclass(frozen=True, slots=True)
class Mark:
    """Where the item stood in one period; None is unknown."""

    rank: int | None
    gap_pp: Decimal | None


@dataclass(frozen=True, slots=True)
class Prospect:
    """The item in this period. `headroom`: points still to be had; `ahead_pp`: percentage points to the next better region."""

    known: bool
    level: Level
    mark: Mark
    headroom: Decimal | None
    ahead_pp: Decimal | None


@dataclass(frozen=True, slots=True)
class Ground:
    """One rule and the numbers it looked at."""

    rule: str
    evidence: str


@dataclass(frozen=True, slots=True)
class Judged:
    """None: no figure of this item was ever known."""

    outlook: Outlook | None
    why: tuple[Ground, ...]


def look_ahead(prospect: Prospect, earlier: Sequence[Mark], rules: OutlookRules, before: Outlook | None) -> Judged:
    """The outlook of this period; `earlier` are the periods before it, the nearest first."""
    if not prospect.known:
        return Judged(before, (Ground("unknown", "本期数据未知，判断沿用上期"),))
    if prospect.level.severity >= rules.low_from.severity:
        return Judged(Outlook.LOW, (Ground("low", f"等级为{LEVEL_NAMES[prospect.level]}色"),))
    falling = [ground for ground in (_rank_falling(prospect, earlier, rules), _widening(prospect, earlier, rules)) if ground]
    if falling:
        return Judged(Outlook.FALLING_BEHIND, tuple(falling))
    headroom = _headroom(prospect, rules)
    if headroom:
        return Judged(Outlook.CAN_BE_PUSHED, (headroom,))
    return Judged(Outlook.SAFE, (Ground("safe", "等级不低，位次与差距没有连续退步，近处没有可多得的分"),))


def _rank_falling(prospect: Prospect, earlier: Sequence[Mark], rules: OutlookRules) -> Ground | None:
    marks = (prospect.mark, *earlier[: rules.falling_periods])
    ranks = [mark.rank for mark in reversed(marks) if mark.rank is not None]
    if len(ranks) <= rules.falling_periods or any(now <= was for was, now in pairwise(ranks)):
        return None
    return Ground("rank-falling", f"位次连续{rules.falling_periods}期下降：{'、'.join(f'第{rank}位' for rank in ranks)}")


def _widening(prospect: Prospect, earlier: Sequence[Mark], rules: OutlookRules) -> Ground | None:
    marks = (prospect.mark, *earlier[: rules.falling_periods])
    gaps = [mark.gap_pp for mark in reversed(marks) if mark.gap_pp is not None]
    if len(gaps) <= rules.falling_periods or any(now <= was for was, now in pairwise(gaps)):
        return None
    widened = gaps[-1] - gaps[0]
    if widened < rules.widened_pp:
        return None
    return Ground("gap-widening", f"与目标的差距连续{rules.falling_periods}期扩大，合计扩大{shortest(widened)}个百分点")


def _headroom(prospect: Prospect, rules: OutlookRules) -> Ground | None:
    gap = prospect.mark.gap_pp
    near = [
        (distance, where)
        for distance, where in ((prospect.ahead_pp, "距上一名"), (gap, "距目标"))
        if distance is not None and 0 < distance <= rules.push_pp
    ]
    if prospect.headroom is None or prospect.headroom < rules.push_points or not near:
        return None
    distances = "、".join(f"{where}{shortest(distance)}个百分点" for distance, where in near)
    return Ground("headroom", f"还有{shortest(prospect.headroom)}分可得，{distances}")
