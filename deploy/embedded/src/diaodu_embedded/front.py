"""The one port: each request goes to the application of its service, untouched; the front itself answers for all of them."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager

import httpx
from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from shared.kit.asgi import RequestLayer
from shared.kit.clock import Clock
from shared.kit.health import readiness_answer
from shared.kit.observability import Metrics
from shared.kit.problems import install_problems
from shared.kit.worker import Check

WorkerChecks = Callable[[], Awaitable[Sequence[Check]]]


class Front:
    """An ASGI application made of several: `/api/<service>/…` is that service's."""

    def __init__(self, services: Mapping[str, FastAPI], own: ASGIApp) -> None:
        self._by_prefix = {f"/api/{name}": app for name, app in services.items()}
        self._own = own

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._app_for(scope)(scope, receive, send)

    def _app_for(self, scope: Scope) -> ASGIApp:
        if scope["type"] != "http":
            return self._own
        return self._by_prefix.get("/".join(scope["path"].split("/", 3)[:3]), self._own)


def create_front(services: Mapping[str, FastAPI], checks: WorkerChecks, clock: Clock) -> Front:
    """The front of these services. `/readyz` is ready when every interface and every worker is."""
    own = FastAPI(openapi_url=None, docs_url=None, redoc_url=None, lifespan=_lifespan_of(services))
    own.add_middleware(RequestLayer, metrics=Metrics("front"), clock=clock)
    install_problems(own)

    async def livez(_request: Request) -> Response:
        return PlainTextResponse("ok\n")

    async def readyz(_request: Request) -> Response:
        answers = await asyncio.gather(*(_interface(name, app) for name, app in services.items()))
        return readiness_answer([*answers, *await checks()])

    own.add_route("/livez", livez)
    own.add_route("/readyz", readyz)
    return Front(services, own)


def _lifespan_of(services: Mapping[str, FastAPI]) -> Callable[[FastAPI], AbstractAsyncContextManager[None]]:
    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        async with AsyncExitStack() as stack:
            for app in services.values():
                await stack.enter_async_context(app.router.lifespan_context(app))
            yield

    return lifespan


async def _interface(name: str, app: FastAPI) -> Check:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://front") as client:
        answer = await client.get(f"/api/{name}/readyz")
    return Check(f"{name}-api", answer.is_success, "" if answer.is_success else answer.text)
