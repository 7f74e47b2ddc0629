"""The methods that are made of others, or of more than one figure: mixes, bonus formulas, and the contribution."""

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from indicator_svc.schemes import methods
from indicator_svc.schemes.bonus import BonusFormula
from indicator_svc.schemes.scoring import Method, Reading, Scored, WithoutTarget, say


@dataclass(frozen=True, slots=True)
class Mix:
    """M9: shares of the weight by several methods."""

    parts: tuple[tuple[Decimal, Method], ...]

    def score(self, reading: Reading) -> Scored:
        total, parts = Fraction(0), []
        for share, method in self.parts:
            scored = method.score(reading)
            if scored.points is None:
                return scored
            total += methods.exact(share) * scored.points
            parts.append((share, scored))
        return Scored(total, lambda: f"{'；'.join(_of_part(*part) for part in parts)}；合计{say(total)}")

    def goal(self, elapsed: Decimal, /) -> Decimal | None:
        return next((goal for _, method in self.parts if (goal := method.goal(elapsed)) is not None), None)


def _of_part(share: Decimal, scored: Scored) -> str:
    return f"{say(share * 100)}%按{scored.formula}"


@dataclass(frozen=True, slots=True)
class Bonus(WithoutTarget):
    """Tiers and per-unit points."""

    formula: BonusFormula

    def score(self, reading: Reading) -> Scored:
        points = self.formula.points(reading.inputs)
        return Scored(points, lambda: self._sentence(reading, points))

    def _sentence(self, reading: Reading, points: Fraction) -> str:
        given = "，".join(f"{name}={say(value)}" for name, value in sorted(reading.inputs.items()))
        return f"加减分：{given}，按分档规则计{say(points)}分（限{say(self.formula.low)}至{say(self.formula.high)}分）"


@dataclass(frozen=True, slots=True)
class Contribution(WithoutTarget):
    """M10: ranked for the contribution award, never part of the total. `measure` is the level it is worked out from."""

    measure: str | None

    def score(self, reading: Reading) -> Scored:
        return Scored(
            Fraction(reading.value),
            lambda: f"经济增长贡献：增量占全省{say(reading.value, 4)}%，只用于贡献奖，不计入总分",
        )
