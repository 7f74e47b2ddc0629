"""What every measurement reports: a figure beside its bare path of the same run, and what is owed."""

import json
import os
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from statistics import median, quantiles
from typing import Final

from rich.console import Console
from rich.table import Table

WIDTH: Final = 120


@dataclass(frozen=True, slots=True)
class Measure:
    """One figure. `bare` is the same figure of the bare path in the same run; `owed` says what the two must come to."""

    name: str
    unit: str
    ours: float
    bare: float | None = None
    owed: str = ""

    @property
    def ratio(self) -> float | None:
        return None if not self.bare else self.ours / self.bare


@dataclass(frozen=True, slots=True)
class Spread:
    """Minimum, median and maximum of some runs."""

    least: float
    middle: float
    most: float

    @classmethod
    def of(cls, figures: Sequence[float]) -> "Spread":
        return cls(min(figures), median(figures), max(figures))


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast facts went, and how much of this process each of them took: other processes on the machine slow only the first."""

    per_second: float
    cpu_us: float


@dataclass(frozen=True, slots=True)
class Stopwatch:
    """Running since it was made."""

    began: float = field(default_factory=time.monotonic)
    worked: float = field(default_factory=time.process_time)

    def pace(self, facts: int) -> Pace:
        """Of so many facts since the start."""
        seconds, worked = time.monotonic() - self.began, time.process_time() - self.worked
        return Pace(facts / seconds, worked / facts * 1e6)


def beside(name: str, ours: Sequence[Pace], bare: Sequence[Pace], owed: str) -> list[Measure]:
    """The best of the rounds of each, in facts per second and in CPU per fact: a busy machine only ever takes away."""
    return [
        Measure(name, "facts/s", max(each.per_second for each in ours), max(each.per_second for each in bare), owed),
        Measure(f"{name}, CPU", "µs/fact", min(each.cpu_us for each in ours), min(each.cpu_us for each in bare)),
    ]


def percentiles(figures: Sequence[float]) -> tuple[float, float]:
    """p50 and p99, interpolated."""
    cuts = quantiles(figures, n=100, method="inclusive")
    return cuts[49], cuts[98]


def show(title: str, measures: Sequence[Measure]) -> None:
    """A table for people, and one line of JSON for programs. The load of the machine stands above it."""
    load = ", ".join(f"{each:.1f}" for each in os.getloadavg())
    table = Table(title=f"{title} (load {load} on {os.cpu_count()} cores)")
    for column in ("figure", "unit", "ours", "bare", "ratio", "owed"):
        table.add_column(column, justify="left" if column in ("figure", "unit", "owed") else "right", no_wrap=True)
    for each in measures:
        table.add_row(each.name, each.unit, _number(each.ours), _number(each.bare), _number(each.ratio), each.owed)
    Console(width=WIDTH).print(table)
    print(json.dumps([{**asdict(each), "ratio": each.ratio} for each in measures]), flush=True)  # noqa: T201 - the program's answer


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:,.2f}"
