"""A member of a consumer group of the embedded bus."""

import asyncio
import contextlib
import time
from collections.abc import Callable, Mapping, Sequence

from shared.kit.bus import TP, Batch, BusUnavailable, InRecord
from shared.kit.embedded_groups import Seat, Ticket
from shared.kit.embedded_thread import BusFile, FileThread

MAX_POLL_INTERVAL_SECONDS = 300.0


class EmbeddedSubscription:
    """Keeps its lease in the background for as long as somebody polls; a new generation forgets positions, seeks and pauses."""

    def __init__(self, thread: FileThread, ticket: Ticket, lease: float, wall: Callable[[], float]) -> None:
        self._thread = thread
        self._ticket = ticket
        self._wall = wall
        self._beat_every = lease / 3
        self._seat = Seat(0)
        self._positions: dict[TP, int] = {}
        self._paused: set[TP] = set()
        self._polled_at = time.monotonic()
        self._beating: asyncio.Task[None] | None = None
        self.closed = False

    async def join(self) -> None:
        """Become a member and keep being one."""
        self._sit(await self._thread.run(lambda file: file.groups.join(self._ticket, self._wall())))
        self._beating = asyncio.create_task(self._keep_lease(), name=f"{self._ticket.group} lease")

    async def poll(self, max_records: int, timeout: float) -> Batch:
        self._polled_at = time.monotonic()
        while True:
            pulse = self._thread.pulse
            records = await self._look(max_records)
            left = self._polled_at + timeout - time.monotonic()
            if records or left <= 0:
                return Batch(self._seat.generation, records)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(pulse.wait(), left)

    async def commit(self, generation: int, next_offsets: Mapping[TP, int]) -> None:
        await self._thread.run(lambda file: file.groups.commit(self._ticket, generation, next_offsets))

    def assignment(self) -> frozenset[TP]:
        return frozenset(self._positions)

    def seek(self, tp: TP, offset: int) -> None:
        if tp in self._positions:
            self._positions[tp] = offset

    def pause(self, tp: TP) -> None:
        self._paused.add(tp)

    def resume(self, tp: TP) -> None:
        self._paused.discard(tp)
        self._thread.wake()

    async def close(self, timeout: float) -> None:
        self._positions.clear()
        if self._beating is None or self.closed:
            return
        self.closed = True
        self._beating.cancel()
        with contextlib.suppress(BusUnavailable):
            await self._thread.run(lambda file: file.groups.leave(self._ticket), timeout)
        self._thread.wake()

    async def _look(self, max_records: int) -> list[InRecord]:
        if self.closed:
            raise BusUnavailable("the subscription is closed")
        if self._beating is not None and self._beating.done():
            self._beating.result()
        wanted = {tp: at for tp, at in self._positions.items() if tp not in self._paused}
        generation, records = await self._thread.run(lambda file: _fetched(file, self._ticket.group, wanted, max_records))
        if generation != self._seat.generation:
            await self._renew()
            return await self._look(max_records)
        return self._taken(wanted, records)

    def _taken(self, wanted: Mapping[TP, int], records: Sequence[InRecord]) -> list[InRecord]:
        """Advance over the records that are still wanted: a seek, pause or rebalance may have come in meanwhile."""
        same = {tp for tp, at in wanted.items() if self._positions.get(tp) == at and tp not in self._paused}
        taken = [record for record in records if record.tp in same]
        self._positions.update({record.tp: record.offset + 1 for record in taken})
        return taken

    async def _renew(self) -> None:
        seat = await self._thread.run(lambda file: file.groups.renew(self._ticket, self._wall()))
        if seat.generation != self._seat.generation:
            self._sit(seat)

    def _sit(self, seat: Seat) -> None:
        self._seat = seat
        self._positions = dict(seat.positions)
        self._paused.clear()

    async def _keep_lease(self) -> None:
        while True:
            await asyncio.sleep(self._beat_every)
            if time.monotonic() - self._polled_at < MAX_POLL_INTERVAL_SECONDS:
                with contextlib.suppress(BusUnavailable):  # tried again at the next beat; the lease outlives three
                    await self._renew()


def _fetched(file: BusFile, group: str, wanted: Mapping[TP, int], limit: int) -> tuple[int, list[InRecord]]:
    return file.groups.generation(group), file.log.fetch(wanted, limit)
