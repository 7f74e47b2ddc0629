"""The consumption picture: HTTP in."""

from typing import Annotated

from fastapi import APIRouter, Query

from indicator_svc.consumption import service
from indicator_svc.consumption.schemas import ConsumptionRowOut, PictureOut
from shared.kit.http import Reads, service_router
from shared.kit.schemas import PeriodText, RegionCode


def consumption_router() -> APIRouter:
    router = service_router("indicator", "consumption-pictures", tag="消费运行监测")

    @router.get("", summary="消费运行情况：零售、旅游、宾馆和夜间经济区，与上年同期对照")
    async def picture(
        view: Reads,
        region: Annotated[RegionCode, Query(description="区划代码，或夜间经济区代码")],
        period: Annotated[PeriodText, Query(description="月度报告期，如 2022-M06")],
    ) -> PictureOut:
        rows = await service.picture(view, region, period)
        items = [ConsumptionRowOut.of(row) for row in rows]
        return PictureOut(region=region, period=period, zones=list(service.zones_of(region)), items=items)

    return router
