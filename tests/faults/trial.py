"""One fault from its calm beginning to the count at its end."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import count
from time import monotonic
from typing import Final

import httpx

from shared.testing.alerts_api import AlertsApi
from shared.testing.eventually import eventually, patient, seconds
from shared.testing.receiver import WebhookReceiver
from tests.faults.books import Target, agreed, alerts_by_object, parked
from tests.faults.ledger import OVERDUE, Ledger
from tests.faults.report import Report, Row
from tests.faults.traffic import MOST_OWED, Traffic

CALLERS: Final = 3
FLOW_SECONDS: Final = seconds(60)
TRIALS: Final = count(1)


class Trial:
    """Traffic of a department of its own, pushed to a receiver that hears of nothing else; `settled` ends it and counts."""

    def __init__(self, fault: str, target: Target, report: Report, receiver: WebhookReceiver) -> None:
        self.fault = fault
        self.target = target
        self.ledger = Ledger()
        self.department = f"市第{next(TRIALS)}故障局"
        self.traffic = Traffic(target.url_of, target.key, self.ledger, self.department)
        self._report = report
        self._receiver = receiver
        self._read = 0
        self._parked = 0
        self._healed_at: float | None = None
        self._stop = asyncio.Event()
        self._running: asyncio.Task[None] | None = None

    async def begin(self, callers: int) -> None:
        """Register the receiver and let the callers loose."""
        async with self.target.client("alert") as client:
            await AlertsApi(client).register(self._receiver, departments=[self.department])
        self._parked = await parked(self.target)
        self._running = asyncio.create_task(self.traffic.run(self._stop, callers), name="traffic")

    async def end(self) -> None:
        """Send the callers home, however the trial went."""
        if self._running is not None:
            self._running.cancel()
            await asyncio.gather(self._running, return_exceptions=True)

    async def accepts(self, more: int, within: float = FLOW_SECONDS) -> None:
        """Let so many more facts be accepted."""
        self._take_pushes()
        self.traffic.allow(more)
        wanted = self.ledger.accepted + more
        await eventually(lambda: self.flows() and self.ledger.accepted >= wanted, within=within)

    async def tells(self, more: int, within: float = FLOW_SECONDS) -> None:
        """Let so many more effects come."""
        self._take_pushes()
        wanted = self.ledger.effects + more
        await eventually(lambda: self.flows() and self.ledger.effects >= wanted, within=within)

    async def moves(self, steps: int, within: float = FLOW_SECONDS) -> None:
        """Let something happen so many times: a fact accepted, an effect come, a request refused."""
        wanted = self._steps + steps
        await eventually(lambda: self.flows() and self._steps >= wanted, within=within)

    async def goes_on(self, for_seconds: float) -> None:
        """Let that much time pass with the fault in place; callers go on calling."""
        self._take_pushes()
        self.traffic.allow(MOST_OWED)
        end, before = monotonic() + for_seconds, self._steps
        await eventually(lambda: self.flows() and monotonic() >= end, within=for_seconds + FLOW_SECONDS)
        assert self._steps > before, "nobody called while the fault lasted"

    def healed(self) -> None:
        """The fault ends now; recovery counts from here, or else from `settled`."""
        self._healed_at = monotonic()

    def expect_parked(self, more: int) -> None:
        """So many events are set aside in the course of this trial and stay so."""
        self._parked += more

    async def settled(self, within: float) -> Row:
        """The fault is over: end the traffic, wait until everything that was accepted took effect, and count."""
        began = self._healed_at or monotonic()
        self._stop.set()
        try:
            if self._running is not None:
                await asyncio.wait_for(self._running, patient(within))
            await eventually(self._all_told, within=within)
        finally:
            row = self._row(monotonic() - began)
            self._report.add(row)
        await eventually(lambda: agreed(self.target, self._parked), within=within)
        assert await alerts_by_object(self.target, self.department) == dict.fromkeys(self.ledger.owed, 1)
        assert self.ledger.disordered == []
        return row

    async def prompt(self, within: float) -> None:
        """One fact more, and it takes effect that soon: nothing has stalled."""
        milestone = await self.traffic.one()
        await eventually(lambda: self._take_pushes() and self.ledger.has(milestone, OVERDUE), within=within)

    @property
    def _steps(self) -> int:
        return self.ledger.accepted + self.ledger.effects + self.traffic.failures.total()

    def flows(self) -> bool:
        """Takes in the post; a caller that fell says what it fell on."""
        if self._running is not None and self._running.done():
            self._running.result()
        return self._take_pushes()

    def _take_pushes(self) -> bool:
        fresh = self._receiver.received[self._read :]
        self._read += len(fresh)
        for push in fresh:
            if push.status == httpx.codes.NO_CONTENT:
                assert push.is_signed
                self.ledger.take(push)
        return True

    def _all_told(self) -> bool:
        self._take_pushes()
        missing = self.ledger.missing
        assert not missing, f"{len(missing)} of {self.ledger.accepted} did not take effect, {missing[0]} among them"
        return True

    def _row(self, recovery: float) -> Row:
        ledger, refused = self.ledger, self.traffic.failures.total()
        lost, doubled = len(ledger.missing), len(ledger.doubled)
        return Row(self.fault, ledger.accepted, ledger.effects, lost, doubled, recovery, ledger.repeats, refused)


@asynccontextmanager
async def a_trial(fault: str, target: Target, report: Report, callers: int = CALLERS) -> AsyncIterator[Trial]:
    """A trial with its traffic under way."""
    async with WebhookReceiver() as receiver:
        trial = Trial(fault, target, report, receiver)
        await trial.begin(callers)
        try:
            yield trial
        finally:
            await trial.end()
