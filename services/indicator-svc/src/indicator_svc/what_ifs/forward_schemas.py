"""Forward what-ifs over HTTP. Every answer says that it is supposed, not official."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any, Self

from pydantic import Field

from indicator_svc.scoreboards.rules import Row
from indicator_svc.what_ifs.models import Visibility, WhatIf
from indicator_svc.what_ifs.schemas import SUPPOSED
from indicator_svc.what_ifs.service import Forward
from shared.kit.identifiers import divisions
from shared.kit.schemas import Code, DecimalText, InModel, May, Moment, OutModel, PeriodText, Permission, RegionCode, ShortText


class ChangeIn(InModel):
    """假设某地区某项数据为某个数值。"""

    region: RegionCode
    indicator: Code = Field(description="指标代码，须为方案计分所用的数据")
    value: DecimalText


Changes = Annotated[list[ChangeIn], Field(min_length=1, max_length=500)]


class WhatIfIn(InModel):
    """新建一份推演；所依据的官方数据固定在 as_of 时刻。"""

    name: ShortText
    scheme: Code = Field(description="方案代码")
    period: PeriodText
    as_of: Moment | None = Field(default=None, description="按该时刻所知的数据；缺省为现在")
    visibility: Visibility = Field(default=Visibility.PRIVATE, description="private 仅作者可见、shared 共享")
    changes: Changes

    def what_if(self, now: datetime) -> WhatIf:
        own = self.model_dump(include={"name", "period", "visibility"})
        changes = self.model_dump(mode="json")["changes"]
        return WhatIf(**own, scheme_code=self.scheme, as_of=self.as_of or now, changes=changes)


class WhatIfChange(InModel):
    """修改推演；未列出的字段不变，changes 整体替换。"""

    name: ShortText | None = None
    visibility: Visibility | None = None
    changes: Changes | None = None

    def fields(self) -> dict[str, Any]:
        return self.model_dump(mode="json", exclude_none=True)


class WhatIfOut(OutModel):
    """一份推演。"""

    id: str
    version: int
    created_at: datetime
    updated_at: datetime
    notice: str
    name: str
    author: str
    visibility: Visibility
    scheme: str
    period: str
    as_of: datetime
    changes: list[ChangeIn]
    may: May

    @classmethod
    def of(cls, what_if: WhatIf, actor: str) -> Self:
        names = ("id", "version", "created_at", "updated_at", "name", "author", "visibility", "period", "as_of")
        own = {name: getattr(what_if, name) for name in names}
        mine = what_if.author == actor
        permission = Permission(allowed=mine, reason=None if mine else "只有作者可以修改或删除推演")
        may = {"change": permission, "remove": permission}
        return cls(**own, notice=SUPPOSED, scheme=what_if.scheme_code, changes=what_if.changes, may=may)


class ItemMoveOut(OutModel):
    """一项得分因推演而起的变化。"""

    indicator: str
    value_before: DecimalText | None
    value_after: DecimalText | None
    score_before: DecimalText | None
    score_after: DecimalText | None
    rank_before: int | None
    rank_after: int | None


class RowMoveOut(OutModel):
    """一个地区推演前后的总分与名次；null 表示待定。"""

    region: str
    region_name: str
    total_before: DecimalText | None
    total_after: DecimalText | None
    points_gained: DecimalText | None
    rank_before: int | None
    rank_after: int | None
    items: list[ItemMoveOut] = Field(description="只列有变化的项")


class ForwardOut(OutModel):
    """推演结果：最好值、最差值、位次、总分与名次全部重新计算。"""

    notice: str
    what_if: str
    name: str
    scheme: str
    edition: int
    period: str
    as_of: datetime
    base_moved: bool = Field(description="所依据的官方数据或方案在 as_of 之后已有变化")
    base_note: str
    rows: list[RowMoveOut]

    @classmethod
    def of(cls, forward: Forward) -> Self:
        what_if, before = forward.what_if, {row.region: row for row in forward.before.rows}
        return cls(
            notice=SUPPOSED,
            what_if=what_if.id,
            name=what_if.name,
            scheme=forward.before.scheme,
            edition=forward.before.edition,
            period=forward.before.period,
            as_of=what_if.as_of,
            base_moved=forward.moved,
            base_note="官方数据或方案在此后已有变化，请按最新数据另建推演。" if forward.moved else "",
            rows=[_row(before[row.region], row) for row in forward.after.rows],
        )


def _row(before: Row, after: Row) -> RowMoveOut:
    return RowMoveOut(
        region=after.region,
        region_name=divisions()[after.region].name,
        total_before=before.total,
        total_after=after.total,
        points_gained=_difference(before.total, after.total),
        rank_before=before.rank,
        rank_after=after.rank,
        items=_items(before, after),
    )


def _items(before: Row, after: Row) -> list[ItemMoveOut]:
    return [
        ItemMoveOut(
            indicator=new.indicator,
            value_before=old.value,
            value_after=new.value,
            score_before=old.score,
            score_after=new.score,
            rank_before=old.rank,
            rank_after=new.rank,
        )
        for old, new in zip(before.items, after.items, strict=True)
        if (old.value, old.score, old.rank) != (new.value, new.score, new.rank)
    ]


def _difference(before: Decimal | None, after: Decimal | None) -> Decimal | None:
    return None if before is None or after is None else after - before
