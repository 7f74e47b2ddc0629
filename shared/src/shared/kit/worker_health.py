"""What a worker process answers over HTTP: is it alive, does it make progress, what has it counted. No key is needed."""

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from shared.kit.observability import Metrics
from shared.kit.worker import Worker


def worker_health_app(worker: Worker) -> Starlette:
    """`/livez`, `/readyz` and `/metrics` of a worker."""
    metrics = Metrics(worker.runtime.settings.service)
    gauges = metrics.gauge("diaodu_worker", "What the worker has counted since it started.", ("figure",))

    async def livez(_request: Request) -> Response:
        return PlainTextResponse("ok\n")

    async def readyz(_request: Request) -> Response:
        checks = await worker.readiness()
        ready = all(check.ok for check in checks)
        lines = [{"name": check.name, "ok": check.ok, "detail": check.detail} for check in checks]
        return JSONResponse({"ready": ready, "checks": lines}, 200 if ready else 503)

    async def page(_request: Request) -> Response:
        for figure, value in worker.figures().items():
            gauges.labels(figure).set(value)
        return Response(metrics.exposition(), media_type="text/plain; version=0.0.4")

    return Starlette(routes=[Route("/livez", livez), Route("/readyz", readyz), Route("/metrics", page)])
