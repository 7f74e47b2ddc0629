"""Parameters of scheme items: what is read, and everything that is wrong with them at once."""

from decimal import Decimal
from typing import Any

import pytest

from indicator_svc.indicators.rules import Direction
from indicator_svc.packaged import scheme
from indicator_svc.schemes.bonus import BonusFormula, Comparison, Condition, tally
from indicator_svc.schemes.composed import Bonus
from indicator_svc.schemes.faults import Faults
from indicator_svc.schemes.parameters import METHODS, read_method
from indicator_svc.schemes.scoring import Reading


def faults_of(method: str, params: dict[str, Any]) -> list[tuple[str, str]]:
    faults = Faults()
    read = read_method(method, params, "/items/0", faults)
    assert (read is None) == bool(faults.found)
    return [(fault.pointer.removeprefix("/items/0"), fault.code) for fault in faults.found]


def city31_formula(indicator: str) -> BonusFormula:
    item = next(each for each in scheme("city-31")["items"] if each["indicator"] == indicator)
    method = read_method(item["method"], item["params"], "", Faults())
    assert isinstance(method, Bonus)
    return method.formula


@pytest.mark.parametrize(
    ("method", "params"),
    [
        ("target", {"target": "8"}),
        ("control", {"target": "-1"}),
        ("binary", {"target": "0"}),
        ("rank", {}),
        ("efficacy", {}),
        ("efficacy", {"best": "12", "worst": "6"}),
        ("tiered", {"base": "10"}),
        ("versus_average", {}),
        ("band", {"low": "0.3", "high": "0.8", "margin": "0.2"}),
        ("pace", {"target": "100"}),
        ("linear", {}),
        ("contribution", {}),
        ("mix", {"parts": [{"method": "rank", "params": {}, "share": "1"}]}),
        ("per_unit", {"points_per_unit": "0.1", "min": "0", "max": "1"}),
        ("bonus_tiers", {"tiers": [{"when": [], "points": "1"}], "min": "0", "max": "1"}),
    ],
)
def test_complete_parameters_are_taken(method: str, params: dict[str, Any]) -> None:
    assert faults_of(method, params) == []


def test_every_method_is_tried_here() -> None:
    tried = {case[0] for case in test_complete_parameters_are_taken.pytestmark[0].args[1]}
    assert tried == METHODS


@pytest.mark.parametrize(
    ("method", "params", "faults"),
    [
        ("guess", {}, [("/method", "method.unknown")]),
        ("target", {}, [("/params/target", "parameter.missing")]),
        ("target", {"target": 8}, [("/params/target", "parameter.not-a-decimal")]),
        ("target", {"target": "NaN"}, [("/params/target", "parameter.not-a-decimal")]),
        ("target", {"target": "8.0000001"}, [("/params/target", "parameter.not-a-decimal")]),
        ("target", {"target": "1000000000000"}, [("/params/target", "parameter.not-a-decimal")]),
        ("target", {"target": "0"}, [("/params/target", "parameter.out-of-range")]),
        ("target", {"target": "8", "cap": "0.9"}, [("/params/cap", "parameter.out-of-range")]),
        ("target", {"target": "8", "tarjet": "9"}, [("/params/tarjet", "parameter.unknown")]),
        ("control", {"target": "0"}, [("/params/target", "parameter.out-of-range")]),
        ("rank", {"step": "0"}, [("/params/step", "parameter.out-of-range")]),
        ("efficacy", {"best": "1"}, [("/params", "parameter.incomplete")]),
        ("band", {"low": "2", "high": "1", "margin": "1"}, [("/params", "parameter.out-of-range")]),
        ("contribution", {"base_period": "2010"}, [("/params/base_period", "parameter.out-of-range")]),
        ("contribution", {"measure": ""}, [("/params/measure", "parameter.missing")]),
        ("mix", {"parts": []}, [("/params/parts", "parameter.shares")]),
        ("mix", {"parts": "x"}, [("/params/parts", "parameter.not-a-list"), ("/params/parts", "parameter.shares")]),
        ("mix", {"parts": [{"method": "mix", "share": "1"}]}, [("/params/parts/0/method", "method.not-mixable")]),
        ("per_unit", {"points_per_unit": "1", "min": "2", "max": "1"}, [("/params", "parameter.out-of-range")]),
        ("bonus_tiers", {"min": "0", "max": "1"}, [("/params/tiers", "parameter.tiers-incomplete")]),
    ],
)
def test_every_fault_is_named(method: str, params: dict[str, Any], faults: list[tuple[str, str]]) -> None:
    assert faults_of(method, params) == faults


@pytest.mark.parametrize(
    ("condition", "pointer"),
    [
        ({"input": "value", "op": "about", "value": "1"}, "/params/tiers/0/when/0/op"),
        ({"input": "value", "op": "ge"}, "/params/tiers/0/when/0"),
        ({"input": "value", "op": "ge", "value": "1", "than": "value"}, "/params/tiers/0/when/0"),
        ({"input": "other", "op": "ge", "value": "1"}, "/params/inputs"),
    ],
)
def test_a_condition_that_cannot_be_decided_is_a_fault(condition: dict[str, Any], pointer: str) -> None:
    tiers = [{"when": [condition], "points": "1"}, {"when": [], "points": "0"}]
    assert pointer in [place for place, _ in faults_of("bonus_tiers", {"tiers": tiers, "min": "0", "max": "1"})]


@pytest.mark.parametrize(
    ("p", "q", "k", "points"),
    [("100", "5", "0", "2"), ("92", "-1", "0", "0"), ("48.4", "0", "0", "-2"), ("92", "0", "1", "0.67")],
)
def test_b01_follows_its_table(p: str, q: str, k: str, points: str) -> None:
    assert city31_formula("B01").points({"p": Decimal(p), "q": Decimal(q), "k": Decimal(k)}) == Decimal(points)


def test_b03_adds_its_two_parts() -> None:
    inputs = {"rate": Decimal(58), "province_rate": Decimal(63), "failing": Decimal(2)}
    assert city31_formula("B03").points(inputs) == Decimal("-0.7")


@pytest.mark.parametrize(("net", "points"), [("11", "1.0"), ("3", "0.3"), ("-4", "0")])
def test_b04_is_capped_on_both_sides(net: str, points: str) -> None:
    assert city31_formula("B04").points({"value": Decimal(net)}) == Decimal(points)


@pytest.mark.parametrize(("serious", "major", "points"), [("2", "0", "-1.0"), ("0", "1", "-1.5"), ("9", "9", "-1.5")])
def test_b06_never_costs_more_than_its_range(serious: str, major: str, points: str) -> None:
    assert city31_formula("B06").points({"s": Decimal(serious), "m": Decimal(major)}) == Decimal(points)


@pytest.mark.parametrize(("items", "total"), [(["2", "1.5", "1", "1", "1"], "5"), (["-3", "-3"], "-5"), (["1", "-0.5"], "0.5")])
def test_all_bonus_items_together_keep_within_the_schemes_range(items: list[str], total: str) -> None:
    assert tally([Decimal(points) for points in items], (Decimal(-5), Decimal(5))) == Decimal(total)


@pytest.mark.parametrize(
    ("method", "params", "value", "points", "words"),
    [
        ("target", {"target": "8"}, "6.4", "9.6", "完成率80%"),
        ("control", {"target": "3"}, "3.6", "9.6", "超出0.6"),
        ("binary", {"target": "8"}, "6.4", "0", "未完成"),
        ("rank", {}, "6.4", "6.6", "14个有数据的地区中列第10位"),
        ("efficacy", {}, "14.8", "12", "功效系数100"),
        ("tiered", {"base": "10", "average": "8.5"}, "18.5", "15", "高于均值10个百分点"),
        ("versus_average", {"average": "8.5"}, "6.4", "6.3", "相差-2.1个百分点"),
        ("band", {"low": "6", "high": "7", "margin": "1"}, "6.4", "12", "在区间内"),
        ("pace", {"target": "10"}, "4", "9.6", "序时应完成50%"),
        ("linear", {"full": "10"}, "5", "6", "满分值10"),
        ("contribution", {}, "3.6", "3.6", "不计入总分"),
    ],
)
def test_every_score_says_how_it_came_about(method: str, params: dict[str, str], value: str, points: str, words: str) -> None:
    read = read_method(method, params, "", Faults())
    assert read is not None
    scored = read.score(
        Reading(Decimal(12), Decimal(value), Direction.HIGHER, 10, 14, Decimal("14.8"), Decimal("-1.3"), Decimal("0.5"))
    )
    assert scored.points == Decimal(points)
    assert words in scored.formula


@pytest.mark.parametrize("method", ["tiered", "versus_average"])
def test_without_the_provinces_figure_a_comparison_is_pending(method: str) -> None:
    read = read_method(method, {"base": "10"} if method == "tiered" else {}, "", Faults())
    assert read is not None
    scored = read.score(Reading(Decimal(12), Decimal(6), Direction.HIGHER, 1, 1, Decimal(6), Decimal(6), Decimal(1)))
    assert (scored.points, scored.formula) == (None, "全省平均值未知，暂不计分")


@pytest.mark.parametrize(
    ("sign", "below", "equal", "above"),
    [
        ("eq", False, True, False),
        ("ge", False, True, True),
        ("gt", False, False, True),
        ("le", True, True, False),
        ("lt", True, False, False),
    ],
)
def test_a_condition_compares_as_its_sign_says(sign: str, below: bool, equal: bool, above: bool) -> None:
    condition = Condition("p", Comparison(sign), Decimal(5), None)
    assert [condition.holds({"p": Decimal(value)}) for value in (4, 5, 6)] == [below, equal, above]
