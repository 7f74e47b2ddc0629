"""One transaction holds the change and the facts that report it."""

import asyncio
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from sqlalchemy import insert, select, text
from sqlalchemy.exc import DBAPIError

from shared.kit.backbone import fact_sequence, idempotency_key, relay_lease
from shared.kit.clock import SystemClock
from shared.kit.db import Database, UnitOfWork
from shared.kit.errors import TooLarge
from shared.testing.backbone import a_database, a_withdrawal, numbers_taken, outbox_rows


@pytest_asyncio.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    async with a_database(database_url) as database:
        yield database


async def write_lease(uow: UnitOfWork, name: str) -> None:
    await uow.session.execute(insert(relay_lease).values(name=name, owner="me", until=uow.now))


async def leases(database: Database) -> list[str]:
    async with database.reading() as view:
        return list((await view.session.scalars(select(relay_lease.c.name).order_by(relay_lease.c.name))).all())


async def test_a_change_and_its_fact_are_committed_together(database: Database) -> None:
    async with database.unit_of_work("test") as uow:
        await write_lease(uow, "a")
        uow.record(a_withdrawal())
    assert await leases(database) == ["a"]
    assert await outbox_rows(database) == [("620200/milestone/m-1", 1)]


async def test_neither_is_there_when_the_block_fails(database: Database) -> None:
    async def write_and_fail() -> None:
        async with database.unit_of_work("test") as uow:
            await write_lease(uow, "a")
            uow.record(a_withdrawal())
            raise KeyError

    with pytest.raises(KeyError):
        await write_and_fail()
    assert await leases(database) == []
    assert await outbox_rows(database) == []
    assert await numbers_taken(database) == 0


async def test_a_savepoint_undoes_its_own_rows_and_facts_only(database: Database) -> None:
    async def write_and_fail(uow: UnitOfWork) -> None:
        async with uow.savepoint():
            await write_lease(uow, "undone")
            uow.record(a_withdrawal("undone"))
            raise KeyError

    async with database.unit_of_work("test") as uow:
        await write_lease(uow, "kept")
        uow.record(a_withdrawal("kept"))
        with pytest.raises(KeyError):
            await write_and_fail(uow)
    assert await leases(database) == ["kept"]
    assert await outbox_rows(database) == [("620200/milestone/kept", 1)]


async def test_facts_of_one_object_are_numbered_without_gaps_under_concurrent_writers(database: Database) -> None:
    async def write(times: int) -> None:
        for _ in range(times):
            async with database.unit_of_work("test") as uow:
                uow.record(a_withdrawal("m-1"))
                uow.record(a_withdrawal("m-2"))

    await asyncio.gather(*(write(10) for _ in range(8)))
    rows = await outbox_rows(database)
    for subject in ("620200/milestone/m-1", "620200/milestone/m-2"):
        assert [number for of, number in rows if of == subject] == list(range(1, 81))


async def test_several_facts_of_one_object_in_one_transaction_keep_their_order(database: Database) -> None:
    async with database.unit_of_work("test") as uow:
        for _ in range(3):
            uow.record(a_withdrawal("m-1"))
    assert await outbox_rows(database) == [("620200/milestone/m-1", number) for number in (1, 2, 3)]


async def test_more_subjects_than_one_statement_takes_are_all_numbered(database: Database) -> None:
    async with database.unit_of_work("test") as uow:
        for number in range(1100):
            uow.record(a_withdrawal(f"m-{number}"))
    assert await numbers_taken(database) == 1100
    assert len(await outbox_rows(database)) == 1100


async def test_a_fact_too_large_for_the_bus_is_refused_before_anything_is_written(database: Database) -> None:
    async def write_too_much() -> None:
        async with database.unit_of_work("test") as uow:
            await write_lease(uow, "a")
            uow.record(a_withdrawal(reason="长" * 600_000))

    with pytest.raises(TooLarge):
        await write_too_much()
    assert await leases(database) == []


async def test_a_waiter_is_woken_when_facts_were_written(database: Database) -> None:
    waiting = asyncio.create_task(database.facts_written.wait(30))
    async with database.unit_of_work("test") as uow:
        uow.record(a_withdrawal())
    await asyncio.wait_for(waiting, 5)
    assert waiting.done()


async def test_reading_leaves_nothing_behind(database: Database) -> None:
    async def try_to_write() -> None:
        async with database.reading() as view:
            await view.session.execute(insert(fact_sequence).values(subject="x", last=1))

    if database.dialect == "postgresql":
        with pytest.raises(DBAPIError, match="read-only"):
            await try_to_write()
    else:
        await try_to_write()
    assert await numbers_taken(database) == 0


async def test_a_database_file_flushes_every_commit_and_keeps_no_wal(database: Database) -> None:
    async with database.reading() as view:
        if database.dialect == "sqlite":
            assert await view.session.scalar(text("PRAGMA journal_mode")) == "truncate"
            assert await view.session.scalar(text("PRAGMA synchronous")) == 2
        else:
            assert await view.session.scalar(text("SHOW statement_timeout")) == "15s"


async def test_a_ping_answers_even_while_somebody_writes(database: Database) -> None:
    async with database.unit_of_work("test") as uow:
        await write_lease(uow, "a")
        await asyncio.wait_for(database.ping(), 2)
    assert await leases(database) == ["a"]


async def test_a_database_that_is_not_there_says_so_at_the_ping() -> None:
    database = Database("postgresql+asyncpg://nobody@127.0.0.1:1/none", clock=SystemClock())
    with pytest.raises(ConnectionRefusedError):
        await database.ping()
    await database.close()


def test_the_idempotency_table_is_scoped_by_principal() -> None:
    assert [column.name for column in idempotency_key.primary_key] == ["principal", "method", "route", "key"]
