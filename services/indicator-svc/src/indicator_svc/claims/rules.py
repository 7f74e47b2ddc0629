"""Decisions about claims: which moves there are, when an item counts as unclaimed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from shared.kit.calendar import WorkingCalendar


class ClaimState(StrEnum):
    """待认领、已认领、有异议、已转出. A claim that was transferred is over; the other department's is a claim of its own."""

    OFFERED = "offered"
    ACCEPTED = "accepted"
    DISPUTED = "disputed"
    TRANSFERRED = "transferred"


class ClaimAct(StrEnum):
    """交办、认领、提出异议、裁定维持、转出."""

    OFFER = "offer"
    ACCEPT = "accept"
    DISPUTE = "dispute"
    UPHOLD = "uphold"
    TRANSFER = "transfer"


CLAIM_MOVES: Final[Mapping[tuple[ClaimState, ClaimAct], ClaimState]] = MappingProxyType(
    {
        (ClaimState.OFFERED, ClaimAct.ACCEPT): ClaimState.ACCEPTED,
        (ClaimState.OFFERED, ClaimAct.DISPUTE): ClaimState.DISPUTED,
        (ClaimState.OFFERED, ClaimAct.TRANSFER): ClaimState.TRANSFERRED,
        (ClaimState.ACCEPTED, ClaimAct.TRANSFER): ClaimState.TRANSFERRED,
        (ClaimState.DISPUTED, ClaimAct.UPHOLD): ClaimState.ACCEPTED,
        (ClaimState.DISPUTED, ClaimAct.TRANSFER): ClaimState.TRANSFERRED,
    }
)
"""Every legal move; whatever is not here is refused."""


class Why(StrEnum):
    """Why an item has no owner: never offered, not answered in time, or disputed and not ruled upon."""

    NOT_OFFERED = "not_offered"
    NOT_ANSWERED = "not_answered"
    DISPUTED = "disputed"


@dataclass(frozen=True, slots=True)
class DeadlineRule:
    """How many working days a department has to answer an offer, from a day on, and who says so."""

    effective_from: date
    working_days: int
    clause: str


def rule_in_force(rules: Sequence[DeadlineRule], day: date) -> DeadlineRule:
    """The latest rule in force on that day; the earliest one for the time before any."""
    in_order = sorted(rules, key=lambda rule: rule.effective_from)
    return next((rule for rule in reversed(in_order) if rule.effective_from <= day), in_order[0])


def due_on(offered_on: date, rules: Sequence[DeadlineRule], calendar: WorkingCalendar) -> date:
    """The last day on which an offer can be answered in time: the day of the offer does not count."""
    return calendar.add_working_days(offered_on, rule_in_force(rules, offered_on).working_days)


@dataclass(frozen=True, slots=True)
class Holding:
    """Whom an item was offered to last, and what came of it."""

    state: ClaimState
    lead_department: str
    portfolio: str
    due_on: date


@dataclass(frozen=True, slots=True)
class Unclaimed:
    """An item without an owner although its time is up; department and portfolio are empty where nobody was named."""

    why: Why
    lead_department: str
    portfolio: str
    due_on: date


def unclaimed(holding: Holding | None, offer_due_on: date) -> Unclaimed | None:
    """Why nobody owns an item; None when somebody does. `offer_due_on` holds for an item that was never offered."""
    if holding is None:
        return Unclaimed(Why.NOT_OFFERED, "", "", offer_due_on)
    if holding.state is ClaimState.ACCEPTED:
        return None
    why = Why.DISPUTED if holding.state is ClaimState.DISPUTED else Why.NOT_ANSWERED
    return Unclaimed(why, holding.lead_department, holding.portfolio, holding.due_on)


def is_late(due: date, day: date) -> bool:
    """The due day itself is still in time."""
    return day > due
