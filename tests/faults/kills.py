"""`kill -9`, again and again, at moments that the traffic decides."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from typing import Final

from shared.testing.processes import Processes
from tests.faults.trial import Trial

MOST_MOVES: Final = 15
EVERY_ROLE: Final = (("project", "api"), ("project", "worker"), ("alert", "api"), ("alert", "worker"))


@dataclass(frozen=True, slots=True)
class Killer:
    """Kills the newest process of a role and starts another. The seed decides after how many facts and effects."""

    stack: Processes
    trial: Trial
    seed: int

    async def kill(self, roles: Sequence[tuple[str, str]], times: int) -> int:
        """Every role so many times, all roles at once; how many were killed."""
        async with asyncio.TaskGroup() as group:
            for number, role in enumerate(roles):
                group.create_task(self._kill(role, times, Random(self.seed + number)))  # noqa: S311 - moments, not secrets
        return len(roles) * times

    async def _kill(self, role: tuple[str, str], times: int, chance: Random) -> None:
        for _ in range(times):
            await self.trial.moves(chance.randint(1, MOST_MOVES))
            await asyncio.to_thread(self.stack.newest(*role).kill)
            await asyncio.to_thread(self.stack.start, *role)
