"""Trouble of a database is not poison: it is waited out, and a caller is asked to come again."""

import sqlite3

import pytest
from sqlalchemy import insert, text
from sqlalchemy.exc import DBAPIError, OperationalError

from shared.kit import database_problems
from shared.kit.backbone import relay_lease
from shared.kit.consumer import is_transient
from shared.kit.db import Database
from shared.testing.backbone import AT, a_database
from shared.testing.postgres_server import PostgresServer

READ_ONLY = {"sqlite": "PRAGMA query_only = ON", "postgresql": "SET TRANSACTION READ ONLY"}
RAISE = "DO $$ BEGIN RAISE EXCEPTION 'for now' USING ERRCODE = '{}'; END $$"


async def refusal(database: Database, *statements: str) -> DBAPIError:
    """What the last of these raises."""
    *before, last = statements
    with pytest.raises(DBAPIError) as caught:
        async with database.engine.begin() as connection:
            for statement in before:
                await connection.execute(text(statement))
            await connection.execute(text(last))
    return caught.value


async def test_a_database_that_may_only_be_read_is_waited_for(database_url: str) -> None:
    async with a_database(database_url) as database:
        with pytest.raises(DBAPIError) as caught:
            async with database.engine.begin() as connection:
                await connection.execute(text(READ_ONLY[database.dialect]))
                await connection.execute(insert(relay_lease).values(name="relay", owner="me", until=AT))
        assert is_transient(caught.value)
        assert database_problems.is_outage(caught.value)


@pytest.mark.postgres
@pytest.mark.parametrize(
    "code", ["08006", "25006", "40001", "40P01", "53100", "53200", "53300", "55P03", "57P01", "57P03", "57P05"]
)
async def test_trouble_of_the_server_is_waited_out(postgres_server: PostgresServer, code: str) -> None:
    async with a_database(postgres_server.url(postgres_server.create_database())) as database:
        error = await refusal(database, RAISE.format(code))
        assert is_transient(error)
        assert database_problems.is_outage(error)


@pytest.mark.parametrize(
    "trouble", ["database is locked", "database or disk is full", "disk I/O error", "unable to open database file"]
)
def test_trouble_of_the_file_is_waited_out(trouble: str) -> None:
    assert is_transient(OperationalError("INSERT", {}, sqlite3.OperationalError(trouble)))


async def test_a_statement_that_can_never_succeed_is_no_trouble_of_the_database(database_url: str) -> None:
    async with a_database(database_url) as database:
        assert not is_transient(await refusal(database, "SELECT * FROM nowhere"))
