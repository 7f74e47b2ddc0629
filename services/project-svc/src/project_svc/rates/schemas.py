"""Rates on the wire: percent and percentage points as text, null over nothing, with the projects behind each."""

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from project_svc.codes import SYNTHETIC_LABEL, Sector
from project_svc.rates.rules import MONTHS_A_YEAR, PLACES, Rates, months_elapsed
from project_svc.rates.service import RateBoard
from shared.kit.decimals import percent
from shared.kit.identifiers import region_name
from shared.kit.schemas import Day, DecimalText, OutModel


class Grouping(StrEnum):
    """By what rates are broken down."""

    SPONSOR_POST = "sponsor_post"
    LEAD_DEPARTMENT = "lead_department"
    SECTOR = "sector"
    REGION = "region"

    def label_of(self, group: str) -> str:
        match self:
            case Grouping.SECTOR:
                return Sector(group).label
            case Grouping.REGION:
                return region_name(group)
            case _:
                return group


class CountRateOut(OutModel):
    """按项目个数计的比率：百分数、分子、分母及各自的项目。"""

    percent: DecimalText | None
    numerator: int
    denominator: int
    counted: Annotated[list[str], Field(description="计入分子的项目 id")]
    missing: Annotated[list[str], Field(description="在分母中而未计入分子的项目 id")]


class InvestmentRateOut(OutModel):
    """投资完成率与序时差；计划或完成未知的项目两边都不计。"""

    percent: DecimalText | None
    gap_pp: Annotated[DecimalText | None, Field(description="序时差：投资完成率减时间进度，百分点")]
    completed_wan: DecimalText
    planned_wan: DecimalText
    counted: Annotated[list[str], Field(description="计划与完成均已知的项目 id")]
    unknown: Annotated[list[str], Field(description="计划或完成未知、两边均不计入的项目 id")]
    late_reports: Annotated[list[str], Field(description="最近一个已结束月份尚未填报的项目 id")]


class RatesOut(OutModel):
    """一组项目的各项比率；金额单位为万元。"""

    start_and_resume: Annotated[CountRateOut, Field(description="开复工率")]
    new_start: Annotated[CountRateOut, Field(description="新建开工率")]
    resumption: Annotated[CountRateOut, Field(description="复工率：应复工续建不含竣工在前和正式停缓建的")]
    investment: Annotated[InvestmentRateOut, Field(description="投资完成率与序时差")]
    suspended: Annotated[list[str], Field(description="正式停缓建的项目 id")]
    preparatory: Annotated[list[str], Field(description="前期项目 id，不计入各率")]
    data_label: Annotated[str | None, Field(description=f"含合成数据时标为“{SYNTHETIC_LABEL}”")]

    @classmethod
    def of(cls, rates: Rates) -> "RatesOut":
        return cls(
            start_and_resume=CountRateOut.model_validate(rates.start_and_resume),
            new_start=CountRateOut.model_validate(rates.new_start),
            resumption=CountRateOut.model_validate(rates.resumption),
            investment=InvestmentRateOut.model_validate(rates.investment),
            suspended=list(rates.suspended),
            preparatory=list(rates.preparatory),
            data_label=SYNTHETIC_LABEL if rates.synthetic else None,
        )


class GroupOut(OutModel):
    """一个分组的比率。"""

    key: str
    label: str
    rates: RatesOut


class RateBoardOut(OutModel):
    """截至某日的各项比率。"""

    as_of: Day
    by: Grouping
    elapsed_months: int
    elapsed_percent: DecimalText | None
    total: RatesOut
    groups: list[GroupOut]

    @classmethod
    def of(cls, board: RateBoard, by: Grouping) -> "RateBoardOut":
        elapsed = months_elapsed(board.as_of)
        return cls(
            as_of=board.as_of,
            by=by,
            elapsed_months=elapsed,
            elapsed_percent=percent(elapsed, MONTHS_A_YEAR, PLACES),
            total=RatesOut.of(board.total),
            groups=[GroupOut(key=key, label=by.label_of(key), rates=RatesOut.of(each)) for key, each in board.groups.items()],
        )
