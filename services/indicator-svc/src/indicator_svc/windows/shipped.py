"""What ships with the service as data: the reporting tables with their default windows, the release days of the NBS."""

import json
from collections.abc import Mapping
from datetime import date
from functools import cache
from importlib import resources
from typing import Any

from indicator_svc.windows.rules import EVERY, DayRule, ReportingTable
from shared.kit.periods import Frequency


@cache
def reporting_tables() -> tuple[ReportingTable, ...]:
    """Every rule of every table, in the order of the document."""
    return tuple(_table(each) for each in _document("reporting-tables.json")["tables"])


@cache
def release_days() -> tuple[Mapping[str, str], ...]:
    """When the NBS released what: `statistic`, `period`, `released_on`, `source`."""
    return tuple(_document("nbs-release-days.json")["releases"])


def _table(document: Mapping[str, Any]) -> ReportingTable:
    return ReportingTable(
        code=document["code"],
        name=document["name"],
        effective_from=date.fromisoformat(document["effective_from"]),
        frequency=Frequency(document["frequency"]),
        separate_january=document["separate_january"],
        opens=_day(document["opens"]),
        closes=_by_number(document["closes"]),
        checks=tuple((check["name"], _by_number(check["by"])) for check in document["checks"]),
        indicators=tuple(document["indicators"]),
        basis=document["basis"],
        source=document["source"],
    )


def _by_number(document: Mapping[str, Any]) -> dict[int, DayRule]:
    return {EVERY if number == "every" else int(number): _day(rule) for number, rule in document.items()}


def _day(document: Mapping[str, Any]) -> DayRule:
    return DayRule(document["months_after"], document["day"], document["at"])


def _document(name: str) -> Any:
    return json.loads((resources.files("indicator_svc") / "data" / name).read_text(encoding="utf-8"))
