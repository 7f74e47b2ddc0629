"""Which crossings are recorded, on which day, how often."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from project_svc.milestones.rules import Warned, Watch, WatchRule
from project_svc.network.days import DayUnit
from project_svc.sweep.rules import crossings_to_record
from shared.kit.calendar import WorkingCalendar

WATCH = Watch(WatchRule(date(2022, 1, 1), 3, DayUnit.WORKING, 7, 30, "测试"), WorkingCalendar())
DUE = date(2022, 7, 1)
SOON, LATE, VERY_LATE = Warned.DUE_SOON, Warned.OVERDUE, Warned.SERIOUSLY_OVERDUE


@pytest.mark.parametrize(
    ("today", "warned", "expected"),
    [
        (date(2022, 6, 27), Warned.NOT_YET, ()),
        (date(2022, 6, 28), Warned.NOT_YET, (SOON,)),
        (DUE, Warned.NOT_YET, (SOON,)),
        (DUE, SOON, ()),
        (DUE + timedelta(days=1), SOON, (LATE,)),
        (DUE + timedelta(days=7), LATE, ()),
        (DUE + timedelta(days=8), LATE, (VERY_LATE,)),
        (DUE + timedelta(days=8), VERY_LATE, ()),
    ],
)
def test_a_crossing_is_recorded_on_its_day_and_not_before(today: date, warned: Warned, expected: tuple[Warned, ...]) -> None:
    assert crossings_to_record(DUE, warned, today, WATCH) == expected


def test_a_late_start_gives_no_notice_of_what_is_missed_already_but_both_misses_in_order() -> None:
    assert crossings_to_record(DUE, Warned.NOT_YET, DUE + timedelta(days=3), WATCH) == (LATE,)
    assert crossings_to_record(DUE, Warned.NOT_YET, DUE + timedelta(days=90), WATCH) == (LATE, VERY_LATE)


def test_a_clock_that_went_back_finds_nothing_new() -> None:
    assert crossings_to_record(DUE, VERY_LATE, DUE - timedelta(days=30), WATCH) == ()
    assert crossings_to_record(DUE, LATE, DUE, WATCH) == ()


@given(st.lists(st.integers(-40, 40), min_size=1, max_size=30))
def test_however_the_days_come_each_crossing_is_recorded_once_and_in_order(offsets: list[int]) -> None:
    warned, recorded = Warned.NOT_YET, list[Warned]()
    for offset in offsets:
        for crossing in crossings_to_record(DUE, warned, DUE + timedelta(days=offset), WATCH):
            recorded.append(crossing)
            warned = crossing
    assert recorded == sorted(set(recorded))
    assert (LATE in recorded) == (max(offsets) >= 1)
    assert (VERY_LATE in recorded) == (max(offsets) >= 8)
