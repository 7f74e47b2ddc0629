"""Enterprises: HTTP in."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from indicator_svc.enterprises import service
from indicator_svc.enterprises.models import Enterprise, EnterpriseFigure
from indicator_svc.enterprises.repository import SORTABLE, Enterprises, figures_of, listed
from indicator_svc.enterprises.schemas import (
    EnterpriseIn,
    EnterpriseOut,
    EnterprisePatch,
    EnterpriseQuery,
    FigureIn,
    FigureOut,
    MonthText,
    OutlookOut,
    figure_out,
)
from shared.kit.bulk import BatchIn, BatchOut, run_batch
from shared.kit.http import IfMatch, Reads, Uow, created, service_router, tagged
from shared.kit.pages import PageOut, PageParams, page_of
from shared.kit.schemas import ObjectId, Uscc

ENTERPRISES = "/api/indicator/v1/enterprises"
FIGURES = "/api/indicator/v1/enterprise-figures"


def enterprises_router() -> APIRouter:
    router = service_router("indicator", "enterprises", tag="工业运行监测")
    _register(router)
    _read(router)
    return router


def _register(router: APIRouter) -> None:
    @router.post("", status_code=201, summary="登记企业")
    async def register(body: EnterpriseIn, uow: Uow, response: Response) -> EnterpriseOut:
        enterprise = await service.register(uow, dict(body))
        return created(response, ENTERPRISES, EnterpriseOut.model_validate(enterprise))

    @router.post("/batch", summary="批量登记企业")
    async def register_many(body: BatchIn[EnterpriseIn], uow: Uow) -> BatchOut:
        async def apply(item: EnterpriseIn) -> str:
            return (await service.register(uow, dict(item))).id

        return await run_batch(uow, body, EnterpriseIn, apply)

    @router.patch("/{enterprise_id}", summary="修改企业信息")
    async def change(
        enterprise_id: ObjectId, body: EnterprisePatch, uow: Uow, expected: IfMatch, response: Response
    ) -> EnterpriseOut:
        changed = await service.change(uow, enterprise_id, expected, body.changes())
        return tagged(response, EnterpriseOut.model_validate(changed))


def _read(router: APIRouter) -> None:
    @router.get("", summary="企业列表")
    async def search(view: Reads, page: PageParams, query: Annotated[EnterpriseQuery, Query()]) -> PageOut[EnterpriseOut]:
        wanted = listed(query.filter())
        found = await page_of(view.session, wanted, page, sortable=SORTABLE, default_sort="uscc", tie=Enterprise.id)
        items = [EnterpriseOut.model_validate(row) for row in found.items]
        return PageOut(items=items, next_cursor=found.next_cursor, total=found.total)

    @router.get("/outlooks", summary="企业达标前景列表（培育档次、预计达标月份、应统未统）")
    async def outlooks(view: Reads, page: PageParams, query: Annotated[EnterpriseQuery, Query()]) -> PageOut[OutlookOut]:
        wanted, today = listed(query.filter()), view.now.date()
        found = await page_of(view.session, wanted, page, sortable=SORTABLE, default_sort="uscc", tie=Enterprise.id)
        figures = await Enterprises(view.session).current_figures([row.id for row in found.items])
        items = [OutlookOut.of(row, service.outlook_of(row, figures.get(row.id, []), today)) for row in found.items]
        return PageOut(items=items, next_cursor=found.next_cursor, total=found.total)

    @router.get("/{enterprise_id}", summary="查看企业")
    async def show(enterprise_id: ObjectId, view: Reads, response: Response) -> EnterpriseOut:
        return tagged(response, EnterpriseOut.model_validate(await Enterprises(view.session).get(enterprise_id)))

    @router.get("/{enterprise_id}/outlook", summary="一户企业的达标前景")
    async def outlook(enterprise_id: ObjectId, view: Reads) -> OutlookOut:
        enterprises = Enterprises(view.session)
        enterprise = await enterprises.get(enterprise_id)
        figures = await enterprises.current_figures([enterprise_id])
        return OutlookOut.of(enterprise, service.outlook_of(enterprise, figures.get(enterprise_id, []), view.now.date()))


def enterprise_figures_router() -> APIRouter:
    router = service_router("indicator", "enterprise-figures", tag="工业运行监测")

    @router.post("", status_code=201, summary="填报企业月度数据（修订逐次追加）")
    async def report(body: FigureIn, uow: Uow, response: Response) -> FigureOut:
        return created(response, FIGURES, figure_out(await service.report(uow, body.draft())))

    @router.post("/batch", summary="批量填报企业月度数据")
    async def report_many(body: BatchIn[FigureIn], uow: Uow) -> BatchOut:
        async def apply(item: FigureIn) -> str:
            return (await service.report(uow, item.draft())).id

        return await run_batch(uow, body, FigureIn, apply)

    @router.get("", summary="查询企业月度数据")
    async def search(
        view: Reads,
        page: PageParams,
        uscc: Annotated[Uscc | None, Query(description="统一社会信用代码")] = None,
        period: Annotated[MonthText | None, Query(description="报告期")] = None,
        every_revision: Annotated[bool, Query(description="true：列出全部修订")] = False,
    ) -> PageOut[FigureOut]:
        wanted = figures_of(uscc, period, every_revision=every_revision)
        sortable = {"period": EnterpriseFigure.period_end, "revision": EnterpriseFigure.revision}
        found = await page_of(
            view.session, wanted, page, sortable=sortable, default_sort="-period,-revision", tie=EnterpriseFigure.id
        )
        return PageOut(items=[figure_out(row) for row in found.items], next_cursor=found.next_cursor, total=found.total)

    return router
