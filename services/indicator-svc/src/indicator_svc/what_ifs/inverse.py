"""The least move of one figure that reaches a score or a rank, everybody else's figure as it is. Pure and exact.

Where a better figure never costs points, the own margin over anybody only grows with it: the threshold for each competitor is
found by bisection over the steps. Corridors and bonus tiers are tried step by step, nearest first, within `SCANNED` steps.
"""

from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import Final

from indicator_svc.indicators.rules import Direction
from indicator_svc.schemes.definition import Group
from indicator_svc.what_ifs.levers import Lever, is_monotone
from indicator_svc.what_ifs.totals import Account

SCANNED: Final = 300
FAR: Final = 10**9
"""Steps beyond any statistic: what does not help there never helps."""


class Obstacle(StrEnum):
    """`CAP`: no figure whatever reaches it; `BOUND`: only one beyond the steps allowed; `OUTSIDE`: the item is not in the total;
    `SCAN`: none within the steps that were tried."""

    CAP = "cap"
    BOUND = "bound"
    OUTSIDE = "outside_total"
    SCAN = "scan"


@dataclass(frozen=True, slots=True)
class Reach:
    """`steps` is the least number of steps that does it (0: reached already), or None with the obstacle."""

    steps: int | None
    obstacle: Obstacle | None = None


@dataclass(frozen=True, slots=True)
class Race:
    """The own region against those that are ranked; scores of others are looked up for the lever's steps."""

    own: Account
    others: Mapping[str, Account]
    lever: Lever
    _known: dict[tuple[str, Decimal], Decimal] = field(default_factory=dict)
    _still: list[Decimal] = field(default_factory=list)

    def rank(self, steps: int) -> int:
        mine = self._mine(steps)
        if self.lever.moves_others:
            return 1 + sum(self._theirs(region, steps) > mine for region in self.others)
        if not self._still:
            self._still.extend(sorted(self._theirs(region, 0) for region in self.others))
        return 1 + len(self._still) - bisect_right(self._still, mine)

    def rank_steps(self) -> list[Reach]:
        """The least move for the first place, the second, … the last."""
        if self.lever.item.group is Group.CONTRIBUTION:
            return [self._outside(rank) for rank in range(1, len(self.others) + 2)]
        if not is_monotone(self.lever.item):
            return _scanned(self.lever, self.rank, len(self.others) + 1)
        thresholds = sorted(FAR if each is None else each for each in map(self._threshold, self.others))
        return [self._at(thresholds, rank) for rank in range(1, len(self.others) + 2)]

    def _at(self, thresholds: Sequence[int], rank: int) -> Reach:
        steps = 0 if rank > len(thresholds) else thresholds[len(thresholds) - rank]
        if steps < FAR:
            return Reach(steps)
        return Reach(None, Obstacle.BOUND if self.rank(FAR) <= rank else Obstacle.CAP)

    def _threshold(self, region: str) -> int | None:
        return _first(self.lever.most, lambda steps: self._mine(steps) >= self._theirs(region, steps))

    def _outside(self, rank: int) -> Reach:
        return Reach(0) if self.rank(0) <= rank else Reach(None, Obstacle.OUTSIDE)

    def _mine(self, steps: int) -> Decimal:
        return self._ranked("", self.own, self.lever.score(steps) - self.lever.score(0))

    def _theirs(self, region: str, steps: int) -> Decimal:
        now, before = self.lever.score_of(region, steps), self.lever.others[region].score
        return self._ranked(region, self.others[region], Decimal() if now is None or before is None else now - before)

    def _ranked(self, region: str, account: Account, move: Decimal) -> Decimal:
        if (region, move) not in self._known:
            self._known[region, move] = account.ranked_by({self.lever.item.group: move})
        return self._known[region, move]


def item_rank_steps(lever: Lever) -> list[Reach]:
    """The least move for each place in the item itself; bonuses have no places."""
    if lever.item.group is Group.BONUS:
        return []
    places = 1 + sum(each.score is not None for each in lever.others.values())
    if not is_monotone(lever.item):
        return _scanned(lever, lever.place, places)
    found = []
    for place in range(1, places + 1):
        steps = _first(lever.most, lambda steps, place=place: lever.place(steps) <= place)  # type: ignore[misc]  # bound at once
        found.append(Reach(None, Obstacle.BOUND) if steps is None else Reach(steps))
    return found


def score_steps(lever: Lever, wanted: Decimal) -> Reach:
    """The least move that gives the item at least this score."""
    if not is_monotone(lever.item):
        steps = next((each for each in _nearest_first(lever) if lever.score(each) >= wanted), None)
        return Reach(steps, Obstacle.SCAN if steps is None else None)
    steps = _first(lever.most, lambda each: lever.score(each) >= wanted)
    if steps is not None:
        return Reach(steps)
    return Reach(None, Obstacle.BOUND if lever.score(FAR) >= wanted else Obstacle.CAP)


def _scanned(lever: Lever, rank: Callable[[int], int], ranks: int) -> list[Reach]:
    best: dict[int, int] = {}
    reached = ranks + 1
    for steps in _nearest_first(lever):
        for each in range(rank(steps), reached):
            best.setdefault(each, steps)
        reached = min(reached, *best) if best else reached
    return [Reach(best[each]) if each in best else Reach(None, Obstacle.SCAN) for each in range(1, ranks + 1)]


def _nearest_first(lever: Lever) -> Iterable[int]:
    both = lever.item.direction is Direction.BAND or lever.item.group is Group.BONUS
    yield 0
    for steps in range(1, min(lever.most, SCANNED) + 1):
        yield steps
        if both:
            yield -steps


def _first(most: int, holds: Callable[[int], bool]) -> int | None:
    """The least number in 0 … `most` from which on it holds; None where it does not hold even there."""
    if holds(0):
        return 0
    if not holds(most):
        return None
    low, high = 0, most
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if holds(middle) else (middle, high)
    return high
