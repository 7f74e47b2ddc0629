"""Scoreboards over HTTP."""

from datetime import datetime
from typing import Self

from pydantic import Field, JsonValue

from indicator_svc.scoreboards.models import Scoreboard
from indicator_svc.scoreboards.service import Computed
from shared.kit.identifiers import divisions
from shared.kit.schemas import Code, DecimalText, InModel, OutModel, PeriodText


class ScoreboardIn(InModel):
    """计算并保存一份计分榜；结果有变化时发布事实。"""

    scheme: Code = Field(description="方案代码，取已发布的一版")
    period: PeriodText


class ItemOut(OutModel):
    """一项指标的得分与依据。"""

    indicator: str
    group: str
    method: str
    weight: DecimalText | None
    value: DecimalText | None = Field(description="参与计分的数值；null 表示未知，本项待定，不按零分计")
    unknown_reason: str | None
    availability: str = Field(
        description="known 已知、unknown 未知、held 待确认、missing 没有数据、not_due 尚未到发布期、本期不评价"
    )
    provenance: str = Field(description="published 已发布、derived 由水平值推算、provisional 由业务数据暂代")
    synthetic: bool
    figure_period: str | None = Field(description="数值所属报告期；可能早于榜单报告期（沿用）")
    sources: list[str] = Field(description="所依据数据的编号")
    target: DecimalText | None
    score: DecimalText | None = Field(description="得分，未舍入到公布位数")
    rank: int | None = Field(description="本项位次，只在有数据的地区中排")
    peers: int = Field(description="本项有数据的地区数")
    inputs: dict[str, str] = Field(description="计分所用的全部数值")
    params: dict[str, JsonValue] = Field(description="方案规定的方法参数")
    explanation: str


class RowOut(OutModel):
    """一个地区的得分。"""

    region: str
    region_name: str
    total: DecimalText | None
    published: str | None = Field(description="按公布位数舍入的总分，保留末尾的 0")
    main: DecimalText | None
    six_guarantees: DecimalText | None
    bonus: DecimalText | None
    rank: int | None
    rank_state: str = Field(description="ranked 已排名、pending 待定")
    weight_scored: DecimalText
    pending: list[str] = Field(description="待定的指标")
    talk: str = Field(description="none 无、edge 约谈边缘、summoned 列入约谈")
    warnings: list[str]
    items: list[ItemOut]


class BoardOut(OutModel):
    """一份计分榜；同样的方案、数据与时点总得到同样的结果。"""

    scheme: str
    edition: int
    period: str
    as_of: datetime
    talk_from_rank: int | None
    rows: list[RowOut]

    @classmethod
    def of(cls, computed: Computed) -> Self:
        return cls.model_validate({**computed.result, "as_of": computed.as_of, "rows": _named(computed.result["rows"])})


class ScoreboardOut(BoardOut):
    """一份保存的计分榜。"""

    id: str
    version: int
    created_at: datetime
    updated_at: datetime
    stale: bool = Field(description="true 表示所依据的数据或方案已有变动、后台尚未重算；稍后再查即为新结果")

    @classmethod
    def kept(cls, board: Scoreboard, *, stale: bool) -> Self:
        said = {**board.result, "as_of": board.computed_at, "rows": _named(board.result["rows"])}
        return cls.model_validate({**said, **_own(board), "stale": stale})

    @classmethod
    def then(cls, board: Scoreboard, computed: Computed) -> Self:
        """As it would have come out once."""
        said = {**computed.result, "as_of": computed.as_of, "rows": _named(computed.result["rows"])}
        return cls.model_validate({**said, **_own(board), "stale": False})


def _own(board: Scoreboard) -> dict[str, object]:
    return {name: getattr(board, name) for name in ("id", "version", "created_at", "updated_at")}


def _named(rows: list[dict[str, JsonValue]]) -> list[dict[str, JsonValue]]:
    names = divisions()
    return [{**row, "region_name": names[str(row["region"])].name} for row in rows]
