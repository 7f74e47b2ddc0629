"""What ships with the service as data: plan templates, the watch rules with their clauses, corrections of the calendar."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib import resources
from typing import Any

from project_svc.codes import ProjectKind, Stage
from project_svc.milestones.rules import DayUnit, Link, LinkType, Watch, WatchRule, rule_in_force
from shared.kit.calendar import WorkingCalendar


@dataclass(frozen=True, slots=True)
class TemplateNode:
    key: str
    stage: Stage
    name: str


@dataclass(frozen=True, slots=True)
class Template:
    """The usual nodes of a kind of project with the usual working days between them (`domain.md` §3.2)."""

    code: str
    name: str
    kinds: frozenset[ProjectKind]
    basis: str
    nodes: tuple[TemplateNode, ...]
    links: tuple[Link, ...]


@cache
def templates() -> Mapping[str, Template]:
    """All templates by code."""
    return {each["code"]: _template(each) for each in _document("milestone-templates.json")["templates"]}


@cache
def watch_rules() -> tuple[WatchRule, ...]:
    """The rules of the watch, each in force from its day on."""
    return tuple(_watch_rule(each) for each in _document("watch-rules.json")["rules"])


@cache
def calendar() -> WorkingCalendar:
    """The working calendar with what official notices said since the installed calendar was made."""
    overrides = _document("calendar-overrides.json")["worked"]
    return WorkingCalendar({date.fromisoformat(day): worked for day, worked in overrides.items()})


def watch_on(day: date) -> Watch:
    """The rule in force on a day, with the calendar that it counts on."""
    return Watch(rule_in_force(watch_rules(), day), calendar())


def _template(document: Mapping[str, Any]) -> Template:
    nodes = document["nodes"]
    return Template(
        code=document["code"],
        name=document["name"],
        kinds=frozenset(ProjectKind(kind) for kind in document["kinds"]),
        basis=document["basis"],
        nodes=tuple(TemplateNode(node["key"], Stage(node["stage"]), node["name"]) for node in nodes),
        links=tuple(_link(node["key"], each) for node in nodes for each in node["after"]),
    )


def _link(successor: str, document: Mapping[str, Any]) -> Link:
    return Link(document["key"], successor, LinkType(document["type"]), document["lag_working_days"])


def _watch_rule(document: Mapping[str, Any]) -> WatchRule:
    return WatchRule(
        effective_from=date.fromisoformat(document["effective_from"]),
        due_soon_days=document["due_soon"]["days"],
        due_soon_unit=DayUnit(document["due_soon"]["unit"]),
        seriously_overdue_after_days=document["seriously_overdue_after_days"],
        lit_within_days=document["lit_within_days"],
        clause=document["clause"],
    )


def _document(name: str) -> Any:
    return json.loads((resources.files("project_svc") / "data" / name).read_text(encoding="utf-8"))
