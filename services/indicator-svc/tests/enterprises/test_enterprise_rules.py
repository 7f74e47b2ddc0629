"""The pace of a firm, its tier, and the month in which it reaches the line."""

from decimal import Decimal

import pytest

from indicator_svc.enterprises.rules import (
    Prospect,
    growth_of,
    month_swing,
    pace_of,
    parse_industry,
    tier_of,
    trailing_year,
)
from indicator_svc.enterprises.shipped import all_cultivation_rules
from shared.kit.decimals import round_half_up
from shared.kit.periods import Period

LINE = Decimal(2000)
TIERS = all_cultivation_rules()[0].tiers


def revenue(**months: str | None) -> dict[Period, Decimal | None]:
    """`M06="980"` of 2022, `L12="1800"` of the year before."""
    years = {"M": 2022, "L": 2021}
    return {
        Period.parse(f"{years[name[0]]}-M{name[1:]}"): None if value is None else Decimal(value) for name, value in months.items()
    }


def test_the_half_year_of_the_golden_vector_is_paced_as_the_domain_says() -> None:
    pace = pace_of(revenue(M06="980"), LINE)
    assert pace is not None
    assert (pace.projected_wan, pace.required_wan, round_half_up(pace.average_wan, 2)) == (
        Decimal(1960),
        Decimal(170),
        Decimal("163.33"),
    )
    assert (pace.reach_month, pace.reached) == (None, False)


@pytest.mark.parametrize(
    ("known", "month", "reached"),
    [
        ({"M06": "1000"}, "2022-M12", False),  # exactly the line at the end of the year
        ({"M06": "999.99"}, None, False),
        ({"M03": "600"}, "2022-M10", False),
        ({"M06": "1500", "M07": "2000", "M08": "2100"}, "2022-M07", True),
        ({"M12": "1999.99"}, None, False),
        ({"M06": "0"}, None, False),
        ({"M02": "1000", "M03": None}, "2022-M04", False),
    ],
)
def test_the_month_of_the_line_is_the_first_known_or_expected_one(
    known: dict[str, str | None], month: str | None, reached: bool
) -> None:
    pace = pace_of(revenue(**known), LINE)
    assert pace is not None
    assert (pace.reach_month and str(pace.reach_month), pace.reached) == (month, reached)


def test_nothing_is_paced_while_no_month_is_known() -> None:
    assert pace_of(revenue(M06=None), LINE) is None
    assert pace_of({}, LINE) is None


def test_the_last_twelve_months_want_all_three_sums() -> None:
    period = Period.parse("2022-M06")
    assert trailing_year(revenue(M06="980", L12="1600", L06="700"), period) == 1880
    assert trailing_year(revenue(M06="980", L12="1600"), period) is None
    assert trailing_year(revenue(M12="1700"), Period.parse("2022-M12")) == 1700


@pytest.mark.parametrize(("before", "growth"), [("800", "22.5"), ("0", None), (None, None)])
def test_growth_wants_something_to_grow_from(before: str | None, growth: str | None) -> None:
    found = growth_of(revenue(M06="980", L06=before), Period.parse("2022-M06"))
    assert found == (None if growth is None else Decimal(growth))


@pytest.mark.parametrize(
    ("trailing", "growth", "tier"),
    [
        ("1500", None, "A"),
        ("1999.99", "-5", "A"),
        ("2000", "50", None),
        ("1499.99", "20", "B"),
        ("1499.99", "19.99", None),
        ("1499.99", None, None),
        ("800", "20", "B"),
        ("799.99", "90", None),
        (None, "90", None),
    ],
)
def test_the_tier_follows_revenue_and_growth_and_the_unknown_has_none(
    trailing: str | None, growth: str | None, tier: str | None
) -> None:
    exact = [None if each is None else Decimal(each) for each in (trailing, growth)]
    found = tier_of(Prospect(exact[0], exact[1]), TIERS)
    assert (found and found.tier) == tier


@pytest.mark.parametrize(
    ("building", "expected", "tier"), [(True, "2000", "C"), (True, "1999.99", None), (False, "5000", None), (True, None, None)]
)
def test_a_works_that_will_pass_the_line_is_in_the_third_tier(building: bool, expected: str | None, tier: str | None) -> None:
    found = tier_of(Prospect(None, None, building, None if expected is None else Decimal(expected)), TIERS)
    assert (found and found.tier) == tier


@pytest.mark.parametrize(
    ("known", "swing"),
    [
        ({"M04": "400", "M05": "500", "M06": "660"}, "60"),
        ({"M04": "400", "M05": "500", "M06": "540"}, "-60"),
        ({"M04": "400", "M05": None, "M06": "540"}, None),
        ({"M05": "500", "M06": "540"}, None),
        ({"M04": "400", "M05": "400", "M06": "540"}, None),
    ],
)
def test_the_swing_of_a_month_is_told_where_both_months_are_known(known: dict[str, str | None], swing: str | None) -> None:
    assert month_swing(revenue(**known), Period.parse("2022-M06")) == (None if swing is None else Decimal(swing))


def test_march_has_no_swing_since_january_comes_with_february() -> None:
    assert month_swing(revenue(M02="200", M03="300"), Period.parse("2022-M03")) is None


@pytest.mark.parametrize("code", ["C3120", "B06", "D4411", "C312", "T97"])
def test_a_class_of_the_industry_table_is_known(code: str) -> None:
    assert parse_industry(code) == code


@pytest.mark.parametrize("code", ["C4411", "3120", "C1", "U99", "B13", "C31200"])
def test_a_class_outside_its_letter_is_refused(code: str) -> None:
    with pytest.raises(ValueError, match="行业代码"):
        parse_industry(code)
