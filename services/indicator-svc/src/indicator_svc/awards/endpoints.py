"""Awards: HTTP in."""

from typing import Annotated

from fastapi import APIRouter, Query

from indicator_svc.awards import service
from indicator_svc.awards.schemas import AwardsOut
from indicator_svc.observations.endpoints import AsOf
from indicator_svc.observations.service import instant_of
from shared.kit.http import Reads, service_router
from shared.kit.schemas import Code, PeriodText


def awards_router() -> APIRouter:
    router = service_router("indicator", "awards", tag="评奖与约谈")

    @router.get("", summary="贡献奖、进步奖候选与约谈名单")
    async def honours(
        view: Reads,
        scheme: Annotated[Code, Query(description="方案代码")],
        period: Annotated[PeriodText, Query(description="报告期")],
        as_of: AsOf = None,
    ) -> AwardsOut:
        return AwardsOut.of(await service.honours(view, scheme, period, instant_of(as_of, view.now)))

    return router
