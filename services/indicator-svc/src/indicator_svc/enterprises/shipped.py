"""The rules of cultivation as they ship, each in force from a day on, with its document."""

import json
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from functools import cache
from importlib import resources
from typing import Any

from indicator_svc.enterprises.rules import CultivationRules, TierRule


@cache
def all_cultivation_rules() -> tuple[CultivationRules, ...]:
    """Every set, the earliest first."""
    text = (resources.files("indicator_svc") / "data" / "cultivation-rules.json").read_text(encoding="utf-8")
    return tuple(_rules(each) for each in json.loads(text)["rules"])


def cultivation_rules_on(day: date) -> CultivationRules:
    """The set in force; before the first one, that one."""
    begun = [each for each in all_cultivation_rules() if each.effective_from <= day]
    return begun[-1] if begun else all_cultivation_rules()[0]


def _rules(document: Mapping[str, Any]) -> CultivationRules:
    return CultivationRules(
        effective_from=date.fromisoformat(document["effective_from"]),
        line_wan=Decimal(document["line_wan"]),
        swing_percent=Decimal(document["swing_percent"]),
        tiers=tuple(_tier(each) for each in document["tiers"]),
        document=document["document"],
    )


def _tier(document: Mapping[str, Any]) -> TierRule:
    bounds = ("trailing_from_wan", "trailing_below_wan", "growth_from_percent", "expected_from_wan")
    exact = {name: None if document[name] is None else Decimal(document[name]) for name in bounds}
    return TierRule(tier=document["tier"], name=document["name"], **exact)
