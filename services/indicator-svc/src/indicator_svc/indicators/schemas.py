"""Indicators over HTTP."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from indicator_svc.indicators.rules import Direction, Kind
from shared.kit.schemas import Code, InModel, OutModel, ShortText

GroupName = Literal["main", "six_guarantees", "bonus", "contribution"]
FrequencyCode = Literal["M", "Q", "H", "Y"]
Unit = Annotated[str, Field(min_length=1, max_length=20)]


class IndicatorIn(InModel):
    """登记一个指标。"""

    code: Code
    name: ShortText
    name_en: Annotated[str, Field(max_length=200)] = ""
    unit: Unit = Field(description="计量单位，如 %、万元、户")
    frequency: FrequencyCode = Field(description="发布频率：M 月、Q 季、H 半年、Y 年")
    separate_january: bool = Field(default=True, description="是否单独发布 1 月数据；工业、投资、社零为否")
    kind: Kind = Field(description="growth 增速、level 水平值、ratio 比率、count 个数")
    direction: Direction
    group: GroupName | None = None
    derived_from: Code | None = Field(default=None, description="由该水平值指标推算名义增速；推算值一律标明 derived")
    lead_department: Annotated[str, Field(max_length=100)] = ""
    portfolio: Annotated[str, Field(max_length=40)] = ""
    origin: Annotated[str, Field(max_length=400)] = Field(default="", description="数据来源")
    licence: Annotated[str, Field(max_length=60)] = ""
    note: Annotated[str, Field(max_length=1000)] = ""


class IndicatorOut(OutModel):
    """一个指标。"""

    id: str
    version: int
    created_at: datetime
    updated_at: datetime
    code: str
    name: str
    name_en: str
    unit: str
    frequency: FrequencyCode
    separate_january: bool
    kind: Kind
    direction: Direction
    group: GroupName | None
    derived_from: str | None
    lead_department: str
    portfolio: str
    origin: str
    licence: str
    note: str
