"""One server of several is lost for good: the others go on with everything that was accepted."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from shared.testing.databases import cannot_test_without
from shared.testing.eventually import eventually, seconds
from shared.testing.kafka_cluster import KafkaCluster
from shared.testing.kafka_server import KafkaServer
from shared.testing.postgres_pair import PostgresPair
from shared.testing.postgres_server import PostgresServer, ServerMissing
from shared.testing.stack import Brokers, Stack
from shared.testing.toxiproxy import Toxiproxy
from tests.faults.books import Target
from tests.faults.conftest import AS_IN_PRODUCTION, HURRY, NOTICED_SOON
from tests.faults.report import Report
from tests.faults.trial import a_trial

pytestmark = [pytest.mark.postgres, pytest.mark.kafka, pytest.mark.nightly]

SOME = 60


@dataclass(frozen=True)
class Redundant:
    """The suite on servers of which one may be lost."""

    stack: Stack
    target: Target
    way: str = ""


def running(database: PostgresServer, brokers: Brokers) -> Stack:
    return Stack(database, brokers, services=("project", "alert"), settings=HURRY)


def redundant(stack: Stack, way: str = "") -> Redundant:
    return Redundant(stack, Target(stack.urls.__getitem__, stack.key), way)


@pytest.fixture(params=["one address", "a URL with both hosts"])
def on_a_pair(request: pytest.FixtureRequest, broker: KafkaServer) -> Iterator[Redundant]:
    one_address = request.param == "one address"
    try:
        with (
            Toxiproxy() as toxiproxy,
            PostgresPair(toxiproxy, AS_IN_PRODUCTION, one_address=one_address) as pair,
            running(pair, broker) as stack,
        ):
            yield redundant(stack, request.param)
    except ServerMissing as missing:
        cannot_test_without(missing)


@pytest.fixture
def on_a_cluster(database_server: PostgresServer) -> Iterator[Redundant]:
    try:
        with KafkaCluster(NOTICED_SOON) as cluster, running(database_server, cluster) as stack:
            yield redundant(stack)
    except ServerMissing as missing:
        cannot_test_without(missing)


async def test_a_standby_that_takes_over_has_everything_that_was_accepted(on_a_pair: Redundant, report: Report) -> None:
    pair = on_a_pair.stack.postgres
    assert isinstance(pair, PostgresPair)
    async with a_trial(f"database lost, standby promoted ({on_a_pair.way})", on_a_pair.target, report) as trial:
        await trial.tells(SOME)
        await eventually(lambda: pair.standby.follows, within=seconds(30))
        await asyncio.to_thread(pair.fail_over)
        row = await trial.settled(within=seconds(60))
        assert (row.lost, row.doubled) == (0, 0)
        await trial.prompt(within=seconds(5))


async def test_two_brokers_of_three_go_on_with_everything_and_take_the_third_back(
    on_a_cluster: Redundant, report: Report
) -> None:
    cluster = on_a_cluster.stack.kafka
    assert isinstance(cluster, KafkaCluster)
    async with a_trial("1 of 3 brokers killed and started, each in turn", on_a_cluster.target, report) as trial:
        for node in cluster.nodes:
            await trial.tells(SOME)
            await asyncio.to_thread(node.kill)
            await trial.tells(SOME)
            await asyncio.to_thread(node.start)
        row = await trial.settled(within=seconds(60))
        assert (row.lost, row.doubled) == (0, 0)
        await trial.prompt(within=seconds(5))
