"""Permits over HTTP."""

from typing import Annotated

from fastapi import Query, Response

from project_svc.permits import service
from project_svc.permits.repository import SORTABLE, TIE, Permits, listed
from project_svc.permits.schemas import (
    PermitExtensionIn,
    PermitIn,
    PermitOut,
    PermitQuery,
    PermitWithdrawalIn,
    ValiditiesOut,
)
from shared.kit.http import Caller, Reads, Uow, created, service_router, tagged
from shared.kit.pages import PageOut, PageParams, page_of
from shared.kit.schemas import ObjectId

PERMITS = "/api/project/v1/permits"

router = service_router("project", "permits", tag="批准文件与有效期")
validities_router = service_router("project", "permit-validities", tag="批准文件与有效期")


@validities_router.get("", summary="各类批准文件的有效期规定及依据")
async def validities(_view: Reads) -> ValiditiesOut:
    return ValiditiesOut.all()


@router.post("", status_code=201, summary="登记批准文件")
async def register(body: PermitIn, uow: Uow, caller: Caller, response: Response) -> PermitOut:
    permit = await service.register(uow, body.project, body.issue())
    return created(response, PERMITS, PermitOut.of(permit, caller))


@router.get("", summary="批准文件列表")
async def permits(view: Reads, caller: Caller, page: PageParams, query: Annotated[PermitQuery, Query()]) -> PageOut[PermitOut]:
    wanted = listed(query.filter())
    found = await page_of(view.session, wanted, page, sortable=SORTABLE, default_sort="issued_on", tie=TIE)
    items = [PermitOut.of(each, caller) for each in found.items]
    return PageOut(items=items, next_cursor=found.next_cursor, total=found.total)


@router.get("/{permit_id}", summary="查看批准文件")
async def permit(permit_id: ObjectId, view: Reads, caller: Caller, response: Response) -> PermitOut:
    return tagged(response, PermitOut.of(await Permits(view.session).get(permit_id), caller))


@router.post("/{permit_id}/extensions", status_code=201, summary="登记批准的延期")
async def extend(permit_id: ObjectId, body: PermitExtensionIn, uow: Uow, caller: Caller, response: Response) -> PermitOut:
    extended = await service.extend(uow, permit_id, body.prolongation())
    return created(response, PERMITS, PermitOut.of(extended, caller))


@router.post("/{permit_id}/withdrawals", status_code=201, summary="批准文件作废或换发")
async def withdraw(permit_id: ObjectId, body: PermitWithdrawalIn, uow: Uow, caller: Caller, response: Response) -> PermitOut:
    ended = await service.withdraw(uow, permit_id, body.withdrawn_on, body.reason)
    return created(response, PERMITS, PermitOut.of(ended, caller))
