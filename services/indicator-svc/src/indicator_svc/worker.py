"""What goes on without anybody asking: boards and standings follow figures; deadlines, unclaimed items, closings are told."""

from datetime import timedelta
from typing import Final

from indicator_svc.claims.watch import watch_claims
from indicator_svc.entries.service import watch_deadlines
from indicator_svc.scoreboards.service import recompute_stale
from indicator_svc.standings.service import judge_changed
from indicator_svc.stops.service import watch_stops
from indicator_svc.subscriptions import SUBSCRIPTIONS
from indicator_svc.windows.watch import watch_windows
from shared.kit.db import Database
from shared.kit.runtime import Runtime
from shared.kit.worker import Ticker, Worker

LOOK_EVERY: Final = timedelta(milliseconds=500)
"""Figures come in through another process; one in this process calls at once."""
SWEEP_EVERY: Final = timedelta(seconds=30)
"""How often due days are looked over. A late sweep loses nothing: it tells what came about meanwhile."""


def create_worker(runtime: Runtime) -> Worker:
    async def follow_figures(database: Database) -> None:
        await recompute_stale(database, runtime.settings.region)
        await judge_changed(database)

    async def follow_claims(database: Database) -> None:
        await watch_claims(database, runtime.settings.region)

    async def follow_windows(database: Database) -> None:
        await watch_windows(database, runtime.settings.region)

    tickers = [
        Ticker("boards", LOOK_EVERY, follow_figures, wake=runtime.database.listen()),
        Ticker("entry-deadlines", SWEEP_EVERY, watch_deadlines),
        Ticker("claims", SWEEP_EVERY, follow_claims),
        Ticker("stop-deadlines", SWEEP_EVERY, watch_stops),
        Ticker("windows", SWEEP_EVERY, follow_windows),
    ]
    return Worker(runtime, SUBSCRIPTIONS, tickers)
