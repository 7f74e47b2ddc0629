"""The component of a worker that sends what is owed."""

import asyncio
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

import structlog

from alert_svc.deliveries import service
from alert_svc.deliveries.repository import Deliveries
from alert_svc.deliveries.rules import Answer
from alert_svc.deliveries.sender import Sender
from alert_svc.deliveries.service import Parcel
from shared.kit.backoff import Backoff
from shared.kit.database_problems import TROUBLE
from shared.kit.db import Database, Signal
from shared.kit.errors import Unavailable

log = structlog.get_logger(__name__)

RECORD_TRIES: Final = 5
FINISH_SECONDS: Final = 20.0


@dataclass(frozen=True, slots=True)
class DispatchLimits:
    """How many attempts run at once, in all and to one endpoint, how often the database is asked, how long a claim holds."""

    in_flight: int = 64
    per_endpoint: int = 8
    poll: timedelta = timedelta(milliseconds=100)
    lease: timedelta = service.LEASE


class Dispatcher:
    """Claims, sends, settles. Any number of them may run: a claimed delivery is nobody else's until its lease ends.

    A dispatcher that dies between sending and settling leaves the attempt UNKNOWN; when the lease ends the same webhook-id is
    sent again, and counted.
    """

    name = "deliveries"

    def __init__(self, database: Database, sender: Sender, limits: DispatchLimits, region: str) -> None:
        """`region`: the deployment's own (GB/T 2260); facts about receivers carry it."""
        self._database = database
        self._sender = sender
        self._limits = limits
        self._region = region
        self._in_flight: Counter[str] = Counter()
        self._tasks: set[asyncio.Task[None]] = set()
        self._changed: Signal | None = None

    async def run(self, stop: asyncio.Event) -> None:
        """Send until told to stop; what is in flight then is finished."""
        self._changed = self._changed or self._database.listen()
        backoff = Backoff(first=0.1, most=2.0)
        try:
            while not stop.is_set():
                self._changed.clear()  # before looking: what is committed from here on wakes, our own last claim does not
                try:
                    parcels = await self._claim()
                except (*TROUBLE, Unavailable) as error:
                    log.warning("deliveries.interrupted", error=repr(error))
                    await backoff.wait(stop)
                    continue
                backoff.reset()
                for parcel in parcels:
                    self._start(parcel)
                if not parcels:
                    await self._wait(stop, self._changed)
        finally:
            await self._finish()
            await self._sender.close()

    async def _claim(self) -> list[Parcel]:
        free = self._limits.in_flight - self._in_flight.total()
        if free <= 0 or not await self._anything_due():
            return []
        room = {endpoint: self._limits.per_endpoint - count for endpoint, count in self._in_flight.items()}
        async with self._database.unit_of_work(service.ACTOR) as uow:
            return await service.claim(uow, room, self._limits.per_endpoint, free, self._limits.lease)

    async def _anything_due(self) -> bool:
        """Asked by reading, so that an idle dispatcher takes no write lock."""
        async with self._database.reading() as view:
            waiting = await Deliveries(view.session).endpoints_with_due(view.now)
        return any(self._in_flight[endpoint] < self._limits.per_endpoint for endpoint in waiting)

    def _start(self, parcel: Parcel) -> None:
        self._in_flight[parcel.endpoint_id] += 1
        task = asyncio.create_task(self._deliver(parcel), name=f"delivery {parcel.delivery_id}")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _deliver(self, parcel: Parcel) -> None:
        clock = self._database.clock
        began = clock.monotonic()
        try:
            answer = await self._sender.send(parcel)
            await self._settle(parcel, answer, timedelta(seconds=clock.monotonic() - began))
        finally:
            self._in_flight[parcel.endpoint_id] -= 1

    async def _settle(self, parcel: Parcel, answer: Answer, latency: timedelta) -> None:
        """Note the answer; a database that is away for long leaves it to the lease, and the receiver to a repeat."""
        backoff, never = Backoff(first=0.1, most=4.0), asyncio.Event()
        for left in reversed(range(RECORD_TRIES)):
            try:
                async with self._database.unit_of_work(service.ACTOR) as uow:
                    await service.settle(uow, parcel, answer, latency, self._region)
            except (*TROUBLE, Unavailable) as error:
                log.warning("delivery.not_recorded", delivery_id=parcel.delivery_id, error=repr(error), tries_left=left)
                await backoff.wait(never)
            else:
                log.info("delivery.attempted", delivery_id=parcel.delivery_id, attempt=parcel.attempt, outcome=answer.outcome)
                return

    async def _wait(self, stop: asyncio.Event, changed: Signal) -> None:
        """Until something was committed in this process (a delivery planned, or settled), the next poll, or the stop."""
        stopping = asyncio.ensure_future(stop.wait())
        waking = asyncio.ensure_future(changed.wait(self._limits.poll.total_seconds()))
        try:
            await asyncio.wait({stopping, waking}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in (stopping, waking):
                task.cancel()
            await asyncio.gather(stopping, waking, return_exceptions=True)

    async def _finish(self) -> None:
        tasks = set(self._tasks)
        if tasks:
            with suppress(asyncio.CancelledError):
                await asyncio.wait(tasks, timeout=FINISH_SECONDS)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
