"""The scoring methods of `domain.md` §1.2 and §1.6, as pure functions on exact numbers.

Each returns the unrounded score as a fraction: no quotient is ever cut before `settle` rounds it, once. `weight` is W, `value`
is x; percent and percentage points are plain numbers (`6.4` is 6.4 %).
"""

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from typing import Final

from indicator_svc.indicators.rules import Direction
from shared.kit.decimals import Rounding

Number = Decimal | Fraction | int
_NONE, _WHOLE = Fraction(0), Fraction(1)
_REMEMBERED: Final = 4096


@lru_cache(maxsize=_REMEMBERED)
def exact(number: Number) -> Fraction:
    """The number as a fraction. Weights, targets and steps come again with every region: they are converted once."""
    return Fraction(number)


def settle(score: Fraction | Decimal, places: int, rounding: Rounding = Rounding.HALF_UP) -> Decimal:
    """The score as a decimal, rounded once; halves go away from zero, or to the even neighbour."""
    above, below = score.as_integer_ratio()
    whole, rest = divmod(abs(above) * 10**places, below)
    up = 2 * rest > below or (2 * rest == below and (rounding is Rounding.HALF_UP or whole % 2 == 1))
    number = whole + 1 if up else whole
    return Decimal(number if above >= 0 else -number).scaleb(-places)


def clamp(value: Fraction, low: Number, high: Number) -> Fraction:
    return min(max(value, exact(low)), exact(high))


def completion(value: Number, goal: Number, direction: Direction, cap: Number = 1) -> Fraction:
    """The share of the target that was reached, between 0 and `cap`; needs a target above zero.

    Lower-is-better compares the target with the value; a value of zero or less is then the best there is.
    """
    if direction is Direction.LOWER:
        return _WHOLE if value <= goal else exact(goal) / Fraction(value)
    return _NONE if value <= 0 else min(Fraction(value) / exact(goal), exact(cap))


def target(weight: Number, value: Number, goal: Number, direction: Direction, cap: Number = 1) -> Fraction:
    """M1 目标完成率."""
    return exact(weight) * completion(value, goal, direction, cap)


def control(weight: Number, value: Number, limit: Number) -> Fraction:
    """M1b 控制性: full marks up to the limit, then linearly less by the relative excess."""
    excess = max(Fraction(0), Fraction(value) - Fraction(limit))
    return Fraction(weight) * max(Fraction(0), 1 - excess / abs(Fraction(limit)))


def binary(weight: Number, value: Number, goal: Number, direction: Direction) -> Fraction:
    """M2 目标完成计分: all or nothing."""
    met = value <= goal if direction is Direction.LOWER else value >= goal
    return Fraction(weight) if met else Fraction(0)


def rank(weight: Number, place: int, step: Number, floor_share: Number = 0) -> Fraction:
    """M3 争先进位: each place below the first costs `step` of the weight, down to `floor_share`."""
    return exact(weight) * _share_of_place(place, step, floor_share)


@lru_cache(maxsize=_REMEMBERED)
def _share_of_place(place: int, step: Number, floor_share: Number) -> Fraction:
    """What a place is worth: the same for whoever takes it."""
    return max(exact(floor_share), 1 - exact(step) * (place - 1))


def efficacy(weight: Number, value: Number, best: Number, worst: Number, base: Number = 60) -> Fraction:
    """M4 功效系数: `base` at the worst value, 100 at the best; the two are exchanged where lower is better.

    Not clamped: beyond fixed 满意值 and 不允许值 the coefficient leaves [base, 100].
    """
    return share_of(weight, coefficient(value, best, worst, base))


def share_of(weight: Number, percent: Fraction) -> Fraction:
    """So many percent of the weight."""
    return exact(weight) * percent / 100


def coefficient(value: Number, best: Number, worst: Number, base: Number = 60) -> Fraction:
    """The efficacy coefficient itself, 100 when there is nothing between best and worst."""
    span = exact(best) - exact(worst)
    return Fraction(100) if span == 0 else exact(base) + (100 - exact(base)) * (Fraction(value) - exact(worst)) / span


def tiered(base: Number, excess_pp: Number, band_pp: Number = 10) -> Fraction:
    """M5 超均值递减: the k-th band above the average adds base/(2k) when filled, below it takes as much away."""
    rest, points, band = abs(Fraction(excess_pp)), Fraction(0), 1
    while rest > 0:
        part = min(rest, Fraction(band_pp))
        points += part * Fraction(base) / (2 * Fraction(band_pp) * band)
        rest, band = rest - part, band + 1
    return Fraction(base) + (points if excess_pp >= 0 else -points)


def versus_average(weight: Number, excess_pp: Number, base_share: Number, points_per_pp: Number) -> Fraction:
    """M6 高于均值加分: a share of the weight at the average, points for each percentage point, within [0, W]."""
    return clamp(exact(weight) * exact(base_share) + exact(points_per_pp) * Fraction(excess_pp), 0, weight)


def band(weight: Number, value: Number, low: Number, high: Number, margin: Number) -> Fraction:
    """M7 区间型: full marks inside the corridor, none from `margin` outside it."""
    outside = max(Fraction(low) - Fraction(value), Fraction(value) - Fraction(high), Fraction(0))
    return Fraction(weight) * max(Fraction(0), 1 - outside / Fraction(margin))


def pace(weight: Number, value: Number, goal: Number, elapsed: Number) -> Fraction:
    """M8 序时: the share of the year's target that is done, against the share of the year that has passed."""
    return exact(weight) * clamp(Fraction(value) / exact(goal) / exact(elapsed), 0, 1)


def linear(weight: Number, value: Number, full: Number = 100) -> Fraction:
    """Marks in proportion up to `full`."""
    return exact(weight) * clamp(Fraction(value) / exact(full), 0, 1)


def contribution_share(city_now: Number, city_base: Number, province_now: Number, province_base: Number) -> Fraction | None:
    """M10 增量贡献 in percent: the city's part of the province's increase at constant prices; None without an increase."""
    increase = Fraction(province_now) - Fraction(province_base)
    return (Fraction(city_now) - Fraction(city_base)) / increase * 100 if increase > 0 else None


def contribution_pull(city_now: Number, city_base: Number, province_base: Number) -> Fraction:
    """M10 拉动: the percentage points of the province's growth that come from the city."""
    return (Fraction(city_now) - Fraction(city_base)) / Fraction(province_base) * 100


@dataclass(frozen=True, slots=True)
class Progress:
    """M11 进步: `places` gained (positive is better) and `points` gained between two periods of one scheme series."""

    places: int
    points: Decimal


def progress(before: tuple[Decimal, int], now: tuple[Decimal, int]) -> Progress:
    """M11: Δr = r_prev − r_now and ΔS = S_now − S_prev, from (total, rank) of the two boards."""
    return Progress(before[1] - now[1], now[0] - before[0])
