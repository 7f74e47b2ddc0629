"""Forward and backward passes over a network of works, float, and what drives an end (`domain.md` §3.4).

Every work has a start and a finish, each the end of a day: work that begins on the 1st starts at the end of the day before, so
that a point in time (no days) starts and finishes at once. A link binds one end of its successor to one end of its predecessor
plus a lag in working days. A work starts as early as its own links allow, and is stretched where it has to wait for another's
finish: so nothing that is compressed ever makes anything later.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from graphlib import CycleError, TopologicalSorter
from typing import Self

from project_svc.network.days import SiteDays, Work


class LinkType(StrEnum):
    """Finish-to-start, start-to-start, finish-to-finish, start-to-finish."""

    FS = "FS"
    SS = "SS"
    FF = "FF"
    SF = "SF"


@dataclass(frozen=True, slots=True)
class Link:
    """An end of `successor` may not come before an end of `predecessor` plus a lag in working days (negative: a lead)."""

    predecessor: str
    successor: str
    type: LinkType = LinkType.FS
    lag_working_days: int = 0


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


@dataclass(frozen=True, slots=True)
class Activity:
    """A work of a network; `done_on` fixes the finish of one that is done."""

    key: str
    work: Work = field(default_factory=Work)
    done_on: int | None = None


@dataclass(frozen=True, slots=True)
class Since:
    """From when works may begin, and today: what is not done yet finishes today at the earliest."""

    begin: int
    today: int


@dataclass(frozen=True, slots=True)
class Span:
    """Start and finish, each the end of a day."""

    start: int
    finish: int

    def first_day(self) -> int:
        """The first day of work; the day itself of a point in time."""
        return min(self.start + 1, self.finish)


@dataclass(frozen=True, slots=True)
class _Bond:
    """A link as seen from one of its ends."""

    other: int
    from_start: bool
    to_start: bool
    lag: int


class Network:
    """Works in the order in which they can be computed. Raises graphlib.CycleError: ask `find_cycle` first."""

    def __init__(self, activities: Sequence[Activity], links: Sequence[Link], days: SiteDays) -> None:
        self.activities, self.links, self.days = activities, links, days
        self.index = {each.key: index for index, each in enumerate(activities)}
        self.before: list[list[_Bond]] = [[] for _ in activities]
        self.after: list[list[_Bond]] = [[] for _ in activities]
        for link in links:
            first, second = self.index[link.predecessor], self.index[link.successor]
            ends = link.type in (LinkType.SS, LinkType.SF), link.type in (LinkType.FS, LinkType.SS)
            self.before[second].append(_Bond(first, *ends, link.lag_working_days))
            self.after[first].append(_Bond(second, *ends, link.lag_working_days))
        graph = {index: [bond.other for bond in bonds] for index, bonds in enumerate(self.before)}
        self.order: tuple[int, ...] = tuple(TopologicalSorter(graph).static_order())

    def with_work(self, works: Mapping[int, Work]) -> Self:
        """The same network with other works at some places."""
        changed = self.__class__.__new__(self.__class__)
        changed.__dict__.update(self.__dict__)
        changed.activities = [
            replace(each, work=works[index]) if index in works else each for index, each in enumerate(self.activities)
        ]
        return changed

    @property
    def ends(self) -> list[int]:
        """Works that are not done and whose finish nothing waits for that is not done either."""
        done = [each.done_on is not None for each in self.activities]
        return [
            index
            for index, bonds in enumerate(self.after)
            if not done[index] and all(bond.from_start or done[bond.other] for bond in bonds)
        ]


def earliest(network: Network, since: Since) -> list[Span]:
    """The forward pass: the earliest span of every work."""
    spans = [Span(0, 0)] * len(network.activities)
    shift, before = network.days.shift, network.before
    for index in network.order:
        activity = network.activities[index]
        if activity.done_on is not None:
            spans[index] = latest_span(activity.work, activity.done_on, activity.done_on, network.days)
            continue
        start, finish = since.begin - 1, max(since.begin, since.today)
        for bond in before[index]:
            other = spans[bond.other]
            bound = shift(other.start if bond.from_start else other.finish, bond.lag)
            if bond.to_start:
                start = max(start, bound)
            else:
                finish = max(finish, bound)
        spans[index] = earliest_span(activity.work, start, finish, network.days)
    return spans


def latest(network: Network, deadlines: Mapping[int, int], last: int) -> list[Span]:
    """The backward pass: the latest span of every work with which all deadlines hold; `last` is for works without one."""
    spans = [Span(0, 0)] * len(network.activities)
    unshift, after, activities = network.days.unshift, network.after, network.activities
    for index in reversed(network.order):
        activity = activities[index]
        if activity.done_on is not None:
            spans[index] = latest_span(activity.work, activity.done_on, activity.done_on, network.days)
            continue
        start = finish = deadlines.get(index, last)
        for bond in after[index]:
            if activities[bond.other].done_on is not None:
                continue
            other = spans[bond.other]
            bound = unshift(other.start if bond.to_start else other.finish, bond.lag)
            if bond.from_start:
                start = min(start, bound)
            else:
                finish = min(finish, bound)
        spans[index] = latest_span(activity.work, start, finish, network.days)
    return spans


def earliest_span(work: Work, start: int, finish: int, days: SiteDays) -> Span:
    """The earliest span that neither starts nor finishes before these ends of days."""
    if not work.days:
        day = max(start, finish)
        return Span(day, day)
    table = days.table(work)
    rank = table.rank(start) + 1
    done = table.day(rank + work.days - 1)
    return Span(table.day(rank) - 1, done if finish <= done else table.day(table.rank(finish - 1) + 1))


def latest_span(work: Work, start: int, finish: int, days: SiteDays) -> Span:
    """The latest span that neither starts nor finishes after these ends of days."""
    if not work.days:
        day = min(start, finish)
        return Span(day, day)
    table = days.table(work)
    last = table.rank(finish)
    rank = min(table.rank(start + 1), last - work.days + 1)
    return Span(table.day(rank) - 1, table.day(last))


@dataclass(frozen=True, slots=True)
class Slack:
    """By how many of its own days a work may slip: without moving a deadline (total), without moving any other work (free)."""

    total: int
    free: int

    @property
    def critical(self) -> bool:
        return self.total <= 0


def slacks(network: Network, early: Sequence[Span], late: Sequence[Span]) -> list[Slack]:
    """Float of every work; negative where a deadline cannot be kept."""
    last = max(span.finish for span in early)
    found = []
    for index, activity in enumerate(network.activities):
        if activity.done_on is not None:
            found.append(Slack(0, 0))
            continue
        start = finish = last
        for bond in network.after[index]:
            if network.activities[bond.other].done_on is None:
                other = early[bond.other]
                bound = network.days.unshift(other.start if bond.to_start else other.finish, bond.lag)
                start, finish = (min(start, bound), finish) if bond.from_start else (start, min(finish, bound))
        free = latest_span(activity.work, start, finish, network.days)
        total = slip(activity.work, early[index], late[index], network.days)
        found.append(Slack(total, slip(activity.work, early[index], free, network.days)))
    return found


def slip(work: Work, early: Span, late: Span, days: SiteDays) -> int:
    """By how many of its own days a work may go from the one span to the other, at the less free of its ends."""
    table, shown = days.table(work), int(work.days > 0)
    at_start = table.between(early.start + shown, late.start + shown)
    return min(at_start, table.between(early.finish, late.finish))


@dataclass(frozen=True, slots=True)
class Step:
    """A work on a driving path; `worked`: its own days count there, not only one of its ends."""

    index: int
    worked: bool


def driving_path(network: Network, spans: Sequence[Span], end: int, since: Since) -> tuple[Step, ...]:
    """The critical path to a finish: works, in order, each of which keeps the next from being earlier, whatever else is done."""
    path: list[Step] = []
    place: tuple[int, bool] | None = (end, False)
    while place is not None:
        index, at_start = place
        worked = not at_start and _driven_by_own_start(network.activities[index], spans[index], network.days)
        path.append(Step(index, worked))
        place = _driver(network, spans, (index, at_start or worked), since)
    return tuple(reversed(path))


def _driven_by_own_start(activity: Activity, span: Span, days: SiteDays) -> bool:
    if activity.done_on is not None or not activity.work.days:
        return False
    return earliest_span(activity.work, span.start, span.start, days).finish == span.finish


def _driver(network: Network, spans: Sequence[Span], place: tuple[int, bool], since: Since) -> tuple[int, bool] | None:
    """The end of a predecessor that holds this end of a work where it is; None: the day of beginning, today, or what is done."""
    index, at_start = place
    activity, span = network.activities[index], spans[index]
    if activity.done_on is not None or span.finish <= max(since.begin, since.today):
        return None
    for bond in network.before[index]:
        other = spans[bond.other]
        bound = network.days.shift(other.start if bond.from_start else other.finish, bond.lag)
        if _holds(activity.work, bound, span, network.days, at_start=at_start, to_start=bond.to_start):
            return bond.other, bond.from_start
    return None


def _holds(work: Work, bound: int, span: Span, days: SiteDays, *, at_start: bool, to_start: bool) -> bool:
    """Whether a bound on one end is what keeps this end of a span from being earlier."""
    if not work.days:
        return bound == span.finish
    if at_start != to_start:
        return False
    table = days.table(work)
    return table.day(table.rank(bound) + 1) - 1 == span.start if at_start else table.day(table.rank(bound - 1) + 1) == span.finish


@dataclass(frozen=True, slots=True)
class Miss:
    """The end that misses its deadline the most: which, by how much, and the works that drive it."""

    end: int
    deadline: int
    finish: int
    working_days: int
    path: tuple[Step, ...]


def worst_miss(network: Network, deadlines: Mapping[int, int], since: Since) -> Miss | None:
    """None when every deadline can be kept."""
    spans = earliest(network, since)
    late = [(spans[index].finish - day, -index) for index, day in deadlines.items() if spans[index].finish > day]
    if not late:
        return None
    end = -max(late)[1]
    missed = network.days.working.between(deadlines[end], spans[end].finish)
    return Miss(end, deadlines[end], spans[end].finish, missed, driving_path(network, spans, end, since))
