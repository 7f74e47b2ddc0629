"""Projections: HTTP in."""

from typing import Annotated

from fastapi import APIRouter, Query

from indicator_svc.observations.endpoints import AsOf
from indicator_svc.observations.service import instant_of
from indicator_svc.projections import service
from indicator_svc.projections.rules import Method
from indicator_svc.projections.schemas import BackTestOut, BackTestsOut, ProjectionOut
from shared.kit.http import Reads, service_router
from shared.kit.schemas import Code, RegionCode


def projections_router() -> APIRouter:
    router = service_router("indicator", "year-end-projections", tag="进度与预测")

    @router.get("", summary="全年预测：方法、点值、区间和该方法的历史误差；历史不足时说明还缺几年，不作猜测")
    async def projection(
        view: Reads,
        indicator: Annotated[Code, Query(description="指标代码")],
        region: Annotated[RegionCode, Query(description="区划代码")],
        year: Annotated[int | None, Query(ge=1965, le=2100, description="年度；默认为 as_of 所在年度")] = None,
        method: Annotated[Method | None, Query(description="方法；默认取历史误差中位数最小的一种")] = None,
        as_of: AsOf = None,
    ) -> ProjectionOut:
        instant = instant_of(as_of, view.now)
        question = service.Question(indicator, region, year or instant.year, method, instant)
        return ProjectionOut.of(await service.projection(view, question))

    return router


def backtests_router() -> APIRouter:
    router = service_router("indicator", "projection-backtests", tag="进度与预测")

    @router.get("", summary="预测方法的回测：在随服务发布的市州面板上按方法、按指标现算误差和区间覆盖率")
    async def back_tests(
        indicator: Annotated[Code | None, Query(description="面板指标代码；缺省为全部")] = None,
    ) -> BackTestsOut:
        return BackTestsOut(
            data="甘肃市州面板 2004—2012 年（年度，按原样，含来源差错）",
            not_tested="季节份额法需要年内数据，面板只有年度数据，未作回测；其历史误差随预测给出。",
            items=[BackTestOut.of(each) for each in service.back_tests(indicator)],
        )

    return router
