"""The worker of project-svc: relay, consumer, the sweeps over due days, plans, permits and obstacles, and rates told."""

from functools import partial
from typing import cast

from project_svc.obstacles import service as obstacles
from project_svc.outlooks import service as outlooks
from project_svc.permits import service as permits
from project_svc.rates.service import tell_rates
from project_svc.settings import ProjectSettings
from project_svc.subscriptions import SUBSCRIPTIONS
from project_svc.sweep.service import sweep
from shared.kit.db import Database
from shared.kit.runtime import Runtime
from shared.kit.worker import Ticker, Worker


def create_worker(runtime: Runtime) -> Worker:
    settings = cast("ProjectSettings", runtime.settings)
    watch = Ticker("milestone-sweep", settings.sweep_interval, partial(sweep, batch=settings.sweep_batch))
    outlook = Ticker("plan-outlook-sweep", settings.sweep_interval, partial(outlooks.sweep, batch=settings.sweep_batch))
    lapse = Ticker("permit-sweep", settings.sweep_interval, partial(permits.sweep, batch=settings.sweep_batch))
    missed = Ticker("obstacle-sweep", settings.sweep_interval, partial(obstacles.sweep, batch=settings.sweep_batch))

    async def tell(database: Database) -> None:
        await tell_rates(database, settings.region)

    rates = Ticker("rates-sweep", settings.rates_interval, tell)
    return Worker(runtime, SUBSCRIPTIONS, [watch, outlook, lapse, missed, rates])
