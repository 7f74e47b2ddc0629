"""`make bench-alertmanager`: our alert-svc beside Prometheus Alertmanager, same machine, same receiver, one after the other.

Three figures of each: alerts per second when many come at once, latency when they come one by one, and how many of the alerts
that were accepted while the receiver was down arrive after a crash.
"""

import argparse
import asyncio
import json
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from statistics import quantiles
from typing import Any, Final

from rich.console import Console
from rich.table import Table

from shared.kit.ids import new_id
from shared.testing.eventually import eventually
from shared.testing.kafka_server import KafkaServer
from shared.testing.postgres_server import PostgresServer
from shared.testing.receiver import Reply, WebhookReceiver
from shared.testing.stack import Stack
from tests.bench.rivals import Rival, ours, theirs

AT_ONCE: Final = 100
PATIENCE_SECONDS: Final = 300.0
LONGEST_RETRY_SECONDS: Final = 420.0
"""Our third attempt comes five minutes after the second."""
THEIR_PATIENCE_SECONDS: Final = 60.0

Entered = Callable[[WebhookReceiver], Any]


@dataclass(frozen=True, slots=True)
class Result:
    """What one rival did. Rates in alerts per second, latencies in milliseconds from offered to received."""

    rival: str
    accepted_per_second: float
    delivered_per_second: float
    p50_ms: float
    p99_ms: float
    owed_at_crash: int
    delivered_after_crash: int
    doubled_after_crash: int
    recovery_seconds: float | None
    """From the receiver's return to the last of the alerts owed; None where some never came."""


class Delivered:
    """When each name was first told to the receiver, and how often."""

    def __init__(self, rival: Rival, receiver: WebhookReceiver) -> None:
        self.at: dict[str, float] = {}
        self.times: Counter[str] = Counter()
        self._rival = rival
        self._receiver = receiver
        self._seen = 0

    def look(self, wanted: set[str]) -> int:
        """Read what came since the last look; how many of the wanted names have been told."""
        for push in self._receiver.received[self._seen :]:
            self._seen += 1
            for name in self._rival.named_in(push) if push.status < 300 else ():
                self.times[name] += 1
                self.at.setdefault(name, push.at)
        return sum(name in self.at for name in wanted)


async def all_at_once(rival: Rival, delivered: Delivered, count: int) -> tuple[float, float]:
    """Alerts accepted and delivered per second when `count` of them come as fast as they are taken."""
    names = [new_id() for _ in range(count)]
    began = asyncio.get_running_loop().time()
    for start in range(0, count, AT_ONCE):
        await rival.accept(names[start : start + AT_ONCE])
    accepted = asyncio.get_running_loop().time()
    wanted = set(names)
    await eventually(lambda: delivered.look(wanted), is_=count, within=PATIENCE_SECONDS)
    last = max(delivered.at[name] for name in names)
    return count / (accepted - began), count / (last - began)


async def one_by_one(rival: Rival, delivered: Delivered, count: int) -> tuple[float, float]:
    """p50 and p99, in milliseconds, of alerts each of which waits for the one before it."""
    latencies = []
    for name in (new_id() for _ in range(count)):
        offered = asyncio.get_running_loop().time()
        await rival.accept([name])
        await eventually(partial(delivered.look, {name}), is_=1, within=PATIENCE_SECONDS)
        latencies.append((delivered.at[name] - offered) * 1000)
    cuts = quantiles(latencies, n=100)
    return cuts[49], cuts[98]


async def through_a_crash(
    rival: Rival, delivered: Delivered, receiver: WebhookReceiver, count: int, patience: float
) -> tuple[int, int, float | None]:
    """Delivered, doubled and the seconds it took: accepted while the receiver answers 503, killed, started, receiver back."""
    names = {new_id() for _ in range(count)}
    receiver.otherwise = Reply(503)
    ordered = list(names)
    for start in range(0, count, AT_ONCE):
        await rival.accept(ordered[start : start + AT_ONCE])
    await rival.crash()
    receiver.otherwise = Reply(204)
    back = asyncio.get_running_loop().time()
    try:
        await eventually(lambda: delivered.look(names), is_=count, within=patience)
    except AssertionError:
        print(f"{rival.name}: gave up after {patience:g} s", file=sys.stderr)  # noqa: T201 - a program's own output
    came = [name for name in names if name in delivered.at]
    recovery = max(delivered.at[name] for name in came) - back if len(came) == count else None
    return len(came), sum(delivered.times[name] > 1 for name in came), recovery


async def measured(enter: Entered, counts: Sequence[int], patience: float) -> Result:
    """One rival from start to end."""
    many, single, owed = counts
    async with WebhookReceiver() as receiver, enter(receiver) as rival:
        delivered = Delivered(rival, receiver)
        accepted, throughput = await all_at_once(rival, delivered, many)
        p50, p99 = await one_by_one(rival, delivered, single)
        arrived, doubled, recovery = await through_a_crash(rival, delivered, receiver, owed, patience)
    return Result(rival.name, accepted, throughput, p50, p99, owed, arrived, doubled, recovery)


def shown(results: Sequence[Result]) -> Table:
    table = Table(title="alert-svc beside Alertmanager")
    for column in ("figure", *(result.rival for result in results)):
        table.add_column(column)
    for name in list(asdict(results[0]))[1:]:
        table.add_row(name.replace("_", " "), *(_figure(getattr(result, name)) for result in results))
    return table


def _figure(value: float | None) -> str:
    return "–" if value is None else f"{value:,.1f}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--many", type=int, default=2000, help="alerts at once")
    parser.add_argument("--single", type=int, default=200, help="alerts one by one")
    parser.add_argument("--owed", type=int, default=2000, help="alerts accepted before the crash")
    options = parser.parse_args()
    counts = (options.many, options.single, options.owed)
    results = [asyncio.run(measured(theirs, counts, THEIR_PATIENCE_SECONDS))]
    with PostgresServer() as postgres, KafkaServer() as kafka, Stack(postgres, kafka, services=("alert",)) as stack:
        results.append(asyncio.run(measured(ours(stack), counts, LONGEST_RETRY_SECONDS)))
    Console().print(shown(results))
    print(json.dumps([asdict(result) for result in results]))  # noqa: T201 - the machine-readable line


if __name__ == "__main__":
    main()
