"""Exact decimals: rounding, percentages and figures as the statistics write them (`domain.md` §2.2, §0 hazard b)."""

import re
from contextlib import AbstractContextManager
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Context, Decimal, localcontext
from enum import StrEnum
from typing import Final, assert_never

_PRECISION = 60  # digits kept by a division: sums of a country's figures stay exact, quotients are far below any published place
_FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: " ", 0x2212: "-"}
_NUMBER = re.compile(r"[+-]?(\d+|\d{1,3}(,\d{3})+)(\.\d+)?", re.ASCII)
_MASKED = re.compile(r"[+-]?[\d.,]*\*[\d.,*]*%?", re.ASCII)
RATIO_UNIT: Final = "比值"
"""The unit of a bare number, as the catalogues write it; it reads before the number."""
_PLACES_READ = {"%": 2}
_MOST_PLACES_READ = 4
_NOT_PUBLISHED = frozenset({"", "-", "--", "—", "——", "–", "…", "……", "..", "..."})


class Rounding(StrEnum):
    """`HALF_UP`: 四舍五入 of the press tables; `HALF_EVEN`: 四舍六入五成双 of GB/T 8170-2008. Both act on the absolute value."""

    HALF_UP = "half_up"
    HALF_EVEN = "half_even"


class UnknownReason(StrEnum):
    """Why a figure is not known (`api.md`): unknown is never zero."""

    MASKED = "masked"
    NOT_PUBLISHED = "not_published"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure read from text: a value, or the reason why there is none."""

    value: Decimal | None
    unknown_reason: UnknownReason | None

    def __post_init__(self) -> None:
        if (self.value is None) == (self.unknown_reason is None):
            raise ValueError("数值与未知原因必须二选一")


def exact_arithmetic() -> AbstractContextManager[Context]:
    """A decimal context of 60 digits for the enclosed computation: only divisions can round, and never visibly."""
    return localcontext(prec=_PRECISION, rounding=ROUND_HALF_EVEN)


def round_to(value: Decimal, places: int, rounding: Rounding) -> Decimal:
    """`value` in one single step to `places` decimals; negative places round to tens, hundreds, … Minus zero becomes zero."""
    match rounding:
        case Rounding.HALF_UP:
            mode = ROUND_HALF_UP
        case Rounding.HALF_EVEN:
            mode = ROUND_HALF_EVEN
        case _:
            assert_never(rounding)
    with exact_arithmetic():
        rounded = value.quantize(Decimal(1).scaleb(-places), rounding=mode)
    return rounded or rounded.copy_abs()


def round_half_up(value: Decimal, places: int) -> Decimal:
    return round_to(value, places, Rounding.HALF_UP)


def round_half_even(value: Decimal, places: int) -> Decimal:
    return round_to(value, places, Rounding.HALF_EVEN)


def ratio(part: Decimal | int, whole: Decimal | int) -> Decimal | None:
    """`part / whole`, unrounded; None when the whole is zero."""
    if not whole:
        return None
    with exact_arithmetic():
        return Decimal(part) / Decimal(whole)


def percent(part: Decimal | int, whole: Decimal | int, places: int | None = None) -> Decimal | None:
    """`part` in percent of `whole`, rounded half up when `places` is given; None when the whole is zero, never 0."""
    if not whole:
        return None
    with exact_arithmetic():
        share = Decimal(part) * 100 / Decimal(whole)
    return share if places is None else round_half_up(share, places)


def adds_up(parts: list[Decimal], total: Decimal, *, unit: Decimal) -> bool:
    """Whether rounded parts may belong to a rounded total: they may differ by half a `unit` per number (`domain.md` §2.2)."""
    with exact_arithmetic():
        return abs(sum(parts, Decimal()) - total) <= unit / 2 * (len(parts) + 1)


def plain(value: Decimal) -> str:
    """The decimal as digits, never with an exponent: the form of the APIs."""
    return format(value, "f")


def shortest(value: Decimal) -> str:
    """Without idle zeros: an amount reads the same as it was sent and as a column with more places gives it back."""
    text = plain(value)
    return text.rstrip("0").rstrip(".") if "." in text else text


def measured(value: Decimal, unit: str) -> str:
    """A figure as a Chinese sentence has it: rounded for reading, with its unit: `13.61%`, `444385万元`, `比值0.0932`."""
    text = shortest(round_half_up(value, _PLACES_READ.get(unit, _MOST_PLACES_READ)))
    return f"{unit}{text}" if unit == RATIO_UNIT else f"{text}{unit}"


def normalise_width(text: str) -> str:
    """Full-width letters, digits and signs as their ASCII twins, without surrounding space."""
    return text.translate(_FULL_WIDTH).strip()


def parse_figure(text: str | None) -> Figure:
    """A figure as tables and speeches write it: `1,234.5` is a value; `*`, `**` are masked; empty and dashes are not published.

    Raises ValueError (Chinese) for anything else; exponents and NaN are no figures.
    """
    figure = normalise_width(text or "")
    if figure in _NOT_PUBLISHED:
        return Figure(None, UnknownReason.NOT_PUBLISHED)
    if _MASKED.fullmatch(figure):
        return Figure(None, UnknownReason.MASKED)
    if not _NUMBER.fullmatch(figure):
        raise ValueError(f"“{figure}”不是数值：请填写十进制数字，未知时留空或填写 *")
    return Figure(Decimal(figure.replace(",", "")), None)
