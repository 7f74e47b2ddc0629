"""Pace: HTTP in."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Query

from indicator_svc.observations.endpoints import AsOf
from indicator_svc.observations.service import instant_of
from indicator_svc.pace import service
from indicator_svc.pace.errors import PaceRefused
from indicator_svc.pace.rules import Days
from indicator_svc.pace.schemas import PaceOut
from shared.kit.http import Reads, service_router
from shared.kit.schemas import Code, Day, DecimalText, RegionCode


@dataclass(frozen=True, slots=True)
class Aimed:
    """What is to be reached, in which year, as of when."""

    indicator: str
    year: int
    aim: service.Aim
    instant: datetime


async def aimed_at(
    view: Reads,
    indicator: Annotated[Code, Query(description="指标代码")],
    scheme: Annotated[Code | None, Query(description="方案代码：取该项的全年目标；与 target 二选一")] = None,
    target: Annotated[DecimalText | None, Query(description="全年目标；与 scheme 二选一")] = None,
    year: Annotated[int | None, Query(ge=1950, le=2100, description="年度；默认为 as_of 所在年度")] = None,
    as_of: AsOf = None,
) -> Aimed:
    if (scheme is None) == (target is None):
        raise PaceRefused("请在方案 scheme 与目标 target 中恰取其一。", "target")
    instant = instant_of(as_of, view.now)
    asked = year or instant.year
    aim = service.Aim(target, "由查询给出")
    if scheme is not None:
        aim = await service.aim_of(view, (scheme, indicator), asked, instant)
    return Aimed(indicator, asked, aim, instant)


def pace_router() -> APIRouter:
    router = service_router("indicator", "paces", tag="进度与预测")

    @router.get("", summary="进度与倒推：目标、已完成、欠账，到截止日每天每月须完成多少；只推算，不改任何数据")
    async def pace(
        view: Reads,
        aimed: Annotated[Aimed, Depends(aimed_at)],
        region: Annotated[RegionCode, Query(description="区划代码")],
        until: Annotated[Day | None, Query(description="截止日（含）；默认为年末，关网日见 /reporting-windows")] = None,
        days: Annotated[Days, Query(description="calendar 自然日、working 工作日")] = Days.CALENDAR,
        base: Annotated[Code | None, Query(description="增速指标的水平值指标，用以取上年基数")] = None,
    ) -> PaceOut:
        terms = service.Terms(until, days, base)
        question = service.Question(aimed.indicator, region, aimed.year, aimed.aim, terms, aimed.instant)
        return PaceOut.of(await service.pace(view, question))

    return router
