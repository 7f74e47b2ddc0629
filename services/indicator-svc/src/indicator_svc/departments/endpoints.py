"""Department leads: HTTP in."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from indicator_svc.departments import service
from indicator_svc.departments.models import DepartmentLead
from indicator_svc.departments.repository import Departments
from indicator_svc.departments.rules import Lead
from indicator_svc.departments.schemas import DepartmentLeadIn, DepartmentLeadOut
from shared.kit.http import Reads, Uow, created, service_router
from shared.kit.pages import PageOut, PageParams, page_of


def departments_router() -> APIRouter:
    router = service_router("indicator", "department-leads", tag="部门负责人")

    @router.post("", status_code=201, summary="登记部门负责人")
    async def register(body: DepartmentLeadIn, uow: Uow, response: Response) -> DepartmentLeadOut:
        lead = Lead(body.head, body.deputy)
        entry = await service.register(uow, body.department, lead, body.effective_from, body.document)
        return created(response, router.prefix, DepartmentLeadOut.of(entry))

    @router.get("", summary="查询部门负责人登记")
    async def search(
        view: Reads,
        page: PageParams,
        department: Annotated[str | None, Query(min_length=1, max_length=100, description="部门名称")] = None,
    ) -> PageOut[DepartmentLeadOut]:
        sortable = {"department": DepartmentLead.department, "effective_from": DepartmentLead.effective_from}
        wanted, order = Departments.matching(department), "department,-effective_from"
        found = await page_of(view.session, wanted, page, sortable=sortable, default_sort=order, tie=DepartmentLead.id)
        items = [DepartmentLeadOut.of(row) for row in found.items]
        return PageOut[DepartmentLeadOut](items=items, next_cursor=found.next_cursor, total=found.total)

    return router
