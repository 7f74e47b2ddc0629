"""Decisions about sub-tasks: which moves there are, what sub-targets add up to."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from shared.kit.decimals import exact_arithmetic


class TaskState(StrEnum):
    OPEN = "open"
    DONE = "done"
    WITHDRAWN = "withdrawn"


class TaskAct(StrEnum):
    """修改、报进度、办结、撤销."""

    CHANGE = "change"
    REPORT = "report"
    FINISH = "finish"
    WITHDRAW = "withdraw"


TASK_MOVES: Final[Mapping[tuple[TaskState, TaskAct], TaskState]] = MappingProxyType(
    {
        (TaskState.OPEN, TaskAct.CHANGE): TaskState.OPEN,
        (TaskState.OPEN, TaskAct.REPORT): TaskState.OPEN,
        (TaskState.OPEN, TaskAct.FINISH): TaskState.DONE,
        (TaskState.OPEN, TaskAct.WITHDRAW): TaskState.WITHDRAWN,
    }
)


@dataclass(frozen=True, slots=True)
class SubTarget:
    """What one sub-task is to bring, and what was reported of it; None is unknown. Only additive ones can be summed."""

    unit: str
    additive: bool
    target: Decimal | None
    reported: Decimal | None


@dataclass(frozen=True, slots=True)
class UnitSum:
    """Additive sub-targets of one unit together; a sum over an unknown is unknown."""

    unit: str
    tasks: int
    target: Decimal | None
    reported: Decimal | None


def sums_by_unit(tasks: Iterable[SubTarget]) -> list[UnitSum]:
    """What the additive sub-targets add up to, per unit, in the order of their first appearance."""
    groups: dict[str, list[SubTarget]] = {}
    for task in tasks:
        if task.additive:
            groups.setdefault(task.unit, []).append(task)
    return [
        UnitSum(unit, len(group), _sum(each.target for each in group), _sum(each.reported for each in group))
        for unit, group in groups.items()
    ]


def _sum(parts: Iterable[Decimal | None]) -> Decimal | None:
    known = list(parts)
    with exact_arithmetic():
        return None if None in known else sum((part for part in known if part is not None), Decimal())
