"""A database that says nothing is given up in time, and asked again when it is back."""

import asyncio
import os
import signal
import socket
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
import pytest_asyncio
from sqlalchemy import select, text

from shared.contracts.catalogue import source_of
from shared.kit import db
from shared.kit.database_problems import meaning
from shared.kit.db import Database
from shared.kit.embedded_bus import EmbeddedBus
from shared.kit.errors import Unavailable
from shared.kit.relay import Relay
from shared.testing.backbone import a_database, a_withdrawal
from shared.testing.eventually import eventually, seconds
from shared.testing.postgres_server import PostgresServer

pytestmark = pytest.mark.postgres

BACKEND = text("SELECT pg_backend_pid()")


@pytest_asyncio.fixture
async def database(postgres_server: PostgresServer) -> AsyncIterator[Database]:
    name = postgres_server.create_database()
    async with a_database(postgres_server.url(name), pool_size=1) as database:
        yield database
    postgres_server.drop_database(name)


@pytest_asyncio.fixture
async def bus(tmp_path: Path) -> AsyncIterator[EmbeddedBus]:
    bus = EmbeddedBus(tmp_path / "bus.db")
    await bus.start(5)
    yield bus
    await bus.close(5)


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


async def test_a_relay_whose_server_freezes_lets_go_and_leads_again_with_another_connection(
    postgres_server: PostgresServer, bus: EmbeddedBus, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(db, "LONGEST_TRANSACTION_SECONDS", 0.5)
    stop, frozen = asyncio.Event(), 0
    async with a_database(postgres_server.url(postgres_server.create_database())) as database:
        relay = Relay(database, bus, source=source_of("project"), poll_interval=timedelta(milliseconds=20))
        relaying = asyncio.create_task(relay.run(stop))
        try:
            await eventually(lambda: relay.state.leading, within=seconds(10))
            frozen = int(postgres_server.psql("SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND granted"))
            os.kill(frozen, signal.SIGSTOP)
            await eventually(lambda: relay.state.failures > 0, within=seconds(20))
            async with database.unit_of_work("test") as uow:
                uow.record(a_withdrawal())
            # Until the server knows that its client is gone, the lock is its own still: a second relay must not lead.
            assert relay.state.sent == 0
        finally:
            os.kill(frozen, signal.SIGCONT)
        await eventually(lambda: relay.state.sent == 1, within=seconds(20))
        stop.set()
        await relaying


async def test_every_connection_is_watched_for_a_peer_that_is_gone_without_a_word(database: Database) -> None:
    async with database.transaction() as connection:
        raw = (await connection.get_raw_connection()).driver_connection
        assert raw is not None
        own = raw._transport.get_extra_info("socket")
        assert own.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE) == 1
        assert own.getsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE) == 10
        assert own.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT) == 20_000
