"""The phrases that rules may use of facts about reporting windows."""

from collections.abc import Callable, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final

from alert_svc.rules.phrases import day_said
from alert_svc.rules.rules import Words
from shared.contracts.facts import Fact
from shared.contracts.window import MissingFigure, WindowClosed, WindowClosing, WindowFact, WindowFilled, WindowRescheduled
from shared.kit.clock import SHANGHAI
from shared.kit.periods import Period

LACKS: Final = MappingProxyType({"missing": "", "held": "（待确认）", "withdrawn": "（已撤回）", "provisional": "（仅有暂代数）"})
NAMED: Final = 5


def _of_window(fact: WindowFact) -> Words:
    return {"period_label": Period.parse(fact.period).label, "closes_said": _moment(fact.closes_at)}


def _of_list(fact: WindowClosing | WindowClosed) -> Words:
    return {**_of_window(fact), "missing_count": len(fact.missing), "missing_said": _missing_said(fact.missing)}


def _missing_said(missing: tuple[MissingFigure, ...]) -> str:
    """The first few figures by name with whose they are; “数据已齐” where none is missing."""
    if not missing:
        return "数据已齐"
    named = "、".join(f"{each.indicator_name}{LACKS[each.why]}·{each.lead_department or '未定部门'}" for each in missing[:NAMED])
    return f"尚缺{len(missing)}项：{named}{'等' if len(missing) > NAMED else ''}"


def _moment(moment: datetime) -> str:
    """A closing at midnight is the end of the day before: 24:00."""
    local = moment.astimezone(SHANGHAI)
    if (local.hour, local.minute) == (0, 0):
        return f"{day_said(datetime.fromordinal(local.toordinal() - 1).date())}24:00"
    return f"{day_said(local.date())}{local:%H:%M}"


_WINDOW: Final = frozenset({"period_label", "closes_said"})
_LIST: Final = _WINDOW | {"missing_count", "missing_said"}

WINDOW_WORDS: Final[Mapping[type[Fact], tuple[Callable[[Any], Words], frozenset[str]]]] = MappingProxyType(
    {
        WindowClosing: (_of_list, _LIST),
        WindowClosed: (_of_list, _LIST),
        WindowFilled: (_of_window, _WINDOW),
        WindowRescheduled: (_of_window, _WINDOW),
    }
)
"""Each fact with its phrases and their names."""
