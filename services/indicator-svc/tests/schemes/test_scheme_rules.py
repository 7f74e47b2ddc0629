"""Publication checks: what a scheme must be, every fault at once."""

from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest

from indicator_svc.indicators.rules import Direction
from indicator_svc.packaged import scheme
from indicator_svc.schemes.definition import read_scheme
from indicator_svc.schemes.rules import Surroundings, publication_faults
from indicator_svc.schemes.schemas import SchemeIn

Draft = dict[str, Any]


def city31() -> Draft:
    return SchemeIn.model_validate(scheme("city-31")).definition()


def around(draft: Draft, **changes: Any) -> Surroundings:
    """The catalogue as it ships, and every indicator of the draft besides."""
    natural = {item["indicator"]: Direction(item["direction"]) for item in city31()["items"]}
    others = read_scheme(("id", "c", 1), city31()).needs | {item["indicator"] for item in draft["items"]}
    known = dict.fromkeys(others, Direction.HIGHER) | natural
    return Surroundings(**({"indicators": known, "derived": set(), "watched_elsewhere": {}} | changes))


def codes(draft: Draft, **changes: Any) -> list[tuple[str, str]]:
    return [(fault.pointer, fault.code) for fault in publication_faults(draft, around(draft, **changes))]


def test_the_packaged_schemes_may_be_published() -> None:
    assert codes(city31()) == []
    assert codes(SchemeIn.model_validate(scheme("panel-gansu")).definition()) == []


def set_path(*path: Any, to: Any) -> Callable[[Draft], None]:
    def change(draft: Draft) -> None:
        target: Any = draft
        for step in path[:-1]:
            target = target[step]
        target[path[-1]] = to

    return change


@pytest.mark.parametrize(
    ("change", "faults"),
    [
        (set_path("legal_basis", to=" "), [("/legal_basis", "scheme.legal-basis-missing")]),
        (set_path("through_year", to=2021), [("/through_year", "scheme.years-reversed")]),
        (set_path("bonus_cap", to=["1", "5"]), [("/bonus_cap", "scheme.bonus-cap")]),
        (set_path("talk_line", "bottom", to=14), [("/talk_line/bottom", "scheme.talk-line")]),
        (set_path("standing_rules", "gap_pp", "yellow", to="0.5"), [("/standing_rules/gap_pp", "scheme.standing-rules")]),
        (set_path("standing_rules", "rank_from", "red", to=3), [("/standing_rules/rank_from", "scheme.standing-rules")]),
        (set_path("peers", 0, to="629900"), [("/peers/0", "region.unknown")]),
        (set_path("peers", 0, to="620300"), [("/peers", "region.repeated")]),
        (set_path("province", to="990000"), [("/province/0", "region.unknown")]),
        (set_path("regions_watched", to=["620000"]), [("/regions_watched/0", "region.not-a-peer")]),
        (set_path("items", 0, "weight", to="11"), [("/items", "scheme.weights")]),
        (set_path("items", 0, "weight", to=None), [("/items/0/weight", "item.weight-missing"), ("/items", "scheme.weights")]),
        (set_path("items", 22, "weight", to="0"), [("/items/22/weight", "item.weight-unused")]),
        (set_path("items", 1, "indicator", to="E01"), [("/items/1/indicator", "item.repeated")]),
        (set_path("items", 0, "indicator", to="E99"), []),
        (
            set_path("items", 0, "method", to="bonus_tiers"),
            [("/items/0/method", "method.wrong-group")],
        ),
        (set_path("items", 0, "lead_department", to=""), [("/items/0/lead_department", "item.unclaimed")]),
        (set_path("items", 0, "portfolio", to=""), [("/items/0/portfolio", "item.unclaimed")]),
    ],
)
def test_a_fault_keeps_a_scheme_from_being_published(change: Callable[[Draft], None], faults: list[tuple[str, str]]) -> None:
    draft = deepcopy(city31())
    change(draft)
    found = codes(draft)
    assert set(faults) <= set(found)
    assert bool(found) == bool(faults)


def test_eight_and_fourteen_and_nine_are_counted() -> None:
    draft = city31()
    draft["items"] = [item for item in draft["items"] if item["indicator"] not in ("E08", "L14", "B09")]
    assert codes(draft) == [("/items", "scheme.group-count")] * 3 + [("/items", "scheme.weights")]


def test_all_faults_are_said_at_once() -> None:
    draft = city31() | {"legal_basis": "", "peers": ["629900"], "regions_watched": [], "talk_line": None}
    draft["items"][0]["params"] = {}
    found = {code for _, code in codes(draft)}
    assert {"scheme.legal-basis-missing", "region.unknown", "parameter.shares"} <= found


def test_an_unknown_indicator_is_a_fault() -> None:
    known = {code: way for code, way in around(city31()).indicators.items() if code != "B01-start-rate"}
    assert codes(city31(), indicators=known) == [("/items/22/indicator", "indicator.unknown")]


def test_growth_worked_out_from_levels_does_not_stand_in_for_a_published_one() -> None:
    assert codes(city31(), derived={"E01"}) == [("/items/0/indicator", "indicator.derived")]


def test_an_indicator_is_watched_by_one_scheme_only() -> None:
    elsewhere = {"E02": "OTHER", "B01": "OTHER"}
    assert codes(city31(), watched_elsewhere=elsewhere) == [("/regions_watched", "indicator.watched-elsewhere")]
    assert codes(city31() | {"regions_watched": []}, watched_elsewhere=elsewhere) == []


LINEAR: Draft = {"method": "linear", "params": {"full": "100"}}
PARTS = [{"method": method, "params": {"target": "4"}, "share": "0.5"} for method in ("target", "pace")]


@pytest.mark.parametrize(
    ("indicator", "change", "code"),
    [
        ("E01", {"direction": "lower"}, "item.direction-reversed"),
        ("L02", {"direction": "higher", "method": "target"}, "item.direction-reversed"),
        ("L02", LINEAR, "item.direction-unfit"),
        ("L02", {"method": "mix", "params": {"parts": PARTS}}, "item.direction-unfit"),
        ("E01", {"method": "control", "params": {"target": "7"}}, "item.direction-unfit"),
        ("L14", {"direction": "higher"}, "item.direction-unfit"),
        ("L14", {"method": "rank", "params": {}}, "item.direction-unfit"),
    ],
)
def test_an_item_scored_the_wrong_way_round_is_a_fault(indicator: str, change: Draft, code: str) -> None:
    draft = city31()
    index = next(number for number, item in enumerate(draft["items"]) if item["indicator"] == indicator)
    draft["items"][index].update(change)
    assert (f"/items/{index}/direction", code) in codes(draft)


@pytest.mark.parametrize("method", ["target", "binary", "control"])
def test_less_can_be_better_by_target_and_by_control(method: str) -> None:
    draft = city31()
    item = next(each for each in draft["items"] if each["indicator"] == "L02")
    item.update({"method": method, "params": {"target": "4"}})
    assert codes(draft) == []


@pytest.mark.parametrize(
    ("text", "board"),
    [("2022-H1", "2022-Q2"), ("2022-M06", "2022-Q2"), ("2022", "2022-Q4"), ("2022-M05", None), ("2021-Q2", None)],
)
def test_a_board_exists_for_the_periods_that_the_scheme_evaluates(text: str, board: str | None) -> None:
    period = read_scheme(("id", "c", 1), city31()).board_period(text)
    assert (None if period is None else str(period)) == board
