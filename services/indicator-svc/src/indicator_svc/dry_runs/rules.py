"""What a draft changes, in words, and which of its faults keep it from being tried. Pure."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from indicator_svc.schemes.definition import Group, Item, Scheme
from shared.kit.decimals import shortest
from shared.kit.errors import Fault

HINDERING: Final = (
    "parameter.",
    "method.",
    "region.",
    "indicator.unknown",
    "item.weight",
    "item.repeated",
    "scheme.items-missing",
)
"""Faults without whose mending nothing can be computed; the others (a missing document number, weights of 99) are only told."""


def hindering(faults: Sequence[Fault]) -> list[Fault]:
    return [fault for fault in faults if fault.code.startswith(HINDERING)]


def differences(old: Scheme | None, new: Scheme) -> dict[str, tuple[str, ...]]:
    """Indicator → what the draft does with it that the published edition does not."""
    before = {} if old is None else {item.indicator: item for item in old.items}
    after = {item.indicator: item for item in new.items}
    found = {code: _of_item(before.get(code), after.get(code)) for code in dict.fromkeys((*after, *before))}
    return {code: said for code, said in found.items() if said}


def _of_item(old: Item | None, new: Item | None) -> tuple[str, ...]:
    if old is None or new is None:
        return ("草案新列入",) if old is None else ("草案不再列入",)
    said = [
        (old.group is not new.group, f"组别由{_GROUPS[old.group]}改为{_GROUPS[new.group]}"),
        (old.weight != new.weight, f"权重由{shortest(old.weight)}改为{shortest(new.weight)}"),
        (old.method_name != new.method_name, f"方法由{old.method_name}改为{new.method_name}"),
        (old.direction is not new.direction, f"方向由{old.direction}改为{new.direction}"),
    ]
    told = [text for differs, text in said if differs]
    if old.method_name == new.method_name:
        told += _of_params(old.params, new.params)
    return tuple(told)


def _of_params(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[str]:
    """Numbers are named with both values; what is nested is only said to differ."""
    told = []
    for name in sorted(old.keys() | new.keys()):
        was, now = old.get(name), new.get(name)
        if was != now:
            plain = not isinstance(was, list | dict) and not isinstance(now, list | dict)
            told.append(f"参数{name}由{was or '默认值'}改为{now or '默认值'}" if plain else f"参数{name}有改动")
    return told


_GROUPS: Final = {
    Group.MAIN: "主要经济指标",
    Group.SIX_GUARANTEES: "“六保”任务指标",
    Group.BONUS: "加减分指标",
    Group.CONTRIBUTION: "经济增长贡献指标",
}
