"""What a scheme must be before it is published; every fault is said at once."""

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from typing import Any, Final

from indicator_svc.indicators.rules import Direction
from indicator_svc.schemes.bounds import read_standing_rules
from indicator_svc.schemes.definition import Group, Item, Shape, read_item
from indicator_svc.schemes.faults import Faults
from indicator_svc.schemes.parameters import BONUS_METHODS, unfit_methods
from shared.kit.errors import Fault
from shared.kit.identifiers import parse_region

FULL_WEIGHT: Final = Decimal(100)
CITY31_COUNTS: Final[Mapping[Group, tuple[int, int]]] = {
    Group.MAIN: (8, 8),
    Group.SIX_GUARANTEES: (14, 14),
    Group.BONUS: (9, 9),
    Group.CONTRIBUTION: (0, 1),
}
GROUP_NAMES: Final[Mapping[Group, str]] = {
    Group.MAIN: "主要经济指标",
    Group.SIX_GUARANTEES: "“六保”任务指标",
    Group.BONUS: "加减分指标",
    Group.CONTRIBUTION: "经济增长贡献指标",
}
DIRECTION_NAMES: Final[Mapping[Direction, str]] = {
    Direction.HIGHER: "越高越好",
    Direction.LOWER: "越低越好",
    Direction.BAND: "区间内最好",
}


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the publisher has to know beside the draft: the catalogue, and what other published schemes watch already."""

    indicators: Mapping[str, Direction]
    """What the catalogue knows, and which way each is better."""
    derived: Collection[str]
    watched_elsewhere: Mapping[str, str]
    """Indicator → code of the other published scheme that watches it in one of the same years."""


def publication_faults(draft: Mapping[str, Any], around: Surroundings) -> tuple[Fault, ...]:
    """Everything that keeps the draft from being published, with pointers into it; empty when it may be."""
    faults = Faults()
    _check_head(draft, faults)
    _check_regions(draft, faults)
    items = [_checked_item(item, index, around, faults) for index, item in enumerate(draft["items"])]
    _check_codes(draft["items"], faults)
    if draft["shape"] == Shape.CITY31:
        _check_city31(draft["items"], around, faults)
    _check_watch(draft, [item for item in items if item is not None], around, faults)
    return faults.found


def _check_head(draft: Mapping[str, Any], faults: Faults) -> None:
    if not draft["legal_basis"].strip():
        faults.add("/legal_basis", "scheme.legal-basis-missing", "缺少依据文件：请填写文号")
    if not draft["items"]:
        faults.add("/items", "scheme.items-missing", "方案没有指标：请至少列入一项")
    if draft["through_year"] is not None and draft["through_year"] < draft["year"]:
        faults.add("/through_year", "scheme.years-reversed", "终止年度不得早于起始年度")
    low, high = (Decimal(bound) for bound in draft["bonus_cap"])
    if not low <= 0 <= high:
        faults.add("/bonus_cap", "scheme.bonus-cap", f"加减分上下限须包含 0，现为 {low} 至 {high}")
    if draft["talk_line"] is not None and draft["talk_line"]["bottom"] >= len(draft["peers"]):
        faults.add("/talk_line/bottom", "scheme.talk-line", "约谈名次数须少于参评地区数")
    _check_standing_rules(draft, faults)


def _check_standing_rules(draft: Mapping[str, Any], faults: Faults) -> None:
    rules = read_standing_rules(draft["standing_rules"])
    gaps, ranks = [bound for _, bound in rules.gap_pp], [Decimal(first) for _, first in rules.rank_from]
    for name, bounds in (("gap_pp", gaps), ("rank_from", ranks)):
        if any(later <= earlier for earlier, later in pairwise(bounds)):
            faults.add(f"/standing_rules/{name}", "scheme.standing-rules", "预警界限须随等级加重而严格递增")


def _check_regions(draft: Mapping[str, Any], faults: Faults) -> None:
    for field in ("peers", "regions_watched"):
        _check_known(field, draft[field], faults)
    for index, code in enumerate(draft["regions_watched"]):
        if code not in draft["peers"]:
            faults.add(f"/regions_watched/{index}", "region.not-a-peer", f"关注地区 {code} 不在参评地区之列")
    _check_known("province", [draft["province"]], faults)
    if not draft["peers"]:
        faults.add("/peers", "scheme.peers-missing", "缺少参评地区")


def _check_known(field: str, codes: list[str], faults: Faults) -> None:
    for index, code in enumerate(codes):
        try:
            parse_region(code)
        except ValueError as error:
            faults.add(f"/{field}/{index}", "region.unknown", str(error))
    for code, times in Counter(codes).items():
        if times > 1:
            faults.add(f"/{field}", "region.repeated", f"区划代码 {code} 重复")


def _checked_item(item: Mapping[str, Any], index: int, around: Surroundings, faults: Faults) -> Item | None:
    pointer, group = f"/items/{index}", Group(item["group"])
    _check_weight(item, pointer, group, faults)
    fits = {Group.BONUS: item["method"] in BONUS_METHODS, Group.CONTRIBUTION: item["method"] == "contribution"}.get(
        group, item["method"] not in BONUS_METHODS | {"contribution"}
    )
    if not fits:
        faults.add(f"{pointer}/method", "method.wrong-group", f"方法“{item['method']}”不能用于{GROUP_NAMES[group]}")
    if group.weighted:
        _check_direction(item, pointer, around, faults)
    read = read_item(item, pointer, faults)
    for code in sorted({item["indicator"]} | (read.needs if read else set())):
        if code not in around.indicators:
            faults.add(f"{pointer}/indicator", "indicator.unknown", f"指标“{code}”未登记：请先登记指标")
    return read


def _check_direction(item: Mapping[str, Any], pointer: str, around: Surroundings, faults: Faults) -> None:
    """Scored the wrong way round, the worst would come out best."""
    direction = Direction(item["direction"])
    natural = around.indicators.get(item["indicator"], direction)
    if {direction, natural} == {Direction.HIGHER, Direction.LOWER}:
        message = f"指标“{item['indicator']}”登记为{DIRECTION_NAMES[natural]}，方案中不得按{DIRECTION_NAMES[direction]}计分"
        faults.add(f"{pointer}/direction", "item.direction-reversed", message)
    for method in unfit_methods(item["method"], item["params"], direction):
        message = f"方法“{method}”不适用于{DIRECTION_NAMES[direction]}的指标"
        faults.add(f"{pointer}/direction", "item.direction-unfit", message)


def _check_weight(item: Mapping[str, Any], pointer: str, group: Group, faults: Faults) -> None:
    weight = item["weight"]
    if group.weighted and (weight is None or Decimal(weight) <= 0):
        faults.add(f"{pointer}/weight", "item.weight-missing", f"{GROUP_NAMES[group]}须有大于 0 的权重")
    if not group.weighted and weight is not None:
        faults.add(f"{pointer}/weight", "item.weight-unused", f"{GROUP_NAMES[group]}不设权重，请删除")


def _check_codes(items: list[Mapping[str, Any]], faults: Faults) -> None:
    seen: dict[str, int] = {}
    for index, item in enumerate(items):
        first = seen.setdefault(item["indicator"], index)
        if first != index:
            message = f"指标“{item['indicator']}”与第 {first + 1} 项重复"
            faults.add(f"/items/{index}/indicator", "item.repeated", message)


def _check_city31(items: list[Mapping[str, Any]], around: Surroundings, faults: Faults) -> None:
    counts = Counter(Group(item["group"]) for item in items)
    for group, (least, most) in CITY31_COUNTS.items():
        if not least <= counts[group] <= most:
            wanted = str(least) if least == most else f"{least}—{most}"
            faults.add("/items", "scheme.group-count", f"{GROUP_NAMES[group]}应为 {wanted} 项，现为 {counts[group]} 项")
    weights = sum((Decimal(item["weight"]) for item in items if item["weight"] is not None), Decimal())
    if weights != FULL_WEIGHT:
        faults.add("/items", "scheme.weights", f"权重合计须为 100，现为 {weights}")
    for index, item in enumerate(items):
        _check_claimed(item, index, faults)
        if item["indicator"] in around.derived:
            message = "由水平值推算的增速不能代替发布的增速参加市州评价"
            faults.add(f"/items/{index}/indicator", "indicator.derived", message)


def _check_claimed(item: Mapping[str, Any], index: int, faults: Faults) -> None:
    for field, name in (("lead_department", "牵头部门"), ("portfolio", "分管副市长")):
        if not item[field].strip():
            faults.add(f"/items/{index}/{field}", "item.unclaimed", f"缺少{name}：每项指标须有且只有一个")


def _check_watch(draft: Mapping[str, Any], items: list[Item], around: Surroundings, faults: Faults) -> None:
    """One indicator of a region has one standing: two watching schemes would raise and clear the same warning in turn."""
    if not draft["regions_watched"]:
        return
    for item in items:
        other = around.watched_elsewhere.get(item.indicator)
        if item.group.weighted and other is not None:
            message = f"指标“{item.indicator}”已由方案“{other}”关注；请将其中一个方案的 regions_watched 置空"
            faults.add("/regions_watched", "indicator.watched-elsewhere", message)
