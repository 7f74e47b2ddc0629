"""A scheme item's method with its parameters: turns a reading into points and says in Chinese how."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import Protocol

from indicator_svc.indicators.rules import Direction
from indicator_svc.schemes import methods
from shared.kit.decimals import shortest

SHOWN_PLACES = 6


@dataclass(frozen=True, slots=True)
class Reading:
    """What a method may look at: one region's figure and its place among the peers whose figure is known.

    `benchmark` is the province's own published figure; `elapsed` the share of the year that has passed; `inputs` the named
    figures of a bonus formula.
    """

    weight: Decimal
    value: Decimal
    direction: Direction
    place: int
    peers: int
    best: Decimal
    worst: Decimal
    elapsed: Decimal
    benchmark: Decimal | None = None
    inputs: Mapping[str, Decimal] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Scored:
    """Unrounded points (None: cannot be worked out, and `formula` says why) and the sentence of how they came about.

    The sentence is written when somebody reads it: a board is computed far more often than it is shown.
    """

    points: Fraction | None
    sentence: Callable[[], str] = field(compare=False, repr=False)

    @property
    def formula(self) -> str:
        return self.sentence()


class Method(Protocol):
    """One row of the method table of `api.md`."""

    def score(self, reading: Reading) -> Scored:
        """Points for this reading, unrounded, with the sentence."""
        ...

    def goal(self, elapsed: Decimal, /) -> Decimal | None:
        """The value that is asked for by then, or None where the method knows no target."""
        ...


def say(number: Fraction | Decimal, places: int = SHOWN_PLACES) -> str:
    """A number as a reader wants it: rounded once, without trailing zeros."""
    return shortest(methods.settle(number, places))


def _average_unknown() -> str:
    return "全省平均值未知，暂不计分"


class WithoutTarget:
    """A method that asks for no particular value."""

    __slots__ = ()

    def goal(self, _elapsed: Decimal, /) -> Decimal | None:
        return None


@dataclass(frozen=True, slots=True)
class YearTarget:
    """A method whose target holds at any time of the year."""

    target: Decimal

    def goal(self, _elapsed: Decimal, /) -> Decimal | None:
        return self.target


@dataclass(frozen=True, slots=True)
class Target(YearTarget):
    """M1."""

    cap: Decimal

    def score(self, reading: Reading) -> Scored:
        share = methods.completion(reading.value, self.target, reading.direction, self.cap)
        points = methods.exact(reading.weight) * share
        return Scored(
            points,
            lambda: (
                f"目标完成率法：目标{say(self.target)}，实际{say(reading.value)}，完成率{say(share * 100, 4)}%"
                f"（上限{say(self.cap * 100)}%），{say(reading.weight)}×{say(share)}={say(points)}"
            ),
        )


@dataclass(frozen=True, slots=True)
class Control(YearTarget):
    """M1b."""

    def score(self, reading: Reading) -> Scored:
        points = methods.control(reading.weight, reading.value, self.target)
        over = reading.value - self.target
        return Scored(
            points,
            lambda: (
                f"控制性指标：控制目标{say(self.target)}，实际{say(reading.value)}，"
                f"{f'超出{say(over)}，按超出幅度扣分' if over > 0 else '未超出，得满分'}，得{say(points)}"
            ),
        )


@dataclass(frozen=True, slots=True)
class Binary(YearTarget):
    """M2."""

    def score(self, reading: Reading) -> Scored:
        points = methods.binary(reading.weight, reading.value, self.target, reading.direction)
        met = "已完成，得满分" if points else "未完成，不得分"
        return Scored(points, lambda: f"目标完成计分：目标{say(self.target)}，实际{say(reading.value)}，{met}（{say(points)}）")


@dataclass(frozen=True, slots=True)
class Rank(WithoutTarget):
    """M3."""

    step: Decimal
    floor: Decimal

    def score(self, reading: Reading) -> Scored:
        points = methods.rank(reading.weight, reading.place, self.step, self.floor)
        return Scored(
            points,
            lambda: (
                f"争先进位法：{reading.peers}个有数据的地区中列第{reading.place}位，每降一位扣权重的{say(self.step * 100)}%，"
                f"{say(reading.weight)}×(1−{say(self.step)}×{reading.place - 1})={say(points)}"
            ),
        )


@dataclass(frozen=True, slots=True)
class Efficacy:
    """M4; without fixed best and worst those of the peers are taken."""

    base: Decimal
    best: Decimal | None
    worst: Decimal | None

    def score(self, reading: Reading) -> Scored:
        best = reading.best if self.best is None else self.best
        worst = reading.worst if self.worst is None else self.worst
        coefficient = methods.coefficient(reading.value, best, worst, self.base)
        points = methods.share_of(reading.weight, coefficient)
        source = "各地区" if self.best is None else "设定"
        return Scored(
            points,
            lambda: (
                f"功效系数法：{source}最好值{say(best)}、最差值{say(worst)}，实际{say(reading.value)}，"
                f"功效系数{say(coefficient, 4)}，{say(reading.weight)}×{say(coefficient, 4)}%={say(points)}"
            ),
        )

    def goal(self, _elapsed: Decimal, /) -> Decimal | None:
        return self.best


@dataclass(frozen=True, slots=True)
class Tiered(WithoutTarget):
    """M5."""

    base: Decimal
    band_pp: Decimal
    average: Decimal | None

    def score(self, reading: Reading) -> Scored:
        average = reading.benchmark if self.average is None else self.average
        if average is None:
            return Scored(None, _average_unknown)
        points = methods.tiered(self.base, reading.value - average, self.band_pp)
        return Scored(
            points,
            lambda: (
                f"超均值递减计分：均值{say(average)}，高于均值{say(reading.value - average)}个百分点，"
                f"基础分{say(self.base)}，得{say(points)}"
            ),
        )


@dataclass(frozen=True, slots=True)
class VersusAverage(WithoutTarget):
    """M6."""

    base_share: Decimal
    points_per_pp: Decimal
    average: Decimal | None

    def score(self, reading: Reading) -> Scored:
        average = reading.benchmark if self.average is None else self.average
        if average is None:
            return Scored(None, _average_unknown)
        points = methods.versus_average(reading.weight, reading.value - average, self.base_share, self.points_per_pp)
        return Scored(
            points,
            lambda: (
                f"与均值比较：均值{say(average)}，相差{say(reading.value - average)}个百分点，"
                f"基础分{say(reading.weight * self.base_share)}，每个百分点{say(self.points_per_pp)}分，"
                f"得{say(points)}（0至{say(reading.weight)}之间）"
            ),
        )


@dataclass(frozen=True, slots=True)
class Band(WithoutTarget):
    """M7."""

    low: Decimal
    high: Decimal
    margin: Decimal

    def score(self, reading: Reading) -> Scored:
        points = methods.band(reading.weight, reading.value, self.low, self.high, self.margin)
        where = "在区间内，得满分" if self.low <= reading.value <= self.high else f"在区间外，{say(self.margin)}以外不得分"
        return Scored(
            points,
            lambda: f"区间型：合理区间{say(self.low)}至{say(self.high)}，实际{say(reading.value)}，{where}，得{say(points)}",
        )


@dataclass(frozen=True, slots=True)
class Pace:
    """M8."""

    target: Decimal

    def score(self, reading: Reading) -> Scored:
        points = methods.pace(reading.weight, reading.value, self.target, reading.elapsed)
        return Scored(
            points,
            lambda: (
                f"序时进度法：全年目标{say(self.target)}，累计{say(reading.value)}，"
                f"完成{say(Fraction(reading.value) / Fraction(self.target) * 100, 2)}%，"
                f"序时应完成{say(reading.elapsed * 100, 2)}%，得{say(points)}"
            ),
        )

    def goal(self, elapsed: Decimal, /) -> Decimal | None:
        return methods.settle(Fraction(self.target) * Fraction(elapsed), SHOWN_PLACES)


@dataclass(frozen=True, slots=True)
class Linear:
    """Marks in proportion."""

    full: Decimal

    def score(self, reading: Reading) -> Scored:
        points = methods.linear(reading.weight, reading.value, self.full)
        return Scored(points, lambda: f"比例计分：满分值{say(self.full)}，实际{say(reading.value)}，得{say(points)}")

    def goal(self, _elapsed: Decimal, /) -> Decimal | None:
        return self.full
