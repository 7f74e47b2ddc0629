"""`/api/<service>/v1/parked-events` and `/operator-acts`: what the person on duty does with events that were set aside.

Everything here needs `<service>:admin`. A retry that fails again is an answer, not an error of the request.
"""

from typing import Annotated, Final

from fastapi import APIRouter, Path, Query

from shared.kit.dependencies import AdminReads, AdminUow, Caller
from shared.kit.edge import Edge
from shared.kit.operator_acts import acts_of, page_of_acts
from shared.kit.pages import PageOut, PageParams
from shared.kit.parked_drop import drop
from shared.kit.parked_events import ParkedEvents
from shared.kit.parked_schemas import (
    ActOut,
    ActQuery,
    DropIn,
    ParkedEventDetailOut,
    ParkedEventOut,
    ParkedQuery,
    RedriveIn,
    RedriveOneIn,
    RedriveOut,
    detail_out,
    parked_out,
    redriven_out,
)
from shared.kit.redrive import Redrive
from shared.kit.routes import service_router
from shared.kit.schemas import LARGEST_INT
from shared.kit.subscriptions import Subscriptions, consumer_of

TAG: Final = "值班处置"
MOST_OBJECTS: Final = 100

ParkedId = Annotated[int, Path(ge=1, le=LARGEST_INT, description="搁置消息编号")]


def parked_routers(edge: Edge, subscriptions: Subscriptions) -> list[APIRouter]:
    """The routes of one service."""
    router = service_router(edge.service, "parked-events", tag=TAG)
    _offer_reading(router, edge.service)
    _offer_redriving(router, edge.service, subscriptions)
    _offer_dropping(router, edge.service)
    return [router, _acts_router(edge.service)]


def _offer_reading(router: APIRouter, service: str) -> None:
    consumer = consumer_of(service)

    @router.get("", summary="查询被搁置的消息")
    async def list_parked(
        query: Annotated[ParkedQuery, Query()], page: PageParams, view: AdminReads, caller: Caller
    ) -> PageOut[ParkedEventOut]:
        found = await ParkedEvents(view.session, consumer).page(query.wanted(), page)
        items = [parked_out(row, caller, service) for row in found.items]
        return PageOut(items=items, next_cursor=found.next_cursor, total=found.total)

    @router.get("/{parked_id}", summary="读取一条被搁置的消息：内容、消息头与操作记录")
    async def get_parked(parked_id: ParkedId, view: AdminReads, caller: Caller) -> ParkedEventDetailOut:
        row = await ParkedEvents(view.session, consumer).get(parked_id)
        return detail_out(row, await acts_of(view.session, parked_id), caller, service)


def _offer_redriving(router: APIRouter, service: str, subscriptions: Subscriptions) -> None:
    consumer = consumer_of(service)

    @router.post("/redrives", summary="按顺序重试若干对象或全部对象的消息；每次最多处理 200 条")
    async def redrive(body: RedriveIn, uow: AdminUow) -> RedriveOut:
        attempt = Redrive(uow, subscriptions, consumer, body.permit())
        keys = await attempt.parked.longest_untried(MOST_OBJECTS) if body.subjects == "all" else body.subjects
        results = await attempt.many(keys)
        return redriven_out(results, await attempt.parked.number_waiting())

    @router.post("/{parked_id}/redrives", summary="按顺序重试该消息所属对象的消息")
    async def redrive_one(parked_id: ParkedId, body: RedriveOneIn, uow: AdminUow) -> RedriveOut:
        attempt = Redrive(uow, subscriptions, consumer, body.permit())
        result = await attempt.row(parked_id)
        return redriven_out([result], await attempt.parked.number_waiting())


def _offer_dropping(router: APIRouter, service: str) -> None:
    @router.post("/{parked_id}/drops", summary="丢弃对象所等待的消息（或无法读取的记录），须说明理由")
    async def drop_one(parked_id: ParkedId, body: DropIn, uow: AdminUow, caller: Caller) -> ParkedEventOut:
        return parked_out(await drop(uow, consumer_of(service), parked_id, body.dropping()), caller, service)


def _acts_router(service: str) -> APIRouter:
    router = service_router(service, "operator-acts", tag=TAG)

    @router.get("", summary="查询值班操作记录")
    async def list_acts(query: Annotated[ActQuery, Query()], page: PageParams, view: AdminReads) -> PageOut[ActOut]:
        found = await page_of_acts(view.session, query.wanted(), page)
        items = [ActOut.model_validate(row) for row in found.items]
        return PageOut(items=items, next_cursor=found.next_cursor, total=found.total)

    return router
