"""The phrases that rules may use of facts about entry into the statistical register."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Final

from alert_svc.rules.phrases import day_said, days_left_said
from alert_svc.rules.rules import Words
from shared.contracts.entry import (
    EntryBlockerFact,
    EntryBlockerFellOverdue,
    EntryBlockerResolved,
    EntryCameDueSoon,
    EntryFact,
    EntryFellOverdue,
    EntryStateChanged,
)
from shared.contracts.facts import Fact

STEP_NAMES: Final = MappingProxyType(
    {"apply": "申报", "county": "县级审核", "city": "市级审核", "province": "省级审核", "national": "国家统计局审核"}
)
STATE_NAMES: Final = MappingProxyType(
    {"not_qualified": "未达标", "to_apply": "待申报", "applied": "已申报", "entered": "已入统", "exited": "退库"}
)
MISSING_NAMED: Final = 3


def _of_entry(fact: EntryFact) -> Words:
    """What is missing is said after a comma, the first three things by name; nothing where nothing is missing."""
    more = f"等{len(fact.missing)}项" if len(fact.missing) > MISSING_NAMED else ""
    said = f"，{'；'.join(fact.missing[:MISSING_NAMED])}{more}" if fact.missing else ""
    return {"step_name": "无" if fact.step is None else STEP_NAMES[fact.step], "missing_said": said}


def _of_notice(fact: EntryCameDueSoon) -> Words:
    left = days_left_said(fact.calendar_days_left, fact.working_days_left)
    return {
        **_of_entry(fact),
        "due_on_said": day_said(fact.due_on),
        "days_left_said": left,
        "period_day": fact.due_on.isoformat(),
    }


def _of_miss(fact: EntryFellOverdue) -> Words:
    return {**_of_entry(fact), "due_on_said": day_said(fact.due_on), "period_day": fact.due_on.isoformat()}


def _of_move(fact: EntryStateChanged) -> Words:
    state = {"state_name": STATE_NAMES[fact.state], "changed_on_said": day_said(fact.changed_on)}
    return {**_of_entry(fact), **state, "period_day": fact.changed_on.isoformat()}


def _of_blocker(fact: EntryBlockerFact) -> Words:
    return {"due_on_said": day_said(fact.due_on)}


_ENTRY: Final = frozenset({"step_name", "missing_said", "period_day"})

ENTRY_WORDS: Final[Mapping[type[Fact], tuple[Callable[[Any], Words], frozenset[str]]]] = MappingProxyType(
    {
        EntryCameDueSoon: (_of_notice, _ENTRY | {"due_on_said", "days_left_said"}),
        EntryFellOverdue: (_of_miss, _ENTRY | {"due_on_said"}),
        EntryStateChanged: (_of_move, _ENTRY | {"state_name", "changed_on_said"}),
        EntryBlockerFellOverdue: (_of_blocker, frozenset({"due_on_said"})),
        EntryBlockerResolved: (_of_blocker, frozenset({"due_on_said"})),
    }
)
