"""One effect per Idempotency-Key."""

import asyncio
from datetime import timedelta

import httpx
import pytest
from sqlalchemy import func, select

from shared.kit.backbone import idempotency_key
from shared.kit.housekeeping import sweep
from shared.kit.runtime import Runtime
from shared.testing.backbone import outbox_rows
from shared.testing.clock import FakeClock
from shared.testing.http import a_client, is_problem, once
from shared.testing.sample.app import NOTES, create_app

KEY = once()


def a_note(code: str = "n-1") -> dict[str, object]:
    return {"code": code, "title": "开工", "amount": "12.50"}


async def kept_answers(runtime: Runtime) -> int:
    async with runtime.database.reading() as view:
        return await view.session.scalar(select(func.count()).select_from(idempotency_key)) or 0


async def test_the_second_arrival_gets_the_first_answer_and_has_no_effect(client: httpx.AsyncClient, runtime: Runtime) -> None:
    first = await client.post(NOTES, json=a_note(), headers=KEY)
    second = await client.post(NOTES, json=a_note(), headers=KEY)
    assert (second.status_code, second.content) == (first.status_code, first.content) == (201, first.content)
    assert second.headers["idempotency-replayed"] == "true"
    assert "idempotency-replayed" not in first.headers
    assert [second.headers[name] for name in ("etag", "location", "content-type")] == [
        first.headers[name] for name in ("etag", "location", "content-type")
    ]
    assert len((await client.get(NOTES)).json()["items"]) == 1
    assert len(await outbox_rows(runtime.database)) == 1


async def test_a_quoted_key_is_the_same_as_a_bare_one(client: httpx.AsyncClient) -> None:
    first = await client.post(NOTES, json=a_note(), headers={"Idempotency-Key": '"k-1"'})
    second = await client.post(NOTES, json=a_note(), headers={"Idempotency-Key": "k-1"})
    assert second.json() == first.json()


@pytest.mark.parametrize("path", [NOTES, f"{NOTES}/batch", f"{NOTES}/sums"])
async def test_every_post_wants_a_key(client: httpx.AsyncClient, path: str) -> None:
    is_problem(await client.post(path, json=a_note()), 400, "idempotency.key-missing")


@pytest.mark.parametrize("key", ["", "a b", "x" * 129, '"unclosed', "é"])
async def test_a_malformed_key_is_refused(client: httpx.AsyncClient, key: str) -> None:
    answer = await client.post(NOTES, json=a_note(), headers={b"Idempotency-Key": key.encode("latin-1")})
    is_problem(answer, 400, "idempotency.key-malformed")


async def test_the_same_key_with_another_body_is_refused(client: httpx.AsyncClient) -> None:
    await client.post(NOTES, json=a_note(), headers=KEY)
    is_problem(await client.post(NOTES, json=a_note("other"), headers=KEY), 422, "idempotency.key-reused")


async def test_another_caller_with_the_same_key_is_not_shown_the_answer(client: httpx.AsyncClient, runtime: Runtime) -> None:
    await client.post(NOTES, json=a_note(), headers=KEY)
    async with a_client(create_app(runtime), runtime.database, name="other") as other:
        is_problem(await other.post(NOTES, json=a_note(), headers=KEY), 409, "note.code-taken")


async def test_a_refusal_is_not_kept(client: httpx.AsyncClient, runtime: Runtime) -> None:
    is_problem(await client.post(NOTES, json={**a_note(), "amount": "x"}, headers=KEY), 422, "validation.failed")
    assert await kept_answers(runtime) == 0
    assert (await client.post(NOTES, json=a_note(), headers=KEY)).status_code == 201


async def test_a_key_is_forgotten_after_its_time(client: httpx.AsyncClient, runtime: Runtime) -> None:
    assert isinstance(runtime.clock, FakeClock)
    await client.post(NOTES, json=a_note(), headers=KEY)
    runtime.clock.advance(timedelta(hours=47))
    assert await sweep(runtime.database) == 0
    runtime.clock.advance(timedelta(hours=1))
    is_problem(await client.post(NOTES, json=a_note(), headers=KEY), 409, "note.code-taken")
    assert (await client.post(NOTES, json=a_note("n-2"), headers=KEY)).status_code == 201
    runtime.clock.advance(timedelta(hours=48))
    assert await sweep(runtime.database) == 1
    assert await kept_answers(runtime) == 0


async def test_of_fifty_arrivals_at_once_one_has_an_effect(client: httpx.AsyncClient, runtime: Runtime) -> None:
    answers = await asyncio.gather(*(client.post(NOTES, json=a_note(), headers=KEY) for _ in range(50)))
    made = {answer.content for answer in answers if answer.status_code == 201}
    assert len(made) == 1
    assert all(answer.status_code in (201, 409) for answer in answers)
    assert len([answer for answer in answers if answer.status_code == 201 and "idempotency-replayed" not in answer.headers]) == 1
    assert len(await outbox_rows(runtime.database)) == 1
    for answer in answers:
        if answer.status_code == 409:
            is_problem(answer, 409, "idempotency.in-progress")
