"""Which day a schedule proposes, and whether it can be taken over."""

from datetime import date
from enum import StrEnum

from project_svc.network.schedule import Line, Schedule
from project_svc.network.wording import verdict


class Direction(StrEnum):
    """正排 (from the beginning, each as early as can be) or 倒排 (from the deadline, each as late as may be)."""

    FORWARD = "forward"
    BACKWARD = "backward"


def planned_on(line: Line, direction: Direction) -> date:
    """The earliest finish forward, the latest finish backward."""
    span = line.earliest if direction is Direction.FORWARD else line.latest
    return date.fromordinal(span.finish)


def why_not_adopted(found: Schedule, direction: Direction) -> str | None:
    """Backward from a deadline that cannot be kept, days would lie before anything can begin; None when it can be taken over."""
    return verdict(found) if direction is Direction.BACKWARD and found.miss else None
