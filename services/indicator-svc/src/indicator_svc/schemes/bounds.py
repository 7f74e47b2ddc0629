"""The bounds by which boards are judged, published with the scheme: levels, outlooks, the 约谈 line, awards."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from shared.contracts.facts import Level


@dataclass(frozen=True, slots=True)
class OutlookRules:
    """When an item is low, falling behind or worth pushing (I6), published with the scheme; otherwise it is safe.

    Low: on `low_from` or a heavier level. Falling behind: the rank fell in each of the last `falling_periods` periods, or the gap
    to the target widened in each of them, by `widened_pp` at least altogether. Worth pushing: `push_points` or more are still
    to be had, and the next better region or the target is within `push_pp` percentage points.
    """

    low_from: Level
    falling_periods: int
    widened_pp: Decimal
    push_pp: Decimal
    push_points: Decimal


@dataclass(frozen=True, slots=True)
class StandingRules:
    """The bounds of the levels (`domain.md` §6), published with the scheme.

    `gap_pp`: the largest gap to the target, in percentage points, that is still on that level; beyond the last one it is red.
    `rank_from`: the first rank that is on that level. Only items in %, with a target, have a gap.
    """

    gap_pp: tuple[tuple[Level, Decimal], ...]
    rank_from: tuple[tuple[Level, int], ...]
    consecutive_orange: int
    outlook: OutlookRules


@dataclass(frozen=True, slots=True)
class TalkLine:
    """约谈: the last `bottom` places; the edge is the `edge_places` above them, or within `edge_points` of the line.

    Who is on the line `consecutive` periods running is summoned as the mayor himself.
    """

    bottom: int
    edge_points: Decimal
    edge_places: int
    consecutive: int


@dataclass(frozen=True, slots=True)
class AwardRules:
    """贡献奖 for the first `contribution_places` by share of the province's increase; 进步奖 for the first `progress_places` by
    points gained, among those who gained `least_places` at least and, where `one_each`, have no 贡献奖 (`domain.md` §1.4)."""

    contribution_places: int
    progress_places: int
    least_places: int
    one_each: bool


DEFAULT_STANDING_RULES: Final[Mapping[str, Any]] = {
    "gap_pp": {"green": "0", "blue": "0.5", "yellow": "1.5", "orange": "3.0"},
    "rank_from": {"blue": 8, "yellow": 10, "orange": 12, "red": 14},
    "consecutive_orange": 2,
}


DEFAULT_OUTLOOK_RULES: Final[Mapping[str, Any]] = {
    "low_from": "yellow",
    "falling_periods": 2,
    "widened_pp": "0.5",
    "push_pp": "1.0",
    "push_points": "0.5",
}
DEFAULT_AWARD_RULES: Final[Mapping[str, Any]] = {
    "contribution_places": 3,
    "progress_places": 3,
    "least_places": 1,
    "one_each": True,
}
DEFAULT_EDGE_PLACES: Final = 2
DEFAULT_CONSECUTIVE: Final = 2


def read_standing_rules(document: Mapping[str, Any]) -> StandingRules:
    gaps = tuple(sorted(((Level(level), Decimal(bound)) for level, bound in document["gap_pp"].items()), key=_by_severity))
    ranks = tuple(sorted(((Level(level), int(first)) for level, first in document["rank_from"].items()), key=_by_severity))
    return StandingRules(gaps, ranks, int(document["consecutive_orange"]), read_outlook_rules(document.get("outlook") or {}))


def read_outlook_rules(document: Mapping[str, Any]) -> OutlookRules:
    given = {**DEFAULT_OUTLOOK_RULES, **document}
    return OutlookRules(
        Level(given["low_from"]),
        int(given["falling_periods"]),
        Decimal(given["widened_pp"]),
        Decimal(given["push_pp"]),
        Decimal(given["push_points"]),
    )


def read_talk_line(document: Mapping[str, Any]) -> TalkLine:
    """Older editions name neither `edge_places` nor `consecutive`; the defaults are what they were judged by."""
    return TalkLine(
        document["bottom"],
        Decimal(document["edge_points"]),
        document.get("edge_places", DEFAULT_EDGE_PLACES),
        document.get("consecutive", DEFAULT_CONSECUTIVE),
    )


def read_award_rules(document: Mapping[str, Any]) -> AwardRules:
    return AwardRules(**{**DEFAULT_AWARD_RULES, **document})


def _by_severity(entry: tuple[Level, Any]) -> int:
    return entry[0].severity
