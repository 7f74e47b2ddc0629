"""The phrases that rules may use of facts about plans and permits of projects."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Final

from alert_svc.rules.phrases import day_said, days_left_said
from alert_svc.rules.rules import Words
from shared.contracts.facts import Fact
from shared.contracts.project import (
    PermitExpired,
    PermitExpiresSoon,
    PermitFact,
    PermitSettled,
    PlanBecameImpossible,
    PlanRecovered,
)


def _of_impossible(fact: PlanBecameImpossible) -> Words:
    calendar_days = (fact.earliest_on - fact.deadline).days
    late = f"{fact.working_days}个工作日" if fact.working_days else f"{calendar_days}天（均为非工作日）"
    return {"deadline_said": day_said(fact.deadline), "earliest_on_said": day_said(fact.earliest_on), "late_said": late}


def _of_recovered(_fact: PlanRecovered) -> Words:
    return {}


def _of_permit(fact: PermitFact) -> Words:
    return {"expires_on_said": day_said(fact.expires_on) if fact.expires_on else "无期限"}


def _of_expiring(fact: PermitExpiresSoon) -> Words:
    apply_by = f"，须延期的最迟于{day_said(fact.apply_by)}申请" if fact.apply_by else ""
    left = days_left_said(fact.calendar_days_left, fact.working_days_left)
    return {**_of_permit(fact), "days_left_said": left, "apply_by_said": apply_by}


PLAN_WORDS: Final[Mapping[type[Fact], tuple[Callable[[Any], Words], frozenset[str]]]] = MappingProxyType(
    {
        PlanBecameImpossible: (_of_impossible, frozenset({"deadline_said", "earliest_on_said", "late_said"})),
        PlanRecovered: (_of_recovered, frozenset()),
        PermitExpiresSoon: (_of_expiring, frozenset({"expires_on_said", "days_left_said", "apply_by_said"})),
        PermitExpired: (_of_permit, frozenset({"expires_on_said"})),
        PermitSettled: (_of_permit, frozenset({"expires_on_said"})),
    }
)
"""Each fact with its phrases and their names."""
