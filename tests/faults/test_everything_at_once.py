"""A minute in which processes, broker and database die at moments of their own: the faults meet, and still nothing is lost."""

import asyncio
import signal
from typing import Final

import pytest

from shared.testing.eventually import seconds
from shared.testing.kafka_server import KafkaServer
from shared.testing.postgres_server import PostgresServer
from shared.testing.stack import Stack
from tests.faults.books import Target
from tests.faults.kills import EVERY_ROLE, Killer
from tests.faults.report import Report
from tests.faults.trial import Trial, a_trial

pytestmark = [pytest.mark.postgres, pytest.mark.kafka]

SOME: Final = 40
TIMES: Final = 8
"""32 kills of processes in all, beside two of the broker and one of the database."""


async def kill_servers(trial: Trial, broker: KafkaServer, database_server: PostgresServer) -> None:
    """The broker, the database, the broker: each is away for as long as it takes to start it."""
    await trial.moves(SOME)
    await asyncio.to_thread(broker.kill)
    await trial.accepts(SOME)
    await asyncio.to_thread(broker.start)
    await trial.moves(SOME)
    await asyncio.to_thread(database_server.stop, signal.SIGQUIT)
    await asyncio.to_thread(database_server.start)
    await trial.moves(SOME)
    await asyncio.to_thread(broker.kill)
    await asyncio.to_thread(broker.start)


async def test_everything_that_dies_at_once_loses_nothing_and_doubles_nothing(
    target: Target, report: Report, stack: Stack, broker: KafkaServer, database_server: PostgresServer
) -> None:
    async with a_trial("32 processes killed, broker 2×, database 1×, all at once", target, report) as trial:
        await trial.tells(SOME)
        async with asyncio.TaskGroup() as group:
            killing = group.create_task(Killer(stack, trial, seed=11).kill(EVERY_ROLE, times=TIMES))
            group.create_task(kill_servers(trial, broker, database_server))
        row = await trial.settled(within=seconds(60))
        assert (row.lost, row.doubled, killing.result()) == (0, 0, len(EVERY_ROLE) * TIMES)
        await trial.prompt(within=seconds(5))
