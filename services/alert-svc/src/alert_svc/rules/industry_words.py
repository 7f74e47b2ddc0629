"""The phrases that rules may use of facts about stopped enterprises."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Final

from alert_svc.rules.phrases import day_said
from alert_svc.rules.rules import Words
from shared.contracts.facts import Fact
from shared.contracts.industry import (
    ResumptionFellOverdue,
    StopChanged,
    StopFact,
    StopStatusReported,
    StopStatusWentStale,
)
from shared.kit.decimals import measured

STATE_NAMES: Final = MappingProxyType({"stopped": "停产", "planned": "已定复工方案", "resumed": "已复工", "exited": "已退出"})


def _of_stop(fact: StopFact) -> Words:
    """The drag is said after a comma where it is known."""
    drag = fact.drag_pp
    said = "" if drag is None or drag == 0 else f"，下拉全市增速{measured(abs(drag), '个百分点')}"
    return {"stopped_on_said": day_said(fact.stopped_on), "drag_said": said}


def _of_miss(fact: ResumptionFellOverdue | StopStatusWentStale) -> Words:
    return {**_of_stop(fact), "due_on_said": day_said(fact.due_on), "period_day": fact.due_on.isoformat()}


def _of_change(fact: StopChanged) -> Words:
    changed = {"state_name": STATE_NAMES[fact.state], "changed_on_said": day_said(fact.changed_on)}
    return {**_of_stop(fact), **changed, "period_day": fact.changed_on.isoformat()}


def _of_status(fact: StopStatusReported) -> Words:
    return {**_of_stop(fact), "reported_on_said": day_said(fact.reported_on), "period_day": fact.reported_on.isoformat()}


_STOP: Final = frozenset({"stopped_on_said", "drag_said", "period_day"})

INDUSTRY_WORDS: Final[Mapping[type[Fact], tuple[Callable[[Any], Words], frozenset[str]]]] = MappingProxyType(
    {
        ResumptionFellOverdue: (_of_miss, _STOP | {"due_on_said"}),
        StopStatusWentStale: (_of_miss, _STOP | {"due_on_said"}),
        StopChanged: (_of_change, _STOP | {"state_name", "changed_on_said"}),
        StopStatusReported: (_of_status, _STOP | {"reported_on_said"}),
    }
)
