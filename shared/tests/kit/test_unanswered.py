"""A database that says nothing is given up in time, and asked again when it is back."""

import os
import signal
import socket
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from sqlalchemy import select, text

from shared.kit import db
from shared.kit.database_problems import meaning
from shared.kit.db import Database
from shared.kit.errors import Unavailable
from shared.testing.backbone import a_database
from shared.testing.postgres_server import PostgresServer

pytestmark = pytest.mark.postgres

BACKEND = text("SELECT pg_backend_pid()")


@pytest_asyncio.fixture
async def database(postgres_server: PostgresServer) -> AsyncIterator[Database]:
    name = postgres_server.create_database()
    async with a_database(postgres_server.url(name), pool_size=1) as database:
        yield database
    postgres_server.drop_database(name)


async def freeze_within(database: Database, frozen: list[int]) -> None:
    """A transaction whose server process stops answering in the middle."""
    async with database.unit_of_work("test") as uow:
        frozen.append(await uow.session.scalar(BACKEND) or 0)
        os.kill(frozen[0], signal.SIGSTOP)
        await uow.session.execute(select(1))


async def test_a_server_that_freezes_in_a_transaction_is_an_outage_and_not_a_wait_for_ever(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(db, "LONGEST_TRANSACTION_SECONDS", 1.0)
    frozen: list[int] = []
    try:
        with pytest.raises(TimeoutError) as given_up:
            await freeze_within(database, frozen)
        assert isinstance(meaning(given_up.value), Unavailable)
        async with database.reading() as view:
            assert await view.session.scalar(BACKEND) not in frozen
    finally:
        for backend in frozen:
            os.kill(backend, signal.SIGCONT)


async def test_every_connection_is_watched_for_a_peer_that_is_gone_without_a_word(database: Database) -> None:
    async with database.transaction() as connection:
        raw = (await connection.get_raw_connection()).driver_connection
        assert raw is not None
        own = raw._transport.get_extra_info("socket")
        assert own.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE) == 1
        assert own.getsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE) == 10
        assert own.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT) == 20_000
