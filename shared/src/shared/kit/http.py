"""A service's HTTP application, and the names that its endpoints use.

`create_service_app` puts the layers together, from the outside in: the gate; request id, trace, log and last catch (`asgi.py`);
problems; the route class with keys, limits and idempotency (`routes.py`); the endpoints.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from http import HTTPStatus

from fastapi import APIRouter, FastAPI
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response

from shared.kit.asgi import Gate, RequestLayer
from shared.kit.auth import Principal
from shared.kit.bus_status import bus_status_router
from shared.kit.dependencies import Caller, Reads, Uow, caller, read_session, requires, unit_of_work
from shared.kit.docs_page import docs_page
from shared.kit.edge import Edge, draining_of, edge_for
from shared.kit.errors import check_version
from shared.kit.etags import IfMatch, VersionedOut, created, etag_of, tagged, tagged_by_content
from shared.kit.health import install_health
from shared.kit.idempotency import Replay
from shared.kit.openapi import allowed_methods, install_openapi, literal_paths
from shared.kit.parked_routes import parked_routers
from shared.kit.problems import install_problems, problem_of_framework
from shared.kit.replay_routes import replays_router
from shared.kit.routes import large_body, service_router
from shared.kit.runtime import Runtime
from shared.kit.subscriptions import Subscriptions

__all__ = [
    "Caller",
    "IfMatch",
    "Principal",
    "Reads",
    "Uow",
    "VersionedOut",
    "caller",
    "check_version",
    "create_service_app",
    "created",
    "draining_of",
    "etag_of",
    "large_body",
    "read_session",
    "requires",
    "service_router",
    "tagged",
    "tagged_by_content",
    "unit_of_work",
]

ExtraLifespan = Callable[[FastAPI], AbstractAsyncContextManager[None]]


def create_service_app(
    runtime: Runtime,
    *,
    title: str,
    description: str,
    routers: Sequence[APIRouter],
    subscriptions: Subscriptions,
    extra_lifespan: ExtraLifespan | None = None,
) -> FastAPI:
    """The application of one service. `title` and `description` are Chinese; `extra_lifespan` runs while it serves.

    `subscriptions` are the worker's: an operator may let an event that was set aside take effect from here.

    `app.state.draining` is an event: whoever serves the application sets it before it stops, and streams end themselves.
    """
    edge = edge_for(runtime)
    app = FastAPI(
        title=title,
        description=description,
        version="v1",
        openapi_url=None,
        redirect_slashes=False,
        lifespan=_lifespan(edge, extra_lifespan),
        telemetry={"tracing": False, "metrics": False, "logs": False},
    )
    app.state.edge = edge
    app.state.draining = asyncio.Event()
    _install_layers(app, edge)
    install_problems(app)
    app.add_exception_handler(Replay, _replay)
    app.add_exception_handler(HTTPStatus.METHOD_NOT_ALLOWED, _on_wrong_method)
    install_health(app, edge)
    every = [*routers, bus_status_router(edge), *parked_routers(edge, subscriptions), replays_router(edge, subscriptions)]
    for router in every:
        app.include_router(router)
    install_openapi(app)
    _install_documents(app, edge)
    app.state.literal_paths = literal_paths(app, every)
    return app


def _install_layers(app: FastAPI, edge: Edge) -> None:
    """The last one is the outermost."""
    settings, clock = edge.runtime.settings, edge.runtime.clock
    app.add_middleware(RequestLayer, metrics=edge.metrics, clock=clock)
    app.add_middleware(Gate, most=settings.max_open_requests, requests=edge.requests, metrics=edge.metrics, clock=clock)


def _lifespan(edge: Edge, extra: ExtraLifespan | None) -> ExtraLifespan:
    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with AsyncExitStack() as stack:
            stack.push_async_callback(edge.keys.close)
            if extra is not None:
                await stack.enter_async_context(extra(app))
            yield
            app.state.draining.set()

    return lifespan


async def _replay(_request: Request, replay: Exception) -> Response:
    if not isinstance(replay, Replay):
        raise replay
    return replay.response


async def _on_wrong_method(request: Request, _error: Exception) -> Response:
    allow = ", ".join(allowed_methods(request.app, request.scope["path"]))
    return problem_of_framework(HTTPStatus.METHOD_NOT_ALLOWED, {"Allow": allow}).response(request)


def _install_documents(app: FastAPI, edge: Edge) -> None:
    """In production the documents want a key, like everything else that describes the inside."""
    prefix = f"/api/{edge.service}"

    async def openapi(request: Request) -> Response:
        await _admit(request)
        return JSONResponse(app.openapi())

    async def docs(request: Request) -> Response:
        await _admit(request)
        return HTMLResponse(docs_page(app.openapi(), f"{prefix}/openapi.json"))

    async def _admit(request: Request) -> None:
        if edge.runtime.settings.environment == "production":
            await caller(request)

    app.add_route(f"{prefix}/openapi.json", openapi, include_in_schema=False)
    app.add_route(f"{prefix}/docs", docs, include_in_schema=False)
