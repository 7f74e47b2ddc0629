"""States of a stop, what a plan must hold, and the drag of a stop on the growth of the city (`domain.md` §5). Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from shared.kit.decimals import percent

WAN_PER_YI: Final = 10_000
STATUS_EVERY_DAYS: Final = 7
"""The status is told weekly (`domain.md` §5)."""


class StopKind(StrEnum):
    """停产, 半停产, 季节性, 检修, 关停."""

    FULL = "full"
    PARTIAL = "partial"
    SEASONAL = "seasonal"
    OVERHAUL = "overhaul"
    CLOSURE = "closure"


class Cause(StrEnum):
    """市场、资金、原料、能源、环保、安全、用工、诉讼、技改."""

    MARKET = "market"
    FUNDS = "funds"
    MATERIAL = "material"
    ENERGY = "energy"
    ENVIRONMENT = "environment"
    SAFETY = "safety"
    LABOUR = "labour"
    LAWSUIT = "lawsuit"
    TECHNICAL_CHANGE = "technical_change"


class StopState(StrEnum):
    """停产未定方案, 已定方案, 已复工, 已退出."""

    STOPPED = "stopped"
    PLANNED = "planned"
    RESUMED = "resumed"
    EXITED = "exited"


class StopAct(StrEnum):
    """`PLAN` sets the plan or a new day in it; `EXIT` is the way out for a firm that will not work again (僵尸企业)."""

    REPORT = "report"
    PLAN = "plan"
    RESUME = "resume"
    EXIT = "exit"


MOVES: Final[Mapping[tuple[StopState, StopAct], StopState]] = MappingProxyType(
    {
        (StopState.STOPPED, StopAct.PLAN): StopState.PLANNED,
        (StopState.PLANNED, StopAct.PLAN): StopState.PLANNED,
        (StopState.STOPPED, StopAct.RESUME): StopState.RESUMED,
        (StopState.PLANNED, StopAct.RESUME): StopState.RESUMED,
        (StopState.STOPPED, StopAct.EXIT): StopState.EXITED,
        (StopState.PLANNED, StopAct.EXIT): StopState.EXITED,
    }
)
STANDING: Final = (StopState.STOPPED, StopState.PLANNED)
"""The enterprise does not work."""


@dataclass(frozen=True, slots=True)
class Measure:
    """What a department does about it, and by when."""

    department: str
    action: str
    due_on: date
    done_on: date | None = None

    def is_late(self, today: date) -> bool:
        return self.done_on is None and self.due_on < today


def state_after(state: StopState, act: StopAct) -> StopState | None:
    """The state that an act leads to; None where it is not open."""
    return MOVES.get((state, act))


def drag_pp(lost_output_wan: Decimal | None, city_base_wan: Decimal | None) -> Decimal | None:
    """Percentage points that a stop takes from the growth: the lost output over the city's output of the same months last year.

    None where either is unknown, or there was no output: 3亿 of 120亿 is −2.5.
    """
    if lost_output_wan is None or city_base_wan is None or city_base_wan <= 0:
        return None
    share = percent(lost_output_wan, city_base_wan)
    return None if share is None else -share


def drag_together(stops: Sequence[tuple[Decimal | None, Decimal | None]]) -> tuple[Decimal, int]:
    """The known drags of several stops added up in percentage points, and how many are unknown and not in the sum."""
    drags = [drag_pp(*stop) for stop in stops]
    return sum((each for each in drags if each is not None), Decimal()), drags.count(None)
