"""Changes: HTTP in."""

from typing import Annotated

from fastapi import APIRouter, Query

from indicator_svc.changes import service
from indicator_svc.changes.schemas import BoardChangesOut
from indicator_svc.observations.endpoints import AsOf
from indicator_svc.observations.service import instant_of
from shared.kit.http import Reads, service_router
from shared.kit.schemas import DAY_PATTERN, MOMENT_PATTERN, Code, PeriodText

Since = Annotated[
    str,
    Query(pattern=f"{DAY_PATTERN}|{MOMENT_PATTERN}", max_length=40, description="前一时点，如上次调度会的日期；日期取该日终了"),
]


def changes_router() -> APIRouter:
    router = service_router("indicator", "board-changes", tag="变化归因")

    @router.get("", summary="两个时点之间的计分榜变化及其原因")
    async def between(
        view: Reads,
        scheme: Annotated[Code, Query(description="方案代码")],
        period: Annotated[PeriodText, Query(description="报告期")],
        since: Since,
        until: AsOf = None,
    ) -> BoardChangesOut:
        instants = service.Between(instant_of(since, view.now), instant_of(until, view.now))
        return BoardChangesOut.of(await service.between(view, scheme, period, instants))

    return router
