"""Decisions about milestones: dependencies, when a day is near or missed, which lamp shows."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import IntEnum, StrEnum

from project_svc.network.days import BeyondCalendar, DayUnit, SiteDays, Work
from project_svc.network.rules import Activity, Link, LinkType, Network, Since, earliest, earliest_span, latest_span
from shared.kit.calendar import WorkingCalendar


class MilestoneState(StrEnum):
    """未完成、已完成、随项目停缓建而撤回."""

    OPEN = "open"
    COMPLETED = "completed"
    WITHDRAWN = "withdrawn"


class DateBasis(StrEnum):
    """Whether a due day was set by the plan's owner, or assumed where the source gives none."""

    APPROVED = "approved"
    ASSUMED = "assumed"


class Warned(IntEnum):
    """The furthest crossing that was recorded of a milestone's current due day."""

    NOT_YET = 0
    DUE_SOON = 1
    OVERDUE = 2
    SERIOUSLY_OVERDUE = 3


class Lamp(StrEnum):
    """The lamp of a node on the wall chart (`domain.md` §3.4)."""

    GREY = "grey"
    GREEN = "green"
    YELLOW = "yellow"
    RED = "red"
    BLUE = "blue"


@dataclass(frozen=True, slots=True)
class WatchRule:
    """From when a due day is near, when it is seriously missed, and from when a lamp burns at all; in force from a day on."""

    effective_from: date
    due_soon_days: int
    due_soon_unit: DayUnit
    seriously_overdue_after_days: int
    lit_within_days: int
    clause: str


def rule_in_force(rules: Sequence[WatchRule], day: date) -> WatchRule:
    """The latest rule in force on that day; the earliest one for the time before any."""
    in_order = sorted(rules, key=lambda rule: rule.effective_from)
    return next((rule for rule in reversed(in_order) if rule.effective_from <= day), in_order[0])


@dataclass(frozen=True, slots=True)
class Watch:
    """A rule with the calendar that its working days are counted on."""

    rule: WatchRule
    calendar: WorkingCalendar

    def notice_day(self, due_on: date) -> date:
        """The first day on which `due_on` is near."""
        if self.rule.due_soon_unit is DayUnit.WORKING:
            return self.calendar.subtract_working_days(due_on, self.rule.due_soon_days)
        return due_on - timedelta(days=self.rule.due_soon_days)

    def days_left(self, due_on: date, today: date) -> dict[str, int]:
        """Days after `today` up to and including `due_on`, of either kind."""
        working = self.calendar.working_days_between(today, due_on)
        return {"calendar_days_left": (due_on - today).days, "working_days_left": working}

    def last_near_day(self, today: date) -> date:
        """The last due day that is near today."""
        day = today
        while self.notice_day(day + timedelta(days=1)) <= today:
            day += timedelta(days=1)
        return day

    def crossed_on(self, warned: Warned, due_on: date) -> date:
        """The day from which a crossing of this due day stands."""
        match warned:
            case Warned.SERIOUSLY_OVERDUE:
                return due_on + timedelta(days=self.rule.seriously_overdue_after_days + 1)
            case Warned.OVERDUE:
                return due_on + timedelta(days=1)
            case _:
                return self.notice_day(due_on)

    def last_due_day_crossed(self, warned: Warned, today: date) -> date:
        """The last due day of which that crossing stands today: the inverse of `crossed_on`."""
        match warned:
            case Warned.SERIOUSLY_OVERDUE:
                return today - timedelta(days=self.rule.seriously_overdue_after_days + 1)
            case Warned.OVERDUE:
                return today - timedelta(days=1)
            case _:
                return self.last_near_day(today)


def days_overdue(due_on: date, day: date) -> int:
    """Whole days that a due day has been missed by; the due day itself is still in time."""
    return max(0, (day - due_on).days)


@dataclass(frozen=True, slots=True)
class NodeOnDay:
    """What a node was on a day: its state, the due day that held, and the worst crossing that stood by then."""

    state: MilestoneState
    due_on: date
    warned: Warned


def lamp(node: NodeOnDay, day: date, watch: Watch) -> Lamp:
    """Blue done; red more than the rule's days late; yellow late or near; green in time; grey far off or withdrawn.

    A warning that stands keeps its colour although the due day was moved: only completion puts it out.
    """
    match node.state:
        case MilestoneState.COMPLETED:
            return Lamp.BLUE
        case MilestoneState.WITHDRAWN:
            return Lamp.GREY
        case MilestoneState.OPEN:
            return _open_lamp(node, day, watch)


def _open_lamp(node: NodeOnDay, day: date, watch: Watch) -> Lamp:
    late = days_overdue(node.due_on, day)
    if late > watch.rule.seriously_overdue_after_days or node.warned is Warned.SERIOUSLY_OVERDUE:
        return Lamp.RED
    if late or node.warned is Warned.OVERDUE or watch.notice_day(node.due_on) <= day:
        return Lamp.YELLOW
    return Lamp.GREEN if (node.due_on - day).days <= watch.rule.lit_within_days else Lamp.GREY


# --- dependencies --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class DateConflict:
    """A node that is due before its predecessor allows."""

    link: Link
    earliest_on: date


@dataclass(frozen=True, slots=True)
class Due:
    """A node with the work that leads up to it and the day on which it is due, or was done."""

    key: str
    work: Work
    due_on: date


def date_conflicts(due: Sequence[Due], links: Iterable[Link], days: SiteDays) -> tuple[DateConflict, ...]:
    """Every link whose successor is due too early, its predecessor being done on its own due day with no day to spare."""
    nodes = {each.key: each for each in due}
    found = ((link, _earliest_after(nodes[link.predecessor], nodes[link.successor].work, link, days)) for link in links)
    return tuple(DateConflict(link, day) for link, day in found if day is not None and nodes[link.successor].due_on < day)


def _earliest_after(before: Due, work: Work, link: Link, days: SiteDays) -> date | None:
    """None where the calendar does not reach."""
    try:
        return _earliest_finish(before, work, link, days)
    except BeyondCalendar:
        return None


def _earliest_finish(before: Due, work: Work, link: Link, days: SiteDays) -> date:
    day = before.due_on.toordinal()
    span = latest_span(before.work, day, day, days)
    bound = days.shift(span.start if link.type in (LinkType.SS, LinkType.SF) else day, link.lag_working_days)
    if link.type in (LinkType.FS, LinkType.SS):
        return date.fromordinal(earliest_span(work, bound, bound, days).finish)
    return date.fromordinal(bound)


def lay_out(nodes: Sequence[Activity], links: Sequence[Link], begin_on: date, days: SiteDays) -> dict[str, date]:
    """Due days of a plan that begins on a day: each node on the first day that all its predecessors allow.

    Raises BeyondCalendar, and graphlib.CycleError on a cycle; callers that take links from outside ask `find_cycle` first.
    """
    begin = begin_on.toordinal()
    spans = earliest(Network(nodes, links, days), Since(begin, begin))
    return {each.key: date.fromordinal(span.finish) for each, span in zip(nodes, spans, strict=True)}
