"""The phrases that rules may use of facts about webhook receivers."""

from collections.abc import Callable, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final

from alert_svc.rules.phrases import day_said
from alert_svc.rules.rules import Words
from shared.contracts.facts import Fact
from shared.contracts.receiver import ReceiverDisabled, ReceiverEnabled, ReceiverFact, ReceiverRemoved
from shared.kit.clock import SHANGHAI

BECAUSE_NAMES: Final = MappingProxyType(
    {"gone": "对方答复已永久下线（410）", "exhausted": "连续多日推送均未成功", "by_hand": "人工停用"}
)


def _named(fact: ReceiverFact, at: datetime) -> Words:
    local = at.astimezone(SHANGHAI)
    said = f"{day_said(local.date())}{local:%H:%M}"
    return {"receiver_name": fact.description or fact.host, "at_said": said, "period_day": local.date().isoformat()}


def _of_disabling(fact: ReceiverDisabled) -> Words:
    return {**_named(fact, fact.disabled_at), "because_said": BECAUSE_NAMES[fact.because]}


def _of_enabling(fact: ReceiverEnabled) -> Words:
    return _named(fact, fact.enabled_at)


def _of_removal(fact: ReceiverRemoved) -> Words:
    return _named(fact, fact.removed_at)


_NAMED: Final = frozenset({"receiver_name", "at_said", "period_day"})

RECEIVER_WORDS: Final[Mapping[type[Fact], tuple[Callable[[Any], Words], frozenset[str]]]] = MappingProxyType(
    {
        ReceiverDisabled: (_of_disabling, _NAMED | {"because_said"}),
        ReceiverEnabled: (_of_enabling, _NAMED),
        ReceiverRemoved: (_of_removal, _NAMED),
    }
)
"""Each fact with its phrases and their names."""
