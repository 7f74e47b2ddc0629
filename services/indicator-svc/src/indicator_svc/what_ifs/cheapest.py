"""The cheapest mix of moves that reaches a rank: branch and bound over whole steps; it says what it has not proven. Pure, exact.

Every figure that is offered is one where better never costs points, so the own margin over anybody only grows with the steps:
of a box of ranges the lowest corner is the cheapest and the highest the best placed. A box is bounded from below by what catching
up with enough competitors, each for himself, would cost at least; the most promising box is split first.
"""

import heapq
from dataclasses import dataclass, field
from itertools import count
from typing import Final

from indicator_svc.what_ifs.contest import Contest, Steps
from indicator_svc.what_ifs.relaxation import Bound, Ranges, Relaxation

METHOD: Final = "分支定界法（逐步取整，下界取线性松弛）"
MOST_BOXES: Final = 2_000


@dataclass(frozen=True, slots=True)
class Cheapest:
    """`steps` None: not even all offers together reach it. `at_least`: no mix costs less, in millionths of the unit of costs.

    Proven where `at_least` is the cost itself; otherwise the search ended after `boxes`.
    """

    steps: Steps | None
    at_least: int
    proven: bool
    boxes: int
    best_rank: int


def cheapest(contest: Contest, rank: int, boxes: int = MOST_BOXES) -> Cheapest:
    """The cheapest steps to `rank` or better."""
    search = _Search(contest, rank, Relaxation(contest))
    everything = tuple(offer.lever.most for offer in contest.offers)
    best_rank = contest.rank(everything)
    if best_rank > rank:
        return Cheapest(None, 0, proven=True, boxes=0, best_rank=best_rank)
    search.propose(everything)
    search.consider(tuple((0, most) for most in everything))
    opened = search.run(boxes)
    at_least = min([search.cost, *(bound for bound, *_ in search.open[:1])])
    return Cheapest(search.least(), at_least, at_least >= search.cost, opened, best_rank)


@dataclass(slots=True)
class _Search:
    contest: Contest
    rank: int
    relaxation: Relaxation
    open: list[tuple[int, int, Ranges, Bound]] = field(default_factory=list)
    best: Steps = ()
    cost: int = 0
    _ties: "count[int]" = field(default_factory=count)

    def run(self, boxes: int) -> int:
        """Split the most promising box until none can be cheaper; answers how many were split."""
        opened = 0
        while self.open and self.open[0][0] < self.cost and opened < boxes:
            *_, ranges, bound = heapq.heappop(self.open)
            opened += 1
            number, middle = _split(ranges, bound)
            first, last = ranges[number]
            for part in ((first, middle), (middle + 1, last)):
                self.consider((*ranges[:number], part, *ranges[number + 1 :]))
        return opened

    def consider(self, ranges: Ranges) -> None:
        """Take its lowest corner if that does; keep it to be split while it may hold something cheaper."""
        lowest = tuple(first for first, _ in ranges)
        if self.relaxation.cost(lowest) >= self.cost and self.best:
            return
        if self.contest.rank(lowest) <= self.rank:
            self.propose(lowest)
            return
        if self.contest.rank(tuple(last for _, last in ranges)) > self.rank:
            return
        bound = self._bound(ranges)
        if bound is not None and bound.cost < self.cost:
            self.propose(_rounded_up(lowest, bound))
            heapq.heappush(self.open, (bound.cost, next(self._ties), ranges, bound))

    def propose(self, steps: Steps) -> None:
        cost = self.relaxation.cost(steps)
        if (not self.best or cost < self.cost) and self.contest.rank(steps) <= self.rank:
            self.best, self.cost = steps, cost

    def least(self) -> Steps:
        """The best steps without those that cost nothing and are not needed."""
        steps = list(self.best)
        for number in range(len(steps)):
            while steps[number] and self.contest.rank((*steps[:number], steps[number] - 1, *steps[number + 1 :])) <= self.rank:
                steps[number] -= 1
        return tuple(steps)

    def _bound(self, ranges: Ranges) -> Bound | None:
        """Whoever reaches the rank has caught up with so many: no cheaper than the dearest of the cheapest so many."""
        bounds = [self.relaxation.bound(region, ranges) for region in self.contest.others]
        within = sorted((each for each in bounds if each is not None), key=lambda each: each.cost)
        needed = len(self.contest.others) - self.rank + 1
        return within[needed - 1] if 0 < needed <= len(within) else None


def _split(ranges: Ranges, bound: Bound) -> tuple[int, int]:
    """Which range to split, and its last step below: where the bound bought a part; else the widest in its middle."""
    if bound.last is not None:
        return bound.last.offer, (bound.last.first + bound.last.last) // 2
    number = max(range(len(ranges)), key=lambda each: ranges[each][1] - ranges[each][0])
    return number, sum(ranges[number]) // 2


def _rounded_up(lowest: Steps, bound: Bound) -> Steps:
    steps = list(lowest)
    for bundle in (*bound.bundles, *([bound.last] if bound.last else [])):
        steps[bundle.offer] = max(steps[bundle.offer], bundle.last)
    return tuple(steps)
