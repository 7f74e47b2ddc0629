"""A broker or a database that dies and comes back costs no fact and doubles none."""

import asyncio
import signal

import pytest

from shared.testing.eventually import seconds
from shared.testing.kafka_server import KafkaServer
from shared.testing.postgres_server import PostgresServer
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
