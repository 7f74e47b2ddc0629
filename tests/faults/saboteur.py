"""Runs a service whose process kills itself at one of its steps: `… saboteur before publish 3 alert_svc worker`.

What a kill from outside meets by chance is met here on purpose: the moment before, in, or after the third publish.
"""

import asyncio
import os
import runpy
import signal
import sys
from collections.abc import Awaitable, Callable
from typing import Any, Final

from sqlalchemy.ext.asyncio import AsyncSession

from alert_svc.deliveries import service as deliveries
from alert_svc.deliveries.sender import Sender
from shared.kit.inbox import Inbox
from shared.kit.kafka import KafkaBus
from shared.kit.kafka_subscription import KafkaSubscription
from shared.kit.relay import Relay

Step = Callable[..., Awaitable[Any]]

STEPS: Final[dict[str, tuple[Any, str]]] = {
    "commit": (AsyncSession, "commit"),
    "publish": (KafkaBus, "publish"),
    "mark as sent": (Relay, "_mark"),
    "take in": (Inbox, "take_all"),
    "commit of offsets": (KafkaSubscription, "commit"),
    "push": (Sender, "send"),
    "record of a push": (deliveries, "settle"),
}
MOMENTS: Final = ("before", "in", "after")
INTO_IT_SECONDS: Final = 0.002


def die() -> None:
    """As if the power went."""
    os.kill(os.getpid(), signal.SIGKILL)


def sabotaged(step: Step, moment: str, times: int) -> Step:
    """That step, at whose so-manyth time the process dies."""
    left = times

    async def run(*arguments: Any, **more: Any) -> Any:
        nonlocal left
        left -= 1
        last = left == 0  # meanwhile others begin: several pushes are under way at once
        if last and moment == "before":
            die()
        if last and moment == "in":
            asyncio.get_running_loop().call_later(INTO_IT_SECONDS, die)
        result = await step(*arguments, **more)
        if last:
            die()
        return result

    return run


def main(moment: str, name: str, times: str, module: str, role: str) -> None:
    """Spoil the step, and be the service."""
    owner, attribute = STEPS[name]
    setattr(owner, attribute, sabotaged(getattr(owner, attribute), moment, int(times)))
    sys.argv = [module, role]
    runpy.run_module(module, run_name="__main__")


if __name__ == "__main__":
    main(*sys.argv[1:])
