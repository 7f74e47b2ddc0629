"""Decisions about obstacles: which act is open in which state, and what would be free if some of them went."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType
from typing import Final


class ObstacleKind(StrEnum):
    """审批、规划、用地、资金、征拆、要素、配套、其他 (`domain.md` §3.4)."""

    APPROVAL = "approval"
    PLANNING = "planning"
    LAND = "land"
    FUNDING = "funding"
    DEMOLITION = "demolition"
    RESOURCES = "resources"
    UTILITIES = "utilities"
    OTHER = "other"


class ObstacleState(StrEnum):
    """待办理 (nobody has taken it up), 办理中, 已解决, 已撤销."""

    OPEN = "open"
    WORKING = "working"
    RESOLVED = "resolved"
    WITHDRAWN = "withdrawn"


class ObstacleAct(StrEnum):
    """提出、受理、延期、移交、解决、撤销."""

    RAISE = "raise"
    TAKE_UP = "take_up"
    DEFER = "defer"
    HAND_OVER = "hand_over"
    RESOLVE = "resolve"
    WITHDRAW = "withdraw"


STANDING: Final = (ObstacleState.OPEN, ObstacleState.WORKING)

MOVES: Final[Mapping[tuple[ObstacleState, ObstacleAct], ObstacleState]] = MappingProxyType(
    {
        (ObstacleState.OPEN, ObstacleAct.TAKE_UP): ObstacleState.WORKING,
        (ObstacleState.OPEN, ObstacleAct.DEFER): ObstacleState.OPEN,
        (ObstacleState.WORKING, ObstacleAct.DEFER): ObstacleState.WORKING,
        # Whoever it is handed over to has to take it up himself.
        (ObstacleState.OPEN, ObstacleAct.HAND_OVER): ObstacleState.OPEN,
        (ObstacleState.WORKING, ObstacleAct.HAND_OVER): ObstacleState.OPEN,
        **{(state, ObstacleAct.RESOLVE): ObstacleState.RESOLVED for state in STANDING},
        **{(state, ObstacleAct.WITHDRAW): ObstacleState.WITHDRAWN for state in STANDING},
    }
)
"""The state after each act that is open; every other act is refused."""


def is_overdue(due_on: date, today: date) -> bool:
    """The day itself is still in time."""
    return due_on < today


@dataclass(frozen=True, slots=True)
class HeldUp:
    """A project that is not free, with every obstacle that holds it. Money in 万元; None is unknown.

    `at_stake_wan` is what of the year's plan is not done yet; all of it where nothing was `reported` this year.
    """

    project_id: str
    obstacles: frozenset[str]
    at_stake_wan: Decimal | None
    total_wan: Decimal | None
    reported: bool = True


@dataclass(frozen=True, slots=True)
class Leverage:
    """What removing these obstacles would free: the projects whose last obstacles they are, and the known money of those.

    `touched` also counts the projects that something else would still hold up.
    """

    key: tuple[str, ...]
    obstacles: tuple[str, ...]
    freed: tuple[str, ...]
    touched: int
    at_stake_wan: Decimal
    total_wan: Decimal
    unknown_plans: int
    unknown_totals: int
    unreported: int


def at_stake(plan_wan: Decimal | None, done_wan: Decimal | None) -> Decimal | None:
    """What of a year's plan is left: all while nothing was reported, nothing where more was done; unknown without a plan."""
    if plan_wan is None or done_wan is None:
        return plan_wan
    return max(plan_wan - done_wan, Decimal())


def leverage_of(projects: Iterable[HeldUp], fixes: Mapping[tuple[str, ...], Collection[str]]) -> list[Leverage]:
    """Each fix with what it frees, the most investment first; `fixes`: key → the obstacles that it removes."""
    held_up = sorted(projects, key=lambda each: each.project_id)
    found = [_leverage(key, frozenset(obstacles), held_up) for key, obstacles in fixes.items()]
    return sorted(found, key=lambda each: (-each.at_stake_wan, -each.total_wan, -len(each.freed), -each.touched, each.key))


def pairs_worth_fixing(projects: Collection[HeldUp]) -> dict[tuple[str, ...], Collection[str]]:
    """Pairs of obstacles that together free a project which neither frees alone."""
    return {tuple(sorted(each.obstacles)): each.obstacles for each in projects if len(each.obstacles) == len(("one", "other"))}


def _leverage(key: tuple[str, ...], removed: frozenset[str], projects: Iterable[HeldUp]) -> Leverage:
    touched = [each for each in projects if each.obstacles & removed]
    freed = [each for each in touched if each.obstacles <= removed]
    at_stake = [each.at_stake_wan for each in freed if each.at_stake_wan is not None]
    total = [each.total_wan for each in freed if each.total_wan is not None]
    return Leverage(
        key=key,
        obstacles=tuple(sorted(removed)),
        freed=tuple(each.project_id for each in freed),
        touched=len(touched),
        at_stake_wan=sum(at_stake, Decimal()),
        total_wan=sum(total, Decimal()),
        unknown_plans=len(freed) - len(at_stake),
        unknown_totals=len(freed) - len(total),
        unreported=sum(not each.reported for each in freed),
    )
