"""What a worker process answers over HTTP: is it alive, does it make progress, what has it counted. No key is needed."""

import asyncio
from collections.abc import Mapping
from typing import Final

import structlog
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from shared.kit.bus import BusUnavailable
from shared.kit.observability import Metrics
from shared.kit.subscriptions import consumer_of
from shared.kit.worker import Worker

log = structlog.get_logger(__name__)

LOOK_AGAIN_SECONDS: Final = 10.0
ANSWER_SECONDS: Final = 5.0


class _Behind:
    """How far the service's group is behind; the bus is asked once in a while, however often somebody looks."""

    def __init__(self, worker: Worker) -> None:
        self._worker = worker
        self._asked_at = -LOOK_AGAIN_SECONDS
        self._found: Mapping[str, float] = {}

    async def figures(self) -> Mapping[str, float]:
        """`bus_up`, and with a bus that answers what the group has not taken in yet."""
        clock = self._worker.runtime.clock
        if clock.monotonic() - self._asked_at >= LOOK_AGAIN_SECONDS:
            self._asked_at = clock.monotonic()
            self._found = await self._ask()
        return self._found

    async def _ask(self) -> Mapping[str, float]:
        runtime = self._worker.runtime
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                lags = (await runtime.bus.lag(consumer_of(runtime.settings.service))).values()
        except (BusUnavailable, OSError) as error:
            log.warning("metrics.bus_unavailable", error=repr(error))
            return {"bus_up": 0}
        return {
            "bus_up": 1,
            "consumer_lag_records": sum(lag.records for lag in lags),
            "consumer_lag_seconds": max((lag.seconds for lag in lags), default=0.0),
        }


def worker_health_app(worker: Worker) -> Starlette:
    """`/livez`, `/readyz` and `/metrics` of a worker."""
    metrics = Metrics(worker.runtime.settings.service)
    gauges = metrics.gauge("diaodu_worker", "What the worker has counted since it started, and how it is.", ("service", "figure"))
    behind = _Behind(worker)

    async def livez(_request: Request) -> Response:
        return PlainTextResponse("ok\n")

    async def readyz(_request: Request) -> Response:
        checks = await worker.readiness()
        ready = all(check.ok for check in checks)
        lines = [{"name": check.name, "ok": check.ok, "detail": check.detail} for check in checks]
        return JSONResponse({"ready": ready, "checks": lines}, 200 if ready else 503)

    async def page(_request: Request) -> Response:
        figures = {**worker.figures(), **await behind.figures()}
        gauges.clear()
        for figure, value in figures.items():
            gauges.labels(metrics.service, figure).set(value)
        return Response(metrics.exposition(), media_type="text/plain; version=0.0.4")

    return Starlette(routes=[Route("/livez", livez), Route("/readyz", readyz), Route("/metrics", page)])
