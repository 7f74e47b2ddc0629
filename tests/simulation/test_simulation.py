"""Whatever dies, whenever: every committed fact takes effect exactly once per subscriber, in order per object.

300 green seeds are no proof for PostgreSQL: what only many writers at once can show is in test_many_writers.py.
"""

import os

import pytest

from tests.simulation.faults import Fault
from tests.simulation.many import Summary, kept_seeds, quiet, simulate_all
from tests.simulation.model import simulate
from tests.simulation.world import Plan

SEEDS = 300 if os.environ.get("CI") else 60
ALONE = Plan(subscribers={"alert": 1}, publishers=1, changes=2)


@pytest.fixture(scope="module")
def summary() -> Summary:
    return simulate_all([*range(SEEDS), *kept_seeds()])


@pytest.fixture(autouse=True)
def _quiet() -> None:
    quiet()


def test_nothing_is_lost_doubled_or_out_of_order_whatever_dies(summary: Summary) -> None:
    print(summary)  # noqa: T201 - what happened, for whoever asks with -rP
    assert summary.failed == [], str(summary)
    assert summary.facts > 10 * SEEDS


@pytest.mark.parametrize("fault", Fault)
def test_every_kind_of_fault_happened(summary: Summary, fault: Fault) -> None:
    assert summary.happened[fault] > 0


@pytest.mark.parametrize("seed", [1, 2])
def test_the_same_seed_leaves_the_same_trace(seed: int) -> None:
    once, again = simulate(seed), simulate(seed)
    assert (once.checksum, once.virtual_seconds) == (again.checksum, again.virtual_seconds)


def test_a_crash_at_any_await_is_recovered_from() -> None:
    """One writer, one relay, one subscriber, two facts; the process that makes the n-th await dies there, for every n."""
    awaits = simulate(0, plan=Plan(ALONE.subscribers, ALONE.publishers, ALONE.changes, crash_at=0)).seams
    assert awaits > 100
    # The same work takes the same awaits up to the crash; beyond the last effect there is only polling.
    tried = {at: simulate(0, plan=Plan(ALONE.subscribers, ALONE.publishers, ALONE.changes, crash_at=at)) for at in range(1, 250)}
    assert {at: verdict.broken for at, verdict in tried.items() if verdict.broken} == {}
    assert all(verdict.happened[Fault.CRASH] == 1 for verdict in tried.values())
