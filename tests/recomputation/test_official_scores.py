"""The official scores beside a second computation in floats (`board.py`), on a thousand random schemes."""

from decimal import Decimal
from random import Random
from typing import Any

import numpy as np
import pytest

from indicator_svc.indicators.rules import Direction
from indicator_svc.observations.rules import Availability, Figure
from indicator_svc.schemes.definition import read_scheme
from indicator_svc.schemes.parameters import METHODS as OFFERED
from indicator_svc.schemes.parameters import MIXABLE, unfit_methods
from indicator_svc.schemes.schemas import SchemeIn
from indicator_svc.scoreboards import items, rules
from indicator_svc.scoreboards.items import Questions
from shared.kit.identifiers import divisions
from shared.kit.periods import Period
from shared.testing.indicators_api import a_scheme, an_item
from tests.recomputation.board import METHODS, recompute

SCHEMES = 1_000
TOLERANCE = 1e-9
BEYOND_FLOATS = 15
PROVINCE = "620000"
CITIES = [code for code in divisions() if code.startswith("62") and code.endswith("00") and code != PROVINCE]
WEIGHTED = sorted(set(METHODS) - {"bonus_tiers", "per_unit"})


def some(chance: Random, low: int, high: int, places: int = 2) -> str:
    return str(Decimal(chance.randint(low, high)).scaleb(-places))


def some_params(method: str, chance: Random) -> dict[str, Any]:
    """Parameters as a bureau might set them, each absent now and then where it may be."""
    given: dict[str, Any] = {
        "target": {"target": some(chance, 1, 2000)} | chance.choice([{}, {"cap": some(chance, 100, 130)}]),
        "control": {"target": some(chance, 1, 900)},
        "binary": {"target": some(chance, -900, 900)},
        "rank": chance.choice([{}, {"step": some(chance, 1, 20), "floor": some(chance, 0, 50)}]),
        "efficacy": chance.choice([{}, {"base": some(chance, 0, 90, 0)}, {"best": some(chance, 1000, 2000), "worst": "-3"}]),
        "tiered": {"base": some(chance, 1, 1500), "average": some(chance, -900, 900), "band_pp": some(chance, 200, 1500)},
        "versus_average": chance.choice([{}, {"base_share": some(chance, 0, 100), "average": some(chance, -500, 900)}]),
        "band": {"low": some(chance, -500, 0), "high": some(chance, 0, 900), "margin": some(chance, 1, 500)},
        "pace": {"target": some(chance, 1, 3000)},
        "linear": {"full": some(chance, 1, 3000)},
        "per_unit": {"points_per_unit": some(chance, -50, 50), "min": "-1.5", "max": "2"},
    }
    if method == "mix":
        first = Decimal(chance.randint(1, 99)).scaleb(-2)
        parts = zip(chance.sample(sorted(MIXABLE - {"control", "band"}), 2), (first, 1 - first), strict=True)
        return {"parts": [{"method": name, "params": some_params(name, chance), "share": str(share)} for name, share in parts]}
    if method == "bonus_tiers":
        bounds = sorted({chance.randint(-900, 900) for _ in range(3)}, reverse=True)
        tiers = [_tier(chance, [{"input": "value", "op": "ge", "value": str(Decimal(bound).scaleb(-2))}]) for bound in bounds]
        return {"tiers": [*tiers, _tier(chance, [])], "min": "-2", "max": "2"}
    params: dict[str, Any] = given[method]
    return params


def _tier(chance: Random, when: list[dict[str, str]]) -> dict[str, Any]:
    return {"when": when, "points": some(chance, -300, 300)}


def a_direction(method: str, params: dict[str, Any], chance: Random) -> str:
    fitting = [each.value for each in Direction if not unfit_methods(method, params, each)]
    return chance.choice(fitting)


def a_random_scheme(chance: Random) -> dict[str, Any]:
    made = []
    for number in range(chance.randint(2, 5)):
        method = chance.choice(WEIGHTED)
        params = some_params(method, chance)
        head = {
            "indicator": f"E{number:02d}",
            "group": chance.choice(["main", "six_guarantees"]),
            "weight": some(chance, 50, 4000),
        }
        made.append(an_item(method=method, params=params, direction=a_direction(method, params, chance), **head))
    for number in range(2):
        method = chance.choice(["bonus_tiers", "per_unit"])
        params = some_params(method, chance)
        made.append(an_item(indicator=f"B{number:02d}", group="bonus", weight=None, method=method, params=params))
    peers = chance.sample(CITIES, chance.randint(2, 14))
    changes = {"pending": chance.choice(["wait", "rank_without"]), "bonus_cap": [some(chance, -300, 0), some(chance, 0, 300)]}
    return SchemeIn.model_validate(a_scheme(*made, peers=peers, regions_watched=[], **changes)).definition()


def some_figures(document: dict[str, Any], chance: Random) -> dict[tuple[str, str], Decimal]:
    """One figure in twenty is unknown, the province's never; whole numbers now and then, so that there are ties."""
    places = chance.choice([0, 2])
    cells = [(region, item["indicator"]) for region in (*document["peers"], PROVINCE) for item in document["items"]]
    known = {cell: Decimal(some(chance, -9 * 10**places, 20 * 10**places, places)) for cell in cells}
    return {cell: value for cell, value in known.items() if cell[0] == PROVINCE or chance.random() > 1 / 20}


def assert_agrees(document: dict[str, Any], period: Period, figures: dict[tuple[str, str], Decimal]) -> None:
    scheme = read_scheme(("id", "S-1", 1), document)
    known = {cell: Figure(str(period), value, Availability.KNOWN) for cell, value in figures.items()}
    board = rules.compute(scheme, period, Questions(known, {}))
    scores, totals, places = recompute(
        document, period.elapsed_months / 12, {cell: float(each) for cell, each in figures.items()}
    )
    rows = {row.region: row for row in board.rows}
    ordered = [rows[region] for region in document["peers"]]
    for index, item in enumerate(document["items"]):
        ours = [_number(row.items[index].score) for row in ordered]
        np.testing.assert_allclose(ours, scores[item["indicator"]], rtol=0, atol=TOLERANCE, err_msg=str(item))
    np.testing.assert_allclose([_number(row.total) for row in ordered], totals, rtol=0, atol=TOLERANCE, err_msg=str(document))
    np.testing.assert_array_equal([_number(row.rank) for row in ordered], places)


def _number(value: Decimal | int | None) -> float:
    return float("nan") if value is None else float(value)


def test_a_thousand_random_schemes_agree_with_a_second_computation_to_nine_places(monkeypatch: pytest.MonkeyPatch) -> None:
    """Before the rounding to six places: it is moved out to the fifteenth."""
    monkeypatch.setattr(items, "INTERNAL_PLACES", BEYOND_FLOATS)
    monkeypatch.setattr(rules, "INTERNAL_PLACES", BEYOND_FLOATS)
    for seed in range(SCHEMES):
        chance = Random(seed)  # noqa: S311 - examples, no secrets
        document = a_random_scheme(chance)
        assert_agrees(document, Period.parse(f"2022-Q{chance.randint(1, 4)}"), some_figures(document, chance))


def test_every_method_that_scores_is_computed_twice() -> None:
    assert set(METHODS) == OFFERED - {"contribution"}
