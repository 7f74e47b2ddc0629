"""Decisions about a project: which state may follow which, what a start must prove, what a registration must say."""

from calendar import monthrange
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType
from typing import Final, assert_never

from project_svc.codes import ProjectKind, ProjectState


class Act(StrEnum):
    """What put a project into its standing on a day."""

    REGISTER = "register"
    REVISE_PLAN = "revise_plan"
    LIST = "list"
    CONFIRM_READY = "confirm_ready"
    START = "start"
    SUSPEND = "suspend"
    RESUME = "resume"
    COMPLETE = "complete"


class Refusal(StrEnum):
    """Why an act is not open to a project now."""

    WRONG_STATE = "wrong_state"
    PREPARATORY = "preparatory"


MOVES: Final[Mapping[tuple[ProjectState, Act], ProjectState]] = MappingProxyType(
    {
        (ProjectState.REGISTERED, Act.CONFIRM_READY): ProjectState.READY,
        (ProjectState.READY, Act.START): ProjectState.UNDER_CONSTRUCTION,
        (ProjectState.UNDER_CONSTRUCTION, Act.COMPLETE): ProjectState.COMPLETED,
        (ProjectState.REGISTERED, Act.SUSPEND): ProjectState.SUSPENDED,
        (ProjectState.READY, Act.SUSPEND): ProjectState.SUSPENDED,
        (ProjectState.UNDER_CONSTRUCTION, Act.SUSPEND): ProjectState.SUSPENDED,
        # REGISTERED instead, when it had not been ready before: see `state_after`.
        (ProjectState.SUSPENDED, Act.RESUME): ProjectState.READY,
        (ProjectState.REGISTERED, Act.LIST): ProjectState.REGISTERED,
        (ProjectState.READY, Act.LIST): ProjectState.READY,
        # Works rest over the winter: in the new plan year the project waits to be resumed.
        (ProjectState.UNDER_CONSTRUCTION, Act.LIST): ProjectState.READY,
        (ProjectState.SUSPENDED, Act.LIST): ProjectState.SUSPENDED,
    }
)
_WORKS: Final = frozenset({Act.CONFIRM_READY, Act.START, Act.COMPLETE})


def opening_state(kind: ProjectKind) -> ProjectState:
    """A continuing project waits to be resumed; the others are only registered."""
    return ProjectState.READY if kind is ProjectKind.CONTINUING else ProjectState.REGISTERED


def refusal(kind: ProjectKind, state: ProjectState, act: Act) -> Refusal | None:
    """Why a project of this kind in this state may not do that; None when it may."""
    if (state, act) not in MOVES:
        return Refusal.WRONG_STATE
    if kind is ProjectKind.PREPARATORY and act in _WORKS:
        return Refusal.PREPARATORY
    return None


def state_after(state: ProjectState, act: Act, *, before_suspension: ProjectState | None = None) -> ProjectState:
    """The state that an open act leads to; a resumed project is never further than it was, and works have to start again."""
    if act is Act.RESUME and before_suspension is ProjectState.REGISTERED:
        return ProjectState.REGISTERED
    return MOVES[state, act]


def listed_kind(*, begun: bool) -> ProjectKind:
    """The kind under which a project enters a year's plan of works."""
    return ProjectKind.CONTINUING if begun else ProjectKind.NEW


# --- the proof of a start ------------------------------------------------------------------------------------------------


class PermitKind(StrEnum):
    """施工许可证; 开工报告 (roads, water); 复工报告 (works taken up again)."""

    CONSTRUCTION_PERMIT = "construction_permit"
    START_REPORT = "start_report"
    RESUMPTION_REPORT = "resumption_report"


@dataclass(frozen=True, slots=True)
class Permit:
    kind: PermitKind
    number: str
    issued_on: date
    extensions: int = 0


@dataclass(frozen=True, slots=True)
class Photo:
    reference: str
    taken_on: date


@dataclass(frozen=True, slots=True)
class StartEvidence:
    """What shows that permanent works began: not a ceremony, not levelling, not temporary buildings (`domain.md` §3.3)."""

    started_on: date
    permit: Permit | None = None
    photo: Photo | None = None
    contract: str | None = None


class StartGap(StrEnum):
    """What is missing or wrong in the proof of a start."""

    IN_FUTURE = "in_future"
    PERMIT_MISSING = "permit_missing"
    PERMIT_NOT_FOR_A_FIRST_START = "permit_not_for_a_first_start"
    PERMIT_AFTER_START = "permit_after_start"
    PERMIT_LAPSED = "permit_lapsed"
    PERMIT_EXTENDED_TOO_OFTEN = "permit_extended_too_often"
    PHOTO_MISSING = "photo_missing"
    PHOTO_BEFORE_START = "photo_before_start"
    PHOTO_IN_FUTURE = "photo_in_future"
    CONTRACT_MISSING = "contract_missing"


_MONTHS_A_YEAR: Final = 12
_PERMIT_MONTHS: Final = 3
_REPORT_MONTHS: Final = 6
_MOST_EXTENSIONS: Final = MappingProxyType(
    {PermitKind.CONSTRUCTION_PERMIT: 2, PermitKind.START_REPORT: 0, PermitKind.RESUMPTION_REPORT: 0}
)


def add_months(day: date, months: int) -> date:
    """The same day of a later month, or that month's last day when it has no such day."""
    carried, month = divmod(day.month - 1 + months, _MONTHS_A_YEAR)
    year = day.year + carried
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def latest_start(permit: Permit) -> date | None:
    """The last day to begin under a permit (建筑法 第九条: 3 months, two extensions; 第十一条: 6 months); None: no limit."""
    match permit.kind:
        case PermitKind.CONSTRUCTION_PERMIT:
            return add_months(permit.issued_on, _PERMIT_MONTHS * (1 + permit.extensions))
        case PermitKind.START_REPORT:
            return add_months(permit.issued_on, _REPORT_MONTHS)
        case PermitKind.RESUMPTION_REPORT:
            return None
        case _:
            assert_never(permit.kind)


def start_gaps(evidence: StartEvidence, *, first: bool, today: date) -> tuple[StartGap, ...]:
    """Everything that a start lacks, at once. The `first` start wants a permit in force and a contract; a resumption does not."""
    in_future = (StartGap.IN_FUTURE,) if evidence.started_on > today else ()
    contract = (StartGap.CONTRACT_MISSING,) if first and not evidence.contract else ()
    return in_future + _permit_gaps(evidence, first=first) + _photo_gaps(evidence, today) + contract


def _permit_gaps(evidence: StartEvidence, *, first: bool) -> tuple[StartGap, ...]:
    permit = evidence.permit
    if permit is None:
        return (StartGap.PERMIT_MISSING,)
    if permit.issued_on > evidence.started_on:
        return (StartGap.PERMIT_AFTER_START,)
    if permit.extensions > _MOST_EXTENSIONS[permit.kind]:
        return (StartGap.PERMIT_EXTENDED_TOO_OFTEN,)
    return _first_start_gaps(permit, evidence.started_on) if first else ()


def _first_start_gaps(permit: Permit, started_on: date) -> tuple[StartGap, ...]:
    last_day = latest_start(permit)
    if last_day is None:
        return (StartGap.PERMIT_NOT_FOR_A_FIRST_START,)
    return (StartGap.PERMIT_LAPSED,) if started_on > last_day else ()


def _photo_gaps(evidence: StartEvidence, today: date) -> tuple[StartGap, ...]:
    if evidence.photo is None:
        return (StartGap.PHOTO_MISSING,)
    if evidence.photo.taken_on > today:
        return (StartGap.PHOTO_IN_FUTURE,)
    return (StartGap.PHOTO_BEFORE_START,) if evidence.photo.taken_on < evidence.started_on else ()


# --- what a registration must say ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Figures:
    """Money of a project in 万元; None is unknown and then wants a reason."""

    total_investment_wan: Decimal | None
    annual_plan_wan: Decimal | None
    funding_wan: Sequence[Decimal]
    reason_given: bool


class FigureGap(StrEnum):
    """What does not fit in a project's figures."""

    REASON_MISSING = "reason_missing"
    REASON_NOT_NEEDED = "reason_not_needed"
    PLAN_ABOVE_TOTAL = "plan_above_total"
    FUNDING_ABOVE_TOTAL = "funding_above_total"


def figure_gaps(figures: Figures) -> tuple[FigureGap, ...]:
    unknown = figures.total_investment_wan is None or figures.annual_plan_wan is None
    gaps: list[FigureGap] = []
    if unknown != figures.reason_given:
        gaps.append(FigureGap.REASON_MISSING if unknown else FigureGap.REASON_NOT_NEEDED)
    if figures.total_investment_wan is not None:
        gaps += _above_total(figures, figures.total_investment_wan)
    return tuple(gaps)


def _above_total(figures: Figures, total: Decimal) -> list[FigureGap]:
    plan = [FigureGap.PLAN_ABOVE_TOTAL] if figures.annual_plan_wan is not None and figures.annual_plan_wan > total else []
    return plan + ([FigureGap.FUNDING_ABOVE_TOTAL] if sum(figures.funding_wan, Decimal()) > total else [])


def wants_code(kind: ProjectKind) -> bool:
    """Only a preparatory project may be on the register before its code is assigned (`domain.md` §3.1)."""
    return kind is not ProjectKind.PREPARATORY
