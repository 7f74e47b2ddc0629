"""The level of an item (`domain.md` §6): how far below its target, how low its rank, and where it stood before. Pure.

- `gap`: percentage points to the target (target − value, or value − target where lower is better), for items in % with a target.
- `rank`: the competition rank among the peers whose figure is known.
- `negative-growth`: growth below zero against a target above zero is red.
- `consecutive-orange`: orange by the rules in two periods running is red.
- `one-step-down`: a level falls by one step per period, however good the new figure is.
- `unknown`: without a figure the level stays what it was: unknown is neither low nor recovered.
- `no-gap`: an item in another unit, or without a target, is judged by its rank alone.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from shared.contracts.facts import Level
from shared.kit.decimals import measured

PERCENT: Final = "%"
LEVEL_NAMES: Final = {Level.GREEN: "绿", Level.BLUE: "蓝", Level.YELLOW: "黄", Level.ORANGE: "橙", Level.RED: "红"}


@dataclass(frozen=True, slots=True)
class Bounds:
    """`gap_pp`: (level, largest gap still on it), lightest first, red beyond; `rank_from`: (level, first rank on it)."""

    gap_pp: Sequence[tuple[Level, Decimal]]
    rank_from: Sequence[tuple[Level, int]]
    consecutive_orange: int


@dataclass(frozen=True, slots=True)
class Reading:
    """One item of one region in one period, as the scoreboard has it. `growth`: the figure is a growth rate."""

    value: Decimal | None
    target: Decimal | None
    rank: int | None
    peers: int
    unit: str
    growth: bool
    lower_is_better: bool
    why_unknown: str

    @property
    def gap_pp(self) -> Decimal | None:
        """Percentage points short of the target; negative when it is passed; None without a target in %."""
        if self.value is None or self.target is None or self.unit != PERCENT:
            return None
        return self.value - self.target if self.lower_is_better else self.target - self.value


@dataclass(frozen=True, slots=True)
class Reason:
    """One rule and the numbers it looked at."""

    rule: str
    level: Level
    evidence: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """`level` is what holds; `by_rules` what this period's figure alone says, None when the figure is unknown.

    `oranges` counts the periods running, this one included, in which the figure alone said orange.
    """

    level: Level
    by_rules: Level | None
    oranges: int
    why: tuple[Reason, ...]


UNJUDGED: Final = Verdict(Level.GREEN, None, 0, ())
"""Before the first period."""


def judge(reading: Reading, bounds: Bounds, before: Verdict) -> Verdict:
    """The level of this period, given that of the period before."""
    if reading.value is None:
        kept = f"{reading.why_unknown}：未知既不算低，也不算恢复，等级保持{LEVEL_NAMES[before.level]}不变"
        return Verdict(before.level, None, before.oranges, (Reason("unknown", before.level, kept),))
    reasons = [reason for reason in (_gap(reading, bounds), _rank(reading, bounds), _negative(reading)) if reason is not None]
    by_rules = _heaviest(reasons)
    oranges = before.oranges + 1 if by_rules is Level.ORANGE else 0
    if oranges >= bounds.consecutive_orange:
        reasons.append(Reason("consecutive-orange", Level.RED, f"连续{oranges}期为橙色，升为红色"))
    level = _heaviest(reasons)
    lowest = _one_below(before.level)
    if level.severity < lowest.severity:
        text = f"上期为{LEVEL_NAMES[before.level]}色，每期至多下调一级，本期为{LEVEL_NAMES[lowest]}色"
        reasons.append(Reason("one-step-down", lowest, text))
        level = lowest
    return Verdict(level, by_rules, oranges, tuple(reasons))


def _heaviest(reasons: Sequence[Reason]) -> Level:
    return max((reason.level for reason in reasons), key=lambda level: level.severity, default=Level.GREEN)


def _one_below(level: Level) -> Level:
    return list(Level)[max(level.severity - 1, 0)]


def _gap(reading: Reading, bounds: Bounds) -> Reason:
    gap = reading.gap_pp
    if gap is None:
        return Reason("no-gap", Level.GREEN, _without_gap(reading))
    level = next((level for level, most in bounds.gap_pp if gap <= most), Level.RED)
    if gap <= 0:
        return Reason("gap", level, f"目标{reading.target:f}%，实际{reading.value:f}%，已达到目标")
    return Reason("gap", level, f"目标{reading.target:f}%，实际{reading.value:f}%，差{gap:f}个百分点，为{LEVEL_NAMES[level]}色")


def _without_gap(reading: Reading) -> str:
    """What the figure is, where no gap can tell it."""
    actual = "" if reading.value is None else f"实际{measured(reading.value, reading.unit)}，"
    if reading.target is None:
        return f"{actual}未设目标，按位次判断"
    return f"{actual}目标{measured(reading.target, reading.unit)}，差距不以百分点计，按位次判断"


def _rank(reading: Reading, bounds: Bounds) -> Reason | None:
    rank = reading.rank
    if rank is None:
        return None
    level = next((level for level, first in reversed(bounds.rank_from) if rank >= first), Level.GREEN)
    return Reason("rank", level, f"{reading.peers}个有数据的地区中列第{rank}位，为{LEVEL_NAMES[level]}色")


def _negative(reading: Reading) -> Reason | None:
    falling = reading.growth and reading.value is not None and reading.value < 0
    if not falling or reading.lower_is_better or reading.target is None or reading.target <= 0:
        return None
    return Reason("negative-growth", Level.RED, f"目标为增长{reading.target:f}%，实际为{reading.value:f}%的负增长")
