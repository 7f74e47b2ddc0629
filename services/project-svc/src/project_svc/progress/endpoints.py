"""Monthly reports over HTTP."""

from typing import Annotated

from fastapi import Query, Response

from project_svc.progress import service
from project_svc.progress.repository import SORTABLE, TIE, ProgressReports, listed
from project_svc.progress.schemas import ReportIn, ReportOut, ReportQuery
from shared.kit.bulk import BatchIn, BatchOut, run_batch
from shared.kit.http import Reads, Uow, created, service_router, tagged
from shared.kit.pages import PageOut, PageParams, page_of
from shared.kit.schemas import ObjectId

REPORTS = "/api/project/v1/progress-reports"

router = service_router("project", "progress-reports", tag="进度月报")


@router.post("", status_code=201, summary="填报年度累计完成投资")
async def report(body: ReportIn, uow: Uow, response: Response) -> ReportOut:
    return created(response, REPORTS, ReportOut.of(await service.report(uow, body.report())))


@router.post("/batch", summary="批量填报年度累计完成投资")
async def report_many(body: BatchIn[ReportIn], uow: Uow) -> BatchOut:
    async def apply(item: ReportIn) -> str:
        return (await service.report(uow, item.report())).id

    return await run_batch(uow, body, ReportIn, apply)


@router.get("", summary="进度月报列表")
async def reports(view: Reads, page: PageParams, query: Annotated[ReportQuery, Query()]) -> PageOut[ReportOut]:
    wanted = listed(query.filter())
    found = await page_of(view.session, wanted, page, sortable=SORTABLE, default_sort="-period", tie=TIE)
    items = [ReportOut.of(each) for each in found.items]
    return PageOut(items=items, next_cursor=found.next_cursor, total=found.total)


@router.get("/{report_id}", summary="查看进度月报")
async def one_report(report_id: ObjectId, view: Reads, response: Response) -> ReportOut:
    return tagged(response, ReportOut.of(await ProgressReports(view.session).get(report_id)))
