"""Many at once: all or nothing, or each for itself."""

import json

import httpx
import pytest

from shared.kit.bulk import BatchIn, BatchOut, run_batch
from shared.kit.http import Uow, service_router
from shared.kit.ids import new_id
from shared.kit.runtime import Runtime
from shared.testing.backbone import outbox_rows
from shared.testing.http import a_client, is_problem, once, pointers, post
from shared.testing.sample.app import NOTES, NoteIn, create_app
from shared.testing.sample.models import Note

BATCH = f"{NOTES}/batch"


def a_note(code: str, **changes: object) -> dict[str, object]:
    return {"code": code, "title": "开工", "amount": "1", **changes}


async def codes(client: httpx.AsyncClient) -> list[str]:
    return [note["code"] for note in (await client.get(NOTES, params={"sort": "code"})).json()["items"]]


async def test_each_writes_the_good_ones_and_answers_for_every_one(client: httpx.AsyncClient, runtime: Runtime) -> None:
    items = [a_note("a"), a_note("b", amount=1), 7, a_note("a"), a_note("c")]
    answer = await post(client, BATCH, {"mode": "each", "items": items})
    results = answer.json()["results"]
    assert [(result["index"], result["status"]) for result in results] == [(0, 201), (1, 422), (2, 422), (3, 409), (4, 201)]
    assert results[1]["problem"]["errors"][0]["pointer"] == "/amount"
    assert results[3]["problem"]["code"] == "note.code-taken"
    assert results[0]["id"]
    assert results[1]["id"] is None
    assert await codes(client) == ["a", "c"]
    assert [subject for subject, _ in await outbox_rows(runtime.database)] == ["620200/milestone/a", "620200/milestone/c"]


async def test_all_writes_nothing_when_one_is_at_fault_and_names_every_fault(client: httpx.AsyncClient, runtime: Runtime) -> None:
    items = [a_note("a"), a_note("b", amount=1, title=""), a_note("a"), a_note("c")]
    answer = await post(client, BATCH, {"mode": "all", "items": items})
    is_problem(answer, 422, "batch.refused")
    assert set(pointers(answer)) == {"/items/1/amount", "/items/1/title", "/items/2/code"}
    assert await codes(client) == []
    assert await outbox_rows(runtime.database) == []


async def test_all_writes_everything_when_all_is_well(client: httpx.AsyncClient) -> None:
    answer = await post(client, BATCH, {"mode": "all", "items": [a_note("a"), a_note("b")]})
    assert [result["status"] for result in answer.json()["results"]] == [201, 201]
    assert await codes(client) == ["a", "b"]


async def test_a_fault_far_into_a_batch_costs_its_neighbours_nothing(client: httpx.AsyncClient, runtime: Runtime) -> None:
    items = [a_note(f"n-{number:03}") for number in range(250)]
    items[130] = a_note("n-001")
    results = (await post(client, BATCH, {"mode": "each", "items": items})).json()["results"]
    assert [result["index"] for result in results] == list(range(250))
    assert [result["index"] for result in results if result["status"] != 201] == [130]
    assert len(await outbox_rows(runtime.database)) == 249


async def test_faults_and_good_ones_side_by_side_are_told_apart(client: httpx.AsyncClient, runtime: Runtime) -> None:
    items = [a_note("taken"), *(a_note("taken" if number % 3 else f"n-{number:03}") for number in range(60))]
    results = (await post(client, BATCH, {"mode": "each", "items": items})).json()["results"]
    expected = [201, *(409 if number % 3 else 201 for number in range(60))]
    assert [(result["index"], result["status"]) for result in results] == list(enumerate(expected))
    assert len(await outbox_rows(runtime.database)) == expected.count(201)


async def test_what_the_database_refuses_only_in_the_end_is_told_apart_too(runtime: Runtime) -> None:
    router = service_router("sample", "raw", tag="直接写入")

    @router.post("/batch")
    async def batch(body: BatchIn[NoteIn], uow: Uow) -> BatchOut:
        async def apply(item: NoteIn) -> str:
            note = Note(id=new_id(), code=item.code, title=item.title, amount=item.amount, due_on=None)
            uow.session.add(note)
            return note.id

        return await run_batch(uow, body, NoteIn, apply)

    async with a_client(create_app(runtime, router), runtime.database) as client:
        body = {"mode": "each", "items": [a_note("a"), a_note("b"), a_note("a"), a_note("c")]}
        results = (await post(client, "/api/sample/v1/raw/batch", body)).json()["results"]
        assert [result["status"] for result in results] == [201, 201, 409, 201]
        assert await codes(client) == ["a", "b", "c"]


async def test_a_hopeless_batch_is_given_up_early(client: httpx.AsyncClient) -> None:
    answer = await post(client, BATCH, {"mode": "all", "items": [a_note("a")] * 1_000})
    assert "至少 1" in is_problem(answer, 422, "batch.refused")["detail"]
    assert "/items/1/code" in pointers(answer)


@pytest.mark.parametrize("body", [{}, {"mode": "some", "items": [1]}, {"mode": "all", "items": []}, {"mode": "all", "items": {}}])
async def test_a_batch_that_is_none_is_refused(client: httpx.AsyncClient, body: object) -> None:
    is_problem(await post(client, BATCH, body), 422, "validation.failed")


async def test_a_batch_has_at_most_five_thousand_items(client: httpx.AsyncClient) -> None:
    answer = await post(client, BATCH, {"mode": "each", "items": [1] * 5_001})
    is_problem(answer, 422, "validation.failed")
    assert pointers(answer) == ["/items"]


async def test_a_batch_may_be_larger_than_other_bodies(client: httpx.AsyncClient) -> None:
    padded = b" " * 1_100_000 + json.dumps({"mode": "all", "items": [a_note("a")]}).encode()
    answer = await client.post(BATCH, content=padded, headers=once(**{"Content-Type": "application/json"}))
    assert answer.json()["results"][0]["status"] == 201
