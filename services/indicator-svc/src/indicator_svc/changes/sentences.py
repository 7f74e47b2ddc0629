"""A change as one Chinese sentence."""

from decimal import Decimal
from typing import Final

from indicator_svc.changes.rules import Cause, Change, signed
from shared.kit.decimals import shortest
from shared.kit.identifiers import divisions

CAUSE_NAMES: Final = {
    Cause.SCHEME: "评价办法调整",
    Cause.REVISION: "本市数据修订",
    Cause.OWN_VALUE: "本市新数据",
    Cause.OTHERS: "其他地区变动",
}


def sentence_of(change: Change) -> str:
    """From what to what, by how much through which cause, and the item that moved it most."""
    name = divisions()[change.region].name
    if change.total.causes is None or change.total.delta is None:
        return f"{name}：{_without_total(change)}，总分变化无法归因。"
    moved = f"总分由{_text(change.total.before)}到{_text(change.total.after)}（{signed(change.total.delta)}），{_ranks(change)}"
    causes = [f"{CAUSE_NAMES[cause]}{signed(amount)}" for cause, amount in change.total.causes.items() if amount]
    if not causes:
        return f"{name}：{moved}，各项原因均未使总分变化。"
    return f"{name}：{moved}；其中{'、'.join(causes)}{_largest(change)}。"


def _without_total(change: Change) -> str:
    return "、".join(
        f"{when}{why}"
        for when, row in (("前一时点", change.before), ("后一时点", change.after))
        if (why := "不在参评地区之列" if row is None else "总分待定" if row.total is None else "")
    )


def _ranks(change: Change) -> str:
    before, after = change.before and change.before.rank, change.after and change.after.rank
    return f"名次保持第{after}位" if before == after else f"名次由第{before}位到第{after}位"


def _largest(change: Change) -> str:
    moved = [(item.indicator, item.score.delta) for item in change.items if item.score.delta]
    if not moved:
        return ""
    indicator, delta = max(moved, key=lambda each: (abs(each[1] or 0), each[0]))
    return f"，变化最大的一项是{indicator}（{signed(delta or Decimal())}）"


def _text(value: Decimal | None) -> str:
    return "待定" if value is None else shortest(value)
