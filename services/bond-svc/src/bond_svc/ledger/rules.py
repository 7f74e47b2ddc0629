"""What is checked of a bond in the register, and when two entries are the same bond.

A code alone is no key: codes repeat across issuers and re-openings. The key is (issuer, code, issue date).
Amounts come in 亿元, as the register has them, and are kept in 万元.
"""

import unicodedata
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Final

WAN_PER_YI: Final = Decimal(10_000)
LAST_PLACE_YI: Final = Decimal("0.01")
PARTS: Final = 3
LONGEST_USUAL_TENOR: Final = 30
DIGITS: Final = 3


class BondType(StrEnum):
    """The two kinds of government bonds: for general and for special purposes."""

    GENERAL = "general"
    SPECIAL = "special"


class Flag(StrEnum):
    """What is odd about an entry. It is taken all the same, and shown with its flag."""

    PARTS_DIFFER = "parts-do-not-add-up"
    NO_AMOUNT = "no-amount"
    ODD_TENOR = "odd-tenor"
    YEAR_DIFFERS = "year-differs"


class Outcome(StrEnum):
    """What an import did with a row."""

    CREATED = "created"
    UNCHANGED = "unchanged"
    REVISED = "revised"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class BondKey:
    """What makes a bond this bond."""

    issuer: str
    code: str
    issue_date: date


@dataclass(frozen=True, slots=True)
class Amounts:
    """What was issued, and its parts, in 万元: new money, refinancing, swaps."""

    total_wan: Decimal
    new_wan: Decimal
    refinance_wan: Decimal
    swap_wan: Decimal

    @property
    def parts_wan(self) -> Decimal:
        return self.new_wan + self.refinance_wan + self.swap_wan


def in_wan(amount_yi: Decimal) -> Decimal:
    """亿元 → 万元, exactly."""
    return amount_yi * WAN_PER_YI


def flags_of(amounts: Amounts, *, tenor_years: int, set_year: int, issue_date: date) -> tuple[Flag, ...]:
    """What is odd about an entry, in a fixed order."""
    found = {
        Flag.PARTS_DIFFER: not adds_up(amounts),
        Flag.NO_AMOUNT: amounts.total_wan == 0,
        Flag.ODD_TENOR: not 1 <= tenor_years <= LONGEST_USUAL_TENOR,
        Flag.YEAR_DIFFERS: set_year != issue_date.year,
    }
    return tuple(flag for flag, holds in found.items() if holds)


def adds_up(amounts: Amounts) -> bool:
    """Whether the parts make the total, up to rounding: half the last printed place for each part and the total (§2.2)."""
    tolerance = in_wan(LAST_PLACE_YI) / 2 * (PARTS + 1)
    return abs(amounts.parts_wan - amounts.total_wan) <= tolerance


def searchable(name: str) -> str:
    """A name without the differences between full- and half-width brackets, digits and spaces."""
    return "".join(unicodedata.normalize("NFKC", name).split()).casefold()


def tenor_years(label: str) -> int | None:
    """`10年` → 10; None for what is no whole number of years."""
    number = unicodedata.normalize("NFKC", label).strip().removesuffix("年")
    return int(number) if number.isdecimal() and number.isascii() and len(number) <= DIGITS else None
