"""When things go wrong inside, the caller gets a clear answer and half an effect never stays."""

import asyncio
from typing import Annotated, NoReturn

import httpx
import structlog
from fastapi import APIRouter, Query
from sqlalchemy import text

from shared.kit.http import Reads, Uow, service_router
from shared.kit.runtime import Runtime
from shared.kit.schemas import Count
from shared.testing.http import a_client, anonymous, is_problem, post
from shared.testing.sample.app import NOTES, create_app
from shared.testing.sample.models import Note

TROUBLE = "/api/sample/v1/trouble"


def troubled() -> APIRouter:
    router = service_router("sample", "trouble", tag="故障")

    @router.post("/after-write", status_code=201)
    async def after_write(uow: Uow) -> dict[str, str]:
        uow.session.add(a_row("half"))
        await uow.session.flush()
        raise ZeroDivisionError

    @router.post("/at-commit", status_code=201)
    async def at_commit(uow: Uow) -> dict[str, str]:
        uow.session.add_all([a_row("same"), a_row("same")])
        return {"said": "yes"}

    @router.get("/too-big")
    async def too_big(view: Reads, number: Annotated[Count, Query()]) -> int | None:
        found: int | None = await view.session.scalar(text("SELECT CAST(:n AS BIGINT)"), {"n": 10**10 * number**2})
        return found

    return router


def a_row(code: str) -> Note:
    return Note(code=code, title="开工", amount=1, due_on=None)


async def test_an_unexpected_error_is_a_problem_without_a_trace_and_is_logged_once(runtime: Runtime) -> None:
    async with a_client(create_app(runtime, troubled()), runtime.database) as client:
        with structlog.testing.capture_logs() as lines:
            answer = await post(client, f"{TROUBLE}/after-write", None)
        is_problem(answer, 500, "internal")
        assert "ZeroDivisionError" not in answer.text
        assert [line["event"] for line in lines if line["log_level"] == "error"] == ["http.unexpected_error"]
        assert (await client.get(NOTES)).json()["items"] == []


async def test_a_commit_that_fails_is_not_answered_with_success(runtime: Runtime) -> None:
    async with a_client(create_app(runtime, troubled()), runtime.database) as client:
        is_problem(await post(client, f"{TROUBLE}/at-commit", None), 409, "conflict.concurrent-change")
        assert (await client.get(NOTES)).json()["items"] == []


async def test_a_number_that_no_column_holds_is_the_callers_fault(runtime: Runtime) -> None:
    async with a_client(create_app(runtime, troubled()), runtime.database) as client:
        is_problem(await client.get(f"{TROUBLE}/too-big?number=2000000000"), 422, "value.out-of-range")


async def test_of_twenty_changes_to_one_version_exactly_one_is_made(client: httpx.AsyncClient) -> None:
    note = {"code": "n-1", "title": "开工", "amount": "1"}
    where = (await post(client, NOTES, note)).headers["location"]
    changes = [client.patch(where, json={"title": f"第 {n} 次"}, headers={"If-Match": '"v1"'}) for n in range(20)]
    answers = await asyncio.gather(*changes)
    (won,) = [answer for answer in answers if answer.status_code == 200]
    assert {answer.status_code for answer in answers} <= {200, 409, 412}
    assert (await client.get(where)).json() == won.json()
    assert won.json()["version"] == 2


async def test_a_database_that_cannot_be_reached_is_a_503_with_retry_after(runtime: Runtime) -> None:
    app = create_app(runtime)
    async with a_client(app, runtime.database) as client:
        await client.get(NOTES)
        await app.state.edge.keys.close()
        await refuse_connections(runtime)
        for answer in (await client.get(NOTES), await post(client, NOTES, {"code": "a", "title": "b", "amount": "1"})):
            is_problem(answer, 503, "database.unavailable")
            assert int(answer.headers["retry-after"]) >= 1
    async with anonymous(app) as client:
        assert (await client.get("/livez")).status_code == 200
        assert (await client.get("/readyz")).status_code == 503


async def refuse_connections(runtime: Runtime) -> None:
    """From now on every new connection fails the way a stopped server makes it fail."""
    await runtime.database.engine.dispose()

    def refuse(*_arguments: object, **_named: object) -> NoReturn:
        raise ConnectionRefusedError(111, "Connection refused")

    runtime.database.engine.sync_engine.dialect.connect = refuse  # type: ignore[method-assign]  # the one place through which every connection comes
