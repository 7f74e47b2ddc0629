"""Which figures look wrong and wait for a person: published rules over the figures themselves, whatever order they came in.

Figures of the same stretch of different years are compared (2004 with 2005, 2021-Q2 with 2022-Q2), so that a cumulative series
is never compared with its own beginning.

- `peer-jump`: a level moved at least threefold against the median move of at least five other regions over the same years;
  a percentage moved at least 30 percentage points away from theirs.
- `own-jump`: the same bounds against the region's own neighbouring year, where fewer than five others can be compared.
- `same-as-other`: a level of at least five significant digits equals another region's of the same period, digit for digit.
- `row`: at least four indicators of one region and period jumped: the rest of the row is in doubt too (a wrong line, or two
  measures exchanged).

A figure that stands out from both its neighbours in time is the one in doubt; its neighbours are then compared past it.
What a person confirmed is never doubted again, and still serves as a reference.
"""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Final

RULES_VERSION: Final = "2022-07"
FACTOR: Final = 3
POINTS: Final = 30
FEWEST_PEERS: Final = 5
SIGNIFICANT_DIGITS: Final = 5
ROW_JUMPS: Final = 4

Series = Mapping[int, Decimal]
"""Year → value of one region and indicator, the same stretch of each year."""


@dataclass(frozen=True, slots=True)
class Finding:
    """Why a figure is held: the rule and its evidence as a Chinese sentence."""

    rule: str
    evidence: str


@dataclass(frozen=True, slots=True)
class Measure:
    """How an indicator's moves are compared: percentages by difference in points, everything else by ratio."""

    name: str
    unit: str
    in_points: bool


@dataclass(frozen=True, slots=True)
class Move:
    """From one year to another, as a factor or in percentage points."""

    by: Fraction
    usual: Fraction | None


class Peers:
    """One indicator over the same stretch of every region's years. What moved between two years is worked out once for all."""

    def __init__(self, measure: Measure, series: Mapping[str, Series]) -> None:
        self.measure = measure
        self.series = series
        self._steps: dict[tuple[int, int], dict[str, Fraction]] = {}
        self._sorted: dict[tuple[int, int], list[Fraction]] = {}
        self._same: dict[int, dict[Decimal, list[str]]] = {}

    def move(self, region: str, reference: int, year: int) -> Move | None:
        """A region's move, beside the median of the others' moves where there are enough of them."""
        pair = reference, year
        if pair not in self._steps:
            self._steps[pair] = self._all_steps(reference, year)
            self._sorted[pair] = sorted(self._steps[pair].values())
        own = self._steps[pair].get(region)
        return None if own is None else Move(own, _median_without(own, self._sorted[pair]))

    def twins(self, region: str, year: int) -> list[str]:
        """The other regions with the very same figure, in their order."""
        if year not in self._same:
            self._same[year] = defaultdict(list)
            for other in sorted(self.series):
                if year in self.series[other]:
                    self._same[year][self.series[other][year]].append(other)
        return [other for other in self._same[year][self.series[region][year]] if other != region]

    def _all_steps(self, reference: int, year: int) -> dict[str, Fraction]:
        steps = ((region, self._step(each, reference, year)) for region, each in self.series.items())
        return {region: step for region, step in steps if step is not None}

    def _step(self, series: Series, reference: int, year: int) -> Fraction | None:
        if reference not in series or year not in series:
            return None
        old, new = Fraction(series[reference]), Fraction(series[year])
        if self.measure.in_points:
            return new - old
        return new / old if old > 0 and new > 0 else None


def _median_without(own: Fraction, steps: Sequence[Fraction]) -> Fraction | None:
    """The median of sorted moves other than one's own; None where they are too few to say what is usual."""
    others = len(steps) - 1
    if others < FEWEST_PEERS:
        return None
    place = bisect_left(steps, own)
    low, high = (steps[at + (at >= place)] for at in ((others - 1) // 2, others // 2))
    return (low + high) / 2


class Screen:
    """Looks at one region's series beside those of the others; `trusted` are the years that a person confirmed."""

    def __init__(self, peers: Peers, region: str, trusted: AbstractSet[int] = frozenset()) -> None:
        self._peers = peers
        self._measure = peers.measure
        self._region = region
        self._own = peers.series[region]
        self._trusted = trusted

    def findings(self) -> dict[int, Finding]:
        """The years whose figure is in doubt."""
        found = self._spikes()
        for year in sorted(self._own.keys() - found.keys() - self._trusted):
            finding = self._jump(year, frozenset(found))
            if finding is not None:
                found[year] = finding
        for year in sorted(self._own.keys() - found.keys() - self._trusted):
            twin = self._twin(year)
            if twin is not None:
                text = f"{year}年{self._measure.name}与区划 {twin} 同期数值完全相同，疑似误填他地数据"
                found[year] = Finding("same-as-other", text)
        return found

    def _spikes(self) -> dict[int, Finding]:
        """Years that stand out from both their neighbours in the same direction."""
        found: dict[int, Finding] = {}
        for year in sorted(self._own.keys() - self._trusted):
            before, after = self._neighbours(year, frozenset())
            if before is None or after is None:
                continue
            first, second = self._odd(before, year), self._odd(after, year)
            if first is not None and second is not None and self._rises(before, year) == self._rises(after, year):
                found[year] = Finding(first.rule, f"{first.evidence}；{second.evidence}")
        return found

    def _rises(self, reference: int, year: int) -> bool:
        return self._own[year] > self._own[reference]

    def _jump(self, year: int, doubtful: AbstractSet[int]) -> Finding | None:
        """A move from the year before; at the start of a series, a move to the year after that goes on normally from there."""
        before, after = self._neighbours(year, doubtful)
        if before is not None:
            return self._odd(before, year)
        if after is None or after in self._trusted:  # who confirmed the later figure has seen the move that leads to it
            return None
        beyond = self._neighbours(after, doubtful | {year})[1]
        steady = beyond is not None and self._odd(after, beyond) is None
        return self._odd(after, year) if steady else None

    def _neighbours(self, year: int, doubtful: AbstractSet[int]) -> tuple[int | None, int | None]:
        usable = self._own.keys() - doubtful
        return (
            max((each for each in usable if each < year), default=None),
            min((each for each in usable if each > year), default=None),
        )

    def _odd(self, reference: int, year: int) -> Finding | None:
        """Whether the move from `reference` to `year` is out of bounds, and in whose comparison."""
        move = self._peers.move(self._region, reference, year)
        if move is None:
            return None
        if move.usual is None:
            near = abs(year - reference) == 1
            return self._own_jump(reference, year, move.by) if near and self._far(move.by, self._still) else None
        return self._peer_jump(reference, year, move.by, move.usual) if self._far(move.by, move.usual) else None

    @property
    def _still(self) -> Fraction:
        return Fraction(0) if self._measure.in_points else Fraction(1)

    def _far(self, move: Fraction, usual: Fraction) -> bool:
        if self._measure.in_points:
            return abs(move - usual) >= POINTS
        relative = move / usual
        return relative >= FACTOR or relative * FACTOR <= 1

    def _twin(self, year: int) -> str | None:
        if self._measure.in_points or len(self._own[year].normalize().as_tuple().digits) < SIGNIFICANT_DIGITS:
            return None
        return next(iter(self._peers.twins(self._region, year)), None)

    def _own_jump(self, reference: int, year: int, move: Fraction) -> Finding:
        bound = f"{POINTS}个百分点" if self._measure.in_points else f"{FACTOR}倍"
        return Finding("own-jump", f"{self._said(reference, year, move)}，变化达到{bound}的界限")

    def _peer_jump(self, reference: int, year: int, move: Fraction, usual: Fraction) -> Finding:
        others = f"其他地区同期变动的中位数为{self._shown(usual)}个百分点"
        if not self._measure.in_points:
            others = f"其他地区同期的中位数为{self._shown(usual)}倍"
        return Finding("peer-jump", f"{self._said(reference, year, move)}，而{others}")

    def _said(self, reference: int, year: int, move: Fraction) -> str:
        """A percentage moved by points; a level is so many times what it was."""
        unit = self._measure.unit
        old, new = (f"{each}年{self._own[each].normalize():f}{unit}" for each in (reference, year))
        if self._measure.in_points:
            return f"{self._measure.name}{new}，比{old}变动{self._shown(move)}个百分点"
        return f"{self._measure.name}{new}，是{old}的{self._shown(move)}倍"

    def _shown(self, move: Fraction) -> str:
        return f"{Decimal(move.numerator) / Decimal(move.denominator):.2f}"


def row_finding(jumps: AbstractSet[str]) -> Finding | None:
    """The doubt that falls on the rest of a region's row when this many of its indicators jumped."""
    if len(jumps) < ROW_JUMPS:
        return None
    return Finding("row", f"同一地区同一时期有{len(jumps)}项指标异常跳变（{'、'.join(sorted(jumps))}），疑似整行错位，整行待确认")
