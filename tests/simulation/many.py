"""Many seeds on all cores."""

import logging
import os
from collections import Counter
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from multiprocessing import get_context
from pathlib import Path

import structlog

from tests.simulation.faults import Fault
from tests.simulation.model import Verdict, simulate

REGRESSIONS = Path(__file__).with_name("seeds_regress.txt")


@dataclass
class Summary:
    """What many seeds came to."""

    seeds: int = 0
    facts: int = 0
    virtual_seconds: float = 0.0
    happened: Counter[Fault] = field(default_factory=Counter)
    failed: list[Verdict] = field(default_factory=list)

    def add(self, verdict: Verdict) -> None:
        self.seeds += 1
        self.facts += verdict.facts
        self.virtual_seconds += verdict.virtual_seconds
        self.happened += verdict.happened
        if verdict.broken:
            self.failed.append(verdict)

    def __str__(self) -> str:
        faults = ", ".join(f"{fault} {self.happened[fault]}" for fault in Fault)
        kept = (
            f"{self.seeds} seeds, {self.facts} facts, {self.virtual_seconds / 3600:.1f} virtual hours, {len(self.failed)} failed"
        )
        return "\n".join([kept, faults, *(str(verdict) for verdict in self.failed[:5])])


def kept_seeds() -> list[int]:
    """The seeds that once failed."""
    lines = REGRESSIONS.read_text(encoding="utf-8").splitlines()
    return [int(line.split()[0]) for line in lines if line.strip() and not line.startswith("#")]


def simulate_all(seeds: Iterable[int]) -> Summary:
    """Run every seed, spread over the cores."""
    summary = Summary()
    for verdict in _verdicts(list(seeds)):
        summary.add(verdict)
    return summary


def _verdicts(seeds: list[int]) -> Iterator[Verdict]:
    # Spawned, not forked: the test process has threads and event loops of its own.
    with ProcessPoolExecutor(os.cpu_count(), mp_context=get_context("spawn"), initializer=quiet) as pool:
        yield from pool.map(simulate, seeds, chunksize=5)


def quiet() -> None:
    """Every fault would be logged, thousands of times."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
