"""Provisional figures: HTTP in."""

from typing import Annotated

from fastapi import APIRouter, Query

from indicator_svc.provisionals import service
from indicator_svc.provisionals.schemas import ProvisionalFigureOut, ProvisionalFiguresOut
from shared.kit.http import Reads, service_router
from shared.kit.schemas import PeriodText, RegionCode


def provisionals_router() -> APIRouter:
    router = service_router("indicator", "provisional-figures", tag="暂代数据")

    @router.get("", summary="暂代数据与正式数据并列")
    async def beside(
        view: Reads,
        region: Annotated[RegionCode, Query(description="区划代码")],
        period: Annotated[PeriodText, Query(description="报告期")],
    ) -> ProvisionalFiguresOut:
        pairs = await service.beside(view, region, period)
        return ProvisionalFiguresOut(items=[ProvisionalFigureOut.of(pair) for pair in pairs])

    return router
