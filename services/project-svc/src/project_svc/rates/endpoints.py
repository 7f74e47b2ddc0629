"""Rates over HTTP."""

from typing import Annotated

from fastapi import Query

from project_svc.rates import service
from project_svc.rates.schemas import Grouping, RateBoardOut
from shared.kit.http import Reads, service_router
from shared.kit.schemas import Day, RegionCode

router = service_router("project", "rates", tag="开复工率与投资完成率")


@router.get("", summary="开复工率、新建开工率、复工率、投资完成率与序时差")
async def rates(
    view: Reads,
    by: Annotated[Grouping, Query(description="分组口径")] = Grouping.SPONSOR_POST,
    as_of: Annotated[Day | None, Query(description="截至哪一天（含当天），缺省为今天")] = None,
    region: Annotated[RegionCode | None, Query(description="只统计该区划及其下辖区划")] = None,
) -> RateBoardOut:
    board = await service.rates_on(view, as_of or view.now.date(), grouped_by=by, region=region)
    return RateBoardOut.of(board, by)
