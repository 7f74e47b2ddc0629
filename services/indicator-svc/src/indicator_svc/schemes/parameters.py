"""Reads a scheme item's `method` and `params` (`api.md`, scoring methods); says everything that is wrong with them."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import Any, Final

from indicator_svc.indicators.rules import Direction
from indicator_svc.schemes import composed, scoring
from indicator_svc.schemes.bonus import BonusFormula, Comparison, Condition, Part, PerUnit, Tier
from indicator_svc.schemes.faults import Faults, Parameters
from indicator_svc.schemes.scoring import Method

OWN_VALUE: Final = "value"
"""The name under which a bonus formula without `inputs` finds the item's own figure."""


def read_method(method: str, params: Mapping[str, Any], pointer: str, faults: Faults) -> Method | None:
    """The method ready to score, or None with the faults of its parameters added under `pointer`."""
    reader = _READERS.get(method)
    if reader is None:
        faults.add(f"{pointer}/method", "method.unknown", f"没有计分方法“{method}”，可选：{'、'.join(sorted(_READERS))}")
        return None
    before = len(faults)
    read = reader(Parameters(params, f"{pointer}/params", faults))
    return read if len(faults) == before else None


def inputs_of(params: Mapping[str, Any], own: str) -> Mapping[str, str]:
    """The indicators behind the named inputs of a bonus formula; without any, the item's own."""
    named = params.get("inputs")
    if not isinstance(named, dict) or not named:
        return {OWN_VALUE: own}
    return {str(name): str(code) for name, code in named.items()}


def _target(params: Parameters) -> Method:
    params.refuse_others("target", "cap")
    return scoring.Target(_sure(params.decimal("target", above="0")), _sure(params.decimal("cap", "1", least="1")))


def _control(params: Parameters) -> Method:
    params.refuse_others("target")
    limit = params.decimal("target")
    if limit == 0:
        params.faults.add(f"{params.pointer}/target", "parameter.out-of-range", "控制目标不得为 0：超出幅度以目标为分母")
    return scoring.Control(_sure(limit))


def _binary(params: Parameters) -> Method:
    params.refuse_others("target")
    return scoring.Binary(_sure(params.decimal("target")))


def _rank(params: Parameters) -> Method:
    params.refuse_others("step", "floor")
    return scoring.Rank(_sure(params.decimal("step", "0.05", above="0")), _sure(params.decimal("floor", "0", least="0")))


def _efficacy(params: Parameters) -> Method:
    params.refuse_others("base", "best", "worst")
    best, worst = params.optional("best"), params.optional("worst")
    if (best is None) != (worst is None):
        params.faults.add(params.pointer, "parameter.incomplete", "满意值 best 与不允许值 worst 须同时填写或同时省略")
    return scoring.Efficacy(_sure(params.decimal("base", "60", least="0")), best, worst)


def _tiered(params: Parameters) -> Method:
    params.refuse_others("base", "band_pp", "average")
    base, band = params.decimal("base", above="0"), params.decimal("band_pp", "10", above="0")
    return scoring.Tiered(_sure(base), _sure(band), params.optional("average"))


def _versus_average(params: Parameters) -> Method:
    params.refuse_others("base_share", "points_per_pp", "average")
    share, points = params.decimal("base_share", "0.7", least="0"), params.decimal("points_per_pp", "1", above="0")
    return scoring.VersusAverage(_sure(share), _sure(points), params.optional("average"))


def _band(params: Parameters) -> Method:
    params.refuse_others("low", "high", "margin")
    low, high = _sure(params.decimal("low")), _sure(params.decimal("high"))
    if low > high:
        params.faults.add(params.pointer, "parameter.out-of-range", f"区间下限 {low} 不得大于上限 {high}")
    return scoring.Band(low, high, _sure(params.decimal("margin", above="0")))


def _pace(params: Parameters) -> Method:
    params.refuse_others("target")
    return scoring.Pace(_sure(params.decimal("target", above="0")))


def _linear(params: Parameters) -> Method:
    params.refuse_others("full")
    return scoring.Linear(_sure(params.decimal("full", "100", above="0")))


def _mix(params: Parameters) -> Method:
    params.refuse_others("parts")
    parts = [_part(part) for part in params.objects("parts")]
    shares = sum((share for share, _ in parts), Decimal())
    if shares != 1:
        params.faults.add(f"{params.pointer}/parts", "parameter.shares", f"各部分份额之和须为 1，现为 {shares}")
    return composed.Mix(tuple((share, method) for share, method in parts if method is not None))


def _part(part: Parameters) -> tuple[Decimal, Method | None]:
    part.refuse_others("method", "params", "share")
    share, name, given = part.decimal("share", above="0"), part.text("method"), part.document.get("params", {})
    if name is not None and name not in MIXABLE:
        part.faults.add(f"{part.pointer}/method", "method.not-mixable", f"方法“{name}”不能作为混合计分的一部分")
        return _sure(share), None
    method = None if name is None else read_method(name, given if isinstance(given, dict) else {}, part.pointer, part.faults)
    return _sure(share), method


def _bonus_tiers(params: Parameters) -> Method:
    params.refuse_others("inputs", "parts", "tiers", "per_unit", "min", "max")
    sources = list(params.objects("parts")) or [params]
    return _bonus(params, tuple(_bonus_part(source, with_range=source is not params) for source in sources))


def _per_unit(params: Parameters) -> Method:
    params.refuse_others("inputs", "points_per_unit", "terms", "min", "max")
    terms = [_unit(term, "points_per_unit") for term in params.objects("terms")]
    if not terms:
        terms = [PerUnit(OWN_VALUE, _sure(params.decimal("points_per_unit")))]
    return _bonus(params, (Part((), tuple(terms), None, None),))


def _bonus(params: Parameters, parts: tuple[Part, ...]) -> Method:
    low, high = _sure(params.decimal("min")), _sure(params.decimal("max"))
    if low > high:
        params.faults.add(params.pointer, "parameter.out-of-range", f"最低分 {low} 不得高于最高分 {high}")
    formula = BonusFormula(parts, low, high)
    known = inputs_of(params.document, OWN_VALUE).keys()
    for name in sorted(formula.needs - known):
        params.faults.add(f"{params.pointer}/inputs", "parameter.input-unknown", f"规则用到的输入“{name}”未在 inputs 中说明")
    return composed.Bonus(formula)


def _bonus_part(source: Parameters, *, with_range: bool) -> Part:
    tiers = tuple(_tier(tier) for tier in source.objects("tiers"))
    if not tiers or tiers[-1].when:
        message = "最后一档须不带条件（when 为空），以免有数值落空"
        source.faults.add(f"{source.pointer}/tiers", "parameter.tiers-incomplete", message)
    per_unit = tuple(_unit(unit, "points") for unit in source.objects("per_unit"))
    if not with_range:
        return Part(tiers, per_unit, None, None)
    return Part(tiers, per_unit, source.optional("min"), source.optional("max"))


def _tier(tier: Parameters) -> Tier:
    tier.refuse_others("when", "points")
    return Tier(tuple(_condition(each) for each in tier.objects("when")), _sure(tier.decimal("points")))


def _condition(condition: Parameters) -> Condition:
    condition.refuse_others("input", "op", "value", "than")
    value, than, sign = condition.optional("value"), condition.document.get("than"), condition.text("op")
    if (value is None) == (than is None):
        message = "条件须在固定值 value 与另一输入 than 中恰取其一"
        condition.faults.add(condition.pointer, "parameter.condition", message)
    if sign is not None and sign not in set(Comparison):
        message = f"比较符“{sign}”无效，可选：{'、'.join(Comparison)}"
        condition.faults.add(f"{condition.pointer}/op", "parameter.condition", message)
        sign = None
    return Condition(
        condition.text("input") or "", Comparison(sign or "eq"), value, str(than) if value is None and than is not None else None
    )


def _unit(unit: Parameters, points: str) -> PerUnit:
    unit.refuse_others("input", points)
    return PerUnit(unit.text("input") or "", _sure(unit.decimal(points)))


def _contribution(params: Parameters) -> Method:
    params.refuse_others("measure", "base_period")
    if params.document.get("base_period", "same_last_year") != "same_last_year":
        params.faults.add(f"{params.pointer}/base_period", "parameter.out-of-range", "基期只支持 same_last_year（上年同期）")
    return composed.Contribution(params.text("measure") if "measure" in params.document else None)


def _sure(value: Decimal | None) -> Decimal:
    """Stands in for a parameter whose fault is already noted; a method with faults is never handed out."""
    return Decimal() if value is None else value


_READERS: Final[Mapping[str, Callable[[Parameters], Method]]] = MappingProxyType(
    {
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
        "bonus_tiers": _bonus_tiers,
        "per_unit": _per_unit,
        "contribution": _contribution,
    }
)
MIXABLE: Final = frozenset({"target", "control", "binary", "rank", "efficacy", "versus_average", "band", "pace", "linear"})
_EITHER_WAY: Final = frozenset({"target", "binary", "rank", "efficacy"})


def unfit_methods(method: str, params: Mapping[str, Any], direction: Direction) -> list[str]:
    """Those of the method and its parts whose formula would score a figure of this direction the wrong way round."""
    parts = params.get("parts")
    if method == "mix" and isinstance(parts, list):
        return [str(part.get("method")) for part in parts if isinstance(part, dict) and not _fits(part.get("method"), direction)]
    return [] if _fits(method, direction) else [method]


def _fits(method: object, direction: Direction) -> bool:
    """One that does not exist is a fault of its own."""
    match direction:
        case _ if method not in METHODS:
            return True
        case Direction.BAND:
            return method == "band"
        case Direction.LOWER:
            return method == "control" or method in _EITHER_WAY
        case Direction.HIGHER:
            return method not in {"control", "band"}


BONUS_METHODS: Final = frozenset({"bonus_tiers", "per_unit"})
METHODS: Final = frozenset(_READERS)
