"""The schedule of a plan: earliest and latest days, float, the critical path, whether it can be kept and what to compress."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import ROUND_CEILING, Decimal
from typing import Final

from project_svc.network.compression import Compression, Problem, least_compression
from project_svc.network.days import SiteDays, Work
from project_svc.network.rules import (
    Activity,
    Link,
    Miss,
    Network,
    Since,
    Slack,
    Span,
    Step,
    driving_path,
    earliest,
    latest,
    slacks,
    worst_miss,
)

_WHOLE: Final = Decimal(100)


@dataclass(frozen=True, slots=True)
class CompressionRule:
    """By how much of its days a work may be compressed where nobody stated its least; in force from a day on."""

    effective_from: date
    most_percent: Decimal
    clause: str

    def least_days(self, work: Work) -> int:
        """What the work takes at the least: what was stated, or what the rule leaves, rounded up."""
        if work.least_days is not None:
            return work.least_days
        return int((work.days * (_WHOLE - self.most_percent) / _WHOLE).to_integral_value(ROUND_CEILING))


@dataclass(frozen=True, slots=True)
class Task:
    """A milestone as a schedule sees it: its work, the day on which it is due, and when it was done."""

    key: str
    name: str
    work: Work
    due_on: date
    done_on: date | None = None

    def activity(self, rule: CompressionRule) -> Activity:
        work = replace(self.work, least_days=rule.least_days(self.work))
        return Activity(self.key, work, self.done_on.toordinal() if self.done_on else None)


@dataclass(frozen=True, slots=True)
class Basis:
    """From when works may begin, today, the deadline of the whole (None: each end's own due day), and what limits compressing."""

    begin_on: date
    today: date
    deadline: date | None
    rule: CompressionRule

    @property
    def since(self) -> Since:
        return Since(self.begin_on.toordinal(), self.today.toordinal())


@dataclass(frozen=True, slots=True)
class Line:
    """One milestone of a schedule."""

    task: Task
    earliest: Span
    latest: Span
    slack: Slack
    critical: bool


@dataclass(frozen=True, slots=True)
class Schedule:
    """A plan's days. `miss` and `compression` are there when a deadline cannot be kept; `end` finishes last, or misses most."""

    tasks: Sequence[Task]
    network: Network
    lines: Sequence[Line]
    deadlines: Mapping[int, int]
    end: int
    path: Sequence[Step]
    miss: Miss | None
    compression: Compression | None


def outlook(tasks: Sequence[Task], links: Sequence[Link], basis: Basis, days: SiteDays) -> Miss | None:
    """The deadline that is missed the most; None when all can be kept. Raises BeyondCalendar."""
    network = _network(tasks, links, basis, days)
    return worst_miss(network, _deadlines(tasks, network, basis), basis.since)


def schedule(tasks: Sequence[Task], links: Sequence[Link], basis: Basis, days: SiteDays) -> Schedule:
    """Raises BeyondCalendar, and graphlib.CycleError on a cycle."""
    network = _network(tasks, links, basis, days)
    deadlines = _deadlines(tasks, network, basis)
    early = earliest(network, basis.since)
    late = latest(network, deadlines, max(deadlines.values(), default=max(span.finish for span in early)))
    miss = worst_miss(network, deadlines, basis.since)
    end = miss.end if miss else max(range(len(tasks)), key=lambda index: early[index].finish)
    path = miss.path if miss else driving_path(network, early, end, basis.since)
    driving = {step.index for step in path}
    rows = zip(tasks, early, late, slacks(network, early, late), strict=True)
    lines = [Line(*row, critical=_critical(row[0], row[3], drives=index in driving)) for index, row in enumerate(rows)]
    compression = least_compression(Problem(network, deadlines, basis.since)) if miss else None
    return Schedule(tasks, network, lines, deadlines, end, path, miss, compression)


def _critical(task: Task, slack: Slack, *, drives: bool) -> bool:
    return task.done_on is None and (drives or slack.total <= 0)


def _network(tasks: Sequence[Task], links: Sequence[Link], basis: Basis, days: SiteDays) -> Network:
    return Network([task.activity(basis.rule) for task in tasks], links, days)


def _deadlines(tasks: Sequence[Task], network: Network, basis: Basis) -> dict[int, int]:
    return {index: (basis.deadline or tasks[index].due_on).toordinal() for index in network.ends}
