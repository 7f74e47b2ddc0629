"""What may go wrong at an await, drawn from the seed, and how often each thing did."""

import asyncio
import random
from collections import Counter
from dataclasses import dataclass, field
from enum import StrEnum


class Fault(StrEnum):
    """Every kind of fault; a run of many seeds has to show each."""

    CRASH = "crash"
    SLOW_DISK = "slow disk"
    LOST_REQUEST = "lost request"
    LOST_REPLY = "lost reply"
    LATE_APPEND = "late append"
    DUPLICATE = "duplicate"
    REBALANCE = "rebalance"
    FENCED = "commit of a lost partition"
    OUTAGE = "outage"
    CLOCK_JUMP = "clock jump"
    POISON = "poison"


class Killed(BaseException):
    """Raised at every await of a process that is dead: no `finally` of it does anything any more."""


@dataclass
class Chance:
    """Draws faults while `on`; counts those that happened and writes the trace that two runs of one seed share."""

    random: random.Random
    on: bool = True
    happened: Counter[Fault] = field(default_factory=Counter)
    trace: list[str] = field(default_factory=list)
    seams: int = 0
    """How many awaits on the outside world the processes have made so far."""
    crash_at: int | None = None
    """The number of the await at which its process is to die, where that is not left to chance."""

    def strikes(self, fault: Fault, probability: float) -> bool:
        if not (self.on and self.random.random() < probability):
            return False
        self.note(fault)
        return True

    def note(self, fault: Fault, what: str = "") -> None:
        self.happened[fault] += 1
        self.trace.append(f"{fault} {what}")


@dataclass
class Life:
    """Whether a process lives; every seam of it passes here."""

    name: str
    chance: Chance
    alive: bool = True

    async def seam(self, slowest: float = 0.004) -> None:
        """An await on the outside world: takes time, and is where a process may die."""
        self.must_live()
        self.chance.seams += 1
        if self.chance.seams == self.chance.crash_at:
            self.chance.note(Fault.CRASH, self.name)
            self.alive = False
            raise Killed(self.name)
        seconds = self.chance.random.uniform(0, slowest)
        if self.chance.strikes(Fault.SLOW_DISK, 0.002):
            seconds = self.chance.random.uniform(0.2, 2.0)
        await asyncio.sleep(seconds)
        self.must_live()

    def must_live(self) -> None:
        if not self.alive:
            raise Killed(self.name)
