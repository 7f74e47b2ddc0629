"""How long permits are good for, as shipped with the service: dated, with the clause of each."""

import json
from collections.abc import Mapping
from datetime import date
from functools import cache
from importlib import resources
from typing import Any

from project_svc.network.days import DayUnit
from project_svc.permits.rules import Ahead, PermitType, Validity


@cache
def validities() -> tuple[Validity, ...]:
    """Every rule, in the order of the file."""
    text = (resources.files("project_svc") / "data" / "permit-validities.json").read_text(encoding="utf-8")
    return tuple(_validity(each) for each in json.loads(text)["rules"])


def _validity(document: Mapping[str, Any]) -> Validity:
    return Validity(
        type=PermitType(document["kind"]),
        name=document["name"],
        effective_from=date.fromisoformat(document["effective_from"]),
        months=document["months"],
        most_extensions=document["extensions"]["most"],
        extension_months=document["extensions"]["months"],
        apply_ahead=_ahead(document["apply_ahead"]),
        notice=_ahead(document["notice"]),
        clause=document["clause"],
    )


def _ahead(document: Mapping[str, Any] | None) -> Ahead | None:
    return Ahead(document["days"], DayUnit(document["unit"])) if document else None
