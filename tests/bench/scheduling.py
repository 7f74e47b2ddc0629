"""Milliseconds for the backward pass over many plans, beside a bare topological pass over the same graphs with whole numbers."""

import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from graphlib import TopologicalSorter
from typing import Final

from project_svc.network.days import DatedStop, DayUnit, SiteDays, Work
from project_svc.network.rules import Activity, Link, LinkType, Network, latest
from shared.kit.calendar import WinterStop, WorkingCalendar
from tests.bench.measures import Measure

DEADLINE: Final = date(2023, 10, 31).toordinal()
SEED: Final = 155
MS: Final = 1_000


@dataclass(frozen=True, slots=True)
class _Plan:
    activities: Sequence[Activity]
    links: Sequence[Link]


def measure_schedules(quick: bool) -> list[Measure]:
    """A city's and a country's plans, each from its nodes and links to the latest day of every milestone; best of some rounds."""
    sizes = ((155, 8), (500, 12)) if quick else ((155, 8), (20_000, 12))
    figures = [_figure(plans, nodes, rounds=3) for plans, nodes in sizes]
    (first, _), (last, _) = figures
    growth = last / first / (sizes[1][0] * sizes[1][1] / (sizes[0][0] * sizes[0][1]))
    rows = [
        Measure(f"backward pass, {plans:,} plans × {nodes} milestones", "ms", ours, bare, owed="ratio ≤ 4")
        for (plans, nodes), (ours, bare) in zip(sizes, figures, strict=True)
    ]
    return [*rows, Measure("growth per milestone from the first to the second", "×", growth, owed="about 1")]


def _figure(plans: int, nodes: int, rounds: int) -> tuple[float, float]:
    chance = random.Random(SEED)  # noqa: S311 - made-up plans, not a secret
    made = [_plan(nodes, chance) for _ in range(plans)]
    days = SiteDays(WorkingCalendar(), (DatedStop(date(2000, 1, 1), WinterStop(), "bench"),))
    ours, bare = [], []
    for _ in range(rounds):
        ours.append(_milliseconds(lambda: [_backward(plan, days) for plan in made]))
        bare.append(_milliseconds(lambda: [_bare_backward(plan) for plan in made]))
    return min(ours), min(bare)


def _milliseconds(act: Callable[[], object]) -> float:
    begun = time.perf_counter()
    act()
    return (time.perf_counter() - begun) * MS


def _plan(nodes: int, chance: random.Random) -> _Plan:
    activities = [Activity(f"n{index}", _work(chance)) for index in range(nodes)]
    links = [
        Link(f"n{before}", f"n{index}", chance.choice(list(LinkType)), chance.randint(-5, 20))
        for index in range(1, nodes)
        for before in sorted({index - 1, chance.randrange(index)})
    ]
    return _Plan(activities, links)


def _work(chance: random.Random) -> Work:
    return Work(chance.randint(0, 90), chance.choice(list(DayUnit)), chance.random() < 1 / 2)


def _backward(plan: _Plan, days: SiteDays) -> object:
    return latest(Network(plan.activities, plan.links, days), {}, DEADLINE)


def _bare_backward(plan: _Plan) -> object:
    """The same graph, every day a working day and every link finish-to-start."""
    sorter: TopologicalSorter[str] = TopologicalSorter({each.key: () for each in plan.activities})
    after: dict[str, list[Link]] = {each.key: [] for each in plan.activities}
    for link in plan.links:
        sorter.add(link.successor, link.predecessor)
        after[link.predecessor].append(link)
    days = {each.key: each.work.days for each in plan.activities}
    start: dict[str, int] = {}
    for key in reversed(tuple(sorter.static_order())):
        start[key] = min((start[each.successor] - each.lag_working_days for each in after[key]), default=DEADLINE) - days[key]
    return start
