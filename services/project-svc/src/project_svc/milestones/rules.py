"""Decisions about milestones: dependencies, when a day is near or missed, which lamp shows."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import IntEnum, StrEnum
from graphlib import CycleError, TopologicalSorter

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


class DayUnit(StrEnum):
    WORKING = "working_days"
    CALENDAR = "calendar_days"


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


class LinkType(StrEnum):
    """Finish-to-start, start-to-start, finish-to-finish, start-to-finish.

    A milestone is a single day, so all four ask the same of two days; schedules of activities will tell them apart.
    """

    FS = "FS"
    SS = "SS"
    FF = "FF"
    SF = "SF"


@dataclass(frozen=True, slots=True)
class Link:
    """`successor` may not come before `predecessor` plus a lag in working days (negative: a lead)."""

    predecessor: str
    successor: str
    type: LinkType = LinkType.FS
    lag_working_days: int = 0


@dataclass(frozen=True, slots=True)
class DateConflict:
    """A node that is due before its predecessor allows."""

    link: Link
    earliest_on: date


def find_cycle(links: Iterable[Link]) -> tuple[str, ...]:
    """The nodes of one cycle in the order of the work, first and last the same; empty when there is none."""
    sorter: TopologicalSorter[str] = TopologicalSorter()
    for link in links:
        sorter.add(link.successor, link.predecessor)
    try:
        sorter.prepare()
    except CycleError as error:
        return tuple(error.args[1])
    return ()


def date_conflicts(due: Mapping[str, date], links: Iterable[Link], calendar: WorkingCalendar) -> tuple[DateConflict, ...]:
    """Every link whose successor is due too early."""
    found = (DateConflict(link, earliest_after(due[link.predecessor], link, calendar)) for link in links)
    return tuple(conflict for conflict in found if due[conflict.link.successor] < conflict.earliest_on)


def earliest_after(predecessor_on: date, link: Link, calendar: WorkingCalendar) -> date:
    return calendar.add_working_days(predecessor_on, link.lag_working_days)


def lay_out(keys: Sequence[str], links: Sequence[Link], begin_on: date, calendar: WorkingCalendar) -> dict[str, date]:
    """Due days of a plan that begins on a day: each node on the first day that all its predecessors allow.

    Raises graphlib.CycleError on a cycle; callers that take links from outside ask `find_cycle` first.
    """
    sorter: TopologicalSorter[str] = TopologicalSorter(dict.fromkeys(keys, ()))
    for link in links:
        sorter.add(link.successor, link.predecessor)
    due: dict[str, date] = {}
    for key in sorter.static_order():
        days = [earliest_after(due[link.predecessor], link, calendar) for link in links if link.successor == key]
        due[key] = max(days, default=begin_on)
    return due
