"""One item of one region as something to be moved: what the official method gives everybody after so many steps. Pure.

A step is what the statistic is published in (0.1 percentage points). Everybody else's figure stays; their scores need not, since
a move may push them down a place or shift the best and the worst value that they are measured by.
"""

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Final

from indicator_svc.indicators.rules import Direction
from indicator_svc.schemes.composed import Bonus, Mix
from indicator_svc.schemes.definition import OF_PROVINCE, Group, Item, Scheme
from indicator_svc.schemes.methods import settle
from indicator_svc.schemes.scoring import Band, Efficacy, Method, Rank, Reading
from indicator_svc.scoreboards.items import INTERNAL_PLACES, ItemScore
from shared.kit.decimals import Rounding

UNIT_STEPS: Final = {"%": Decimal("0.1"), "亿元": Decimal("0.01"), "万元": Decimal(1)}
"""The publishing precision by unit (`domain.md` §2.2); other figures move in their own last digit."""


def published_step(value: Decimal, unit: str) -> Decimal:
    exponent = value.normalize().as_tuple().exponent
    return UNIT_STEPS.get(unit, Decimal(1).scaleb(min(exponent, 0) if isinstance(exponent, int) else 0))


def is_monotone(item: Item) -> bool:
    """Whether a better figure never costs points: corridors and tiers of bonus formulas promise no such thing."""
    if isinstance(item.method, Bonus):
        return _counts_up(item.method, -1 if item.direction is Direction.LOWER else 1)
    return item.direction is not Direction.BAND and not _has_band(item.method)


def _counts_up(method: Bonus, sign: int) -> bool:
    return all(not part.tiers and all(each.points * sign >= 0 for each in part.per_unit) for part in method.formula.parts)


def _has_band(method: Method) -> bool:
    return any(_has_band(part) for _, part in method.parts) if isinstance(method, Mix) else isinstance(method, Band)


def looks_at_place(method: Method) -> bool:
    return any(looks_at_place(part) for _, part in method.parts) if isinstance(method, Mix) else isinstance(method, Rank)


def looks_at_extremes(method: Method) -> bool:
    if isinstance(method, Mix):
        return any(looks_at_extremes(part) for _, part in method.parts)
    return isinstance(method, Efficacy) and (method.best is None or method.worst is None)


def why_fixed(item: Item, own: ItemScore, scheme: Scheme) -> str | None:
    """The Chinese reason why no single figure moves this item and no other, or None where one does."""
    if own.telling.reading is None or own.score is None:
        return f"{own.figure.why_not or '全省平均值等计分依据未知'}，本项未计分，无从倒推"
    if item.measure is not None:
        return "本项由本市与全省的水平值推算，没有可以单独变动的数值，请用正向试算"
    if item.group is Group.BONUS and (
        len(item.inputs) != 1 or any(code.startswith(OF_PROVINCE) for code in item.inputs.values())
    ):
        return "本项由多个数值或全省数值决定，请用正向试算"
    shared = [other.indicator for other in scheme.items if other is not item and other.needs & item.needs]
    return f"数值同时用于{'、'.join(shared)}，请用正向试算" if shared else None


@dataclass(frozen=True, slots=True)
class Lever:
    """`own` and `others` are the item's official scores; `most` bounds the steps, `step` is above zero."""

    item: Item
    own: ItemScore
    others: Mapping[str, ItemScore]
    step: Decimal
    most: int
    rounding: Rounding
    by_place: bool = field(init=False)
    by_extremes: bool = field(init=False)
    _field: list[Decimal] = field(default_factory=list)
    _own_scores: dict[int, Decimal] = field(default_factory=dict)
    _their_scores: dict[tuple[str, int, Decimal, Decimal], Decimal | None] = field(default_factory=dict)

    def __post_init__(self) -> None:
        object.__setattr__(self, "by_place", looks_at_place(self.item.method))
        object.__setattr__(self, "by_extremes", looks_at_extremes(self.item.method))
        known = (each.telling.reading for each in self.others.values())
        self._field.extend(sorted(self._goodness(reading.value) for reading in known if reading is not None))

    @property
    def moves_others(self) -> bool:
        """Whether a move can change anybody else's score."""
        return self.item.group is not Group.BONUS and (self.by_place or self.by_extremes)

    @property
    def code(self) -> str:
        """The indicator whose figure moves."""
        return next(iter(self.item.inputs.values())) if self.item.group is Group.BONUS else self.item.indicator

    @property
    def present(self) -> Decimal:
        inputs = self._reading.inputs
        return next(iter(inputs.values())) if self.item.group is Group.BONUS else self._reading.value

    def value(self, steps: int) -> Decimal:
        """The figure after so many steps for the better; in a corridor a step is upwards."""
        return self.present + self._sign * steps * self.step

    def score(self, steps: int) -> Decimal:
        """The own score, settled as the official one is."""
        if steps not in self._own_scores:
            points = self.item.method.score(self._own_reading(steps)).points
            self._own_scores[steps] = settle(points or Decimal(), INTERNAL_PLACES, self.rounding)
        return self._own_scores[steps]

    def score_of(self, region: str, steps: int) -> Decimal | None:
        """Another region's score while its own figure stays; None where it has none."""
        score = self.others[region]
        reading = score.telling.reading
        if reading is None or score.score is None or not self.moves_others:
            return score.score
        theirs, now = self._goodness(reading.value), self._goodness(self.value(steps))
        place = reading.place - (self._goodness(self.present) > theirs) + (now > theirs)
        best, worst = self._extremes(now) if self.by_extremes else (reading.best, reading.worst)
        key = (region, place, best, worst)
        if key not in self._their_scores:
            points = self.item.method.score(replace(reading, place=place, best=best, worst=worst)).points
            self._their_scores[key] = None if points is None else settle(points, INTERNAL_PLACES, self.rounding)
        return self._their_scores[key]

    def place(self, steps: int) -> int:
        """The own rank in this item: by figure, in a corridor by score."""
        if self.item.direction is Direction.BAND:
            mine = self.score(steps)
            theirs = (self.score_of(region, steps) for region in self.others)
            return 1 + sum(each is not None and each > mine for each in theirs)
        return self._place(self._goodness(self.value(steps)))

    @property
    def _reading(self) -> Reading:
        reading = self.own.telling.reading
        if reading is None:
            raise ValueError(f"{self.item.indicator} has no figure to move")
        return reading

    @property
    def _sign(self) -> int:
        return -1 if self.item.direction is Direction.LOWER else 1

    def _goodness(self, value: Decimal) -> Decimal:
        return value * self._sign

    def _place(self, goodness: Decimal) -> int:
        return 1 + len(self._field) - bisect_right(self._field, goodness)

    def _extremes(self, goodness: Decimal) -> tuple[Decimal, Decimal]:
        """The best and the worst figure of all."""
        best, worst = (max(self._field[-1], goodness), min(self._field[0], goodness)) if self._field else (goodness, goodness)
        return best * self._sign, worst * self._sign

    def _own_reading(self, steps: int) -> Reading:
        value = self.value(steps)
        if self.item.group is Group.BONUS:
            return replace(self._reading, inputs=dict.fromkeys(self._reading.inputs, value))
        goodness = self._goodness(value)
        best, worst = self._extremes(goodness)
        return replace(self._reading, value=value, place=self._place(goodness), best=best, worst=worst)
