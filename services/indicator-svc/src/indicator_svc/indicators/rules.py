"""Which periods an indicator has (`domain.md` §2.3), and which of its figures a board of some period looks at."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from shared.kit.periods import Frequency, Period

PERCENT: Final = "%"


class Kind(StrEnum):
    """What a figure is. Growth is in percent and an input of its own: it is never computed over a published one."""

    GROWTH = "growth"
    LEVEL = "level"
    RATIO = "ratio"
    COUNT = "count"


class Direction(StrEnum):
    """Which way is better; `BAND`: inside a corridor is best."""

    HIGHER = "higher"
    LOWER = "lower"
    BAND = "band"


@dataclass(frozen=True, slots=True)
class ReleaseCalendar:
    """How often a statistic is released; without a separate January, `M02` is its first month."""

    frequency: Frequency
    separate_january: bool = True

    def period(self, text: str) -> Period:
        """The statistic's own name for that stretch of the year: `2022-H1` of a quarterly statistic is `2022-Q2`.

        Raises ValueError (Chinese) where the text is malformed or the statistic has no such period.
        """
        asked = Period.parse(text, separate_january=self.separate_january)
        own = self._ending_with(asked)
        if own is None:
            raise ValueError(f"该指标{_RHYTHM[self.frequency]}发布，没有报告期“{text}”的数据")
        if own.is_january and not self.separate_january:
            raise ValueError(f"该指标不单独发布 1 月数据：请使用 {own.year}-M02（1—2月）")
        return own

    def latest_by(self, board: Period) -> Period | None:
        """The newest period of the statistic that had ended with `board`, in the same year; None before the first one."""
        number = board.elapsed_months // self.frequency.months
        if number == 0:
            return None
        own = Period(board.year, self.frequency, number)
        return None if own.is_january and not self.separate_january else own

    def _ending_with(self, asked: Period) -> Period | None:
        number, rest = divmod(asked.elapsed_months, self.frequency.months)
        return None if rest else Period(asked.year, self.frequency, number)


@dataclass(frozen=True, slots=True)
class Described:
    """What the catalogue says of an indicator, for rules that ask no database."""

    code: str
    name: str
    unit: str
    kind: Kind
    direction: Direction
    calendar: ReleaseCalendar
    derived_from: str | None

    @property
    def in_points(self) -> bool:
        """Whether its moves are differences in percentage points rather than ratios."""
        return self.kind is Kind.GROWTH or self.unit == PERCENT


_RHYTHM = {Frequency.MONTH: "按月", Frequency.QUARTER: "按季", Frequency.HALF: "按半年", Frequency.YEAR: "按年"}
