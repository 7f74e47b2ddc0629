"""A network between a service and its servers that is cut, slow or swallows everything costs no fact and doubles none."""

import asyncio
from collections.abc import Callable, Iterator

import pytest

from shared.testing.databases import cannot_test_without
from shared.testing.eventually import seconds
from shared.testing.postgres_server import ServerMissing
from shared.testing.proxied_servers import ProxiedKafka, ProxiedPostgres
from shared.testing.stack import Stack
from shared.testing.toxiproxy import Link, Toxiproxy
from tests.faults.books import Target
from tests.faults.conftest import AS_IN_PRODUCTION, HURRY, NOTICED_SOON
from tests.faults.report import Report
from tests.faults.trial import a_trial

pytestmark = [pytest.mark.postgres, pytest.mark.kafka, pytest.mark.nightly]

SOME = 60
FAULT_SECONDS = 20
"""Longer than a request to Kafka may take (10 s), and than a member of a group may be silent (10 s)."""


@pytest.fixture(scope="module")
def proxied() -> Iterator[Stack]:
    """The suite, reaching both servers through proxies."""
    try:
        with (
            Toxiproxy() as toxiproxy,
            ProxiedPostgres(toxiproxy, AS_IN_PRODUCTION) as database,
            ProxiedKafka(toxiproxy, NOTICED_SOON) as broker,
            Stack(database, broker, services=("project", "alert"), settings=HURRY) as stack,
        ):
            yield stack
    except ServerMissing as missing:
        cannot_test_without(missing)


@pytest.fixture
def target(proxied: Stack) -> Target:
    return Target(proxied.urls.__getitem__, proxied.key)


def link_to(stack: Stack, server: str) -> Link:
    servers = {"broker": stack.kafka, "database": stack.postgres}
    link: Link = servers[server].link  # type: ignore[attr-defined]  # both are proxied
    return link


FAULTS: dict[str, Callable[[Link], None]] = {
    "cut": Link.cut,
    "swallowing both ways": Link.swallow,
    "swallowing answers": lambda link: link.swallow("downstream"),
    "swallowing requests": lambda link: link.swallow("upstream"),
    "reset again and again": lambda link: link.reset(500),
}


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("server", ["broker", "database"])
async def test_what_a_broken_network_held_up_takes_effect_once_when_it_is_mended(
    target: Target, report: Report, proxied: Stack, server: str, fault: str
) -> None:
    link = link_to(proxied, server)
    async with a_trial(f"network to the {server} {fault}, {FAULT_SECONDS} s", target, report) as trial:
        await trial.tells(SOME)
        await asyncio.to_thread(FAULTS[fault], link)
        try:
            await trial.goes_on(FAULT_SECONDS)
        finally:
            await asyncio.to_thread(link.mend)
        row = await trial.settled(within=seconds(60))
        assert (row.lost, row.doubled) == (0, 0)
        await trial.prompt(within=seconds(5))


@pytest.mark.parametrize(("server", "milliseconds"), [("broker", 100), ("database", 20)])
async def test_a_slow_network_makes_everything_late_and_nothing_else(
    target: Target, report: Report, proxied: Stack, server: str, milliseconds: int
) -> None:
    link = link_to(proxied, server)
    async with a_trial(f"network to the {server} slow, {milliseconds} ms ± half a call", target, report) as trial:
        await asyncio.to_thread(link.slow, milliseconds, milliseconds // 2)
        try:
            await trial.tells(SOME)
        finally:
            await asyncio.to_thread(link.mend)
        row = await trial.settled(within=seconds(60))
        assert (row.lost, row.doubled) == (0, 0)
