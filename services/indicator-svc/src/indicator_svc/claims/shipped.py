"""What ships with the service as data: how long an offer may stay unanswered, and the calendar that it is counted by."""

import json
from datetime import date
from functools import cache
from importlib import resources
from typing import Any

from indicator_svc.claims.rules import DeadlineRule
from indicator_svc.packaged import working_calendar
from shared.kit.calendar import WorkingCalendar


@cache
def deadline_rules() -> tuple[DeadlineRule, ...]:
    """The rules on answering an offer, each in force from its day on."""
    return tuple(
        DeadlineRule(date.fromisoformat(each["effective_from"]), each["working_days"], each["clause"])
        for each in _document("claim-deadlines.json")["rules"]
    )


def calendar() -> WorkingCalendar:
    return working_calendar()


def _document(name: str) -> Any:
    return json.loads((resources.files("indicator_svc") / "data" / name).read_text(encoding="utf-8"))
