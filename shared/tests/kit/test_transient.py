"""Trouble of a database is not poison: it is waited out, and a caller is asked to come again."""

import sqlite3

import pytest
from sqlalchemy import Executable, insert, text
from sqlalchemy.exc import DBAPIError, OperationalError

from shared.kit import database_problems
from shared.kit.backbone import relay_lease
from shared.kit.consumer import is_transient
from shared.kit.db import Database
from shared.testing.backbone import AT, a_database
from shared.testing.postgres_server import PostgresServer

READ_ONLY = {"sqlite": "PRAGMA query_only = ON", "postgresql": "SET TRANSACTION READ ONLY"}
RAISE = "DO $$ BEGIN RAISE EXCEPTION 'for now' USING ERRCODE = '{}'; END $$"


async def executed(database: Database, *statements: Executable) -> None:
    async with database.engine.begin() as connection:
        for statement in statements:
            await connection.execute(statement)


async def refusal(database: Database, *statements: Executable) -> DBAPIError:
    """What these raise."""
    with pytest.raises(DBAPIError) as caught:
        await executed(database, *statements)
    return caught.value


async def test_a_database_that_may_only_be_read_is_waited_for(database_url: str) -> None:
    async with a_database(database_url) as database:
        write = insert(relay_lease).values(name="relay", owner="me", until=AT)
        error = await refusal(database, text(READ_ONLY[database.dialect]), write)
        assert is_transient(error)
        assert database_problems.is_outage(error)


@pytest.mark.postgres
@pytest.mark.parametrize(
    "code", ["08006", "25006", "40001", "40P01", "53100", "53200", "53300", "55P03", "57P01", "57P03", "57P05"]
)
async def test_trouble_of_the_server_is_waited_out(postgres_server: PostgresServer, code: str) -> None:
    async with a_database(postgres_server.url(postgres_server.create_database())) as database:
        error = await refusal(database, text(RAISE.format(code)))
        assert is_transient(error)
        assert database_problems.is_outage(error)


@pytest.mark.parametrize(
    "trouble", ["database is locked", "database or disk is full", "disk I/O error", "unable to open database file"]
)
def test_trouble_of_the_file_is_waited_out(trouble: str) -> None:
    assert is_transient(OperationalError("INSERT", {}, sqlite3.OperationalError(trouble)))


async def test_a_statement_that_can_never_succeed_is_no_trouble_of_the_database(database_url: str) -> None:
    async with a_database(database_url) as database:
        assert not is_transient(await refusal(database, text("SELECT * FROM nowhere")))
