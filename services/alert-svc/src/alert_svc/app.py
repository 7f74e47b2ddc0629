"""The HTTP application of alert-svc."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import cast

from fastapi import FastAPI

from alert_svc.alerts import endpoints as alerts
from alert_svc.deliveries import endpoints as deliveries
from alert_svc.endpoints import endpoints as receivers
from alert_svc.endpoints.service import figures as receiver_figures
from alert_svc.rules import endpoints as rules
from alert_svc.settings import AlertSettings
from alert_svc.stream import endpoints as stream
from alert_svc.stream.hub import Hub
from alert_svc.stream.slow_readers import CutSlowReaders
from alert_svc.subscriptions import SUBSCRIPTIONS
from shared.kit.health import count_also
from shared.kit.http import create_service_app
from shared.kit.runtime import Runtime


def create_app(runtime: Runtime) -> FastAPI:
    """Put the application together; nothing is reached before it serves."""
    settings = cast("AlertSettings", runtime.settings)
    hub = Hub(runtime.database, settings.stream_poll_interval, settings.stream_clients)

    @asynccontextmanager
    async def streaming(_app: FastAPI) -> AsyncIterator[None]:
        stop = asyncio.Event()
        running = asyncio.create_task(hub.run(stop), name="stream")
        try:
            yield
        finally:
            stop.set()
            await running

    app = create_service_app(
        runtime,
        title="预警服务",
        description="把各服务的事实按规则变成预警：分级、认领、关闭、案卷、推送与实时流。",
        routers=[alerts.router, rules.router, receivers.router, deliveries.receivers, deliveries.router, stream.router],
        subscriptions=SUBSCRIPTIONS,
        extra_lifespan=streaming,
    )
    count_also(app, receiver_figures)
    app.state.stream = hub
    app.add_middleware(CutSlowReaders, path=stream.router.prefix, deadline=settings.stream_send_deadline)
    return app
