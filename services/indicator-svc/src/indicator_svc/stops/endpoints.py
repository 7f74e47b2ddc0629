"""Stops: HTTP in."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from indicator_svc.stops import service
from indicator_svc.stops.models import Stop, StopStatus
from indicator_svc.stops.repository import SORTABLE, Stops, listed, statuses_of
from indicator_svc.stops.rules import StopAct
from indicator_svc.stops.schemas import (
    DragOut,
    EndIn,
    PlanIn,
    StatusIn,
    StatusOut,
    StopIn,
    StopMoveOut,
    StopMovesOut,
    StopOut,
    StopPatch,
    StopQuery,
)
from shared.kit.http import IfMatch, Reads, Uow, created, service_router, tagged, tagged_by_content
from shared.kit.pages import PageOut, PageParams, page_of
from shared.kit.schemas import ObjectId, RegionCode

STOPS = "/api/indicator/v1/enterprise-stops"


def stops_router() -> APIRouter:
    router = service_router("indicator", "enterprise-stops", tag="停产企业")
    _register(router)
    _handle(router)
    _read(router)
    return router


def _register(router: APIRouter) -> None:
    @router.post("", status_code=201, summary="登记停产企业")
    async def begin(body: StopIn, uow: Uow, response: Response) -> StopOut:
        stop = await service.begin(uow, body.uscc, body.fields(), body.reason)
        return created(response, STOPS, StopOut.of(stop, uow.now.date()))

    @router.patch("/{stop_id}", summary="更正停产损失和测算基数")
    async def change(stop_id: ObjectId, body: StopPatch, uow: Uow, expected: IfMatch, response: Response) -> StopOut:
        changed = await service.change(uow, stop_id, expected, body.changes())
        return tagged(response, StopOut.of(changed, uow.now.date()))


def _handle(router: APIRouter) -> None:
    @router.post("/{stop_id}/plans", status_code=201, summary="制定或调整复工方案（一企一策）")
    async def plan(stop_id: ObjectId, body: PlanIn, uow: Uow, response: Response) -> StopOut:
        planned = await service.plan(uow, stop_id, body.plan(), body.reason)
        return created(response, STOPS, StopOut.of(planned, uow.now.date()))

    @router.post("/{stop_id}/resumptions", status_code=201, summary="企业已复工")
    async def resume(stop_id: ObjectId, body: EndIn, uow: Uow, response: Response) -> StopOut:
        resumed = await service.end(uow, stop_id, StopAct.RESUME, body.on, body.reason)
        return created(response, STOPS, StopOut.of(resumed, uow.now.date()))

    @router.post("/{stop_id}/exits", status_code=201, summary="企业退出（关停、僵尸企业处置）")
    async def leave(stop_id: ObjectId, body: EndIn, uow: Uow, response: Response) -> StopOut:
        left = await service.end(uow, stop_id, StopAct.EXIT, body.on, body.reason)
        return created(response, STOPS, StopOut.of(left, uow.now.date()))

    @router.post("/{stop_id}/statuses", status_code=201, summary="填报每周进展")
    async def status(stop_id: ObjectId, body: StatusIn, uow: Uow, response: Response) -> StatusOut:
        told = StatusOut.model_validate(await service.report_status(uow, stop_id, body.on, body.progress))
        return created(response, f"{STOPS}/{stop_id}/statuses", told)


def _read(router: APIRouter) -> None:
    @router.get("", summary="停产企业列表")
    async def search(view: Reads, page: PageParams, query: Annotated[StopQuery, Query()]) -> PageOut[StopOut]:
        wanted, today = listed(query.filter()), view.now.date()
        found = await page_of(view.session, wanted, page, sortable=SORTABLE, default_sort="resume_on,stopped_on", tie=Stop.id)
        items = [StopOut.of(row, today) for row in found.items]
        return PageOut(items=items, next_cursor=found.next_cursor, total=found.total)

    @router.get("/drag", summary="停产企业对全市增速的影响合计")
    async def drag(view: Reads, region: Annotated[RegionCode, Query(description="区划代码")]) -> DragOut:
        return DragOut.of(region, await Stops(view.session).standing_in(region))

    @router.get("/{stop_id}", summary="查看停产企业")
    async def show(stop_id: ObjectId, view: Reads, response: Response) -> StopOut:
        return tagged_by_content(response, StopOut.of(await Stops(view.session).get(stop_id), view.now.date()))

    @router.get("/{stop_id}/moves", summary="停产历史")
    async def history(stop_id: ObjectId, view: Reads) -> StopMovesOut:
        stops = Stops(view.session)
        await stops.get(stop_id)
        return StopMovesOut(items=[StopMoveOut.model_validate(each) for each in await stops.moves(stop_id)])

    @router.get("/{stop_id}/statuses", summary="每周进展列表")
    async def statuses(stop_id: ObjectId, view: Reads, page: PageParams) -> PageOut[StatusOut]:
        await Stops(view.session).get(stop_id)
        wanted, sortable = statuses_of(stop_id), {"on": StopStatus.on}
        found = await page_of(view.session, wanted, page, sortable=sortable, default_sort="-on", tie=StopStatus.id)
        items = [StatusOut.model_validate(row) for row in found.items]
        return PageOut(items=items, next_cursor=found.next_cursor, total=found.total)
