"""Periods: texts of `api.md`, calendar of `domain.md` §2.3."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.kit.periods import Frequency, Period

periods = st.sampled_from(Frequency).flatmap(
    lambda frequency: st.builds(Period, st.integers(1950, 2099), st.just(frequency), st.integers(1, 12 // frequency.months))
)


@pytest.mark.parametrize(
    ("text", "end", "months", "label"),
    [
        ("2022-M01", date(2022, 1, 31), 1, "2022年1月"),
        ("2022-M02", date(2022, 2, 28), 2, "2022年1—2月"),
        ("2024-M02", date(2024, 2, 29), 2, "2024年1—2月"),
        ("2022-M06", date(2022, 6, 30), 6, "2022年1—6月"),
        ("2022-M12", date(2022, 12, 31), 12, "2022年1—12月"),
        ("2022-Q1", date(2022, 3, 31), 3, "2022年一季度"),
        ("2022-Q2", date(2022, 6, 30), 6, "2022年上半年"),
        ("2022-Q3", date(2022, 9, 30), 9, "2022年前三季度"),
        ("2022-H1", date(2022, 6, 30), 6, "2022年上半年"),
        ("2022-H2", date(2022, 12, 31), 12, "2022年全年"),
        ("2022", date(2022, 12, 31), 12, "2022年"),
    ],
)
def test_a_period_is_cumulative_from_the_first_of_january(text: str, end: date, months: int, label: str) -> None:
    period = Period.parse(text)
    assert (period.start, period.end) == (date(int(text[:4]), 1, 1), end)
    assert (period.elapsed_months, period.label) == (months, label)


@pytest.mark.parametrize(
    "text",
    [
        *("", "2022-M00", "2022-M13", "2022-Q0", "2022-Q5", "2022-H3", "2022-M6", "2022-Q02", "2022-", "22-M06"),
        *("2022-Y1", "2022-m06", "2022年", "1948", "2101", "2022-M06 ", "\uff12\uff10\uff12\uff12"),
    ],
)
def test_any_other_text_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="报告期"):
        Period.parse(text)


def test_january_is_refused_where_the_statistic_has_none() -> None:
    with pytest.raises(ValueError, match="2022-M02"):
        Period.parse("2022-M01", separate_january=False)
    assert Period.parse("2022-M02", separate_january=False).elapsed_months == 2


def test_half_of_the_year_has_passed_at_the_end_of_june() -> None:
    assert Period.parse("2022-M06").elapsed_share == Decimal("0.5")
    assert round(Period.parse("2022-M10").elapsed_share * 100, 3) == Decimal("83.333")


@pytest.mark.parametrize(
    ("text", "previous"),
    [
        ("2022-M06", "2022-M05"),
        ("2022-M01", "2021-M12"),
        ("2022-Q1", "2021-Q4"),
        ("2022-Q3", "2022-Q2"),
        ("2022-H1", "2021-H2"),
        ("2022", "2021"),
    ],
)
def test_the_previous_period_has_the_same_frequency(text: str, previous: str) -> None:
    assert str(Period.parse(text).previous()) == previous


@pytest.mark.parametrize(("text", "previous"), [("2022-M02", "2021-M12"), ("2022-M03", "2022-M02"), ("2022-Q2", "2022-Q1")])
def test_without_a_separate_january_february_follows_december(text: str, previous: str) -> None:
    assert str(Period.parse(text, separate_january=False).previous(separate_january=False)) == previous


def test_a_period_that_had_not_ended_is_after_its_as_of_date() -> None:
    speech = date(2022, 7, 1)
    assert Period.parse("2022-M07").is_after(speech)
    assert Period.parse("2022").is_after(speech)
    assert not Period.parse("2022-M06").is_after(speech)
    assert not Period.parse("2022-M06").is_after(date(2022, 6, 30))
    assert Period.parse("2022-M06").is_after(date(2022, 6, 29))


def test_periods_sort_by_their_end_and_then_by_their_length() -> None:
    in_order = ["2021", "2022-M06", "2022-Q2", "2022-H1", "2022-M07", "2022"]
    assert [str(each) for each in sorted(map(Period.parse, reversed(in_order)))] == in_order


@given(period=periods)
def test_a_period_reads_back_from_its_text(period: Period) -> None:
    assert Period.parse(str(period)) == period


@given(period=periods)
def test_going_back_a_whole_year_step_by_step_gives_the_same_period_of_last_year(period: Period) -> None:
    earlier = period
    for _ in range(12 // period.frequency.months):
        assert earlier.previous() < earlier
        earlier = earlier.previous()
    assert earlier == period.same_last_year()


@given(period=periods)
def test_a_period_ends_on_the_last_day_of_a_month(period: Period) -> None:
    assert (period.end + timedelta(days=1)).day == 1
    assert 0 < period.elapsed_share <= 1
