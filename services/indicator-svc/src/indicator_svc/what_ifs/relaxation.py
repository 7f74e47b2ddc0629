"""What catching up with one competitor costs at least: a linear relaxation over bundles of steps. Pure, in integers.

Scores count in millionths and costs in millionths of their unit, so that a bound is as exact as the board.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from typing import Final

from indicator_svc.schemes.definition import RankOn
from indicator_svc.what_ifs.contest import Contest, Steps

MILLION: Final = 10**6

Ranges = tuple[tuple[int, int], ...]
"""For each offer the least and the most steps that are still looked at."""


Point = tuple[int, int]
"""Gain and cost."""


@dataclass(frozen=True, slots=True)
class Bundle:
    """Some steps of one offer taken together: from where to where, what they bring at most and cost."""

    offer: int
    first: int
    last: int
    gain: int
    cost: int

    @property
    def price(self) -> Fraction:
        return Fraction(self.cost, self.gain)


@dataclass(frozen=True, slots=True)
class Bound:
    """At least this cost; `bundles` are those that were bought whole, `last` the one that was bought in part."""

    cost: int
    bundles: tuple[Bundle, ...] = ()
    last: Bundle | None = None


@dataclass(frozen=True, slots=True)
class Relaxation:
    """Bounds for one contest; curves and their hulls are kept."""

    contest: Contest
    _curves: dict[tuple[str, int], list[int]] = field(default_factory=dict)
    _hulls: dict[tuple[str, int, int, int], tuple[Bundle, ...]] = field(default_factory=dict)

    def cost(self, steps: Steps) -> int:
        return _millionths(self.contest.cost(steps))

    def bound(self, region: str, ranges: Ranges) -> Bound | None:
        """At least so much to be no worse than this competitor within the ranges; None where that is out of reach."""
        least = tuple(first for first, _ in ranges)
        base = self.cost(least)
        gap = _millionths(self.contest.theirs(region, least) - self.contest.mine(least)) - self._slack
        if gap <= 0:
            return Bound(base)
        whole: list[Bundle] = []
        for bundle in sorted(self._bundles(region, ranges), key=lambda each: each.price):
            if bundle.gain >= gap:
                return Bound(base + -(-bundle.cost * gap // bundle.gain), tuple(whole), bundle)
            gap, base = gap - bundle.gain, base + bundle.cost
            whole.append(bundle)
        return None

    @property
    def _slack(self) -> int:
        """What rounding may add to a gain: a bound may be too low, never too high."""
        scheme = self.contest.own.scheme
        published = 0 if scheme.rank_on is RankOn.RAW else 2 * MILLION // 10**scheme.publish_places
        scaled = any(each.factor != 1 for each in (self.contest.own, *self.contest.others.values()))
        return published + (4 + 4 * len(self.contest.offers) if scaled else 0)

    def _bundles(self, region: str, ranges: Ranges) -> list[Bundle]:
        found: list[Bundle] = []
        for number, (first, last) in enumerate(ranges):
            whom = region if self.contest.offers[number].lever.moves_others else ""
            key = (whom, number, first, last)
            if key not in self._hulls:
                self._hulls[key] = self._hull(self._curve(region, whom, number), number, (first, last))
            found.extend(self._hulls[key])
        return found

    def _curve(self, region: str, whom: str, number: int) -> list[int]:
        """By how much the own score less the other's has grown after 0, 1, 2 … steps."""
        if (whom, number) not in self._curves:
            lever = self.contest.offers[number].lever
            mine, his = self.contest.own.factor, self.contest.others[region].factor
            self._curves[whom, number] = [
                _scaled(lever.score(steps), mine) - (_scaled(lever.score_of(region, steps) or Decimal(), his) if whom else 0)
                for steps in range(lever.most + 1)
            ]
        return self._curves[whom, number]

    def _hull(self, curve: Sequence[int], number: int, steps: tuple[int, int]) -> tuple[Bundle, ...]:
        """The bundles of the lower convex hull over (gain, cost), the best value first."""
        first, last = steps
        cost = self.contest.offers[number].cost
        corners: list[tuple[int, Point]] = []
        for each in range(first, last + 1):
            point = curve[each], _millionths(cost(each))
            if corners and point[0] <= corners[-1][1][0]:
                continue
            while len(corners) > 1 and not _is_corner(corners[-2][1], corners[-1][1], point):
                corners.pop()
            corners.append((each, point))
        pairs = pairwise(corners)
        return tuple(Bundle(number, low, high, there[0] - here[0], there[1] - here[1]) for (low, here), (high, there) in pairs)


def _is_corner(before: Point, point: Point, after: Point) -> bool:
    """Whether the point lies below the line between its neighbours."""
    return (point[1] - before[1]) * (after[0] - before[0]) < (after[1] - before[1]) * (point[0] - before[0])


def _scaled(score: Decimal, factor: Fraction) -> int:
    return int(score * MILLION) if factor == 1 else int(Fraction(score) * factor * MILLION)


def _millionths(amount: Decimal) -> int:
    return int(amount * MILLION)
