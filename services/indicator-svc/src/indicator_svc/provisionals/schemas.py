"""Provisional figures over HTTP."""

from datetime import datetime
from typing import Self

from pydantic import Field

from indicator_svc.provisionals.service import Pair
from shared.kit.schemas import DecimalText, OutModel


class ProvisionalFigureOut(OutModel):
    """一个由业务数据暂代的数值；已有正式数据时并列显示并给出差额，暂代值绝不覆盖正式值。"""

    region: str
    indicator: str
    period: str
    unit: str
    value: DecimalText | None = Field(description="暂代值；null 表示业务数据无从得出，不是 0")
    basis: str = Field(description="所依据的数量与事实编号")
    publisher: str
    computed_at: datetime | None
    observation: str = Field(description="暂代数据的编号")
    official_value: DecimalText | None = Field(description="正式数据；null 表示未知或尚无")
    official_observation: str | None = Field(description="正式数据的编号；null 表示尚无正式数据")
    difference: DecimalText | None = Field(description="暂代值减正式值；任一未知则为 null")
    synthetic: bool

    @classmethod
    def of(cls, pair: Pair) -> Self:
        ours, official = pair.provisional, pair.official
        return cls(
            region=ours.region,
            indicator=ours.indicator,
            period=ours.period,
            unit=ours.unit,
            value=ours.value,
            basis=ours.note,
            publisher=ours.publisher,
            computed_at=ours.published_at,
            observation=ours.id,
            official_value=None if official is None else official.value,
            official_observation=None if official is None else official.id,
            difference=pair.difference,
            synthetic=ours.synthetic,
        )


class ProvisionalFiguresOut(OutModel):
    """一个地区一个报告期的全部暂代值。"""

    items: list[ProvisionalFigureOut]
