"""A publisher with two processes, two subscribers with two and one, and everything that may happen to them.

First faults are on and processes die at any await; then faults are off, and all that was committed must have taken effect in
bounded time; then what was poison is mended and tried again. `model.py` judges.
"""

import asyncio
import random
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Table, select

from shared.contracts.catalogue import source_of
from shared.contracts.project import MilestoneWithdrawn
from shared.kit.backbone import backbone_metadata, outbox, parked_event
from shared.kit.consumer import Consumer
from shared.kit.db import Database, UnitOfWork
from shared.kit.parked_events import ParkedState
from shared.kit.redrive import Redrive
from shared.kit.subscriptions import Subscriptions
from tests.simulation.bus import Log, SimulatedBus
from tests.simulation.database import SimulatedDatabase
from tests.simulation.faults import Chance, Fault, Killed, Life
from tests.simulation.kit import Kit
from tests.simulation.loop import VirtualClock, VirtualLoop
from tests.simulation.tables import POISON, change, effect, own_tables, take_effect, written

MILESTONES: Final = 4
SAFETY_SECONDS: Final = 12.0
LIVENESS_SECONDS: Final = 300.0
STEP_SECONDS: Final = 0.5
SUBSCRIBERS: Final = {"alert": 2, "indicator": 1}
POLL: Final = timedelta(milliseconds=200)


@dataclass(frozen=True)
class Plan:
    """How many processes each service has, how much its writers write, and whether one process is to die at a certain await."""

    subscribers: Mapping[str, int] = field(default_factory=lambda: SUBSCRIBERS)
    publishers: int = 2
    changes: int = 7
    crash_at: int | None = None

    @property
    def names(self) -> list[str]:
        counts = {"project": self.publishers, **self.subscribers}
        return [f"{service}{number + 1}" for service, count in counts.items() for number in range(count)]


@dataclass
class Process:
    """One process: its connections, its tasks, its life. Killed, it finishes nothing."""

    life: Life
    clock: VirtualClock
    database: SimulatedDatabase
    bus: SimulatedBus
    tasks: list[asyncio.Task[None]] = field(default_factory=list)
    writer: asyncio.Task[None] | None = None
    consumer: Consumer | None = None

    def keep(self, run: Awaitable[None]) -> asyncio.Task[None]:
        task = asyncio.ensure_future(_until_killed(run))
        self.tasks.append(task)
        return task

    async def kill(self) -> None:
        self.life.alive = False
        self.database.cut()
        while waiting := [task for task in self.tasks if not task.done()]:
            for task in waiting:
                task.cancel()
            await asyncio.sleep(0)


async def _until_killed(run: Awaitable[None]) -> None:
    try:
        await run
    except (Killed, asyncio.CancelledError):
        return


class World:
    """One seed's run over the parts of `kit`."""

    def __init__(self, kit: Kit, plan: Plan, folder: Path, loop: VirtualLoop, chance: random.Random) -> None:
        self.kit = kit
        self.plan = plan
        self.loop = loop
        self.chance = Chance(chance, on=plan.crash_at is None, crash_at=plan.crash_at)
        self.log = Log(self.chance)
        self.mended = False
        self.acknowledged: set[int] = set()
        """Numbers of changes whose writer was told that they are committed."""
        self._folder = folder
        self._subscriptions = Subscriptions({MilestoneWithdrawn: self._handle})
        self._numbers = iter(range(1, 1_000_000))
        self.processes: dict[str, Process] = {}

    # --- the processes ---

    def service_of(self, name: str) -> str:
        return name.rstrip("12")

    def _spawn(self, name: str) -> Process:
        life, clock = Life(name, self.chance), VirtualClock(self.loop)
        database = SimulatedDatabase(self._folder / f"{self.service_of(name)}.db", clock, life)
        process = self.processes[name] = Process(life, clock, database, SimulatedBus(self.log, life))
        return process

    def start(self, name: str, *, writing: bool = True) -> None:
        """Start a process with what its service has: writers and a relay, or a consumer."""
        process, stop = self._spawn(name), asyncio.Event()
        if self.service_of(name) == "project":
            process.keep(self.kit.relay(process.database, process.bus, source=source_of("project"), poll_interval=POLL).run(stop))
            if writing:
                process.writer = process.keep(self._write(process))
            return
        group = f"diaodu.{self.service_of(name)}"
        process.consumer = Consumer(process.database, process.bus, self._subscriptions, group=group)
        process.consumer._inbox = self.kit.inbox(process.database, self._subscriptions, group)
        process.keep(process.consumer.run(stop))

    async def _handle(self, uow: UnitOfWork, fact: MilestoneWithdrawn) -> None:
        if fact.reason.startswith(POISON) and not self.mended:
            raise ValueError("no handler can take this")
        await take_effect(uow, fact)

    async def _write(self, process: Process) -> None:
        chance = self.chance.random
        for _ in range(self.plan.changes):
            await asyncio.sleep(chance.uniform(0, 1.2))
            number, milestone = next(self._numbers), f"m-{chance.randrange(MILESTONES)}"
            if self.kit.write is not None:
                await self.kit.write(process.database, process.bus, milestone, number)
            else:
                poison = self.chance.strikes(Fault.POISON, 0.04)
                await change(process.database, process.bus, milestone, number, poison=poison)
            self.acknowledged.add(number)

    # --- the phases ---

    async def run(self) -> None:
        """Both phases, and the mending."""
        await self._make_databases()
        names = self.plan.names
        for name in names:
            self.start(name)
        await (self._break_things(names) if self.chance.on else self._bury(names))
        self.chance.on = False
        for name in names:
            if not self.processes[name].life.alive:
                await self.processes[name].kill()
                self.start(name, writing=False)
        await self._until(self._drained)
        self.mended = True
        await self._redrive()
        for process in self.processes.values():
            await process.kill()

    async def _break_things(self, names: list[str]) -> None:
        chance, until = self.chance.random, self.loop.elapsed + SAFETY_SECONDS
        while self.loop.elapsed < until:
            await asyncio.sleep(chance.uniform(0.05, 0.8))
            name = chance.choice(names)
            process = self.processes[name]
            if not process.life.alive:
                self.start(name)
            elif self.chance.strikes(Fault.CRASH, 0.35):
                await process.kill()
            elif self.chance.strikes(Fault.CLOCK_JUMP, 0.15):
                process.clock.jump = timedelta(hours=chance.choice([-1, 1]))
            elif self.chance.strikes(Fault.OUTAGE, 0.08):
                self.log.away_until = self.loop.elapsed + chance.uniform(1, 6)

    async def _bury(self, names: list[str]) -> None:
        """Let everything run in peace but for the one process that dies; it is started again, and writes on."""
        until = self.loop.elapsed + SAFETY_SECONDS
        while self.loop.elapsed < until:
            await asyncio.sleep(STEP_SECONDS)
            for name in names:
                if not self.processes[name].life.alive:
                    await self.processes[name].kill()
                    self.start(name)

    async def _until(self, done: Callable[[], Awaitable[bool]]) -> None:
        deadline = self.loop.elapsed + LIVENESS_SECONDS
        while not await done() and self.loop.elapsed < deadline:  # noqa: ASYNC110 - virtual time passes by sleeping only
            await asyncio.sleep(STEP_SECONDS)

    async def _redrive(self) -> None:
        for process in self.processes.values():
            if process.consumer is not None and process.life.name.endswith("1"):
                rows = await self.rows(self.service_of(process.life.name), parked_event)
                waiting = sorted({row.key for row in rows if row.state == ParkedState.PARKED})
                async with process.database.unit_of_work("operator") as uow:
                    again = Redrive(uow, self._subscriptions, f"diaodu.{self.service_of(process.life.name)}", budget=len(rows))
                    await again.many(waiting)

    # --- looking from outside ---

    async def _make_databases(self) -> None:
        for service in ("project", *self.plan.subscribers):
            database = self._observer(service)
            async with database.engine.begin() as connection:
                await connection.run_sync(backbone_metadata.create_all)
                await connection.run_sync(own_tables.create_all)
            database.cut()

    def _observer(self, service: str) -> SimulatedDatabase:
        quiet = Chance(random.Random(0), on=False)  # noqa: S311 - no secret; looking must not disturb the seed
        return SimulatedDatabase(self._folder / f"{service}.db", VirtualClock(self.loop), Life("observer", quiet))

    async def rows(self, service: str, table: Table) -> list[Any]:
        """Every row, in the order of insertion."""
        database = self._observer(service)
        async with Database.reading(database) as view:
            found = list((await view.session.execute(select(table).order_by(table.c.id))).all())
        database.cut()
        return found

    async def _drained(self) -> bool:
        """Nobody writes any more, nothing is unsent, and every subscriber has every change as an effect or set aside."""
        if any(process.writer is not None and not process.writer.done() for process in self.processes.values()):
            return False
        if any(row.sent_at is None for row in await self.rows("project", outbox)):
            return False
        owed = len(await self.rows("project", written))
        for service in self.plan.subscribers:
            parked = [row for row in await self.rows(service, parked_event) if row.state == "parked"]
            if len(await self.rows(service, effect)) + len(parked) < owed:
                return False
        return True
