"""Which crossings of a due day have to be recorded now."""

from datetime import date

from project_svc.milestones.rules import Warned, Watch


def crossings_to_record(due_on: date, warned: Warned, today: date, watch: Watch) -> tuple[Warned, ...]:
    """The crossings that stand today beyond the one recorded last, in the order in which they came.

    A notice that was missed is not given after the fact; a missed day is: overdue comes before seriously overdue, each once.
    A clock that went back finds nothing, since what was recorded stays recorded.
    """
    late = (Warned.OVERDUE, Warned.SERIOUSLY_OVERDUE)
    standing = tuple(crossing for crossing in late if watch.crossed_on(crossing, due_on) <= today)
    if not standing and watch.notice_day(due_on) <= today:
        standing = (Warned.DUE_SOON,)
    return tuple(crossing for crossing in standing if crossing > warned)
