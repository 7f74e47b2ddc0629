"""Indicators: HTTP in."""

from typing import Annotated

from fastapi import APIRouter, Path, Query, Response

from indicator_svc.indicators import service
from indicator_svc.indicators.models import Indicator
from indicator_svc.indicators.repository import Indicators
from indicator_svc.indicators.schemas import FrequencyCode, GroupName, IndicatorIn, IndicatorOut
from shared.kit.http import Reads, Uow, service_router, tagged
from shared.kit.pages import PageOut, PageParams, page_of

CodePath = Annotated[str, Path(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$", description="指标代码")]


def indicators_router() -> APIRouter:
    router = service_router("indicator", "indicators", tag="指标目录")

    @router.post("", status_code=201, summary="登记指标")
    async def register(body: IndicatorIn, uow: Uow, response: Response) -> IndicatorOut:
        indicator = IndicatorOut.model_validate(await service.register(uow, body.model_dump()))
        response.headers["Location"] = f"{router.prefix}/{indicator.code}"
        return tagged(response, indicator)

    @router.get("", summary="查询指标目录")
    async def search(
        view: Reads,
        page: PageParams,
        group: Annotated[GroupName | None, Query(description="所属类别")] = None,
        frequency: Annotated[FrequencyCode | None, Query(description="发布频率")] = None,
    ) -> PageOut[IndicatorOut]:
        found = await page_of(
            view.session,
            Indicators.matching(group, frequency),
            page,
            sortable={"code": Indicator.code, "name": Indicator.name, "created_at": Indicator.created_at},
            default_sort="code",
            tie=Indicator.id,
        )
        items = [IndicatorOut.model_validate(row) for row in found.items]
        return PageOut[IndicatorOut](items=items, next_cursor=found.next_cursor, total=found.total)

    @router.get("/{code}", summary="查看一个指标")
    async def show(code: CodePath, view: Reads, response: Response) -> IndicatorOut:
        return tagged(response, IndicatorOut.model_validate(await service.get(view, code)))

    return router
