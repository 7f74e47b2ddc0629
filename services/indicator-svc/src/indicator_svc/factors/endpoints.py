"""Factor gaps: HTTP in."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from indicator_svc.factors import service
from indicator_svc.factors.models import FactorSupply
from indicator_svc.factors.repository import SORTABLE, listed
from indicator_svc.factors.schemas import SupplyIn, SupplyOut, SupplyQuery
from shared.kit.bulk import BatchIn, BatchOut, run_batch
from shared.kit.http import Reads, Uow, created, service_router
from shared.kit.pages import PageOut, PageParams, page_of

SUPPLIES = "/api/indicator/v1/factor-supplies"


def factors_router() -> APIRouter:
    router = service_router("indicator", "factor-supplies", tag="要素保障")

    @router.post("", status_code=201, summary="填报要素需求和供应（修订逐次追加）")
    async def report(body: SupplyIn, uow: Uow, response: Response) -> SupplyOut:
        return created(response, SUPPLIES, SupplyOut.of(await service.report(uow, body.uscc, body.fields())))

    @router.post("/batch", summary="批量填报要素需求和供应")
    async def report_many(body: BatchIn[SupplyIn], uow: Uow) -> BatchOut:
        async def apply(item: SupplyIn) -> str:
            return (await service.report(uow, item.uscc, item.fields())).id

        return await run_batch(uow, body, SupplyIn, apply)

    @router.get("", summary="要素保障列表；short=true 只列有缺口的")
    async def search(view: Reads, page: PageParams, query: Annotated[SupplyQuery, Query()]) -> PageOut[SupplyOut]:
        wanted = listed(query.filter())
        found = await page_of(view.session, wanted, page, sortable=SORTABLE, default_sort="-period,factor", tie=FactorSupply.id)
        items = [SupplyOut.of(row) for row in found.items]
        return PageOut(items=items, next_cursor=found.next_cursor, total=found.total)

    return router
