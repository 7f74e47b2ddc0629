"""The rules of entry as they ship: thresholds, dossiers, windows, stages, each set in force from a day on with its document."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from functools import cache
from importlib import resources
from typing import Any

from indicator_svc.deadlines.rules import Notice
from indicator_svc.entries.rules import Dossier, Route, Stage, Threshold
from indicator_svc.entries.windows import Window, WindowRule, next_window
from shared.kit.calendar import WorkingCalendar

INVESTMENT = "investment"


@dataclass(frozen=True, slots=True)
class DossierRule:
    """For whom a dossier is: by route and sector, and for works by total investment in 万元, from inclusive."""

    dossier: Dossier
    route: Route | None
    sectors: tuple[str, ...]
    from_wan: Decimal | None
    below_wan: Decimal | None

    def fits(self, route: Route, sector: str, total_wan: Decimal | None) -> bool:
        if self.route not in (None, route) or (self.sectors and sector not in self.sectors):
            return False
        if route is not Route.CONSTRUCTION:
            return True
        # While the total is unknown the smallest dossier is asked for: it grows once the total is known.
        total = Decimal() if total_wan is None else total_wan
        return (self.from_wan is None or total >= self.from_wan) and (self.below_wan is None or total < self.below_wan)


@dataclass(frozen=True, slots=True)
class EntryRules:
    """Everything that is in force on a day."""

    version: str
    effective_from: date
    document: str
    thresholds: Mapping[str, Threshold]
    dossiers: tuple[DossierRule, ...]
    document_names: Mapping[str, str]
    details: Mapping[str, tuple[str, ...]]
    windows: tuple[WindowRule, ...]
    stage_names: Mapping[Stage, str]
    stage_days: Mapping[Stage, int]
    notice: Notice

    def dossier(self, route: Route, sector: str, total_wan: Decimal | None) -> Dossier | None:
        """None where no rule takes this route in this sector."""
        return next((each.dossier for each in self.dossiers if each.fits(route, sector, total_wan)), None)

    def window(self, route: Route, sector: str, day: date) -> Window | None:
        return next_window(self.windows, (route, sector), day)

    def only(self, window: WindowRule) -> "EntryRules":
        """The same rules with this one window."""
        return replace(self, windows=(window,))

    def stage_due_on(self, stage: Stage, begun_on: date) -> date:
        return self.notice.calendar.add_working_days(begun_on, self.stage_days[stage])


@cache
def all_entry_rules() -> tuple[EntryRules, ...]:
    """Every set, the earliest first."""
    text = (resources.files("indicator_svc") / "data" / "entry-rules.json").read_text(encoding="utf-8")
    documents = json.loads(text)["rules"]
    by_version = {each["version"]: each for each in documents}
    return tuple(_entry_rules(_extended(each, by_version)) for each in documents)


def entry_rules_on(day: date) -> EntryRules:
    """The set in force; before the first one, that one."""
    begun = [each for each in all_entry_rules() if each.effective_from <= day]
    return begun[-1] if begun else all_entry_rules()[0]


def _extended(document: Mapping[str, Any], by_version: Mapping[str, Mapping[str, Any]]) -> Mapping[str, Any]:
    """A set that extends another takes its parts over, windows of the same code replaced."""
    if "extends" not in document:
        return document
    base = by_version[document["extends"]]
    changed = {each["code"]: each for each in document["windows"]}
    windows = [changed.get(each["code"], each) for each in base["windows"]]
    return {**base, **document, "windows": windows}


def _entry_rules(document: Mapping[str, Any]) -> EntryRules:
    stages = {Stage(code): each for code, each in document["stages"].items()}
    return EntryRules(
        version=document["version"],
        effective_from=date.fromisoformat(document["effective_from"]),
        document=document["document"],
        thresholds={each["sector"]: _threshold(each) for each in document["thresholds"]},
        dossiers=tuple(_dossier(each) for each in document["dossiers"]),
        document_names=document["documents"],
        details={key: tuple(names) for key, names in document["details"].items()},
        windows=tuple(_window(each) for each in document["windows"]),
        stage_names={stage: each["name"] for stage, each in stages.items()},
        stage_days={stage: each["working_days"] for stage, each in stages.items()},
        notice=Notice(WorkingCalendar(), document["notice_working_days"]),
    )


def _threshold(document: Mapping[str, Any]) -> Threshold:
    return Threshold(
        sector=document["sector"],
        name=document["name"],
        measure=document["measure"],
        at_least_wan=_wan(document["at_least_wan"]),
        output_too=document.get("output_too", False),
        document=document["document"],
    )


def _dossier(document: Mapping[str, Any]) -> DossierRule:
    dossier = Dossier(
        code=document["code"],
        name=document["name"],
        required=tuple(tuple(group) for group in document["required"]),
        optional=tuple(document["optional"]),
        chain=tuple(Stage(each) for each in document["chain"]),
        document=document["document"],
    )
    return DossierRule(
        dossier=dossier,
        route=None if document["route"] is None else Route(document["route"]),
        sectors=tuple(document.get("sectors", ())),
        from_wan=_wan(document.get("from_wan")),
        below_wan=_wan(document.get("below_wan")),
    )


def _window(document: Mapping[str, Any]) -> WindowRule:
    sectors = document["sectors"]
    return WindowRule(
        code=document["code"],
        name=document["name"],
        routes=tuple(Route(each) for each in document["routes"]),
        sectors=None if sectors is None else tuple(sectors),
        months=tuple(document.get("months", ())),
        open_day=document.get("open_day", 1),
        close_day=document.get("close_day", 1),
        closings=tuple(_month_day(each) for each in document.get("closings", ())),
        open_days_before=document.get("open_days_before", 0),
        document=document["document"],
    )


def _month_day(text: str) -> tuple[int, int]:
    month, day = text.split("-")
    return int(month), int(day)


def _wan(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)
