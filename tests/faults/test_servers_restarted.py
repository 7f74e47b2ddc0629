"""A broker or a database that dies and comes back costs no fact and doubles none."""

import asyncio
import signal

import pytest

from shared.testing.eventually import seconds
from shared.testing.kafka_server import KafkaServer
from shared.testing.postgres_server import PostgresServer
from shared.testing.stack import Stack
from tests.faults.books import Target
from tests.faults.report import Report
from tests.faults.trial import a_trial

pytestmark = [pytest.mark.postgres, pytest.mark.kafka]

SOME = 60


async def test_a_broker_that_is_killed_and_started_again_loses_nothing_and_the_next_fact_is_handled_at_once(
    target: Target, report: Report, broker: KafkaServer
) -> None:
    async with a_trial("broker killed, away under traffic, started", target, report) as trial:
        await trial.tells(SOME)
        await asyncio.to_thread(broker.kill)
        await trial.accepts(SOME)
        await asyncio.to_thread(broker.start)
        row = await trial.settled(within=seconds(60))
        assert (row.lost, row.doubled) == (0, 0)
        await trial.prompt(within=seconds(5))


async def test_a_database_that_is_shut_down_at_once_and_started_again_loses_nothing(
    target: Target, report: Report, database_server: PostgresServer
) -> None:
    async with a_trial("database shut down (immediate) and started, 3×", target, report) as trial:
        for _ in range(3):
            await trial.tells(SOME)
            await asyncio.to_thread(database_server.stop, signal.SIGQUIT)
            await asyncio.to_thread(database_server.start)
        row = await trial.settled(within=seconds(60))
        assert (row.lost, row.doubled) == (0, 0)
        await trial.prompt(within=seconds(5))


@pytest.mark.nightly
async def test_a_broker_that_is_frozen_and_goes_on_loses_nothing(target: Target, report: Report, broker: KafkaServer) -> None:
    async with a_trial("broker frozen (SIGSTOP) for 20 s", target, report) as trial:
        await trial.tells(SOME)
        broker.freeze()
        try:
            await trial.goes_on(seconds(20))
        finally:
            broker.thaw()
        row = await trial.settled(within=seconds(60))
        assert (row.lost, row.doubled) == (0, 0)
        await trial.prompt(within=seconds(5))


@pytest.mark.nightly
async def test_a_broker_that_is_killed_again_and_again_loses_nothing(target: Target, report: Report, broker: KafkaServer) -> None:
    async with a_trial("broker killed and started, 4×", target, report) as trial:
        for _ in range(4):
            await trial.tells(SOME)
            await asyncio.to_thread(broker.kill)
            await asyncio.to_thread(broker.start)
        row = await trial.settled(within=seconds(60))
        assert (row.lost, row.doubled) == (0, 0)
        await trial.prompt(within=seconds(5))


@pytest.mark.nightly
async def test_databases_that_may_only_be_read_for_a_while_lose_nothing(target: Target, report: Report, stack: Stack) -> None:
    async with a_trial("databases read-only for 10 s", target, report) as trial:
        await trial.tells(SOME)
        await asyncio.to_thread(set_read_only, stack, "on")
        try:
            await trial.goes_on(seconds(10))
        finally:
            await asyncio.to_thread(set_read_only, stack, "off")
        row = await trial.settled(within=seconds(60))
        assert (row.lost, row.doubled) == (0, 0)
        assert trial.traffic.failures["503"] > 0
        await trial.prompt(within=seconds(5))


def set_read_only(stack: Stack, how: str) -> None:
    """Of both databases, for connections that are open as for new ones."""
    for name in stack.databases.values():
        stack.postgres.psql(f"ALTER DATABASE {name} SET default_transaction_read_only = {how}")
    stack.postgres.psql(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND datname <> 'postgres'"
    )
