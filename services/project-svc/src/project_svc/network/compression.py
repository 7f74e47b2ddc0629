"""What to compress when a deadline cannot be kept.

The least compression is the one that touches the fewest works; among those, the one that takes away the fewest days in all;
among those, the one found first in the order of the plan. A work can give up its `room` (what it takes beyond its `least_days`).
Lags are not compressed: they are waits that law or material asks for.

Exact by this argument: compressing never makes anything later, and a driving path holds its end where it is as long as none of
its works is compressed. So every sufficient set holds one of the works of the path that is left when the works chosen so far give
all that they can, and branching over those finds every smallest set. Where that takes more passes than allowed, the answer is a
sufficient one, no part of which can be made smaller alone, and says that it may not be the least.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from project_svc.network.rules import Miss, Network, Since, worst_miss

MOST_PASSES: Final = 4_000


@dataclass(frozen=True, slots=True)
class Compression:
    """Days to take from works, by their place; `missed_by` is what remains missed when everything gives all it can."""

    cuts: Mapping[int, int]
    proven_least: bool
    missed_by: Miss | None = None


@dataclass
class Problem:
    """Deadlines that a network has to keep, and the passes that may still be spent on the question."""

    network: Network
    deadlines: Mapping[int, int]
    since: Since
    passes_left: int = MOST_PASSES
    rooms: Sequence[int] = field(init=False)

    def __post_init__(self) -> None:
        self.rooms = [each.work.room if each.done_on is None else 0 for each in self.network.activities]

    def miss(self, cuts: Mapping[int, int]) -> Miss | None:
        """The worst miss that is left with these cuts. Raises OutOfPasses."""
        if not self.passes_left:
            raise OutOfPasses
        self.passes_left -= 1
        before = self.network.activities
        works = {index: replace(before[index].work, days=before[index].work.days - days) for index, days in cuts.items() if days}
        return worst_miss(self.network.with_work(works), self.deadlines, self.since)


class OutOfPasses(Exception):
    """The question takes more passes than it may."""


def least_compression(problem: Problem) -> Compression:
    """The least cuts with which every deadline holds; none when there are none to make."""
    everything = {index: room for index, room in enumerate(problem.rooms) if room}
    if missed := problem.miss(everything):
        return Compression({}, proven_least=True, missed_by=missed)
    try:
        return Compression(_least_cuts(problem, everything), proven_least=True)
    except OutOfPasses:
        return Compression(_enough(problem, everything), proven_least=False)


def _least_cuts(problem: Problem, everything: Mapping[int, int]) -> dict[int, int]:
    for size in range(len(everything) + 1):
        best: dict[int, int] | None = None
        for chosen in sorted({frozenset(each) for each in _sufficient_sets(problem, size, ())}, key=sorted):
            found = _fewest_days(problem, sorted(chosen), best)
            best = best if found is None else found
        if best is not None:
            return best
    raise AssertionError("everything compressed was sufficient")


def _sufficient_sets(problem: Problem, size: int, chosen: tuple[int, ...]) -> Iterator[tuple[int, ...]]:
    """Sets of exactly that size with which the deadlines can be kept, when none smaller can."""
    missed = problem.miss({index: problem.rooms[index] for index in chosen})
    if missed is None:
        yield chosen
    elif len(chosen) < size:
        for step in missed.path:
            if step.worked and problem.rooms[step.index] and step.index not in chosen:
                yield from _sufficient_sets(problem, size, (*chosen, step.index))


def _fewest_days(problem: Problem, chosen: Sequence[int], best: Mapping[int, int] | None) -> dict[int, int] | None:
    """The cuts of a sufficient set that take the fewest days in all, when those are fewer than the best so far."""
    full = {index: problem.rooms[index] for index in chosen}
    floors = {index: _least_of(problem, index, full) for index in chosen}
    search = _Search(problem, chosen, floors, full, sum(best.values()) if best is not None else sum(full.values()) + 1)
    search.go(0, {})
    return search.found


@dataclass
class _Search:
    problem: Problem
    chosen: Sequence[int]
    floors: Mapping[int, int]
    full: Mapping[int, int]
    bound: int
    found: dict[int, int] | None = None

    def go(self, place: int, cuts: dict[int, int]) -> None:
        """Fix the cuts of the works from this place on, each from the least with which the rest can still do it."""
        if place == len(self.chosen):
            self.bound, self.found = sum(cuts.values()), cuts
            return
        index = self.chosen[place]
        rest = sum(cuts.values()) + sum(self.floors[each] for each in self.chosen[place + 1 :])
        for days in range(_least_of(self.problem, index, {**self.full, **cuts}), self.full[index] + 1):
            if rest + days >= self.bound:
                return
            self.go(place + 1, {**cuts, index: days})


def _least_of(problem: Problem, index: int, full: Mapping[int, int]) -> int:
    """The fewest days that this one has to give when the others give what stands here."""
    low, high = 0, full[index]
    while low < high:
        middle = (low + high) // 2
        if problem.miss({**full, index: middle}) is None:
            high = middle
        else:
            low = middle + 1
    return low


def _enough(problem: Problem, everything: Mapping[int, int]) -> dict[int, int]:
    """Sufficient cuts, none of which can be made smaller alone: what gives little is let go first."""
    cuts = dict(everything)
    problem.passes_left = MOST_PASSES  # one halving for each work: this answer is owed in any case
    for index in sorted(everything, key=lambda each: everything[each]):
        cuts[index] = _least_of(problem, index, cuts)
    return {index: days for index, days in cuts.items() if days}
