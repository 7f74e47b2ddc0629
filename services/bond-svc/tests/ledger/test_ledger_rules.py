"""What is odd about an entry of the register, at its boundaries."""

from datetime import date
from decimal import Decimal

import pytest

from bond_svc.ledger.rules import Amounts, Flag, adds_up, flags_of, in_wan, searchable, tenor_years


def amounts(total: str, new: str = "0", refinance: str = "0", swap: str = "0") -> Amounts:
    return Amounts(*(in_wan(Decimal(yi)) for yi in (total, new, refinance, swap)))


@pytest.mark.parametrize(
    ("given", "adds"),
    [
        (amounts("8.61", "8.61"), True),
        (amounts("10", "3.33", "3.33", "3.33"), True),
        (amounts("10", "3.33", "3.33", "3.32"), True),
        (amounts("10", "3.33", "3.33", "3.31"), False),
        (amounts("10"), False),
    ],
)
def test_parts_may_miss_the_total_by_rounding_only(given: Amounts, adds: bool) -> None:
    assert adds_up(given) is adds


def test_an_entry_is_flagged_for_everything_that_is_odd_about_it() -> None:
    flags = flags_of(amounts("0", "1"), tenor_years=50, set_year=2025, issue_date=date(2026, 1, 5))
    assert flags == (Flag.PARTS_DIFFER, Flag.NO_AMOUNT, Flag.ODD_TENOR, Flag.YEAR_DIFFERS)


def test_an_ordinary_entry_has_no_flag() -> None:
    assert flags_of(amounts("8.61", "8.61"), tenor_years=20, set_year=2026, issue_date=date(2026, 6, 15)) == ()


@pytest.mark.parametrize(("label", "years"), [("10年", 10), ("３０年", 30), ("7", 7), ("半年", None), ("", None), ("-5年", None)])
def test_a_tenor_is_whole_years_or_unreadable(label: str, years: int | None) -> None:
    assert tenor_years(label) == years


def test_names_are_searched_without_regard_to_the_width_of_brackets_and_spaces() -> None:
    assert searchable("2026年专项债券（十 七期）") == searchable("2026年专项债券(十七期)")


def test_units_are_converted_exactly() -> None:
    assert in_wan(Decimal("8.610001")) == Decimal("86100.010000")
