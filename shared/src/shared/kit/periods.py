"""Statistical periods: cumulative from the first of January (`api.md` style, `domain.md` §2.3)."""

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from functools import total_ordering

from shared.kit.decimals import exact_arithmetic

_TEXT = re.compile(r"(?P<year>\d{4})(-(?P<frequency>[MQH])(?P<number>\d{1,2}))?", re.ASCII)
_FIRST_YEAR, _LAST_YEAR = 1949, 2100
_MONTHS_A_YEAR = 12
_QUARTER_LABELS = {1: "一季度", 2: "上半年", 3: "前三季度", 4: "全年"}


class Frequency(StrEnum):
    MONTH = "M"
    QUARTER = "Q"
    HALF = "H"
    YEAR = "Y"

    @property
    def months(self) -> int:
        """The months by which one period of this frequency is longer than the one before it."""
        return {"M": 1, "Q": 3, "H": 6, "Y": 12}[self.value]


@total_ordering
@dataclass(frozen=True, slots=True)
class Period:
    """January up to the end of the `number`-th month, quarter or half of `year`; a whole year has number 1.

    Ordered by the day it ends, then from the finer to the coarser frequency.
    """

    year: int
    frequency: Frequency
    number: int

    def __post_init__(self) -> None:
        if not 1 <= self.number <= _MONTHS_A_YEAR // self.frequency.months:
            raise ValueError(f"报告期序号 {self.number} 超出范围")

    @classmethod
    def parse(cls, text: str, *, separate_january: bool = True) -> "Period":
        """`2022-M06`, `2022-Q2`, `2022-H1` or `2022`; anything else raises ValueError (Chinese).

        `separate_january=False` refuses `2022-M01`: industry, investment and retail are first published for January–February.
        """
        found = _TEXT.fullmatch(text)
        if found is None or not _FIRST_YEAR <= int(found["year"]) <= _LAST_YEAR:
            raise ValueError(f"报告期“{text}”格式不对：应如 2022-M06、2022-Q2、2022-H1 或 2022")
        period = cls(int(found["year"]), Frequency(found["frequency"] or "Y"), int(found["number"] or 1))
        if str(period) != text:
            raise ValueError(f"报告期“{text}”应写作 {period}")
        if not separate_january and period.is_january:
            raise ValueError(f"该指标不单独发布 1 月数据：请使用 {period.year}-M02（1—2月）")
        return period

    @property
    def elapsed_months(self) -> int:
        return self.number * self.frequency.months

    @property
    def elapsed_share(self) -> Decimal:
        """The part of the year that has passed at the end of the period, 0 < share ≤ 1, unrounded."""
        with exact_arithmetic():
            return Decimal(self.elapsed_months) / _MONTHS_A_YEAR

    @property
    def start(self) -> date:
        return date(self.year, 1, 1)

    @property
    def end(self) -> date:
        """The last day of the period, inclusive."""
        return date(self.year, self.elapsed_months, monthrange(self.year, self.elapsed_months)[1])

    @property
    def is_january(self) -> bool:
        return self.frequency is Frequency.MONTH and self.number == 1

    def is_after(self, as_of: date) -> bool:
        """Whether the period had not ended on `as_of`: a figure for it cannot have been known."""
        return self.end > as_of

    def previous(self, *, separate_january: bool = True) -> "Period":
        """The period of the same frequency before this one; without a separate January, `M02` follows last year's `M12`."""
        merged = not separate_january and self.frequency is Frequency.MONTH and self.number <= 2  # noqa: PLR2004 - January, February
        if self.number > 1 and not merged:
            return Period(self.year, self.frequency, self.number - 1)
        return Period(self.year - 1, self.frequency, _MONTHS_A_YEAR // self.frequency.months)

    def same_last_year(self) -> "Period":
        return Period(self.year - 1, self.frequency, self.number)

    @property
    def label(self) -> str:
        """The period as a Chinese reader says it: 2022年1—6月, 2022年上半年."""
        if self.frequency is Frequency.MONTH:
            return f"{self.year}年1月" if self.is_january else f"{self.year}年1—{self.number}月"
        if self.frequency is Frequency.YEAR:
            return f"{self.year}年"
        return f"{self.year}年{_QUARTER_LABELS[self.elapsed_months // 3]}"

    def __str__(self) -> str:
        match self.frequency:
            case Frequency.YEAR:
                return f"{self.year:04d}"
            case Frequency.MONTH:
                return f"{self.year:04d}-M{self.number:02d}"
            case _:
                return f"{self.year:04d}-{self.frequency}{self.number}"

    def __lt__(self, other: "Period") -> bool:
        return (self.year, self.elapsed_months, self.frequency.months) < (
            other.year,
            other.elapsed_months,
            other.frequency.months,
        )
