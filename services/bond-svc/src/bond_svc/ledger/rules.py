"""Reading the public register of issued bonds, which is real and dirty: nothing is dropped, what is odd is flagged.

The register's money is 亿元; ours is 万元.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any, Final

from bond_svc.wording.rules import normalise
from shared.kit.decimals import adds_up, exact_arithmetic, parse_figure
from shared.kit.identifiers import divisions

YI_IN_WAN: Final = Decimal(10_000)
REGISTER_UNIT_WAN: Final = Decimal(100)
"""The register gives 亿元 with two places: 0.01 亿元 is 100 万元."""
LARGEST_WAN: Final = Decimal(1_000_000_000)
PLACES: Final = 6
USUAL_TERMS: Final = frozenset({1, 2, 3, 5, 7, 10, 15, 20, 30})
"""The terms that government bonds have (`domain.md` §4.5, R14)."""
_TENOR: Final = re.compile(r"(\d{1,2})年?")
_DASHES: Final = re.compile(r"[-‐‑‒–—―─]+")


class BondType(StrEnum):
    GENERAL = "general"
    SPECIAL = "special"


BOND_TYPES: Final[Mapping[str, BondType]] = {
    "一般债券": BondType.GENERAL,
    "专项债券": BondType.SPECIAL,
    "general": BondType.GENERAL,
    "special": BondType.SPECIAL,
}


class Flag(StrEnum):
    """What is odd about a row."""

    PARTS_DO_NOT_ADD_UP = "parts_do_not_add_up"
    AMOUNT_UNKNOWN = "amount_unknown"
    AMOUNT_ZERO = "amount_zero"
    PART_UNKNOWN = "part_unknown"
    YEAR_DIFFERS = "year_differs"
    TENOR_UNREADABLE = "tenor_unreadable"
    TENOR_UNUSUAL = "tenor_unusual"
    COUPON_UNKNOWN = "coupon_unknown"
    ISSUER_UNKNOWN = "issuer_unknown"


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the register as it came; amounts in 亿元, all as text."""

    issuer: str
    bond_code: str
    issue_date: date
    bond_name: str
    bond_type: str
    set_year: str
    tenor_label: str
    coupon_pct: str
    amount_yi: str
    new_amount_yi: str
    refinance_amount_yi: str
    swap_amount_yi: str
    origin: str | None = None


@dataclass(frozen=True, slots=True)
class Key:
    """What names a bond: a code alone does not, codes repeat across issuers and re-openings."""

    issuer: str
    bond_code: str
    issue_date: date


@dataclass(frozen=True, slots=True)
class Reading:
    """A row as it is kept. Amounts in 万元; None is unknown."""

    issuer: str
    bond_code: str
    issue_date: date
    region: str | None
    set_year: int | None
    name: str
    name_key: str
    bond_type: BondType
    tenor_label: str
    term_years: int | None
    coupon_pct: Decimal | None
    amount_wan: Decimal | None
    new_wan: Decimal | None
    refinance_wan: Decimal | None
    swap_wan: Decimal | None
    origin: str | None
    flags: tuple[Flag, ...]

    @property
    def key(self) -> Key:
        return Key(self.issuer, self.bond_code, self.issue_date)

    def columns(self) -> dict[str, Any]:
        return {each.name: getattr(self, each.name) for each in fields(self) if each.name != "flags"} | {
            "issue_year": self.issue_date.year,
            "flags": [flag.value for flag in self.flags],
        }


@dataclass(frozen=True, slots=True)
class Flaw:
    """Why a row cannot be read at all: the field and a Chinese sentence."""

    field: str
    message: str


class Unreadable(ValueError):
    """A row that cannot be kept, with everything that is wrong with it."""

    def __init__(self, flaws: list[Flaw]) -> None:
        super().__init__(flaws[0].message)
        self.flaws = flaws


def read(row: Row) -> Reading:
    """Read one row; raises Unreadable when a figure is no figure or the type is none of the two."""
    figures = _Figures(row)
    bond_type, set_year = figures.bond_type(), figures.year()
    amounts = [figures.wan(name) for name in ("amount_yi", "new_amount_yi", "refinance_amount_yi", "swap_amount_yi")]
    coupon = figures.plain("coupon_pct")
    if figures.flaws or bond_type is None:
        raise Unreadable(figures.flaws)
    tenor = _TENOR.fullmatch(normalise(row.tenor_label))
    reading = Reading(
        issuer=row.issuer,
        bond_code=row.bond_code,
        issue_date=row.issue_date,
        region=region_of(row.issuer),
        set_year=set_year,
        name=row.bond_name,
        name_key=name_key(row.bond_name),
        bond_type=bond_type,
        tenor_label=row.tenor_label,
        term_years=int(tenor[1]) if tenor else None,
        coupon_pct=coupon,
        amount_wan=amounts[0],
        new_wan=amounts[1],
        refinance_wan=amounts[2],
        swap_wan=amounts[3],
        origin=row.origin,
        flags=(),
    )
    return replace(reading, flags=_flags(reading))


def _flags(reading: Reading) -> tuple[Flag, ...]:
    parts = [reading.new_wan, reading.refinance_wan, reading.swap_wan]
    raised = {
        Flag.AMOUNT_UNKNOWN: reading.amount_wan is None,
        Flag.AMOUNT_ZERO: reading.amount_wan == 0,
        Flag.PART_UNKNOWN: None in parts,
        Flag.PARTS_DO_NOT_ADD_UP: not _add_up(reading.amount_wan, parts),
        Flag.YEAR_DIFFERS: reading.set_year != reading.issue_date.year,
        Flag.TENOR_UNREADABLE: reading.term_years is None,
        Flag.TENOR_UNUSUAL: reading.term_years is not None and reading.term_years not in USUAL_TERMS,
        Flag.COUPON_UNKNOWN: reading.coupon_pct is None,
        Flag.ISSUER_UNKNOWN: reading.region is None,
    }
    return tuple(flag for flag, on in raised.items() if on)


class _Figures:
    """Reads the figures of a row and gathers what is wrong with them."""

    def __init__(self, row: Row) -> None:
        self._row = row
        self.flaws: list[Flaw] = []

    def bond_type(self) -> BondType | None:
        found = BOND_TYPES.get(self._row.bond_type.strip().lower())
        if found is None:
            self.flaws.append(Flaw("bond_type", f"“{self._row.bond_type}”不是债券类型，应为一般债券或专项债券。"))
        return found

    def wan(self, name: str) -> Decimal | None:
        value = self.plain(name)
        if value is None:
            return None
        with exact_arithmetic():
            wan = value * YI_IN_WAN
        if not 0 <= wan <= LARGEST_WAN or not _fits(wan):
            self.flaws.append(Flaw(name, f"“{getattr(self._row, name)}”不是合理的亿元金额。"))
            return None
        return wan

    def plain(self, name: str) -> Decimal | None:
        try:
            value = parse_figure(getattr(self._row, name)).value
        except ValueError as error:
            self.flaws.append(Flaw(name, f"{error}。"))
            return None
        if value is not None and not (_fits(value) and abs(value) <= LARGEST_WAN):
            self.flaws.append(Flaw(name, f"“{getattr(self._row, name)}”位数过多。"))
            return None
        return value

    def year(self) -> int | None:
        text = normalise(self._row.set_year).removesuffix("年")
        if re.fullmatch(r"(19|20|21)\d\d", text, re.ASCII):
            return int(text)
        self.flaws.append(Flaw("set_year", f"“{self._row.set_year}”不是年度。"))
        return None


def _fits(value: Decimal) -> bool:
    exponent = value.as_tuple().exponent
    return isinstance(exponent, int) and exponent >= -PLACES


def _add_up(amount: Decimal | None, parts: list[Decimal | None]) -> bool:
    known = [part for part in parts if part is not None]
    if amount is None or len(known) < len(parts):
        return True
    return adds_up(known, amount, unit=REGISTER_UNIT_WAN)


def name_key(name: str) -> str:
    """A name for searching: one width of brackets, one kind of dash, no spaces."""
    return _DASHES.sub("-", normalise(name))


def region_of(issuer: str) -> str | None:
    """The division of that name; None when the shipped tables do not know it, or know several."""
    wanted = normalise(issuer)
    codes = [code for code, division in divisions().items() if normalise(division.name) == wanted]
    return codes[0] if len(codes) == 1 else None
