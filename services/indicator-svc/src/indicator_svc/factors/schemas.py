"""Factor gaps over HTTP."""

from datetime import date
from typing import Annotated, Any, Self

from pydantic import BaseModel, Field, StringConstraints

from indicator_svc.factors.models import FactorSupply
from indicator_svc.factors.repository import SupplyFilter
from indicator_svc.factors.rules import Factor, gap_of, gap_ratio
from shared.kit.decimals import round_half_up
from shared.kit.etags import VersionedOut
from shared.kit.schemas import DecimalText, InModel, LongText, Moment, RegionCode, ShortText, Uscc

Quantity = Annotated[DecimalText, Field(ge=0, description="未知填 null，不得以零代替")]
MonthText = Annotated[
    str, StringConstraints(pattern=r"^(19[5-9][0-9]|20[0-9]{2})-M(0[1-9]|1[0-2])$"), Field(description="如 2022-M06")
]
Unit = Annotated[str, StringConstraints(min_length=1, max_length=20)]
PLACES = 6


class SupplyIn(InModel):
    """一户企业某种要素的需求和供应。"""

    uscc: Uscc
    factor: Annotated[
        Factor,
        Field(description="coal 煤、power 电、oil 油、gas 气、transport 运、land 地、funds 钱、labour 人"),
    ]
    period: MonthText
    demand: Quantity | None
    supplied: Quantity | None
    unit: Annotated[Unit, Field(description="需求与供应的计量单位，如 吨、万千瓦时")]
    owner_department: Annotated[ShortText, Field(description="负责协调的单位")]
    price: Quantity | None = None
    price_unit: Unit | None = None
    note: LongText | None = None

    def fields(self) -> dict[str, Any]:
        return {name: value for name, value in self if name != "uscc"}


class SupplyOut(VersionedOut):
    """要素保障情况：缺口和缺口率；null 表示未知。"""

    uscc: str
    enterprise_name: str
    factor: Factor
    period: str
    period_end: date
    demand: DecimalText | None
    supplied: DecimalText | None
    unit: str
    gap: DecimalText | None
    gap_ratio_percent: DecimalText | None
    price: DecimalText | None
    price_unit: str | None
    owner_department: str
    latest: bool
    note: str | None
    recorded_at: Moment
    recorded_by: str

    @classmethod
    def of(cls, supply: FactorSupply) -> Self:
        share = gap_ratio(supply.demand, supply.supplied)
        beside = {
            "version": supply.revision,
            "uscc": supply.enterprise.uscc,
            "enterprise_name": supply.enterprise.name,
            "gap": gap_of(supply.demand, supply.supplied),
            "gap_ratio_percent": None if share is None else round_half_up(share, PLACES),
        }
        own = {name: getattr(supply, name) for name in cls.model_fields.keys() - beside.keys()}
        return cls.model_validate({**own, **beside})


class SupplyQuery(BaseModel):
    """Filters of the list, read from the query."""

    uscc: Uscc | None = None
    region: RegionCode | None = None
    factor: Factor | None = None
    period: MonthText | None = None
    owner_department: ShortText | None = None
    short: Annotated[bool, Field(description="true：只列有缺口的")] = False
    every_revision: Annotated[bool, Field(description="true：列出全部修订")] = False

    def filter(self) -> SupplyFilter:
        return SupplyFilter(**dict(self))
