"""Working calendar against the State Council's notices, and the winter stop of `domain.md` §3.4."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.kit.calendar import WinterStop, WorkingCalendar, first_noticed_year, last_noticed_year

# What the yearly notices say: weekdays off, and weekend days that are worked (调休).
NOTICES = {
    2022: (
        "01-03 01-31 02-01 02-02 02-03 02-04 04-04 04-05 05-02 05-03 05-04 06-03 09-12 10-03 10-04 10-05 10-06 10-07",
        "01-29 01-30 04-02 04-24 05-07 10-08 10-09",
    ),
    2025: (
        "01-01 01-28 01-29 01-30 01-31 02-03 02-04 04-04 05-01 05-02 05-05 06-02 10-01 10-02 10-03 10-06 10-07 10-08",
        "01-26 02-08 04-27 09-28 10-11",
    ),
    2026: (
        "01-01 01-02 02-16 02-17 02-18 02-19 02-20 02-23 04-06 05-01 05-04 05-05 06-19 09-25 10-01 10-02 10-05 10-06 10-07",
        "01-04 02-14 02-28 05-09 09-20 10-10",
    ),
}

days = st.dates(date(2001, 1, 1), date(2026, 12, 31))
calendar = WorkingCalendar()


def days_of(year: int) -> list[date]:
    return [date(year, 1, 1) + timedelta(days=offset) for offset in range((date(year + 1, 1, 1) - date(year, 1, 1)).days)]


@pytest.mark.parametrize("year", NOTICES)
def test_a_year_is_worked_as_its_notice_says(year: int) -> None:
    off, made_up = NOTICES[year]
    odd = [f"{day:%m-%d}" for day in days_of(year) if calendar.is_working_day(day) != (day.weekday() < 5)]
    assert odd == sorted(f"{off} {made_up}".split())


def test_a_make_up_day_that_next_years_notice_sets_is_worked() -> None:
    assert calendar.is_working_day(date(2006, 12, 30))
    assert calendar.is_working_day(date(2018, 12, 29))


def test_an_override_wins_over_the_notice() -> None:
    spring = WorkingCalendar({date(2022, 7, 4): False, date(2022, 7, 9): True})
    assert not spring.is_working_day(date(2022, 7, 4))
    assert spring.is_working_day(date(2022, 7, 9))
    assert spring.add_working_days(date(2022, 7, 1), 1) == date(2022, 7, 5)


def test_a_date_past_the_last_notice_is_provisional_until_an_override_states_it() -> None:
    beyond = date(last_noticed_year() + 1, 2, 10)
    assert calendar.provisional(beyond)
    assert not WorkingCalendar({beyond: True}).provisional(beyond)


def test_a_date_with_a_notice_is_not_provisional_and_one_before_all_notices_is() -> None:
    assert not calendar.provisional(date(2022, 7, 1))
    assert calendar.provisional(date(first_noticed_year() - 1, 12, 31))


def test_a_provisional_year_still_knows_its_statutory_holidays() -> None:
    beyond = last_noticed_year() + 1
    assert not calendar.is_working_day(date(beyond, 1, 1))
    assert not calendar.is_working_day(date(beyond, 10, 1))


@pytest.mark.parametrize(
    ("start", "count", "end"),
    [
        (date(2022, 7, 1), 0, date(2022, 7, 1)),
        (date(2022, 7, 2), 0, date(2022, 7, 2)),
        (date(2022, 7, 1), 1, date(2022, 7, 4)),
        (date(2022, 9, 30), 1, date(2022, 10, 8)),
        (date(2022, 9, 30), 3, date(2022, 10, 10)),
        (date(2022, 10, 8), -1, date(2022, 9, 30)),
        (date(2022, 7, 3), -1, date(2022, 7, 1)),
    ],
)
def test_working_days_are_added_across_holidays_and_make_up_days(start: date, count: int, end: date) -> None:
    assert calendar.add_working_days(start, count) == end
    assert calendar.subtract_working_days(start, -count) == end


def test_the_next_working_day_of_a_worked_day_is_itself() -> None:
    assert calendar.next_working_day(date(2022, 10, 8)) == date(2022, 10, 8)
    assert calendar.next_working_day(date(2022, 10, 1)) == date(2022, 10, 8)


def test_working_days_between_counts_after_the_start_up_to_the_end() -> None:
    assert calendar.working_days_between(date(2022, 7, 1), date(2022, 7, 1)) == 0
    assert calendar.working_days_between(date(2022, 9, 30), date(2022, 10, 9)) == 2
    assert calendar.working_days_between(date(2022, 10, 9), date(2022, 9, 30)) == -2


@given(day=days, count=st.integers(-300, 300))
def test_counting_undoes_adding(day: date, count: int) -> None:
    assert calendar.working_days_between(day, calendar.add_working_days(day, count)) == count


@given(day=days, count=st.integers(-60, 60).filter(bool))
def test_adding_lands_on_a_working_day(day: date, count: int) -> None:
    assert calendar.is_working_day(calendar.add_working_days(day, count))


def test_the_winter_stop_leaves_133_days_from_5_july_to_14_november() -> None:
    assert WinterStop().workable_days(date(2022, 7, 5), date(2022, 11, 14)) == 133


@pytest.mark.parametrize(
    ("start", "length", "finish"),
    [
        (date(2022, 10, 1), 90, date(2023, 4, 29)),
        (date(2022, 7, 5), 133, date(2022, 11, 14)),
        (date(2022, 7, 5), 134, date(2023, 3, 16)),
    ],
)
def test_work_that_does_not_fit_before_the_stop_goes_on_after_it(start: date, length: int, finish: date) -> None:
    assert WinterStop().finish(start, length) == finish


@pytest.mark.parametrize(
    ("finish", "length", "start"),
    [(date(2022, 11, 14), 90, date(2022, 8, 17)), (date(2023, 4, 30), 90, date(2022, 10, 2))],
)
def test_the_latest_start_is_counted_backward_over_the_stop(finish: date, length: int, start: date) -> None:
    assert WinterStop().latest_start(finish, length) == start


def test_both_ends_belong_to_the_stop() -> None:
    stop = WinterStop()
    assert [stop.is_workable(date(2022, 11, day)) for day in (14, 15)] == [True, False]
    assert [stop.is_workable(date(2023, 3, day)) for day in (15, 16)] == [False, True]


def test_a_stop_within_one_year_is_understood_too() -> None:
    rains = WinterStop(first=(6, 1), last=(6, 30))
    assert rains.workable_days(date(2022, 1, 1), date(2022, 12, 31)) == 335


def test_a_stop_of_the_whole_year_is_refused() -> None:
    with pytest.raises(ValueError, match="全年"):
        WinterStop(first=(1, 1), last=(12, 31))


@pytest.mark.parametrize("length", [0, -3])
def test_work_takes_at_least_one_day(length: int) -> None:
    with pytest.raises(ValueError, match="工期"):
        WinterStop().finish(date(2022, 7, 5), length)


@given(start=days, length=st.integers(1, 400))
def test_a_span_holds_exactly_the_days_it_was_made_for(start: date, length: int) -> None:
    stop = WinterStop()
    finish = stop.finish(start, length)
    assert stop.is_workable(finish)
    assert stop.workable_days(start, finish) == length
    assert stop.workable_days(stop.latest_start(finish, length), finish) == length
