"""What an endpoint asks for: a unit of work, a view to read from, the caller."""

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Annotated, cast

from fastapi import Depends
from starlette.requests import Request

from shared.kit import idempotency
from shared.kit.auth import Principal
from shared.kit.db import ReadSession, UnitOfWork
from shared.kit.edge import edge_of
from shared.kit.observability import current_traceparent


async def caller(request: Request) -> Principal:
    """Whoever sent this request."""
    if not hasattr(request.state, "principal"):
        request.state.principal = await edge_of(request).keys.authenticate(request)
    return cast("Principal", request.state.principal)


Caller = Annotated[Principal, Depends(caller)]


async def unit_of_work(request: Request, principal: Caller) -> AsyncIterator[UnitOfWork]:
    """One transaction for the request, committed after the answer was made and before it is sent.

    Needs the scope `<service>:write`. A POST is done once per `Idempotency-Key`.
    """
    edge = edge_of(request)
    principal.must(f"{edge.service}:write")
    attempt = await idempotency.attempt_of(request, principal.key_id) if request.method == "POST" else None
    async with edge.runtime.database.unit_of_work(principal.actor, current_traceparent()) as uow:
        if attempt is not None:
            await idempotency.begin(uow, attempt)
            request.state.pending_attempt = (uow, attempt)
        yield uow


async def read_session(request: Request, principal: Caller) -> AsyncIterator[ReadSession]:
    """One consistent view; needs the scope `<service>:read`. A POST that only computes names a key like every POST."""
    edge = edge_of(request)
    principal.must(f"{edge.service}:read")
    if request.method == "POST":
        idempotency.key_of(request)
    async with edge.runtime.database.reading() as view:
        yield view


def requires(scope: str) -> Callable[[Principal], Awaitable[None]]:
    """A dependency that wants another scope than reading or writing: `dependencies=[Depends(requires("alert:admin"))]`."""

    async def check(principal: Caller) -> None:
        principal.must(scope)

    return check


Uow = Annotated[UnitOfWork, Depends(unit_of_work, scope="function")]
Reads = Annotated[ReadSession, Depends(read_session, scope="function")]
