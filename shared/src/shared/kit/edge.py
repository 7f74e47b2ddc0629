"""What the requests of one application share."""

import asyncio
from dataclasses import dataclass
from typing import cast

from starlette.requests import Request

from shared.kit.auth import KeyRing
from shared.kit.limits import Bulkhead, RateLimit
from shared.kit.observability import Metrics
from shared.kit.runtime import Runtime


@dataclass(frozen=True, slots=True)
class Edge:
    """The parts that stand between the wire and the use cases."""

    runtime: Runtime
    keys: KeyRing
    metrics: Metrics
    rate: RateLimit
    requests: Bulkhead
    uploads: Bulkhead

    @property
    def service(self) -> str:
        return self.runtime.settings.service


def edge_for(runtime: Runtime) -> Edge:
    """The edge of one service in this process."""
    settings = runtime.settings
    return Edge(
        runtime=runtime,
        keys=KeyRing(runtime.database, settings.environment),
        metrics=Metrics(settings.service),
        rate=RateLimit(settings.rate_limit_per_minute, runtime.clock),
        requests=Bulkhead(settings.max_concurrent_requests, most_waiting=settings.max_waiting_requests),
        uploads=Bulkhead(settings.max_concurrent_uploads, most_waiting=settings.max_concurrent_uploads),
    )


def edge_of(request: Request) -> Edge:
    """The edge that this request came through."""
    return cast("Edge", request.app.state.edge)


def draining_of(request: Request) -> asyncio.Event:
    """Set when this process is about to stop; streams end themselves when it is."""
    return cast("asyncio.Event", request.app.state.draining)
