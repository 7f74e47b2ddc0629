"""Is it alive, is it ready, what does it count: `/livez`, `/readyz`, `/metrics`. They need no key.

An interface is ready with its database and migrations, and not when it drains; a bus that is down is no reason, the outbox holds.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import structlog
from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

from shared.kit import migrations
from shared.kit.backlog import backlog_in
from shared.kit.db import ReadSession
from shared.kit.edge import Edge, draining_of
from shared.kit.worker import Check

log = structlog.get_logger(__name__)

CHECK_SECONDS: Final = 2.0

Figures = Callable[[ReadSession], Awaitable[Mapping[str, float]]]
"""Counts that a service adds to its metrics page."""


@dataclass(slots=True)
class _Migrations:
    """Whether the schema is new enough; asked until it is, and not again."""

    package: str
    done: bool = False

    async def check(self, edge: Edge) -> Check:
        if not self.done:
            self.done = await migrations.at_head(edge.runtime.database, self.package)
        return Check("migrations", self.done, "" if self.done else "数据库结构不是最新版本，请先执行 migrate")


class _Waiting:
    """What waits, counted anew for each look; while the database is away nothing is said of it but that it is away."""

    def __init__(self, edge: Edge, figures: Sequence[Figures]) -> None:
        self._edge = edge
        self._figures = figures
        self._backlog = edge.metrics.gauge("diaodu_backlog", "Facts and events that wait.", ("service", "figure"))
        self._up = edge.metrics.gauge("diaodu_database_up", "1 when the database answered, 0 when not.", ("service",))

    async def count(self) -> None:
        try:
            found = await asyncio.wait_for(self._counted(), CHECK_SECONDS)
        except Exception as error:  # noqa: BLE001 - whatever keeps the database from an answer is what the gauge says
            log.warning("metrics.database_unavailable", error=type(error).__name__)
            found = {}
        self._up.labels(self._edge.service).set(bool(found))
        self._backlog.clear()
        for figure, value in found.items():
            self._backlog.labels(self._edge.service, figure).set(value)

    async def _counted(self) -> Mapping[str, float]:
        """In one consistent view."""
        async with self._edge.runtime.database.reading() as view:
            found = (await backlog_in(view)).figures()
            for more in self._figures:
                found |= await more(view)
        return found


def install_health(app: FastAPI, edge: Edge) -> None:
    """Answer at the root, and under `/api/<service>` so that an edge before several services reaches each of them."""
    schema = _Migrations(edge.runtime.settings.migrations_package())

    async def readyz(request: Request) -> Response:
        draining = draining_of(request).is_set()
        checks = [
            Check("draining", not draining, "正在停止" if draining else ""),
            await _bounded("database", lambda: _database(edge)),
            await _bounded("migrations", lambda: schema.check(edge)),
        ]
        return readiness_answer(checks)

    app.state.figures = figures = list[Figures]()
    waiting = _Waiting(edge, figures)

    async def metrics(_request: Request) -> Response:
        await waiting.count()
        return Response(edge.metrics.exposition(), media_type="text/plain; version=0.0.4")

    for prefix in ("", f"/api/{edge.service}"):
        app.add_route(f"{prefix}/livez", _livez, include_in_schema=False)
        app.add_route(f"{prefix}/readyz", readyz, include_in_schema=False)
        app.add_route(f"{prefix}/metrics", metrics, include_in_schema=False)


def count_also(app: FastAPI, figures: Figures) -> None:
    """Let the metrics page of a service's application show what the service itself counts."""
    app.state.figures.append(figures)


def readiness_answer(checks: Sequence[Check]) -> Response:
    """200 when every check holds, 503 otherwise; names what does not."""
    ready = all(check.ok for check in checks)
    lines = [{"name": check.name, "ok": check.ok, "detail": check.detail} for check in checks]
    return JSONResponse({"ready": ready, "checks": lines}, 200 if ready else 503)


async def _livez(_request: Request) -> Response:
    return PlainTextResponse("ok\n")


async def _database(edge: Edge) -> Check:
    await edge.runtime.database.ping()
    return Check("database", ok=True)


async def _bounded(name: str, check: Callable[[], Awaitable[Check]]) -> Check:
    try:
        return await asyncio.wait_for(check(), CHECK_SECONDS)
    except Exception as error:  # noqa: BLE001 - whatever keeps the check from an answer means: not ready
        log.warning("health.check_failed", check=name, error=type(error).__name__)
        return Check(name, ok=False, detail="数据库暂不可用")
