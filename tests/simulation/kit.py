"""The parts of the kit that a world is built of; a mutation replaces one of them by a part with a classic mistake."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from shared.kit.db import Database
from shared.kit.inbox import Inbox
from shared.kit.relay import Relay
from tests.simulation.bus import SimulatedBus

Write = Callable[["Database", "SimulatedBus", str, int], Awaitable[None]]


class SmallRounds(Relay):
    """Rounds so small that they are full, and the relay reads ahead."""

    rows_per_round = 3


@dataclass(frozen=True)
class Kit:
    """Production's parts, unless a mutation says otherwise."""

    relay: type[Relay] = SmallRounds
    inbox: type[Inbox] = Inbox
    write: Write | None = None
    """How a writer changes an object and reports it; None is the kit's way."""
