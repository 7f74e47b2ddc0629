"""Runs a worker that at first takes in events more slowly than a group waits for: `… dawdler awaits alert_svc worker`.

It `awaits` (and goes on telling the broker that it lives) or `blocks` (and tells nobody anything), each time for longer than the
time in which a member has to poll; or it `lingers` over a batch, for no longer than it may.
"""

import asyncio
import runpy
import sys
import time
from collections.abc import Sequence
from typing import Final

from shared.kit import kafka
from shared.kit.bus import InRecord
from shared.kit.inbox import Inbox, Outcome

POLL_WITHIN_MS: Final = 4_000
SLOW_EVENTS: Final = 3
DAWDLES: Final = {"awaits": 8.0, "blocks": 14.0, "lingers": 2.5}
"""Seconds; the second is longer than a session lasts (10 s), too."""
BEGUN: Final = "dawdling over records: "
"""What it says when it has a batch in hand; then how many."""


async def dawdle(how: str) -> None:
    """Do nothing for too long."""
    if how == "blocks":
        time.sleep(DAWDLES[how])  # noqa: ASYNC251 - the fault itself: nothing else runs meanwhile
    else:
        await asyncio.sleep(DAWDLES[how])


def main(how: str, module: str, role: str) -> None:
    """Slow it down, and be the service."""
    kafka.MAX_POLL_INTERVAL_MS = POLL_WITHIN_MS  # type: ignore[misc]  # a constant, but for this program
    take_all, left = Inbox.take_all, SLOW_EVENTS

    async def slow_take(self: Inbox, records: Sequence[InRecord]) -> list[Outcome]:
        nonlocal left
        if left > 0:
            left -= 1
            sys.stdout.write(f"{BEGUN}{len(records)}\n")
            sys.stdout.flush()
            await dawdle(how)
        return await take_all(self, records)

    Inbox.take_all = slow_take  # type: ignore[method-assign]  # that is what this program is for
    sys.argv = [module, role]
    runpy.run_module(module, run_name="__main__")


if __name__ == "__main__":
    main(*sys.argv[1:])
