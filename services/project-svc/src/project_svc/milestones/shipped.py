"""What ships as data: plan templates, watch rules and rules about compressing with their clauses."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any

from project_svc.codes import ProjectKind, Stage
from project_svc.milestones.rules import Watch, WatchRule, rule_in_force
from project_svc.network.days import DayUnit, Work
from project_svc.network.rules import Link, LinkType
from project_svc.network.schedule import CompressionRule
from project_svc.packaged import packaged
from project_svc.sites import calendar


@dataclass(frozen=True, slots=True)
class TemplateNode:
    key: str
    stage: Stage
    name: str
    work: Work


@dataclass(frozen=True, slots=True)
class Template:
    """The usual nodes of a kind of project, how long each usually takes, and what it waits for (`domain.md` §3.2)."""

    code: str
    name: str
    kinds: frozenset[ProjectKind]
    effective_from: date
    basis: str
    nodes: tuple[TemplateNode, ...]
    links: tuple[Link, ...]


@cache
def templates() -> Mapping[str, Template]:
    """All templates by code."""
    return {each["code"]: _template(each) for each in packaged("milestone-templates.json")["templates"]}


@cache
def watch_rules() -> tuple[WatchRule, ...]:
    """The rules of the watch, each in force from its day on."""
    return tuple(_watch_rule(each) for each in packaged("watch-rules.json")["rules"])


def compression_rule_on(day: date) -> CompressionRule:
    """The rule about compressing works in force on a day; the earliest one for the time before any."""
    rules = _compression_rules()
    return max((each for each in rules if each.effective_from <= day), key=lambda each: each.effective_from, default=rules[0])


@cache
def _compression_rules() -> tuple[CompressionRule, ...]:
    documents = packaged("compression-rules.json")["rules"]
    rules = [
        CompressionRule(date.fromisoformat(each["effective_from"]), Decimal(each["most_percent"]), each["clause"])
        for each in documents
    ]
    return tuple(sorted(rules, key=lambda each: each.effective_from))


def watch_on(day: date) -> Watch:
    """The rule in force on a day, with the calendar that it counts on."""
    return Watch(rule_in_force(watch_rules(), day), calendar())


def _template(document: Mapping[str, Any]) -> Template:
    nodes = document["nodes"]
    return Template(
        code=document["code"],
        name=document["name"],
        kinds=frozenset(ProjectKind(kind) for kind in document["kinds"]),
        effective_from=date.fromisoformat(document["effective_from"]),
        basis=document["basis"],
        nodes=tuple(TemplateNode(node["key"], Stage(node["stage"]), node["name"], _work(node.get("work"))) for node in nodes),
        links=tuple(_link(node["key"], each) for node in nodes for each in node["after"]),
    )


def _work(document: Mapping[str, Any] | None) -> Work:
    return Work(document["days"], DayUnit(document["unit"]), document["outdoor"]) if document else Work()


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
