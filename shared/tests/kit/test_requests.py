"""What a caller meets at the edge of every service."""

from collections.abc import AsyncIterator

import httpx
import pytest

from shared.kit.runtime import Runtime
from shared.testing.http import a_client, anonymous, is_problem, once, pointers, post
from shared.testing.sample.app import NOTES, create_app

JSON = {"Content-Type": "application/json"}


def a_note(code: str = "n-1", **changes: object) -> dict[str, object]:
    return {"code": code, "title": "开工", "amount": "12.50", "due_on": "2022-07-01", **changes}


async def a_posted_note(client: httpx.AsyncClient, code: str = "n-1") -> str:
    return (await post(client, NOTES, a_note(code))).headers["location"]


async def test_a_created_object_is_answered_with_its_address_and_version(client: httpx.AsyncClient) -> None:
    answer = await post(client, NOTES, a_note())
    assert answer.status_code == 201
    note = answer.json()
    assert answer.headers["location"] == f"{NOTES}/{note['id']}"
    assert answer.headers["etag"] == '"v1"'
    assert note["amount"] == "12.5"
    assert note["created_at"] == "2022-07-01T09:00:00+08:00"
    assert (await client.get(answer.headers["location"])).json() == note


async def test_every_answer_carries_a_request_id_and_security_headers(client: httpx.AsyncClient) -> None:
    answer = await client.get(NOTES, headers={"X-Request-ID": "given-1"})
    assert answer.headers["x-request-id"] == "given-1"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert (await client.get(NOTES, headers={"X-Request-ID": "not valid"})).headers["x-request-id"] != "not valid"


async def test_a_change_wants_the_version_it_is_based_on(client: httpx.AsyncClient) -> None:
    where = await a_posted_note(client)
    is_problem(await client.patch(where, json={"title": "a"}), 428, "precondition.if-match-required")
    is_problem(await client.patch(where, json={"title": "a"}, headers={"If-Match": "v1"}), 400, "precondition.malformed-etag")
    changed = await client.patch(where, json={"title": "竣工"}, headers={"If-Match": '"v1"'})
    assert (changed.status_code, changed.headers["etag"], changed.json()["title"]) == (200, '"v2"', "竣工")
    is_problem(await client.patch(where, json={"title": "b"}, headers={"If-Match": '"v1"'}), 412, "precondition.stale-version")
    assert (await client.delete(where, headers={"If-Match": '"v2"'})).status_code == 204
    is_problem(await client.get(where), 404, "note.not-found")


async def test_an_unchanged_object_is_not_sent_again(client: httpx.AsyncClient) -> None:
    where = await a_posted_note(client)
    assert (await client.get(where, headers={"If-None-Match": '"v1"'})).status_code == 304
    listed = await client.get(NOTES)
    again = await client.get(NOTES, headers={"If-None-Match": listed.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b'{"code": "n-1"', 400, "json.malformed"),
        (b'{"code": NaN}', 400, "json.malformed"),
        (b'{"code": Infinity}', 400, "json.malformed"),
        (b'{"code": 1e999}', 400, "json.malformed"),
        (b'{"code": "a", "code": "b"}', 400, "json.malformed"),
        (b'{"code": "\xff"}', 400, "json.malformed"),
        (b"[" * 500 + b"]" * 500, 400, "json.malformed"),
        (b"[" * 100_000, 400, "json.malformed"),
        (b'{"copies": ' + b"9" * 5_000 + b"}", 400, "json.malformed"),
        (b'{"copies": ' + b"9" * 30 + b"}", 422, "value.unstorable"),
        (b'{"title": "a\\u0000b"}', 422, "value.unstorable"),
        (b'{"title": "\\ud800"}', 422, "value.unstorable"),
        (b'{"\\u0000": 1}', 422, "value.unstorable"),
        (b"[]", 422, "validation.failed"),
        (b"null", 422, "validation.failed"),
        (b"", 422, "validation.failed"),
    ],
)
async def test_a_body_that_cannot_be_taken_is_refused_in_chinese(
    client: httpx.AsyncClient, body: bytes, status: int, code: str
) -> None:
    is_problem(await client.post(NOTES, content=body, headers=once(**JSON)), status, code)


async def test_every_fault_of_a_body_is_named_with_its_place(client: httpx.AsyncClient) -> None:
    wrong = {
        "code": "n 1",
        "title": "",
        "amount": 12.5,
        "due_on": 20220701,
        "urgent": 1,
        "copies": True,
        "region": "999999",
        "x": 1,
    }
    answer = await post(client, NOTES, wrong)
    is_problem(answer, 422, "validation.failed")
    assert set(pointers(answer)) == {"/code", "/title", "/amount", "/due_on", "/urgent", "/copies", "/region", "/x"}


async def test_a_body_of_another_type_is_refused(client: httpx.AsyncClient) -> None:
    headers = once(**{"Content-Type": "text/plain"})
    is_problem(await client.post(NOTES, content=b"{}", headers=headers), 415, "request.content-type")


async def test_a_body_beyond_the_limit_is_refused_whether_its_length_is_declared_or_not(client: httpx.AsyncClient) -> None:
    async def chunks() -> AsyncIterator[bytes]:
        for _ in range(3):
            yield b" " * 500_000

    is_problem(await client.post(NOTES, content=b" " * 1_100_000, headers=once(**JSON)), 413, "request.too-large")
    is_problem(await client.post(NOTES, content=chunks(), headers=once(**JSON)), 413, "request.too-large")


@pytest.mark.parametrize(
    ("query", "code", "place"),
    [
        ("limt=3", "query.refused", "query:limt"),
        ("limit=3&limit=4", "query.refused", "query:limit"),
        ("due_before=%00", "query.refused", "query:due_before"),
        ("limit=" + "9" * 40, "query.refused", "query:limit"),
        ("limit=201", "validation.failed", "query:limit"),
        ("limit=x", "validation.failed", "query:limit"),
        ("due_before=2022-02-30", "validation.failed", "query:due_before"),
        ("sort=", "page.unknown-sort", "query:sort"),
        ("sort=nothing", "page.unknown-sort", "query:sort"),
        ("fields=nothing", "query.unknown-fields", "query:fields"),
    ],
)
async def test_a_wrong_query_parameter_is_named(client: httpx.AsyncClient, query: str, code: str, place: str) -> None:
    answer = await client.get(f"{NOTES}?{query}")
    is_problem(answer, 422, code)
    assert pointers(answer) == [place]


@pytest.mark.parametrize("path", [f"{NOTES}/not-an-id", f"{NOTES}/a%00b", f"{NOTES}/%ff", f"{NOTES}/{'9' * 3000}"])
async def test_a_wrong_path_parameter_is_refused(client: httpx.AsyncClient, path: str) -> None:
    assert (await client.get(path)).status_code == 422


async def test_what_is_not_there_is_a_problem_too(client: httpx.AsyncClient) -> None:
    is_problem(await client.get("/api/sample/v1/nothing"), 404, "path.not-found")
    is_problem(await client.get(f"{NOTES}/"), 404, "path.not-found")


async def test_a_method_that_is_not_offered_is_answered_with_those_that_are(client: httpx.AsyncClient) -> None:
    refused = await client.put(NOTES)
    is_problem(refused, 405, "method.not-allowed")
    assert refused.headers["allow"] == "GET, POST"
    where = await a_posted_note(client)
    assert (await client.request("TRACE", where)).headers["allow"] == "DELETE, GET, PATCH"


async def test_a_key_is_wanted_before_anything_is_read(runtime: Runtime) -> None:
    async with anonymous(create_app(runtime)) as client:
        unknown = await client.post(NOTES, content=b"{not json", headers=once())
        is_problem(unknown, 401, "auth.missing-credentials")
        assert unknown.headers["www-authenticate"].startswith("Bearer")
        for header in ("Bearer x", "Basic eDp5", "", "Bearer rk_test_abcdefgh_" + "a" * 49):
            is_problem(await client.get(NOTES, headers={"Authorization": header}), 401, "auth.invalid-key")


async def test_a_caller_without_the_scope_is_told_which_one_he_lacks(runtime: Runtime) -> None:
    async with a_client(create_app(runtime), runtime.database, "sample:read") as client:
        assert (await client.get(NOTES)).status_code == 200
        assert "sample:write" in is_problem(await post(client, NOTES, a_note()), 403, "auth.missing-scope")["detail"]
        assert "sample:admin" in is_problem(await client.get("/api/sample/v1/bus-status"), 403, "auth.missing-scope")["detail"]


async def test_a_conflict_with_a_row_written_meanwhile_is_a_409(client: httpx.AsyncClient) -> None:
    await a_posted_note(client)
    is_problem(await post(client, NOTES, a_note()), 409, "note.code-taken")


async def test_a_list_can_be_cut_down_to_some_fields(client: httpx.AsyncClient) -> None:
    await a_posted_note(client)
    (note,) = (await client.get(f"{NOTES}?fields=code,title")).json()["items"]
    assert note.keys() == {"id", "code", "title"}


async def test_documents_are_there_without_a_key_outside_of_production(runtime: Runtime) -> None:
    async with anonymous(create_app(runtime)) as client:
        document = (await client.get("/api/sample/openapi.json")).json()
        assert document["openapi"].startswith("3.1")
        page = await client.get("/api/sample/docs")
        assert "新建记录" in page.text
        assert "<script" not in page.text


async def test_bus_status_counts_what_was_recorded(client: httpx.AsyncClient) -> None:
    await a_posted_note(client, "a")
    await a_posted_note(client, "b")
    status = (await client.get("/api/sample/v1/bus-status")).json()
    assert (status["sequences"], status["objects"], status["unsent"], status["parked"]) == (2, 2, 2, 0)
