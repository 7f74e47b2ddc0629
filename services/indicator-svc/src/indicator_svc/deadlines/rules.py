"""When a due day is told of: within its notice period, and once it has passed. Pure."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import IntEnum

from shared.kit.calendar import WorkingCalendar


class Crossing(IntEnum):
    """How far a due day has been told of; a further one is never followed by a nearer one."""

    NOT_YET = 0
    DUE_SOON = 1
    OVERDUE = 2


@dataclass(frozen=True, slots=True)
class Notice:
    """A due day is soon from so many working days before it on, make-up days counted; it is overdue from the day after it."""

    calendar: WorkingCalendar
    working_days: int

    def last_due_day(self, crossing: Crossing, today: date) -> date:
        """The latest due day that has come to this crossing by `today`."""
        if crossing is Crossing.OVERDUE:
            return today - timedelta(days=1)
        return self.calendar.add_working_days(today, self.working_days)

    def days_left(self, due_on: date, today: date) -> dict[str, int]:
        """Calendar and working days up to and including the due day."""
        return {
            "calendar_days_left": (due_on - today).days,
            "working_days_left": self.calendar.working_days_between(today, due_on),
        }
