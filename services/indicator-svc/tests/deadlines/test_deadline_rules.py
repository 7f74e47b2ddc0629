"""When a due day is told of, on the working calendar."""

from datetime import date

import pytest

from indicator_svc.deadlines.rules import Crossing, Notice
from shared.kit.calendar import WorkingCalendar

NOTICE = Notice(WorkingCalendar(), 3)


@pytest.mark.parametrize(
    ("today", "last"),
    [
        (date(2022, 7, 1), date(2022, 7, 6)),  # a Friday: Monday to Wednesday follow
        (date(2022, 7, 2), date(2022, 7, 6)),
        (date(2022, 9, 29), date(2022, 10, 9)),  # 30 September, then the make-up days 8 and 9 October
    ],
)
def test_a_due_day_is_soon_from_the_working_day_before_its_notice(today: date, last: date) -> None:
    assert NOTICE.last_due_day(Crossing.DUE_SOON, today) == last


def test_a_due_day_is_overdue_from_the_day_after_it() -> None:
    assert NOTICE.last_due_day(Crossing.OVERDUE, date(2022, 7, 6)) == date(2022, 7, 5)


def test_the_days_left_are_told_on_both_calendars() -> None:
    assert NOTICE.days_left(date(2022, 7, 6), date(2022, 7, 1)) == {"calendar_days_left": 5, "working_days_left": 3}
