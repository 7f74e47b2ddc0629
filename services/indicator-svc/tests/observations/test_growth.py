"""Growth and averages: the vectors of `domain.md` §2.1–§2.3."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indicator_svc.observations import growth
from shared.kit.periods import Period

LEVELS = st.decimals(min_value=1, max_value=10**6, places=2)


def test_growth_over_the_same_period_of_last_year_is_in_percent() -> None:
    assert growth.year_on_year(Decimal("103.2"), Decimal(100)) == Decimal("3.2")
    assert growth.year_on_year(Decimal(5), Decimal(0)) is None


def test_real_growth_takes_the_prices_out() -> None:
    assert growth.real_growth(Decimal(330), Decimal(300), Decimal("1.045")) == Decimal("5.263158")


@pytest.mark.parametrize(("before", "deflator"), [("0", "1.045"), ("300", "0"), ("-3", "1")])
def test_real_growth_over_nothing_is_unknown(before: str, deflator: str) -> None:
    assert growth.real_growth(Decimal(330), Decimal(before), Decimal(deflator)) is None


def test_gansus_two_years_to_the_middle_of_2021_grew_by_five_point_nine_on_average() -> None:
    assert growth.two_year_average(Decimal("10.5"), Decimal("1.5")) == Decimal("5.904438")
    assert growth.two_year_average(Decimal(-101), Decimal(5)) is None


@pytest.mark.parametrize(
    ("period", "before", "separate", "alone"),
    [
        ("2022-M06", "50", False, "10"),
        ("2022-M03", "50", False, "10"),
        ("2022-M02", None, False, None),
        ("2022-M02", "50", False, None),
        ("2022-M02", "50", True, "10"),
        ("2022-M01", None, True, "60"),
        ("2022-M06", None, True, None),
    ],
)
def test_a_month_alone_is_what_it_adds_and_february_has_none_without_a_january(
    period: str, before: str | None, separate: bool, alone: str | None
) -> None:
    earlier, wanted = (None if each is None else Decimal(each) for each in (before, alone))
    assert growth.month_alone(Period.parse(period), Decimal(60), earlier, separate_january=separate) == wanted


def test_a_quarter_has_no_month_of_its_own() -> None:
    with pytest.raises(ValueError, match="不是月度报告期"):
        growth.month_alone(Period.parse("2022-Q2"), Decimal(60), Decimal(50), separate_january=True)


def test_january_and_february_together_are_known_when_both_are() -> None:
    assert growth.january_and_february(Decimal(3), Decimal(4)) == Decimal(7)
    assert growth.january_and_february(None, Decimal(4)) is None


def test_a_share_in_no_increment_is_unknown() -> None:
    assert growth.contribution_share((Decimal(6), Decimal(5)), (Decimal(10), Decimal(10))) is None
    assert growth.points_contributed((Decimal(6), Decimal(5)), (Decimal(10), Decimal(0))) is None


@given(st.lists(st.tuples(LEVELS, LEVELS), min_size=1, max_size=5))
def test_the_points_of_all_parts_add_up_to_the_growth_of_the_whole(parts: list[tuple[Decimal, Decimal]]) -> None:
    whole = sum(now for now, _ in parts), sum(before for _, before in parts)
    points = [growth.points_contributed(part, (Decimal(whole[0]), Decimal(whole[1]))) or Decimal() for part in parts]
    total = growth.year_on_year(Decimal(whole[0]), Decimal(whole[1]))
    assert total is not None
    assert abs(sum(points) - total) <= Decimal("0.000001") * len(parts)


@pytest.mark.parametrize(("computed", "differs"), [("6.3", False), ("6.5", False), ("6.51", True), ("6.29", True)])
def test_a_published_growth_is_set_beside_the_computed_one(computed: str, differs: bool) -> None:
    assert growth.growth_differs(Decimal("6.4"), Decimal(computed), Decimal("0.1")) is differs
