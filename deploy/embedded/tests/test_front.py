from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import httpx
import pytest
from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

from diaodu_embedded.front import Front, create_front
from shared.kit.clock import SystemClock
from shared.kit.worker import Check


def a_service(name: str, *, ready: bool = True, log: list[str] | None = None) -> FastAPI:
    """An application that says its name and what path it saw."""

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        if log is not None:
            log.append(f"{name} began")
        yield
        if log is not None:
            log.append(f"{name} ended")

    app = FastAPI(lifespan=lifespan, openapi_url=None)

    async def echo(request: Request) -> Response:
        return PlainTextResponse(f"{name} saw {request.url.path}")

    async def readyz(_request: Request) -> Response:
        return JSONResponse({"ready": ready}, 200 if ready else 503)

    app.add_route(f"/api/{name}/readyz", readyz)
    app.add_route(f"/api/{name}/v1/things", echo)
    return app


def a_front(services: dict[str, FastAPI], checks: Sequence[Check] = ()) -> Front:
    async def worker_checks() -> Sequence[Check]:
        return checks

    return create_front(services, worker_checks, SystemClock())


async def get(front: Front, path: str) -> httpx.Response:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(front), base_url="http://suite") as client:
        return await client.get(path)


@pytest.mark.parametrize("name", ["bond", "alert"])
async def test_a_request_reaches_its_service_with_its_path_untouched(name: str) -> None:
    front = a_front({"bond": a_service("bond"), "alert": a_service("alert")})
    assert (await get(front, f"/api/{name}/v1/things")).text == f"{name} saw /api/{name}/v1/things"


@pytest.mark.parametrize("path", ["/", "/api", "/api/", "/api/bonds/v1/things", "/api/nobody/v1", "/bond"])
async def test_an_address_of_nobody_is_a_problem_in_chinese(path: str) -> None:
    answer = await get(a_front({"bond": a_service("bond")}), path)
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["code"] == "path.not-found"


async def test_the_front_is_ready_when_every_interface_and_every_worker_is() -> None:
    answer = await get(a_front({"bond": a_service("bond")}, [Check("bond-consumer", ok=True)]), "/readyz")
    assert answer.status_code == 200
    assert [check["name"] for check in answer.json()["checks"]] == ["bond-api", "bond-consumer"]


async def test_the_front_is_not_ready_when_one_interface_is_not() -> None:
    front = a_front({"bond": a_service("bond"), "alert": a_service("alert", ready=False)})
    answer = await get(front, "/readyz")
    assert answer.status_code == 503
    assert [check["name"] for check in answer.json()["checks"] if not check["ok"]] == ["alert-api"]


async def test_the_front_is_not_ready_when_a_worker_makes_no_progress() -> None:
    answer = await get(a_front({}, [Check("bond-consumer", ok=False, detail="停滞")]), "/readyz")
    assert answer.status_code == 503


async def test_the_front_is_alive_whatever_its_services_are() -> None:
    assert (await get(a_front({"bond": a_service("bond", ready=False)}), "/livez")).text == "ok\n"


async def test_every_service_lives_as_long_as_the_front_and_ends_in_reverse_order() -> None:
    log: list[str] = []
    front = a_front({name: a_service(name, log=log) for name in ("bond", "alert")})
    messages = iter([{"type": "lifespan.startup"}, {"type": "lifespan.shutdown"}])
    answers: list[str] = []

    async def receive() -> dict[str, str]:
        return next(messages)

    async def send(message: dict[str, str]) -> None:
        answers.append(message["type"])

    await front({"type": "lifespan", "asgi": {"version": "3.0"}, "state": {}}, receive, send)  # type: ignore[arg-type]  # plain dicts
    assert answers == ["lifespan.startup.complete", "lifespan.shutdown.complete"]
    assert log == ["bond began", "alert began", "alert ended", "bond ended"]
