"""The library against its target: when a crossing happens, and who is behind by how much (`domain.md` §4.5). Money is 万元."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Final, assert_never

DEFAULT_TARGET_WAN: Final = Decimal(10_000_000)
"""1000 亿元, as in the mayor's speech."""
ZERO: Final = Decimal()


class Measure(StrEnum):
    """Which sum the target is about; total investment unless a region decides otherwise."""

    TOTAL_INVESTMENT = "total_investment"
    BOND_DEMAND = "bond_demand"


class Crossing(StrEnum):
    FELL_SHORT = "fell_short"
    REPLENISHED = "replenished"


def crossing(was_short: bool | None, is_short: bool) -> Crossing | None:
    """What happened between two assessments; `was_short` is None before the first.

    Only a crossing is a fact: a shortfall that grows or shrinks is read from the summary. The first assessment of a region
    that is short counts as one, since somebody has to hear of it.
    """
    if is_short and was_short is not True:
        return Crossing.FELL_SHORT
    return Crossing.REPLENISHED if was_short and not is_short else None


@dataclass(frozen=True, slots=True)
class Totals:
    """What a part of the library adds up to."""

    total_investment_wan: Decimal = ZERO
    bond_demand_wan: Decimal = ZERO
    projects: int = 0
    synthetic: bool = False

    def __add__(self, other: "Totals") -> "Totals":
        return Totals(
            self.total_investment_wan + other.total_investment_wan,
            self.bond_demand_wan + other.bond_demand_wan,
            self.projects + other.projects,
            self.synthetic or other.synthetic,
        )

    def by(self, measure: Measure) -> Decimal:
        match measure:
            case Measure.TOTAL_INVESTMENT:
                return self.total_investment_wan
            case Measure.BOND_DEMAND:
                return self.bond_demand_wan
            case _:
                assert_never(measure)


@dataclass(frozen=True, slots=True)
class Unit:
    """Who is meant: a department under a vice-mayor's portfolio."""

    portfolio: str
    department: str


@dataclass(frozen=True, slots=True)
class Line:
    """A unit or a portfolio against its planning task. Without a task there is no gap: both are None."""

    portfolio: str
    department: str | None
    task_wan: Decimal | None
    totals: Totals
    gap_wan: Decimal | None


def gap(wanted: Decimal, held: Decimal) -> Decimal:
    """How much is missing; never negative."""
    return max(ZERO, wanted - held)


def lines_by_department(tasks: dict[Unit, Decimal], held: dict[Unit, Totals], measure: Measure) -> list[Line]:
    """One line per unit that has a task or a project, in the order of their names."""
    units = sorted({*tasks, *held}, key=lambda unit: (unit.portfolio, unit.department))
    return [_line(unit.portfolio, unit.department, tasks.get(unit), held.get(unit, Totals()), measure) for unit in units]


def lines_by_portfolio(lines: Iterable[Line], measure: Measure) -> list[Line]:
    """One line per portfolio; within it a department that exceeds its task makes up for another."""
    found: dict[str, list[Line]] = defaultdict(list)
    for line in lines:
        found[line.portfolio].append(line)
    return [_portfolio_line(portfolio, members, measure) for portfolio, members in found.items()]


def _portfolio_line(portfolio: str, members: list[Line], measure: Measure) -> Line:
    tasks = [line.task_wan for line in members if line.task_wan is not None]
    return _line(portfolio, None, sum(tasks, ZERO) if tasks else None, total_of(line.totals for line in members), measure)


def _line(portfolio: str, department: str | None, task: Decimal | None, totals: Totals, measure: Measure) -> Line:
    return Line(portfolio, department, task, totals, None if task is None else gap(task, totals.by(measure)))


def total_of(parts: Iterable[Totals]) -> Totals:
    return sum(parts, Totals())


def behind(lines: Iterable[Line]) -> list[Line]:
    """Who has a gap, the largest first."""
    return sorted((line for line in lines if line.gap_wan), key=lambda line: line.gap_wan or ZERO, reverse=True)
