"""From a write over REST to the receiver's hands, on PostgreSQL and Kafka with real processes, beside the bare chain."""

import asyncio
import time
from typing import Any, Final

import httpx

from shared.testing.alerts_api import AlertsApi
from shared.testing.bonds_api import API, a_library_project
from shared.testing.eventually import eventually
from shared.testing.http import bearer, post
from shared.testing.kafka_server import KafkaServer
from shared.testing.postgres_server import PostgresServer
from shared.testing.receiver import WebhookReceiver
from shared.testing.stack import Stack
from tests.bench.bare_chain import BareChain
from tests.bench.measures import Measure, percentiles

WARM_UP: Final = 10
PATIENCE_SECONDS: Final = 30.0
NEGATIVE: Final = {"name": "城市雕塑与景观提升", "description": "建设大型城市雕塑三座，提升沿线景观。"}


def measure_latency(writes: int) -> list[Measure]:
    """`writes` screenings that do not pass, each followed to its push, taking turns with as many rounds of the bare chain."""
    with PostgresServer() as postgres, KafkaServer() as kafka, Stack(postgres, kafka, services=("bond", "alert")) as stack:
        ours, bare = asyncio.run(_both(stack, writes))
    (our_p50, our_p99), (bare_p50, bare_p99) = percentiles(ours), percentiles(bare)
    return [
        Measure(f"write → webhook, p50 of {writes}", "ms", our_p50, bare_p50, "≤ 3 × bare"),
        Measure(f"write → webhook, p99 of {writes}", "ms", our_p99, bare_p99, "≤ 5 × bare"),
    ]


async def _both(stack: Stack, writes: int) -> tuple[list[float], list[float]]:
    headers = bearer(stack.key)
    async with (
        WebhookReceiver() as receiver,
        WebhookReceiver() as bare_receiver,
        BareChain(stack.postgres, stack.kafka, bare_receiver) as chain,
        httpx.AsyncClient(base_url=stack.urls["bond"], headers=headers, timeout=PATIENCE_SECONDS, trust_env=False) as bond,
        httpx.AsyncClient(base_url=stack.urls["alert"], headers=headers, timeout=PATIENCE_SECONDS, trust_env=False) as alert,
    ):
        await AlertsApi(alert).register(receiver, rules=["screening.not-passed"])
        projects = [await _a_project(bond) for _ in range(writes + WARM_UP)]
        ours, bare = [], []
        for project in projects:
            ours.append(await _followed(bond, project, receiver))
            began = time.monotonic()
            await chain.push()
            bare.append((time.monotonic() - began) * 1000)
    return ours[WARM_UP:], bare[WARM_UP:]


async def _a_project(bond: httpx.AsyncClient) -> str:
    made = await post(bond, f"{API}/library-projects", a_library_project(**NEGATIVE))
    made.raise_for_status()
    document: dict[str, Any] = made.json()
    return str(document["id"])


async def _followed(bond: httpx.AsyncClient, project: str, receiver: WebhookReceiver) -> float:
    """Milliseconds from sending the write until its push is in the receiver's hands."""
    taken = len(receiver.received)
    loop = asyncio.get_running_loop()
    began = loop.time()
    (await post(bond, f"{API}/library-projects/{project}/screenings", {})).raise_for_status()
    await eventually(lambda: len(receiver.received) > taken, within=PATIENCE_SECONDS)
    return (receiver.received[taken].at - began) * 1000
