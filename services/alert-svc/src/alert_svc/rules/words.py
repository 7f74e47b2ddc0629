"""The words that a rule may use of each fact: its plain fields, and phrases derived from the rest."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Final, get_args, get_origin

from pydantic import BaseModel

from alert_svc.rules.claim_words import CLAIM_WORDS
from alert_svc.rules.entry_words import ENTRY_WORDS
from alert_svc.rules.flaws import Vocabulary
from alert_svc.rules.industry_words import INDUSTRY_WORDS
from alert_svc.rules.obstacle_words import OBSTACLE_WORDS
from alert_svc.rules.phrases import day_said, days_left_said
from alert_svc.rules.plan_words import PLAN_WORDS
from alert_svc.rules.receiver_words import RECEIVER_WORDS
from alert_svc.rules.rules import Heard, Words
from alert_svc.rules.window_words import WINDOW_WORDS
from shared.contracts.bond import LibraryFact, LibraryFellShort, LibraryReplenished, ScreeningDecided
from shared.contracts.catalogue import TYPES
from shared.contracts.facts import Fact
from shared.contracts.indicator import StandingChanged
from shared.contracts.project import (
    MilestoneCameDueSoon,
    MilestoneCompleted,
    MilestoneDueInDays,
    MilestoneFact,
    MilestoneFellOverdue,
    MilestoneWithdrawn,
)
from shared.kit.decimals import measured, plain, round_half_up
from shared.kit.identifiers import region_name
from shared.kit.periods import Period

HEARD: Final[tuple[type[Fact], ...]] = (
    StandingChanged,
    MilestoneCameDueSoon,
    MilestoneDueInDays,
    MilestoneFellOverdue,
    MilestoneCompleted,
    MilestoneWithdrawn,
    LibraryFellShort,
    LibraryReplenished,
    ScreeningDecided,
    *ENTRY_WORDS,
    *CLAIM_WORDS,
    *PLAN_WORDS,
    *INDUSTRY_WORDS,
    *WINDOW_WORDS,
    *RECEIVER_WORDS,
    *OBSTACLE_WORDS,
)
"""The facts that rules can be about."""

WAN_PER_YI: Final = 10_000
LEVEL_NAMES: Final = MappingProxyType({"green": "绿色", "blue": "蓝色", "yellow": "黄色", "orange": "橙色", "red": "红色"})
OUTCOME_NAMES: Final = MappingProxyType({"pass": "通过", "fail": "不通过", "undetermined": "无法判定"})
DEPARTMENTS_NAMED: Final = 3


def _of_standing(fact: StandingChanged) -> Words:
    return {
        "evidence": "；".join(one.evidence for one in fact.why),
        "period_label": Period.parse(fact.period).label,
        "level_name": LEVEL_NAMES[fact.level],
        "figures_said": _figures_said(fact),
    }


def _figures_said(fact: StandingChanged) -> str:
    """Value, target and place in brackets; what is unknown or does not exist is left out."""
    said = [measured(fact.value, fact.unit)] if fact.value is not None else []
    said += [f"目标{measured(fact.target, fact.unit)}"] if fact.target is not None else []
    said += [f"位次{fact.rank}/{fact.peers}"] if fact.rank is not None else []
    return f"（{'，'.join(said)}）" if said else ""


def _of_milestone(fact: MilestoneFact) -> Words:
    assumed = "（假定日期）" if fact.date_basis == "assumed" else ""
    return {"due_on_said": day_said(fact.current_due_on) + assumed}


def _of_notice(fact: MilestoneCameDueSoon) -> Words:
    days, working = fact.calendar_days_left, fact.working_days_left
    return {**_of_milestone(fact), "days_left_said": days_left_said(days, working)}


def _of_older_notice(fact: MilestoneDueInDays) -> Words:
    return {**_of_milestone(fact), "days_left_said": f"还剩{fact.days_left}天" if fact.days_left > 0 else "当日到期"}


def _of_completion(fact: MilestoneCompleted) -> Words:
    late = fact.days_late
    lateness = f"逾期{late}天" if late > 0 else f"提前{-late}天" if late < 0 else "按期"
    return {**_of_milestone(fact), "actual_on_said": day_said(fact.actual_on), "lateness_said": lateness}


def _of_library(fact: LibraryFact) -> Words:
    return {"target_yi": _yi(fact.target_wan), "total_investment_yi": _yi(fact.total_investment_wan)}


def _of_shortfall(fact: LibraryFellShort) -> Words:
    behind = sorted(fact.by_department, key=lambda one: one.gap_wan, reverse=True)[:DEPARTMENTS_NAMED]
    named = "、".join(f"{one.department}{_yi(one.gap_wan)}亿元" for one in behind if one.gap_wan > 0)
    return {**_of_library(fact), "gap_yi": _yi(fact.gap_wan), "furthest_behind": named or "未分解到部门"}


def _of_screening(fact: ScreeningDecided) -> Words:
    return {
        "outcome_name": OUTCOME_NAMES[fact.outcome],
        "findings_said": "；".join(f"{one.rule} {one.message}（{one.clause}）" for one in fact.findings) or "无",
    }


def _yi(wan: Any) -> str:
    """万元 as 亿元 with two decimals."""
    return plain(round_half_up(wan / WAN_PER_YI, 2))


_DERIVED: Final[Mapping[type[Fact], tuple[Callable[[Any], Words], frozenset[str]]]] = MappingProxyType(
    {
        StandingChanged: (_of_standing, frozenset({"evidence", "period_label", "level_name", "figures_said"})),
        MilestoneFellOverdue: (_of_milestone, frozenset({"due_on_said"})),
        MilestoneWithdrawn: (_of_milestone, frozenset({"due_on_said"})),
        MilestoneCameDueSoon: (_of_notice, frozenset({"due_on_said", "days_left_said"})),
        MilestoneDueInDays: (_of_older_notice, frozenset({"due_on_said", "days_left_said"})),
        MilestoneCompleted: (_of_completion, frozenset({"due_on_said", "actual_on_said", "lateness_said"})),
        LibraryFellShort: (_of_shortfall, frozenset({"target_yi", "total_investment_yi", "gap_yi", "furthest_behind"})),
        LibraryReplenished: (_of_library, frozenset({"target_yi", "total_investment_yi"})),
        ScreeningDecided: (_of_screening, frozenset({"outcome_name", "findings_said"})),
        **ENTRY_WORDS,
        **CLAIM_WORDS,
        **PLAN_WORDS,
        **INDUSTRY_WORDS,
        **WINDOW_WORDS,
        **RECEIVER_WORDS,
        **OBSTACLE_WORDS,
    }
)


def vocabulary() -> Vocabulary:
    """The words of every fact that rules can be about, by type string."""
    return {TYPES[fact]: _plain_fields(fact) | {"region_name"} | _derived_names(fact) for fact in HEARD}


def _plain_fields(fact: type[Fact]) -> frozenset[str]:
    return frozenset(name for name, field in fact.model_fields.items() if not _is_nested(field.annotation))


def _is_nested(annotation: Any) -> bool:
    if get_origin(annotation) is tuple:
        return True
    return any(isinstance(one, type) and issubclass(one, BaseModel) for one in (annotation, *get_args(annotation)))


def _derived_names(fact: type[Fact]) -> frozenset[str]:
    return _DERIVED[fact][1] if fact in _DERIVED else frozenset()


def heard(fact: Fact, sequence: int) -> Heard:
    """A fact in the words of the rules; `sequence` counts the facts of its object."""
    plain_words = fact.model_dump(mode="json", include=set(_plain_fields(type(fact))))
    derived = _DERIVED[type(fact)][0](fact) if type(fact) in _DERIVED else {}
    words = {**plain_words, "region_name": region_name(fact.region), **derived}
    return Heard(fact=TYPES[type(fact)], region=fact.region, sequence=sequence, words=words)
