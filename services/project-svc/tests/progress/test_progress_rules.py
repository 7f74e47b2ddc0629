"""A cumulative figure does not fall unnoticed."""

from decimal import Decimal

import pytest

from project_svc.progress.rules import Fall, falls
from shared.kit.periods import Period

MARCH, APRIL, MAY = (Period.parse(f"2022-M0{month}") for month in (3, 4, 5))
REPORTED = {MARCH: Decimal(100), MAY: Decimal(300)}


@pytest.mark.parametrize("value", ["100", "250.5", "300"])
def test_a_figure_between_its_neighbours_needs_no_explanation(value: str) -> None:
    assert falls(REPORTED, APRIL, Decimal(value)) == ()


def test_a_figure_below_the_month_before_is_a_fall() -> None:
    assert falls(REPORTED, APRIL, Decimal("99.99")) == (Fall(MARCH, APRIL, Decimal(100), Decimal("99.99")),)


def test_a_late_figure_above_the_month_after_it_is_a_fall_too() -> None:
    assert falls(REPORTED, APRIL, Decimal(301)) == (Fall(APRIL, MAY, Decimal(301), Decimal(300)),)


def test_a_revision_is_measured_against_the_other_months_not_against_itself() -> None:
    assert falls(REPORTED, MAY, Decimal(200)) == ()


def test_a_new_year_starts_from_nothing() -> None:
    assert falls(REPORTED, Period.parse("2023-M01"), Decimal(1)) == ()
