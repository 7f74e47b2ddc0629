"""Deliveries over HTTP, and what of a receiver concerns its deliveries: testing and removing it."""

from typing import Annotated, Final

from fastapi import APIRouter, Query, Response
from pydantic import ConfigDict, Field

from alert_svc.deliveries import service
from alert_svc.deliveries.models import Delivery
from alert_svc.deliveries.repository import Deliveries, DeliveryFilter
from alert_svc.deliveries.rules import DeliveryState
from alert_svc.deliveries.schemas import DeliveryInFull, DeliveryOut, delivery_out, in_full
from alert_svc.endpoints.endpoints import AtHome
from shared.kit.dependencies import Caller, Reads, Uow
from shared.kit.etags import IfMatch, created, tagged
from shared.kit.pages import PageOut, PageParams, page_of
from shared.kit.routes import service_router
from shared.kit.schemas import InModel, ObjectId

router: Final[APIRouter] = service_router("alert", "deliveries", tag="推送记录")
receivers: Final[APIRouter] = service_router("alert", "endpoints", tag="推送接收方")
PATH: Final = "/api/alert/v1/deliveries"
SORTABLE: Final = {
    "created_at": Delivery.created_at,
    "due_at": Delivery.due_at,
    "state": Delivery.state,
    "attempts": Delivery.attempts,
}


class DeliveryQuery(InModel):
    """Filters of the list; one that is left out asks nothing. The route refuses what no parameter knows."""

    model_config = ConfigDict(extra="ignore")

    endpoint: ObjectId | None = Field(default=None, description="接收方编号")
    alert: ObjectId | None = Field(default=None, description="预警编号")
    state: DeliveryState | None = Field(default=None, description="状态")
    type: str | None = Field(default=None, max_length=60, description="消息类型")

    def wanted(self) -> DeliveryFilter:
        return DeliveryFilter(endpoint_id=self.endpoint, alert_id=self.alert, state=self.state, type=self.type)


@router.get("", summary="查询推送记录")
async def list_deliveries(
    query: Annotated[DeliveryQuery, Query()], page: PageParams, view: Reads, caller: Caller
) -> PageOut[DeliveryOut]:
    found = await page_of(
        view.session,
        Deliveries.matching(query.wanted()),
        page,
        sortable=SORTABLE,
        default_sort="-created_at",
        tie=Delivery.__table__.c.id,
    )
    items = [delivery_out(delivery, caller) for delivery in found.items]
    return PageOut(items=items, next_cursor=found.next_cursor, total=found.total)


@router.get("/{delivery_id}", summary="读取一次推送及其每次尝试")
async def get_delivery(delivery_id: ObjectId, view: Reads, caller: Caller, response: Response) -> DeliveryInFull:
    deliveries = Deliveries(view.session)
    delivery = await deliveries.get(delivery_id)
    return tagged(response, in_full(delivery, await deliveries.attempts_of(delivery_id), caller))


@router.post("/{delivery_id}/retries", status_code=201, summary="重新推送（webhook-id 不变）")
async def retry_delivery(delivery_id: ObjectId, uow: Uow, caller: Caller, response: Response) -> DeliveryOut:
    return created(response, PATH, delivery_out(await service.retry(uow, delivery_id), caller))


@receivers.post("/{endpoint_id}/tests", status_code=201, summary="向接收方发送一条测试消息")
async def test_receiver(endpoint_id: ObjectId, uow: Uow, caller: Caller, response: Response) -> DeliveryOut:
    return created(response, PATH, delivery_out(await service.send_test(uow, endpoint_id), caller))


@receivers.delete("/{endpoint_id}", status_code=204, summary="删除推送接收方（推送记录保留）")
async def remove_receiver(endpoint_id: ObjectId, version: IfMatch, uow: Uow, at_home: AtHome) -> None:
    await service.remove_endpoint(uow, endpoint_id, version, at_home.region)
