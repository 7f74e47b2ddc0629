"""The phrases that rules may use of facts about the ownership of a scheme's items."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Final

from alert_svc.rules.phrases import day_said
from alert_svc.rules.rules import Words
from shared.contracts.facts import Fact
from shared.contracts.indicator import ItemClaimed, ItemLeftScheme, ItemUnclaimed


def _of_unclaimed(fact: ItemUnclaimed) -> Words:
    match fact.why:
        case "not_offered":
            said = f"尚未交办，应于{day_said(fact.due_on)}前落实"
        case "not_answered":
            said = f"已交{fact.lead_department}，应于{day_said(fact.due_on)}前认领，至今未认领"
        case "disputed":
            said = f"{fact.lead_department}有异议，应于{day_said(fact.due_on)}前落实，至今未裁定"
    return {"why_said": said}


def _of_claimed(fact: ItemClaimed) -> Words:
    return {"how_said": "经裁定由" if fact.by_ruling else "已由"}


def _of_left(_fact: ItemLeftScheme) -> Words:
    return {}


CLAIM_WORDS: Final[Mapping[type[Fact], tuple[Callable[[Any], Words], frozenset[str]]]] = MappingProxyType(
    {
        ItemUnclaimed: (_of_unclaimed, frozenset({"why_said"})),
        ItemClaimed: (_of_claimed, frozenset({"how_said"})),
        ItemLeftScheme: (_of_left, frozenset()),
    }
)
"""Each fact with its phrases and their names."""
