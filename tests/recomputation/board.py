"""A scoreboard worked out a second time, in floats with numpy, from the scheme's document alone.

Written apart from the service: it imports nothing of it, so that the two can only agree by both being right.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Column = NDArray[np.float64]
"""One number per city; NaN is unknown."""
Document = Mapping[str, Any]
Values = Mapping[tuple[str, str], float]


@dataclass(frozen=True)
class Field:
    """What a method sees: every city's figure, which way is better, the share of the year gone, the province's own figure."""

    x: Column
    lower: bool
    elapsed: float
    province: float


def recompute(document: Document, elapsed: float, values: Values) -> tuple[dict[str, Column], Column, Column]:
    """(indicator → scores, totals, places); NaN is pending. `values`: (region, indicator) → figure."""
    scores, peers = {}, document["peers"]
    for item in document["items"]:
        x = np.array([values.get((region, item["indicator"]), np.nan) for region in peers])
        province = values.get((document["province"], item["indicator"]), np.nan)
        field = Field(x, item["direction"] == "lower", elapsed, province)
        scores[item["indicator"]] = METHODS[item["method"]](float(item["weight"] or 0), item["params"], field)
    totals = _totals(document, scores)
    return scores, totals, _places(np.round(totals, 9), lower=False)


def _totals(document: Document, scores: Mapping[str, Column]) -> Column:
    weighted = [item for item in document["items"] if item["group"] in ("main", "six_guarantees")]
    table = np.array([scores[item["indicator"]] for item in weighted])
    weights = np.array([float(item["weight"]) for item in weighted])[:, None]
    bonus = np.array([scores[item["indicator"]] for item in document["items"] if item["group"] == "bonus"])
    low, high = (float(each) for each in document["bonus_cap"])
    if document["pending"] == "wait":
        return np.asarray(table.sum(axis=0) + np.clip(bonus.sum(axis=0), low, high))
    had = (weights * ~np.isnan(table)).sum(axis=0)
    factor = np.where(had > 0, weights.sum() / np.where(had > 0, had, 1), np.nan)
    return np.asarray(np.nansum(table, axis=0) * factor + np.clip(np.nansum(bonus, axis=0), low, high))


def _places(x: Column, *, lower: bool) -> Column:
    known = x[~np.isnan(x)]
    ahead = np.array([np.sum(known < each) if lower else np.sum(known > each) for each in x], dtype=float)
    return np.where(np.isnan(x), np.nan, ahead + 1)


def _target(weight: float, params: Document, field: Field) -> Column:
    goal, cap = float(params["target"]), float(params.get("cap", 1))
    if field.lower:
        return weight * np.where(
            np.isnan(field.x), np.nan, np.where(field.x <= goal, 1, goal / np.where(field.x == 0, 1, field.x))
        )
    return weight * np.clip(field.x / goal, 0, cap)


def _control(weight: float, params: Document, field: Field) -> Column:
    limit = float(params["target"])
    return weight * np.clip(1 - np.maximum(field.x - limit, 0) / abs(limit), 0, None)


def _binary(weight: float, params: Document, field: Field) -> Column:
    goal = float(params["target"])
    met = field.x <= goal if field.lower else field.x >= goal
    return np.where(np.isnan(field.x), np.nan, weight * met)


def _rank(weight: float, params: Document, field: Field) -> Column:
    share = 1 - float(params.get("step", 0.05)) * (_places(field.x, lower=field.lower) - 1)
    return weight * np.maximum(share, float(params.get("floor", 0)))


def _efficacy(weight: float, params: Document, field: Field) -> Column:
    base = float(params.get("base", 60))
    best, worst = params.get("best"), params.get("worst")
    if best is None or worst is None:
        known = field.x[~np.isnan(field.x)]
        if known.size == 0:
            return field.x
        best, worst = (known.min(), known.max()) if field.lower else (known.max(), known.min())
    span = float(best) - float(worst)
    return weight / 100 * (base + (100 - base) * (field.x - float(worst)) / span if span else field.x * 0 + 100)


def _tiered(_: float, params: Document, field: Field) -> Column:
    base, band = float(params["base"]), float(params.get("band_pp", 10))
    excess = field.x - float(params["average"])
    bands = np.arange(200)[:, None]
    filled = np.clip(np.abs(excess) - bands * band, 0, band) / band * base / (2 * (bands + 1))
    return np.asarray(base + np.sign(excess) * filled.sum(axis=0))


def _versus_average(weight: float, params: Document, field: Field) -> Column:
    average = float(params["average"]) if "average" in params else field.province
    points = weight * float(params.get("base_share", 0.7)) + float(params.get("points_per_pp", 1)) * (field.x - average)
    return np.clip(points, 0, weight)


def _band(weight: float, params: Document, field: Field) -> Column:
    low, high, margin = (float(params[name]) for name in ("low", "high", "margin"))
    return weight * np.interp(field.x, [low - margin, low, high, high + margin], [0, 1, 1, 0])


def _pace(weight: float, params: Document, field: Field) -> Column:
    return weight * np.clip(field.x / float(params["target"]) / field.elapsed, 0, 1)


def _linear(weight: float, params: Document, field: Field) -> Column:
    return weight * np.clip(field.x / float(params.get("full", 100)), 0, 1)


def _mix(weight: float, params: Document, field: Field) -> Column:
    parts = [float(part["share"]) * METHODS[part["method"]](weight, part["params"], field) for part in params["parts"]]
    return np.asarray(np.sum(parts, axis=0))


def _per_unit(_: float, params: Document, field: Field) -> Column:
    return np.clip(field.x * float(params["points_per_unit"]), float(params["min"]), float(params["max"]))


def _bonus_tiers(_: float, params: Document, field: Field) -> Column:
    """Tiers of the form "at least so much", the last one without a condition."""
    bounds = [(float(tier["when"][0]["value"]) if tier["when"] else -np.inf, float(tier["points"])) for tier in params["tiers"]]
    points = np.select([field.x >= bound for bound, _ in bounds], [given for _, given in bounds], np.nan)
    return np.asarray(np.clip(points, float(params["min"]), float(params["max"])))


METHODS: Mapping[str, Callable[[float, Document, Field], Column]] = {
    "target": _target,
    "control": _control,
    "binary": _binary,
    "rank": _rank,
    "efficacy": _efficacy,
    "tiered": _tiered,
    "versus_average": _versus_average,
    "band": _band,
    "pace": _pace,
    "linear": _linear,
    "mix": _mix,
    "per_unit": _per_unit,
    "bonus_tiers": _bonus_tiers,
}
