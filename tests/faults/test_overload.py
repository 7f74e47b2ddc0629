"""Five times as much is asked as can be done: what can be done is still done, and the rest is told so at once.

The bottleneck is the database: each insert takes its time, so that the connections of the pool are what is scarce and the
figures hold on a slow machine, too. All limits of the service are the ones that it comes with.
"""

from collections import Counter
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median, quantiles
from time import monotonic
from typing import Any, Final

import pytest

from shared.testing.eventually import eventually, seconds
from shared.testing.projects_api import PROJECTS, a_project
from shared.testing.stack import Stack
from tests.faults.books import Target
from tests.faults.load import Loader, Reply
from tests.faults.report import Report
from tests.faults.traffic import NUMBERS
from tests.faults.trial import a_trial

pytestmark = [pytest.mark.postgres, pytest.mark.kafka]

SOME: Final = 20
INSERT_SECONDS: Final = 0.4
CALLERS: Final = 12
"""As many as are served at a time: all that the service can do, and nobody refused."""
PEAK_SECONDS: Final = 4.0
TIMES: Final = 5
LEAST_GOODPUT: Final = 0.8
SLOWEST_SECONDS: Final = 2.0
SLOWEST_TIMES: Final = 2.0
"""On a machine so busy that the peak itself is slower than that: no more than twice as slow as at the peak."""

RECOVERY_SECONDS: Final = 5.0
MOST_GROWTH_KIB: Final = 96 * 1024
"""Of the interface's memory while it is asked for too much: bodies, connections and answers of those in hand."""

REFUSALS: Final = frozenset({429, 503})


@dataclass(frozen=True, slots=True)
class Flood:
    """What the service did at its peak, and what became of five times as much."""

    peak: Sequence[Reply]
    replies: Sequence[Reply]
    recovery: float
    grown_kib: int

    @property
    def peak_per_second(self) -> float:
        return accepted_per_second(self.peak)

    @property
    def goodput_per_second(self) -> float:
        return accepted_per_second(self.replies)

    @property
    def slowest(self) -> float:
        """The 99th percentile of what was accepted, in seconds."""
        return p99(self.replies)

    @property
    def most_seconds(self) -> float:
        """What `slowest` may be."""
        return max(SLOWEST_SECONDS, SLOWEST_TIMES * p99(self.peak))

    def __str__(self) -> str:
        goodput, peak = self.goodput_per_second, self.peak_per_second
        return (
            f"overload: {peak:.0f}/s done at the peak; {len(self.replies)} asked, {TIMES} times as fast: {goodput:.0f}/s done"
            f" ({goodput / peak:.0%}), p99 of what was accepted {self.slowest:.2f} s"
            f" (at the peak {p99(self.peak):.2f} s), the usual latency {self.recovery:.1f} s"
            f" after the end, memory + {self.grown_kib / 1024:.1f} MiB"
        )


def p99(replies: Sequence[Reply]) -> float:
    """The 99th percentile of what was accepted, in seconds."""
    return quantiles([reply.seconds for reply in replies if reply.accepted], n=100)[98]


def accepted_per_second(replies: Sequence[Reply]) -> float:
    """Over all the time until the last one was answered."""
    good = [reply for reply in replies if reply.accepted]
    return len(good) / (max(reply.ended for reply in good) - replies[0].began)


LONG: Final = (pytest.param(20.0, marks=pytest.mark.nightly), pytest.param(120.0, marks=pytest.mark.nightly))


@pytest.mark.parametrize("for_seconds", [8.0, *LONG])
async def test_an_interface_that_is_asked_five_times_too_much_does_what_it_can_and_tells_the_rest_to_come_again(
    target: Target, report: Report, stack: Stack, for_seconds: float
) -> None:
    async with a_trial(f"{TIMES} × capacity for {for_seconds:g} s", target, report) as trial, a_loader(target) as loader:
        await trial.tells(SOME)
        flood = await flooded(loader, stack, for_seconds)
        report.note(str(flood))
        row = await trial.settled(within=seconds(60))
        assert (row.lost, row.doubled) == (0, 0)
    assert_refused_well(flood.replies)
    assert flood.goodput_per_second >= LEAST_GOODPUT * flood.peak_per_second
    assert flood.slowest <= flood.most_seconds
    assert flood.grown_kib <= MOST_GROWTH_KIB
    asked = {reply.name for reply in loader.replies}
    kept_of_them = Counter({name: times for name, times in kept(stack).items() if name in asked})
    assert kept_of_them == Counter(reply.name for reply in loader.replies if reply.accepted)


async def flooded(loader: Loader, stack: Stack, for_seconds: float) -> Flood:
    """How it is usually, at its peak, beyond it, and again afterwards."""
    bodies = projects()
    calm = median([(await loader.post(*next(bodies))).seconds for _ in range(SOME)])
    with slow_inserts(stack):
        peak = await loader.in_turn(bodies, PEAK_SECONDS, CALLERS)
        before = memory_of(stack)
        replies = await loader.at_a_rate(bodies, TIMES * accepted_per_second(peak), for_seconds)
    ended, grown = monotonic(), memory_of(stack) - before
    await eventually(lambda: prompt(loader, bodies, 3 * calm + 0.05), within=RECOVERY_SECONDS)
    return Flood(peak, replies, monotonic() - ended, grown)


@asynccontextmanager
async def a_loader(target: Target) -> AsyncIterator[Loader]:
    loader = Loader(target.url_of("project"), PROJECTS, target.key)
    yield loader
    await loader.close()


def projects() -> Iterator[tuple[str, dict[str, Any]]]:
    """Projects without end: no two of them wait for each other's rows."""
    for number in NUMBERS:
        body = a_project(number, name=f"过载 {number}")
        yield body["name"], body


async def prompt(loader: Loader, bodies: Iterator[tuple[str, dict[str, Any]]], most: float) -> bool:
    """Whether a request is accepted, as soon as it usually is."""
    reply = await loader.post(*next(bodies))
    assert reply.accepted, reply
    assert reply.seconds <= most, f"after {reply.seconds:.3f} s, usual is {most:.3f} s"
    return True


@contextmanager
def slow_inserts(stack: Stack) -> Iterator[None]:
    """Each new project takes its time in the database, as on a disk that is busy."""
    database = stack.databases["project"]
    body = f"BEGIN PERFORM pg_sleep({INSERT_SECONDS}); RETURN NEW; END"
    stack.postgres.psql(f"CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS $${body}$$", database)
    stack.postgres.psql("CREATE TRIGGER slow BEFORE INSERT ON project FOR EACH ROW EXECUTE FUNCTION slow()", database)
    try:
        yield
    finally:
        stack.postgres.psql("DROP FUNCTION slow() CASCADE", database)


def memory_of(stack: Stack) -> int:
    """What the interface holds in memory, in KiB."""
    lines = Path(f"/proc/{stack.newest('project', 'api').process.pid}/status").read_text(encoding="ascii").splitlines()
    return int(next(line.split()[1] for line in lines if line.startswith("VmRSS:")))


def kept(stack: Stack) -> Counter[str]:
    """How often each of these projects is in the database."""
    found = stack.postgres.psql("SELECT name FROM project WHERE name LIKE '过载 %'", stack.databases["project"])
    return Counter(found.splitlines())


def assert_refused_well(replies: Sequence[Reply]) -> None:
    """Somebody was refused, and each who was is told in Chinese to come again, and when."""
    refused = [reply for reply in replies if not reply.accepted]
    assert refused
    assert {reply.status for reply in refused} <= REFUSALS
    for reply in refused:
        assert int(reply.headers["retry-after"]) >= 1
        assert reply.headers["content-type"] == "application/problem+json"
        assert reply.document["status"] == reply.status
        assert any("一" <= letter <= "鿿" for letter in reply.document["detail"]), reply.document
