"""Bonus and penalty formulas as data (`domain.md` §1.6): parts of tiers and per-unit points, each clamped, then added up.

A formula never falls through: the last tier of a part holds without a condition.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from indicator_svc.schemes.methods import clamp, exact


class Comparison(StrEnum):
    EQUAL = "eq"
    AT_LEAST = "ge"
    ABOVE = "gt"
    AT_MOST = "le"
    BELOW = "lt"

    def holds(self, left: Decimal, right: Decimal) -> bool:
        match self:
            case Comparison.EQUAL:
                return left == right
            case Comparison.AT_LEAST:
                return left >= right
            case Comparison.ABOVE:
                return left > right
            case Comparison.AT_MOST:
                return left <= right
            case Comparison.BELOW:
                return left < right

    @property
    def sign(self) -> str:
        return {"eq": "=", "ge": "≥", "gt": ">", "le": "≤", "lt": "<"}[self.value]


@dataclass(frozen=True, slots=True)
class Condition:
    """`input` against a fixed value, or against another input (`than`)."""

    input: str
    comparison: Comparison
    value: Decimal | None
    than: str | None

    def holds(self, inputs: Mapping[str, Decimal]) -> bool:
        return self.comparison.holds(inputs[self.input], self._right(inputs))

    def _right(self, inputs: Mapping[str, Decimal]) -> Decimal:
        if self.value is not None:
            return self.value
        return inputs[self.than or self.input]

    def __str__(self) -> str:
        return f"{self.input}{self.comparison.sign}{self.than if self.value is None else self.value}"


@dataclass(frozen=True, slots=True)
class Tier:
    when: tuple[Condition, ...]
    points: Decimal

    def holds(self, inputs: Mapping[str, Decimal]) -> bool:
        return all(condition.holds(inputs) for condition in self.when)


@dataclass(frozen=True, slots=True)
class PerUnit:
    input: str
    points: Decimal


@dataclass(frozen=True, slots=True)
class Part:
    """The points of the first tier that holds, plus points for each unit of some inputs, within [low, high]."""

    tiers: tuple[Tier, ...]
    per_unit: tuple[PerUnit, ...]
    low: Decimal | None
    high: Decimal | None

    def points(self, inputs: Mapping[str, Decimal]) -> Fraction:
        tier = next((each.points for each in self.tiers if each.holds(inputs)), Decimal())
        counted = sum((exact(each.points) * Fraction(inputs[each.input]) for each in self.per_unit), exact(tier))
        above = counted if self.low is None else max(counted, exact(self.low))
        return above if self.high is None else min(above, exact(self.high))


@dataclass(frozen=True, slots=True)
class BonusFormula:
    parts: tuple[Part, ...]
    low: Decimal
    high: Decimal

    def points(self, inputs: Mapping[str, Decimal]) -> Fraction:
        """The item's points within its own range; the range of all bonus items together is the scheme's."""
        return clamp(sum((part.points(inputs) for part in self.parts), Fraction(0)), self.low, self.high)

    @property
    def needs(self) -> frozenset[str]:
        """The names of the inputs without which the formula cannot be worked out."""
        compared = {
            name for part in self.parts for tier in part.tiers for each in tier.when for name in (each.input, each.than) if name
        }
        return frozenset(compared | {each.input for part in self.parts for each in part.per_unit})


def tally(points: Sequence[Decimal], cap: tuple[Decimal, Decimal]) -> Decimal:
    """ΣB within the scheme's range."""
    return min(max(sum(points, Decimal()), cap[0]), cap[1])
