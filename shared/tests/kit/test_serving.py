"""A served application stops well: what is in hand is finished, streams end, nothing hangs."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta

import httpx
import pytest
from fastapi import APIRouter, FastAPI, Request
from fastapi.sse import EventSourceResponse, ServerSentEvent

from shared.kit.http import Caller, draining_of, service_router
from shared.kit.runtime import Runtime
from shared.kit.server import AddressTaken, Draining, listen, serve, url_of
from shared.testing.http import a_key, bearer, is_problem
from shared.testing.sample.app import NOTES, create_app

STREAM, SLOW = "/api/sample/v1/live/stream", "/api/sample/v1/live/slow"


def routes(entered: asyncio.Event, go_on: asyncio.Event) -> APIRouter:
    router = service_router("sample", "live", tag="流")

    @router.get("/stream", response_class=EventSourceResponse)
    async def stream(request: Request, _caller: Caller) -> AsyncIterator[ServerSentEvent]:
        yield ServerSentEvent(event="hello", data={})
        await draining_of(request).wait()
        yield ServerSentEvent(event="bye", data={}, retry=100)

    @router.get("/slow")
    async def slow(_caller: Caller) -> str:
        entered.set()
        await go_on.wait()
        return "done"

    return router


@dataclass
class Served:
    url: str
    stop: asyncio.Event
    task: asyncio.Task[None]


@asynccontextmanager
async def served(app: FastAPI) -> AsyncIterator[Served]:
    listening, stop = listen("127.0.0.1", 0), asyncio.Event()
    draining = Draining(app.state.draining.set, timedelta(0), timedelta(seconds=5))
    ready: asyncio.Future[str] = asyncio.get_running_loop().create_future()
    task = asyncio.create_task(serve(app, listening, stop, draining, ready.set_result))
    try:
        yield Served(await ready, stop, task)
    finally:
        stop.set()
        await asyncio.wait_for(task, 10)


async def test_open_streams_end_and_requests_in_hand_are_answered(runtime: Runtime) -> None:
    entered, go_on = asyncio.Event(), asyncio.Event()
    async with served(create_app(runtime, routes(entered, go_on))) as server:
        headers = bearer(await a_key(runtime.database))
        async with httpx.AsyncClient(base_url=server.url, headers=headers, timeout=20) as client:
            in_hand = asyncio.create_task(client.get(SLOW))
            async with client.stream("GET", STREAM) as stream:
                lines = stream.aiter_lines()
                assert await anext(lines) == "event: hello"
                await entered.wait()
                server.stop.set()
                rest = [line async for line in lines]
            assert "event: bye" in rest
            go_on.set()
            assert (await in_hand).json() == "done"
        await asyncio.wait_for(server.task, 5)


async def test_what_does_not_end_is_cut_off_at_the_deadline(runtime: Runtime) -> None:
    entered = asyncio.Event()
    app = create_app(runtime, routes(entered, asyncio.Event()))
    listening, stop = listen("127.0.0.1", 0), asyncio.Event()
    task = asyncio.create_task(serve(app, listening, stop, Draining(lambda: None, timedelta(0), timedelta(seconds=1))))
    async with httpx.AsyncClient(base_url=url_of(listening), headers=bearer(await a_key(runtime.database)), timeout=20) as client:
        stuck = asyncio.create_task(client.get(SLOW))
        await entered.wait()
        stop.set()
        await asyncio.wait_for(task, 5)
        is_problem(await stuck, 503, "server.stopping")


async def test_a_server_answers_over_the_wire_what_it_answers_in_process(runtime: Runtime) -> None:
    async with served(create_app(runtime)) as server, httpx.AsyncClient(base_url=server.url) as client:
        answer = await client.get(NOTES)
        assert (answer.status_code, answer.headers["content-type"]) == (401, "application/problem+json")
        assert "server" not in answer.headers
        too_large = await client.post(NOTES, content=b" " * 2_000_000, headers=bearer(await a_key(runtime.database)))
        assert too_large.status_code == 413


def test_an_address_that_is_taken_is_refused_in_chinese() -> None:
    with listen("127.0.0.1", 0) as taken, pytest.raises(AddressTaken, match="无法监听"):
        listen(*taken.getsockname())


async def test_an_answer_does_not_wait_for_the_acknowledgement_of_its_first_packet() -> None:
    at_once: asyncio.Future[int] = asyncio.get_running_loop().create_future()

    def connected(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        at_once.set_result(writer.get_extra_info("socket").getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))
        writer.close()

    listening = listen("127.0.0.1", 0)
    async with await asyncio.start_server(connected, sock=listening):
        _, writer = await asyncio.open_connection(*listening.getsockname())
        assert await at_once == 1
        writer.close()
        await writer.wait_closed()
