"""A worker: the relay, the consumer and the timers of one service, kept running until told to stop."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final, Protocol

import structlog

from shared.contracts.catalogue import source_of
from shared.kit.backoff import Backoff
from shared.kit.bus import BusUnavailable
from shared.kit.consumer import Consumer
from shared.kit.db import Database, Signal
from shared.kit.housekeeping import sweep
from shared.kit.lifecycle import cut_off
from shared.kit.relay import Relay
from shared.kit.replay import Projection, Replay
from shared.kit.replay_jobs import ReplayRunner
from shared.kit.runtime import Runtime
from shared.kit.subscriptions import Subscriptions, consumer_of

log = structlog.get_logger(__name__)

FAILING_AFTER: Final = 3
BUS_START_SECONDS: Final = 10.0
STEADY_SECONDS: Final = 60.0
"""A component that ran for so long has not fallen again, but anew."""


class Component(Protocol):
    """Something that a worker keeps running."""

    name: str

    async def run(self, stop: asyncio.Event) -> None:
        """Run until `stop` is set; finish what is in hand and return."""
        ...


@dataclass(frozen=True, slots=True)
class Ticker:
    """A timer: `tick` is called every so often. It must stand being called by several workers at once.

    `wake` lets a change in this process call it sooner.
    """

    name: str
    every: timedelta
    tick: Callable[[Database], Awaitable[object]]
    wake: Signal | None = None


@dataclass(frozen=True, slots=True)
class Check:
    """One line of a readiness answer."""

    name: str
    ok: bool
    detail: str = ""


HOUSEKEEPING: Final = Ticker("housekeeping", timedelta(hours=1), sweep)


class TickerLoop:
    """Runs one ticker. A tick that fails is logged and comes again; the work is still in the database."""

    def __init__(self, ticker: Ticker, database: Database) -> None:
        self.name = ticker.name
        self.failures = 0
        self._ticker = ticker
        self._database = database

    async def run(self, stop: asyncio.Event) -> None:
        while not stop.is_set():
            try:
                await self._ticker.tick(self._database)
                self.failures = 0
            except Exception:  # the timer's edge: the work is still due, and the next tick finds it
                self.failures += 1
                log.exception("ticker.failed", ticker=self.name, failures=self.failures)
            await self._wait(stop)

    async def _wait(self, stop: asyncio.Event) -> None:
        seconds = self._ticker.every.total_seconds()
        if self._ticker.wake is None:
            await Backoff.standby(stop, seconds)
            return
        stopping = asyncio.ensure_future(stop.wait())
        waking = asyncio.ensure_future(self._ticker.wake.wait(seconds))
        _, pending = await asyncio.wait({stopping, waking}, return_when=asyncio.FIRST_COMPLETED)
        for task in pending:
            task.cancel()
        await asyncio.gather(*pending, return_exceptions=True)


class Worker:
    """The twin of a service's HTTP application: what goes on without anybody asking."""

    def __init__(
        self,
        runtime: Runtime,
        subscriptions: Subscriptions,
        tickers: Sequence[Ticker] = (),
        extra: Sequence[Component] = (),
        projection: Projection | None = None,
    ) -> None:
        """`projection` says what a replay has to know of the service's own tables."""
        service = runtime.settings.service
        self.runtime = runtime
        self.subscriptions = subscriptions
        self.projection = projection or Projection()
        self.relay = Relay(
            runtime.database, runtime.bus, source=source_of(service), poll_interval=runtime.settings.relay_poll_interval
        )
        self.consumer = Consumer(runtime.database, runtime.bus, subscriptions, group=consumer_of(service))
        self._loops = [TickerLoop(ticker, runtime.database) for ticker in (*tickers, HOUSEKEEPING)]
        self._components: list[Component] = [self.relay, self.consumer, *self._loops, *extra, *self._replays()]

    def replay(self) -> Replay:
        """A replay of what this service made of the facts."""
        settings, database = self.runtime.settings, self.runtime.database
        package = settings.migrations_package()
        return Replay(settings.service, package, self.subscriptions, self.projection, self.runtime.bus, database)

    def _replays(self) -> list[Component]:
        url = self.runtime.settings.replay_database_url
        return [] if url is None else [ReplayRunner(self.runtime.database, self.replay, url)]

    async def run(self, stop: asyncio.Event) -> None:
        """Keep every component running; returns when all have stopped after `stop` was set, or were cut off at the deadline."""
        await self._reach_bus(stop)
        tasks = [asyncio.create_task(self._keep(part, stop), name=part.name) for part in self._components]
        try:
            await stop.wait()
            await asyncio.wait(tasks, timeout=self.runtime.settings.shutdown_deadline.total_seconds())
        finally:
            late = [task for task in tasks if not task.done()]
            for task in late:
                log.warning("worker.cut_off", component=task.get_name())
            await cut_off(late)

    async def _reach_bus(self, stop: asyncio.Event) -> None:
        backoff = Backoff(first=0.2, most=5.0)
        while not stop.is_set():
            try:
                await self.runtime.bus.start(BUS_START_SECONDS)
            except BusUnavailable as error:
                log.warning("worker.bus_unavailable", error=str(error))
                await backoff.wait(stop)
            else:
                return

    async def _keep(self, part: Component, stop: asyncio.Event) -> None:
        backoff, clock = Backoff(first=0.5, most=30.0), self.runtime.clock
        while not stop.is_set():
            began = clock.monotonic()
            try:
                await part.run(stop)
            except Exception:  # the worker's edge: a component that fell is started again
                log.exception("component.fell", component=part.name)
                if clock.monotonic() - began > STEADY_SECONDS:
                    backoff.reset()
                await backoff.wait(stop)

    async def readiness(self) -> list[Check]:
        """Whether this worker makes progress."""
        failing = self._failing()
        return [
            Check("consumer", not self.consumer.stalled, "一分钟内未能从消息总线取到消息" if self.consumer.stalled else ""),
            Check("tickers", not failing, "、".join(failing)),
        ]

    def _failing(self) -> list[str]:
        return [loop.name for loop in self._loops if loop.failures >= FAILING_AFTER]

    def figures(self) -> dict[str, Any]:
        """Counters for the metrics page."""
        return {
            "relay_leading": int(self.relay.state.leading),
            "relay_sent": self.relay.state.sent,
            "relay_failures": self.relay.state.failures,
            **{f"events_{outcome}": count for outcome, count in self.consumer.counts.items()},
            "unknown_fields": self.consumer.unknown_fields,
            "consumer_stalled": int(self.consumer.stalled),
            "tickers_failing": len(self._failing()),
        }
