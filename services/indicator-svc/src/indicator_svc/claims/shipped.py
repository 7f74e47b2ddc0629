"""What ships with the service as data: how long an offer may stay unanswered, corrections of the calendar."""

import json
from datetime import date
from functools import cache
from importlib import resources
from typing import Any

from indicator_svc.claims.rules import DeadlineRule
from shared.kit.calendar import WorkingCalendar


@cache
def deadline_rules() -> tuple[DeadlineRule, ...]:
    """The rules on answering an offer, each in force from its day on."""
    return tuple(
        DeadlineRule(date.fromisoformat(each["effective_from"]), each["working_days"], each["clause"])
        for each in _document("claim-deadlines.json")["rules"]
    )


@cache
def calendar() -> WorkingCalendar:
    """The working calendar with what official notices said since the installed calendar was made."""
    overrides = _document("calendar-overrides.json")["worked"]
    return WorkingCalendar({date.fromisoformat(day): worked for day, worked in overrides.items()})


def _document(name: str) -> Any:
    return json.loads((resources.files("indicator_svc") / "data" / name).read_text(encoding="utf-8"))
