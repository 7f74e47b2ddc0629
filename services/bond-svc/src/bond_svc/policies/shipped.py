"""The policy versions that come with the service (`data/policies.json`, compiled from `domain.md` §4.1–4.3).

Fields and negative-list entries are written once with their dates; each version takes those that hold within its window.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from typing import Any

from bond_svc.policies.rules import Window


@dataclass(frozen=True, slots=True)
class ShippedPolicy:
    """One version as it is imported: what a caller would POST, with its edition."""

    code: str
    edition: int
    name: str
    window: Window
    document: dict[str, Any]


def shipped_policies() -> list[ShippedPolicy]:
    """All versions, in the order of their windows."""
    text = (resources.files("bond_svc") / "data" / "policies.json").read_text(encoding="utf-8")
    catalogue = json.loads(text)
    return [_policy(each, catalogue) for each in catalogue["policies"]]


def _policy(entry: Mapping[str, Any], catalogue: Mapping[str, Any]) -> ShippedPolicy:
    window = Window.of(entry)
    document = {name: entry[name] for name in ("scope", "legal_basis", "coverage", "clauses")}
    document["fields"] = [_field(each, window) for each in _within(catalogue["fields"], window)]
    document["negatives"] = _within(catalogue["negatives"], window)
    if (readiness := entry.get("readiness")) is not None:
        document["readiness"] = catalogue["readiness"][readiness]
    return ShippedPolicy(entry["code"], entry["edition"], entry["name"], window, document)


def _field(field: dict[str, Any], window: Window) -> dict[str, Any]:
    return {**field, "sub_fields": _within(field["sub_fields"], window), "capital": _within(field["capital"], window)}


def _within(items: Sequence[dict[str, Any]], window: Window) -> list[dict[str, Any]]:
    return [item for item in items if Window.of(item).overlaps(window)]
