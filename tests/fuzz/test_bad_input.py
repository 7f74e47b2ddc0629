"""Bad input gets a problem document that says where and what to do, in Chinese, and leaves every row as it was.

One table for all four services, on both databases; what only one service can be told wrong stands at the end.
"""

import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from shared.testing.bonds_api import a_cash_flow
from shared.testing.databases import Templates
from shared.testing.http import is_problem, once, post
from shared.testing.postgres_server import PostgresServer
from shared.testing.runtimes import Migrated
from tests.fuzz.asked import DOORS, Asked, Door, pointers_of, refusal
from tests.fuzz.houses import Houses, a_house

pytestmark = pytest.mark.asyncio(loop_scope="module")

MIB = 1024 * 1024
WITH_BATCHES = [door for door in DOORS if door.batch]
EACH_DOOR = pytest.mark.parametrize("asked", DOORS, ids=lambda door: door.service, indirect=True)
EACH_UNTOUCHED = pytest.mark.parametrize("untouched", DOORS, ids=lambda door: door.service, indirect=True)
BATCHES = pytest.mark.parametrize("asked", WITH_BATCHES, ids=lambda door: door.service, indirect=True)
UNTOUCHED_BATCHES = pytest.mark.parametrize("untouched", WITH_BATCHES, ids=lambda door: door.service, indirect=True)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def houses(database_templates: Templates, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Houses]:
    """Each service on each database, opened when it is first asked: what is refused leaves it as it was for the next."""
    async with AsyncExitStack() as open_until_the_end:
        yield Houses(database_templates, tmp_path_factory, open_until_the_end)


@pytest_asyncio.fixture(loop_scope="module")
async def asked(request: pytest.FixtureRequest, houses: Houses, database_kind: str) -> Asked:
    """The service behind a door, as it is on 2022-07-01, which others asked before."""
    server: PostgresServer | None = request.getfixturevalue("postgres_server") if database_kind == "postgres" else None
    return await houses.behind(request.param, server)


@pytest_asyncio.fixture(loop_scope="module")
async def untouched(request: pytest.FixtureRequest, migrated: Migrated, tmp_path: Path) -> AsyncIterator[Asked]:
    """The service behind a door, which nobody told anything yet."""
    async with a_house(request.param, migrated, tmp_path) as house:
        yield house


def changed(door: Door, **changes: Any) -> dict[str, Any]:
    return {**door.body, **changes}


@EACH_UNTOUCHED
async def test_the_body_that_the_table_starts_from_is_taken(untouched: Asked) -> None:
    before = await untouched.rows()
    answer = await post(untouched.client, untouched.door.url, untouched.door.body)
    assert answer.status_code == 201, answer.text
    assert await untouched.rows() != before


@EACH_DOOR
async def test_what_is_missing_is_named(asked: Asked) -> None:
    before = await asked.rows()
    for name in asked.door.required:
        body = {key: value for key, value in asked.door.body.items() if key != name}
        answer = await post(asked.client, asked.door.url, body)
        assert refusal(answer, 422)["code"] == "validation.failed"
        assert pointers_of(answer) == [f"/{name}"]
    assert await asked.rows() == before


@EACH_DOOR
@pytest.mark.parametrize("wrong", [[], {}, True, 7, {"a": [1]}], ids=repr)
async def test_a_value_of_another_type_is_named(asked: Asked, wrong: Any) -> None:
    before = await asked.rows()
    answer = await post(asked.client, asked.door.url, changed(asked.door, **{asked.door.text: wrong}))
    assert refusal(answer, 422)["code"] == "validation.failed"
    assert pointers_of(answer)[0].startswith(f"/{asked.door.text}")
    assert await asked.rows() == before


@EACH_DOOR
async def test_a_field_that_nobody_knows_is_named(asked: Asked) -> None:
    before = await asked.rows()
    answer = await post(asked.client, asked.door.url, changed(asked.door, created_by="我"))
    refusal(answer, 422)
    assert pointers_of(answer) == ["/created_by"]
    assert await asked.rows() == before


@EACH_DOOR
@pytest.mark.parametrize("text", ["a\x00b", "\ud800", "x" * 100_000], ids=["NUL", "lone surrogate", "endless"])
async def test_text_that_no_database_should_keep_is_named(asked: Asked, text: str) -> None:
    before = await asked.rows()
    content = json.dumps(changed(asked.door, **{asked.door.text: text}))
    answer = await asked.client.post(asked.door.url, content=content, headers=once(**{"content-type": "application/json"}))
    refusal(answer, 422)
    assert f"/{asked.door.text}" in pointers_of(answer)
    assert await asked.rows() == before


NO_JSON = {
    "cut off": b'{"region": ',
    "nothing": b"",
    "broken UTF-8": b'{"region": "\xff\xfe"}',
    "NaN": b'{"region": NaN}',
    "infinity": b'{"region": -Infinity}',
    "a name twice": b'{"region": "620200", "region": "620100"}',
    "too deep": b"[" * 20_000 + b"]" * 20_000,
    "too long a number": b'{"region": ' + b"9" * 10_000 + b"}",
}


@EACH_DOOR
@pytest.mark.parametrize("content", NO_JSON.values(), ids=NO_JSON)
async def test_a_body_that_is_no_json_is_refused(asked: Asked, content: bytes) -> None:
    before = await asked.rows()
    answer = await asked.client.post(asked.door.url, content=content, headers=once(**{"content-type": "application/json"}))
    assert answer.status_code in (400, 422), answer.text
    refusal(answer, answer.status_code)
    assert await asked.rows() == before


@EACH_DOOR
@pytest.mark.parametrize("body", [[], "text", 7, None, True], ids=repr)
async def test_a_body_that_is_no_object_is_refused(asked: Asked, body: Any) -> None:
    before = await asked.rows()
    refusal(await post(asked.client, asked.door.url, body), 422)
    assert await asked.rows() == before


@EACH_DOOR
async def test_a_body_of_another_kind_is_refused(asked: Asked) -> None:
    before = await asked.rows()
    for kind in ("text/plain", "application/xml", "multipart/form-data; boundary=x", "nonsense"):
        answer = await asked.client.post(asked.door.url, content=b"{}", headers=once(**{"content-type": kind}))
        refusal(answer, 415)
    assert await asked.rows() == before


async def in_pieces(mib: int) -> AsyncIterator[bytes]:
    for _ in range(mib):
        yield b" " * MIB


@EACH_DOOR
@pytest.mark.parametrize("whole", [True, False], ids=["with its length", "in pieces"])
async def test_a_body_of_twenty_megabytes_is_refused(asked: Asked, whole: bool) -> None:
    before = await asked.rows()
    content = b" " * (20 * MIB) if whole else in_pieces(20)
    answer = await asked.client.post(asked.door.url, content=content, headers=once(**{"content-type": "application/json"}))
    assert "请分批" in refusal(answer, 413)["detail"]
    assert await asked.rows() == before


@EACH_DOOR
async def test_nobody_is_let_in_without_a_key_that_is_known_and_good_for_it(asked: Asked) -> None:
    before = await asked.rows()
    is_problem(await post(asked.anonymous, asked.door.url, asked.door.body), 401, "auth.missing-credentials")
    for wrong in ("Bearer nonsense", "Basic YTpi", "Bearer rk_test_aaaaaaaa_" + "a" * 49, "Bearer \t"):
        refusal(await post(asked.anonymous, asked.door.url, asked.door.body, Authorization=wrong), 401)
    assert await asked.rows() == before


@EACH_DOOR
async def test_a_post_without_a_good_idempotency_key_is_refused(asked: Asked) -> None:
    before = await asked.rows()
    refusal(await asked.client.post(asked.door.url, json=asked.door.body), 400)
    for wrong in ("", "x" * 300, "mit leer"):
        refusal(await asked.client.post(asked.door.url, json=asked.door.body, headers={"Idempotency-Key": wrong}), 400)
    assert await asked.rows() == before


@EACH_DOOR
@pytest.mark.parametrize(
    "query",
    ["limit=0", "limit=201", "limit=x", "sort=nonsense", "cursor=nonsense", "unheard_of=1", "fields=nonsense", "count=maybe"],
)
async def test_a_list_is_asked_for_in_words_that_it_knows(asked: Asked, query: str) -> None:
    answer = await asked.client.get(f"{asked.door.url}?{query}")
    assert answer.status_code in (400, 422), answer.text
    assert query.partition("=")[0] in json.dumps(refusal(answer, answer.status_code))


@UNTOUCHED_BATCHES
async def test_in_a_batch_the_good_items_are_taken_and_the_bad_ones_answered_for(untouched: Asked) -> None:
    door, good = untouched.door, untouched.door.body
    items = [changed(door, **{door.text: 7}), good, {}, 7, None, "text", [], changed(door, unknown=1)]
    answer = await post(untouched.client, f"{untouched.door.url}/batch", {"mode": "each", "items": items})
    assert answer.status_code == 200, answer.text
    results = answer.json()["results"]
    assert [result["status"] for result in results] == [422, 201, 422, 422, 422, 422, 422, 422]
    assert all(result["problem"]["detail"] for result in results if result["status"] == 422)


@BATCHES
async def test_a_batch_that_is_to_be_taken_whole_leaves_nothing_when_an_item_is_bad(asked: Asked) -> None:
    before = await asked.rows()
    bad = changed(asked.door, **{asked.door.text: 7})
    answer = await post(asked.client, f"{asked.door.url}/batch", {"mode": "all", "items": [asked.door.body, bad]})
    refusal(answer, 422)
    assert pointers_of(answer) == [f"/items/1/{asked.door.text}"]
    assert await asked.rows() == before


@BATCHES
@pytest.mark.parametrize(
    "body", [{}, {"mode": "some", "items": [{}]}, {"mode": "all", "items": []}, {"mode": "all", "items": {}}]
)
async def test_a_batch_that_is_none_is_refused(asked: Asked, body: Any) -> None:
    before = await asked.rows()
    refusal(await post(asked.client, f"{asked.door.url}/batch", body), 422)
    assert await asked.rows() == before


OBSERVATION, PROJECT, PROPOSAL, RECEIVER = DOORS
WRONG = [
    (OBSERVATION, {"period": "2022-M07"}, "/period", "尚未结束"),
    (OBSERVATION, {"period": "2022-M13"}, "/period", "例如 2022-M06"),
    (OBSERVATION, {"period": "2022-M01"}, "/period", "1"),
    (OBSERVATION, {"region": "999999"}, "/region", "999999"),
    (OBSERVATION, {"indicator": "E99"}, "/indicator", "E99"),
    (OBSERVATION, {"value": 6.4}, "/value", "十进制数字的字符串"),
    (OBSERVATION, {"value": "6.4%"}, "/value", ""),
    (OBSERVATION, {"value": "1e400"}, "/value", ""),
    (OBSERVATION, {"value": "0." + "1" * 60}, "/value", ""),
    (PROJECT, {"code": "2113-620200-04-01-123456"}, "/code", ""),
    (PROJECT, {"code": "2106-629900-04-01-123456"}, "/code", ""),
    (PROJECT, {"region": "62020"}, "/region", "六位行政区划代码"),
    (PROJECT, {"kind": "续建"}, "/kind", "continuing"),
    (PROJECT, {"listed_on": "2022-02-30"}, "/listed_on", "2022-07-01"),
    (PROJECT, {"listed_on": "2022-01-01T00:00:00"}, "/listed_on", ""),
    (PROJECT, {"total_investment_wan": "-1"}, "/total_investment_wan", ""),
    (PROJECT, {"total_investment_wan": "NaN"}, "/total_investment_wan", ""),
    (PROPOSAL, {"field": "供水"}, "/field", ""),
    (PROPOSAL, {"region": "110000"}, "/region", ""),
    (PROPOSAL, {"state": "issued"}, "/state", "须为 'idea'、'reserve' 之一"),
    (PROPOSAL, {"term_years": 10**30}, "/term_years", ""),
    (PROPOSAL, {"rate_pct": 3.2}, "/rate_pct", ""),
    (PROPOSAL, {"cash_flows": [a_cash_flow(1, income_wan="x")]}, "/cash_flows/0/income_wan", ""),
    (RECEIVER, {"url": "http://169.254.169.254/latest"}, "/url", ""),
    (RECEIVER, {"url": "ftp://127.0.0.1/hook"}, "/url", ""),
    (RECEIVER, {"url": "http://user:secret@127.0.0.1/hook"}, "/url", ""),
    (RECEIVER, {"levels": ["purple"]}, "/levels/0", ""),
]


@pytest.mark.parametrize(
    ("asked", "changes", "pointer", "says"), WRONG, indirect=["asked"], ids=[f"{row[0].service}-{row[1]}"[:60] for row in WRONG]
)
async def test_what_a_field_cannot_be_is_named_with_the_field(
    asked: Asked, changes: dict[str, Any], pointer: str, says: str
) -> None:
    before = await asked.rows()
    answer = await post(asked.client, asked.door.url, changed(asked.door, **changes))
    problem = refusal(answer, 422)
    assert pointers_of(answer) == [pointer]
    assert says in problem["detail"]
    assert await asked.rows() == before
