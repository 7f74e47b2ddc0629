"""The consumption picture over HTTP."""

from typing import Annotated, Self

from pydantic import Field

from indicator_svc.consumption.rules import Trend, beside_last_year, trend_of
from indicator_svc.consumption.service import Row
from indicator_svc.observations.rules import Availability
from shared.kit.decimals import UnknownReason
from shared.kit.identifiers import region_name
from shared.kit.schemas import DecimalText, OutModel


class ConsumptionRowOut(OutModel):
    """一项消费指标：本期、上年同期、变动和趋势；null 表示未知，并说明原因。"""

    region: str
    region_name: str
    indicator: str
    indicator_name: str
    unit: str
    period: str
    value: DecimalText | None
    availability: Annotated[Availability, Field(description="known 已知、unknown 未知、held 待确认、missing 未填报")]
    unknown_reason: UnknownReason | None
    last_year: DecimalText | None
    growth_percent: Annotated[DecimalText | None, Field(description="比上年同期（%），由水平值推算；已发布的增速另列")]
    change_pp: Annotated[DecimalText | None, Field(description="比上年同期（百分点），用于以 % 计的指标")]
    trend: Annotated[Trend, Field(description="比上一报告期：水平值比同比增速，以 % 计的比本身")]
    synthetic: bool

    @classmethod
    def of(cls, row: Row) -> Self:
        in_points = row.indicator.in_points
        change = beside_last_year(row.window, in_points=in_points)
        return cls(
            region=row.region,
            region_name=region_name(row.region),
            indicator=row.indicator.code,
            indicator_name=row.indicator.name,
            unit=row.indicator.unit,
            period=str(row.period),
            value=row.figure.value,
            availability=row.figure.availability,
            unknown_reason=row.figure.unknown_reason,
            last_year=row.window.last_year,
            growth_percent=None if in_points else change,
            change_pp=change if in_points else None,
            trend=trend_of(row.window, in_points=in_points),
            synthetic=row.figure.synthetic,
        )


class PictureOut(OutModel):
    """一个地区及其夜间经济区的消费情况。"""

    region: str
    period: str
    zones: list[str]
    items: list[ConsumptionRowOut]
