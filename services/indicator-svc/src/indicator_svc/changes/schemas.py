"""Changes over HTTP."""

from datetime import datetime
from typing import Self

from pydantic import Field

from indicator_svc.changes.rules import Cause, Change, ItemChange, Split
from indicator_svc.changes.sentences import sentence_of
from indicator_svc.changes.service import Compared
from shared.kit.identifiers import divisions
from shared.kit.schemas import DecimalText, OutModel


class CausesOut(OutModel):
    """按固定顺序（办法、修订、新数据、其他地区）逐步替换所得的各步之差，合计恰等于总变化。"""

    scheme: DecimalText = Field(description="评价办法换版")
    revision: DecimalText = Field(description="本地区已有数据被修订或撤回")
    own_value: DecimalText = Field(description="本地区新到的数据")
    others: DecimalText = Field(description="其他地区与全省数据的变动")


class RanksOut(OutModel):
    """逐步替换后的名次；null 为该步总分待定。"""

    before: int | None
    scheme: int | None
    revision: int | None
    own_value: int | None
    after: int | None


class SplitOut(OutModel):
    """一个分数的变化。"""

    before: DecimalText | None
    after: DecimalText | None
    delta: DecimalText | None
    causes: CausesOut | None = Field(description="null 表示前后有一方待定，无法归因")

    @classmethod
    def fields_of(cls, split: Split) -> dict[str, object]:
        causes = None if split.causes is None else {cause.value: amount for cause, amount in split.causes.items()}
        return {"before": split.before, "after": split.after, "delta": split.delta, "causes": causes}


class ItemChangeOut(SplitOut):
    """一项指标得分的变化。"""

    indicator: str
    value_before: DecimalText | None
    value_after: DecimalText | None
    rank_before: int | None
    rank_after: int | None

    @classmethod
    def of(cls, item: ItemChange) -> Self:
        before, after = item.before, item.after
        return cls.model_validate(
            {
                **cls.fields_of(item.score),
                "indicator": item.indicator,
                "value_before": before and before.value,
                "value_after": after and after.value,
                "rank_before": before and before.rank,
                "rank_after": after and after.rank,
            }
        )


class ChangeOut(SplitOut):
    """一个地区的变化。"""

    region: str
    region_name: str
    ranks: RanksOut
    items: list[ItemChangeOut] = Field(description="得分、数值或名次有变化的指标")
    explanation: str

    @classmethod
    def of(cls, change: Change) -> Self:
        steps = {cause.value: rank for cause, rank in change.ranks.items() if cause is not Cause.OTHERS}
        before, after = change.before and change.before.rank, change.ranks[Cause.OTHERS]
        items = [ItemChangeOut.of(item) for item in change.items]
        return cls.model_validate(
            {
                **cls.fields_of(change.total),
                "region": change.region,
                "region_name": divisions()[change.region].name,
                "ranks": {"before": before, **steps, "after": after},
                "items": [item for item in items if _moved(item)],
                "explanation": sentence_of(change),
            }
        )


class BoardChangesOut(OutModel):
    """同一份计分榜在两个时点之间的变化。"""

    scheme: str
    period: str
    since: datetime
    until: datetime
    edition_before: int
    edition_after: int
    rows: list[ChangeOut]

    @classmethod
    def of(cls, compared: Compared) -> Self:
        return cls(
            scheme=compared.after.scheme.code,
            period=str(compared.period),
            since=compared.between.since,
            until=compared.between.until,
            edition_before=compared.before.scheme.edition,
            edition_after=compared.after.scheme.edition,
            rows=[ChangeOut.of(change) for change in compared.changes],
        )


def _moved(item: ItemChangeOut) -> bool:
    pairs = ((item.before, item.after), (item.value_before, item.value_after), (item.rank_before, item.rank_after))
    return any(before != after for before, after in pairs)
