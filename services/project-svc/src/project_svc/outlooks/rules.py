"""When a plan that cannot be kept is told of, and when it is told to have recovered."""

from datetime import date
from enum import StrEnum

from project_svc.codes import ProjectState
from project_svc.network.rules import Miss
from project_svc.network.schedule import Schedule
from project_svc.network.wording import advice, because_of


class Crossing(StrEnum):
    """不可能按期; 恢复可行."""

    BECAME_IMPOSSIBLE = "became_impossible"
    RECOVERED = "recovered"


def crossing(miss: Miss | None, today: date, *, impossible: bool) -> Crossing | None:
    """What is new today.

    A deadline that has passed is no news of this kind, since its milestone is overdue by then; and it does not make a plan
    possible that was told to be impossible.
    """
    if miss is None:
        return Crossing.RECOVERED if impossible else None
    ahead = miss.deadline >= today.toordinal()
    return Crossing.BECAME_IMPOSSIBLE if ahead and not impossible else None


def stands(state: ProjectState) -> bool:
    """Whether anybody still holds to the plan of a project."""
    return state not in (ProjectState.SUSPENDED, ProjectState.COMPLETED)


def recovery_reason(state: ProjectState) -> str:
    """Why a plan is no longer impossible, in Chinese."""
    return "计划调整后各期限均可满足" if stands(state) else "项目已停缓建或竣工，计划不再执行"


def cause(found: Schedule) -> str:
    """What drives the end that misses its deadline, in Chinese."""
    return " → ".join(because_of(found))


def remedy(found: Schedule) -> str:
    """What to compress, or that no compressing is enough, in Chinese."""
    return advice(found) or ""
