"""The bus of one machine: a durable log in one file that any number of local processes share, with Kafka's semantics.

Order per key, consumer groups with generations, redelivery of what was not committed, a new group starts at the earliest record.
Unlike Kafka it drops repeats itself: (topic, source, event id) is unique for as long as the log keeps the record.
"""

import asyncio
import contextlib
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from uuid import uuid4

from shared.kit.bus import TP, Ack, At, BusError, BusHealth, BusUnavailable, Lag, OutRecord
from shared.kit.clock import SHANGHAI
from shared.kit.embedded_groups import Ticket
from shared.kit.embedded_subscription import EmbeddedSubscription
from shared.kit.embedded_thread import FileThread, open_bus_file
from shared.kit.outgoing import sendable_prefix

PURGE_EVERY_SECONDS = 3600.0


class EmbeddedBus:
    """An EventBus on a file, opened when first used.

    `wall` is the machine's time in seconds, not the business clock: processes share the leases.
    """

    def __init__(
        self,
        path: Path,
        *,
        partitions: int = 12,
        lease: timedelta = timedelta(seconds=10),
        retention: timedelta = timedelta(days=30),
        wall: Callable[[], float] = time.time,
    ) -> None:
        self._lease = lease.total_seconds()
        self._retention = retention
        self._wall = wall
        self._connect = partial(open_bus_file, path, partitions, self._lease)
        self._running: FileThread | None = None
        self._purging: asyncio.Task[None] | None = None
        self._subscriptions: list[EmbeddedSubscription] = []

    async def start(self, timeout: float) -> None:
        """Open the file, early. Raises BusUnavailable, or UnsuitablePlace on a network mount."""
        await self.ensure_topics({}, timeout)

    async def publish(self, records: Sequence[OutRecord], timeout: float) -> list[Ack | BusError]:
        sendable, fault = sendable_prefix(records)
        try:
            acks = await self._thread.run(lambda file: file.log.append(sendable, self._wall()), timeout)
        except BusUnavailable as error:
            return [BusError(str(error)) for _ in records]
        self._thread.wake()
        return [*acks, *(BusError(fault) for _ in records[len(acks) :])]

    async def subscribe(self, group: str, topics: Sequence[str], member: str) -> EmbeddedSubscription:
        ticket = Ticket(group, member, uuid4().hex, tuple(topics))
        subscription = EmbeddedSubscription(self._thread, ticket, self._lease, self._wall)
        await subscription.join()
        self._subscriptions = [*(each for each in self._subscriptions if not each.closed), subscription]
        return subscription

    async def ensure_topics(self, topics: Mapping[str, int | None], timeout: float = 10.0) -> None:
        """Make the topics that are missing; None stands for the bus's own number of partitions."""
        await self._thread.run(lambda file: file.log.ensure_topics(topics), timeout)

    async def purge(self, before: datetime) -> int:
        """Delete records appended before then, whoever has read them or not; answers how many."""
        purged = 0
        while gone := await self._thread.run(lambda file: file.log.purge_some(before)):
            purged += gone
        return purged

    async def offsets(self, topics: Sequence[str], at: At) -> Mapping[TP, int]:
        return await self._thread.run(lambda file: file.log.offsets(topics, at))

    async def lag(self, group: str) -> Mapping[TP, Lag]:
        return await self._thread.run(lambda file: file.groups.lag(group, self._wall()))

    async def health(self) -> BusHealth:
        try:
            await self._thread.run(lambda file: file.log.ends([]), timeout=1.0)
        except BusUnavailable as error:
            return BusHealth(ok=False, detail=str(error))
        return BusHealth(ok=True)

    async def close(self, timeout: float) -> None:
        deadline = time.monotonic() + timeout
        if self._purging is not None:
            self._purging.cancel()
        await asyncio.gather(*(each.close(timeout / 2) for each in self._subscriptions))
        if self._running is not None:
            await self._running.close(max(0.0, deadline - time.monotonic()))

    @property
    def _thread(self) -> FileThread:
        if self._running is None:
            self._running = FileThread(self._connect)
            self._purging = asyncio.create_task(self._purge_for_ever(), name="embedded-bus-purge")
        return self._running

    async def _purge_for_ever(self) -> None:
        while True:
            with contextlib.suppress(BusUnavailable):  # busy: the next hour will do
                await self.purge(datetime.fromtimestamp(self._wall(), SHANGHAI) - self._retention)
            await asyncio.sleep(PURGE_EVERY_SECONDS)
