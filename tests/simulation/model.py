"""What must be true of a world that has come to rest: the promises, as counts."""

import asyncio
import random
import tempfile
import zlib
from collections import Counter, defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.simulation.faults import Fault, Killed
from tests.simulation.kit import Kit
from tests.simulation.loop import NothingScheduled, VirtualLoop
from tests.simulation.tables import effect, written
from tests.simulation.world import Plan, World

LAST_LINES = 50


@dataclass(frozen=True)
class Verdict:
    """What one seed came to. `broken` names each promise that was not kept; the trace's checksum tells two runs apart."""

    seed: int
    broken: tuple[str, ...]
    happened: Counter[Fault]
    facts: int
    seams: int
    virtual_seconds: float
    checksum: int
    last_lines: tuple[str, ...]

    def __str__(self) -> str:
        again = f"python -m tests.simulation --seed {self.seed}"
        return "\n".join([f"seed {self.seed}: {'; '.join(self.broken)}", *self.last_lines, f"again: {again}"])


def simulate(seed: int, kit: Kit | None = None, plan: Plan | None = None) -> Verdict:
    """Run one seed to its end and judge it."""
    chance = random.Random(seed)  # noqa: S311 - the seed's own sequence, no secret
    random.seed(seed)  # the kit's jitter
    loop = VirtualLoop(chance)
    loop.set_exception_handler(_heard)
    with tempfile.TemporaryDirectory(prefix="diaodu-simulation-", dir=_fast_folder()) as folder:
        world = World(kit or Kit(), plan or Plan(), Path(folder), loop, chance)
        try:
            broken = loop.run_until_complete(_judged(world))
        except NothingScheduled:
            broken = ["DEADLOCK: every task waits for another"]
        finally:
            loop.close()
    lines = world.chance.trace
    return Verdict(
        seed,
        tuple(broken),
        world.chance.happened,
        len(world.acknowledged),
        world.chance.seams,
        loop.elapsed,
        zlib.crc32("\n".join(lines).encode()),
        tuple(lines[-LAST_LINES:]),
    )


def _heard(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """What a dead process's tasks raise is no news."""
    if not isinstance(context.get("exception"), Killed):
        loop.default_exception_handler(context)


def _fast_folder() -> str | None:
    return "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108 - memory, where there is some: a test's scratch


async def _judged(world: World) -> list[str]:
    try:
        await world.run()
    except Exception as error:  # noqa: BLE001 - whatever falls out of a world is its verdict
        return [f"ERROR: {error!r}"[:2000]]
    changes = await world.rows("project", written)
    committed = {row.number for row in changes}
    broken = [f"LOST WRITE {number}" for number in sorted(world.acknowledged - committed)]
    for service in world.plan.subscribers:
        effects = await world.rows(service, effect)
        seen = Counter(row.number for row in effects)
        broken += [f"{service}: LOST {number}" for number in sorted(committed - seen.keys())]
        broken += [f"{service}: PHANTOM {number}" for number in sorted(seen.keys() - committed)]
        broken += [f"{service}: DOUBLED {number}" for number, times in sorted(seen.items()) if times > 1]
        broken += _out_of_order(service, effects, changes)
        world.chance.trace += [f"{service} {row.subject} {row.sequence} {row.number}" for row in effects]
    return broken


def _out_of_order(service: str, effects: list[Any], changes: list[Any]) -> list[str]:
    """Per object, effects come in the order in which the changes were committed, and are numbered without a gap."""
    ours: dict[str, list[int]] = defaultdict(list)
    theirs: dict[str, list[int]] = defaultdict(list)
    numbers: dict[str, list[int]] = defaultdict(list)
    for row in effects:
        ours[row.subject].append(row.number)
        numbers[row.subject].append(row.sequence)
    for row in changes:
        theirs[row.subject].append(row.number)
    broken = [f"{service}: ORDER of {subject}" for subject, order in ours.items() if order != theirs[subject]]
    gaps = [subject for subject, found in numbers.items() if found != list(range(1, len(found) + 1))]
    return broken + [f"{service}: GAP in {subject}" for subject in gaps]
