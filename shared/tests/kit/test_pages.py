"""Lists are cut by key: rows that come and go neither hide nor double others."""

import itertools
from datetime import date, timedelta
from decimal import Decimal
from random import Random

import httpx
import pytest
from sqlalchemy import delete

from shared.kit.runtime import Runtime
from shared.testing.http import is_problem
from shared.testing.sample.app import NOTES
from shared.testing.sample.models import Note

DAY = date(2022, 7, 1)


def a_note(number: int, due_on: date | None = DAY, amount: int = 0, prefix: str = "n") -> Note:
    return Note(code=f"{prefix}-{number:04}", title="开工", amount=Decimal(amount), due_on=due_on)


async def store(runtime: Runtime, *notes: Note) -> None:
    async with runtime.database.unit_of_work("test") as uow:
        uow.session.add_all(notes)


async def walk(client: httpx.AsyncClient, query: str) -> list[dict[str, str]]:
    """All items of a list, page by page."""
    items: list[dict[str, str]] = []
    cursor: str | None = None
    while True:
        page = (
            await client.get(f"{NOTES}?{query}", params=None if cursor is None else {**_pairs(query), "cursor": cursor})
        ).json()
        items.extend(page["items"])
        cursor = page["next_cursor"]
        if cursor is None:
            return items


def _pairs(query: str) -> dict[str, str]:
    return dict(pair.split("=") for pair in query.split("&"))


@pytest.mark.parametrize("sort", ["due_on,code", "-due_on,code", "-due_on,-amount,code", "amount,-due_on", "-code", "title"])
async def test_walking_the_pages_gives_every_row_once_and_in_order(
    client: httpx.AsyncClient, runtime: Runtime, sort: str
) -> None:
    days = [None, DAY, DAY + timedelta(days=1), DAY + timedelta(days=2)]
    await store(runtime, *(a_note(number, days[number % 4], number % 3) for number in range(23)))
    whole = (await client.get(f"{NOTES}?sort={sort}&limit=200")).json()["items"]
    assert len(whole) == 23
    assert await walk(client, f"sort={sort}&limit=4") == whole


async def test_unknown_values_come_last_in_both_directions(client: httpx.AsyncClient, runtime: Runtime) -> None:
    await store(runtime, a_note(1, None), a_note(2, DAY), a_note(3, DAY + timedelta(days=1)))
    for sort, codes in (("due_on", ["n-0002", "n-0003", "n-0001"]), ("-due_on", ["n-0003", "n-0002", "n-0001"])):
        assert [note["code"] for note in await walk(client, f"sort={sort}&limit=1")] == codes


async def test_rows_that_come_and_go_neither_hide_nor_double_others(client: httpx.AsyncClient, runtime: Runtime) -> None:
    random = Random(20220701)  # noqa: S311 - a test wants the same numbers every time
    lasting = [a_note(number, DAY + timedelta(days=number % 7), number % 5) for number in range(60)]
    await store(runtime, *lasting)
    seen: list[str] = []
    params: dict[str, str | int] = {"limit": 7, "sort": "due_on,-amount"}
    for step in itertools.count():
        page = (await client.get(NOTES, params=params)).json()
        seen.extend(note["code"] for note in page["items"] if note["code"].startswith("n-"))
        if page["next_cursor"] is None:
            break
        params["cursor"] = page["next_cursor"]
        fleeting = [a_note(n, DAY + timedelta(days=random.randrange(7)), random.randrange(5), f"x{step}") for n in range(20)]
        await store(runtime, *fleeting)
        async with runtime.database.unit_of_work("test") as uow:
            gone = [note.id for note in fleeting if random.random() < 0.5]
            await uow.session.execute(delete(Note).where(Note.id.in_(gone)))
    assert sorted(seen) == sorted(note.code for note in lasting)


async def test_the_total_is_there_only_when_asked_for(client: httpx.AsyncClient, runtime: Runtime) -> None:
    await store(runtime, *(a_note(number) for number in range(3)))
    assert (await client.get(f"{NOTES}?limit=2&count=true")).json()["total"] == 3
    assert "total" not in (await client.get(f"{NOTES}?limit=2")).json()


async def test_a_cursor_that_was_tampered_with_is_refused(client: httpx.AsyncClient, runtime: Runtime) -> None:
    await store(runtime, *(a_note(number) for number in range(3)))
    cursor = (await client.get(f"{NOTES}?limit=1")).json()["next_cursor"]
    broken = [cursor[:index] + ("A" if cursor[index] != "A" else "B") + cursor[index + 1 :] for index in range(0, len(cursor), 5)]
    for text in ["", "x", "é", "=" * 9, cursor[:-2], cursor + "AAAA", *broken]:
        is_problem(await client.get(NOTES, params={"limit": 1, "cursor": text}), 400, "page.bad-cursor")


@pytest.mark.parametrize("query", ["sort=code", "due_before=2030-01-01", "code=n-0001"])
async def test_a_cursor_of_another_query_is_refused(client: httpx.AsyncClient, runtime: Runtime, query: str) -> None:
    await store(runtime, *(a_note(number) for number in range(3)))
    cursor = (await client.get(f"{NOTES}?limit=1")).json()["next_cursor"]
    is_problem(await client.get(f"{NOTES}?{query}", params={**_pairs(query), "cursor": cursor}), 400, "page.bad-cursor")
    assert (await client.get(NOTES, params={"limit": 2, "cursor": cursor})).status_code == 200
