"""Webhook receivers over HTTP. Removing and testing one concern its deliveries too: see `deliveries/endpoints.py`."""

from datetime import timedelta
from typing import Annotated, Final, cast

from fastapi import APIRouter, Depends, Query, Request, Response

from alert_svc.endpoints import service
from alert_svc.endpoints.models import WebhookEndpoint
from alert_svc.endpoints.repository import Endpoints
from alert_svc.endpoints.rules import EndpointState
from alert_svc.endpoints.schemas import (
    EndpointIn,
    EndpointOut,
    EndpointPatch,
    EndpointWithSecret,
    RotationIn,
    endpoint_out,
    with_secret,
)
from alert_svc.endpoints.service import Changes, Deployment, Registration
from alert_svc.settings import AlertSettings
from shared.kit.dependencies import Caller, Reads, Uow
from shared.kit.edge import edge_of
from shared.kit.etags import IfMatch, created, tagged
from shared.kit.pages import PageOut, PageParams, page_of
from shared.kit.routes import service_router
from shared.kit.schemas import ObjectId

router: Final[APIRouter] = service_router("alert", "endpoints", tag="推送接收方")
PATH: Final = "/api/alert/v1/endpoints"
SORTABLE: Final = {"created_at": WebhookEndpoint.created_at, "url": WebhookEndpoint.url, "state": WebhookEndpoint.state}


def deployment(request: Request) -> Deployment:
    """Where this runs, and which receivers it registers."""
    settings = cast("AlertSettings", edge_of(request).runtime.settings)
    return Deployment(settings.region, settings.receiver_policy())


AtHome = Annotated[Deployment, Depends(deployment)]


@router.get("", summary="查询推送接收方")
async def list_endpoints(
    page: PageParams,
    view: Reads,
    caller: Caller,
    state: Annotated[EndpointState | None, Query(description="状态")] = None,
) -> PageOut[EndpointOut]:
    found = await page_of(
        view.session,
        Endpoints.known(state),
        page,
        sortable=SORTABLE,
        default_sort="created_at",
        tie=WebhookEndpoint.__table__.c.id,
    )
    items = [endpoint_out(endpoint, caller) for endpoint in found.items]
    return PageOut(items=items, next_cursor=found.next_cursor, total=found.total)


@router.get("/{endpoint_id}", summary="读取推送接收方")
async def get_endpoint(endpoint_id: ObjectId, view: Reads, caller: Caller, response: Response) -> EndpointOut:
    return tagged(response, endpoint_out(await Endpoints(view.session).get(endpoint_id), caller))


@router.post("", status_code=201, summary="登记推送接收方（返回签名密钥，只显示一次）")
async def register_endpoint(
    body: EndpointIn, uow: Uow, caller: Caller, at_home: AtHome, response: Response
) -> EndpointWithSecret:
    endpoint = await service.register(uow, Registration(**dict(body)), at_home.policy)
    return created(response, PATH, with_secret(endpoint, endpoint.secrets[0].secret, caller))


async def change(endpoint_id: ObjectId, body: EndpointPatch, version: IfMatch, uow: Uow, at_home: AtHome) -> WebhookEndpoint:
    """The receiver, changed."""
    changes = Changes(**{**dict(body), "state": body.state and EndpointState(body.state)})
    return await service.change(uow, endpoint_id, version, changes, at_home)


@router.patch("/{endpoint_id}", summary="修改推送接收方")
async def change_endpoint(
    changed: Annotated[WebhookEndpoint, Depends(change, scope="function")], caller: Caller, response: Response
) -> EndpointOut:
    return tagged(response, endpoint_out(changed, caller))


@router.post("/{endpoint_id}/secret-rotations", status_code=201, summary="轮换签名密钥（返回新密钥，只显示一次）")
async def rotate_secret(
    endpoint_id: ObjectId, body: RotationIn, uow: Uow, caller: Caller, response: Response
) -> EndpointWithSecret:
    endpoint, secret = await service.rotate(uow, endpoint_id, timedelta(hours=body.overlap_hours))
    return created(response, PATH, with_secret(endpoint, secret, caller))
