"""What an endpoint asks for: a unit of work, a view to read from, the caller."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
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
    async with _begun(request, principal, "write") as uow:
        yield uow


async def admin_unit_of_work(request: Request, principal: Caller) -> AsyncIterator[UnitOfWork]:
    """As `unit_of_work`, for operators: needs the scope `<service>:admin`."""
    async with _begun(request, principal, "admin") as uow:
        yield uow


async def read_session(request: Request, principal: Caller) -> AsyncIterator[ReadSession]:
    """One consistent view; needs the scope `<service>:read`. A POST that only computes names a key like every POST."""
    async with _viewed(request, principal, "read") as view:
        yield view


async def admin_read_session(request: Request, principal: Caller) -> AsyncIterator[ReadSession]:
    """As `read_session`, for operators: needs the scope `<service>:admin`."""
    async with _viewed(request, principal, "admin") as view:
        yield view


@asynccontextmanager
async def _begun(request: Request, principal: Principal, right: str) -> AsyncIterator[UnitOfWork]:
    edge = edge_of(request)
    principal.must(f"{edge.service}:{right}")
    attempt = await idempotency.attempt_of(request, principal.key_id) if request.method == "POST" else None
    async with edge.runtime.database.unit_of_work(principal.actor, current_traceparent()) as uow:
        if attempt is not None:
            await idempotency.begin(uow, attempt)
            request.state.pending_attempt = (uow, attempt)
        yield uow


@asynccontextmanager
async def _viewed(request: Request, principal: Principal, right: str) -> AsyncIterator[ReadSession]:
    edge = edge_of(request)
    principal.must(f"{edge.service}:{right}")
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
AdminUow = Annotated[UnitOfWork, Depends(admin_unit_of_work, scope="function")]
AdminReads = Annotated[ReadSession, Depends(admin_read_session, scope="function")]
