"""The live stream over HTTP (Server-Sent Events)."""

from collections.abc import AsyncIterator
from typing import Annotated, Final, cast

from fastapi import APIRouter, Depends, Header, Query, Request
from fastapi.sse import EventSourceResponse, ServerSentEvent

from alert_svc.settings import AlertSettings
from alert_svc.stream.hub import Hub, Listener
from alert_svc.stream.rules import Wanted
from alert_svc.stream.session import StreamSession
from shared.contracts.facts import Level
from shared.kit.dependencies import requires
from shared.kit.edge import draining_of, edge_of
from shared.kit.routes import service_router

router: Final[APIRouter] = service_router("alert", "stream", tag="实时流")


async def joined(
    request: Request,
    level: Annotated[list[Level], Query(max_length=5, description="只看这些等级，可重复")] = [],  # noqa: B006 - FastAPI copies it
    department: Annotated[list[str], Query(max_length=50, description="只看这些牵头部门，可重复")] = [],  # noqa: B006 - FastAPI copies it
    rule: Annotated[list[str], Query(max_length=50, description="只看这些规则，可重复")] = [],  # noqa: B006 - FastAPI copies it
) -> AsyncIterator[Listener]:
    """A place among the clients of this process, for as long as the answer lasts."""
    hub = cast("Hub", request.app.state.stream)
    listener = hub.join(Wanted(frozenset(level), frozenset(department), frozenset(rule)))
    try:
        yield listener
    finally:
        hub.leave(listener)


@router.get(
    "",
    summary="订阅预警实时流（支持 Last-Event-ID 断点续传）",
    response_class=EventSourceResponse,
    dependencies=[Depends(requires("alert:read"))],
)
async def follow(
    request: Request,
    listener: Annotated[Listener, Depends(joined)],
    last_event_id: Annotated[int | None, Header(ge=0, le=2**53, description="上次收到的事件编号")] = None,
) -> AsyncIterator[ServerSentEvent]:
    edge = edge_of(request)
    retention = cast("AlertSettings", edge.runtime.settings).stream_ttl
    session = StreamSession(edge.runtime.database, listener, draining_of(request), retention)
    async for event in session.events(last_event_id, lambda: edge.keys.authenticate(request)):
        yield event
