"""Standings: HTTP in."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Query

from indicator_svc.scoreboards.as_of import AsOf, instant_of
from indicator_svc.standings.models import Standing, StandingRevision
from indicator_svc.standings.repository import Filters, Standings
from indicator_svc.standings.schemas import StandingOut
from shared.contracts.facts import Level
from shared.kit.db import ReadSession
from shared.kit.http import Reads, service_router
from shared.kit.pages import PageOut, PageParams, PageRequest, page_of
from shared.kit.schemas import Code, PeriodText, RegionCode


def narrowed(
    region: Annotated[RegionCode | None, Query(description="区划代码")] = None,
    period: Annotated[PeriodText | None, Query(description="报告期")] = None,
    indicator: Annotated[Code | None, Query(description="指标代码")] = None,
    scheme: Annotated[Code | None, Query(description="方案代码")] = None,
    level: Annotated[list[Level] | None, Query(description="等级，可重复")] = None,
) -> Filters:
    """The filters of a list."""
    return Filters(region, period, indicator, scheme, tuple(level or ()))


def standings_router() -> APIRouter:
    router = service_router("indicator", "standings", tag="指标等级")

    @router.get("", summary="查询指标等级")
    async def search(
        view: Reads, page: PageParams, filters: Annotated[Filters, Depends(narrowed)], as_of: AsOf = None
    ) -> PageOut[StandingOut]:
        if as_of is not None:
            return await _known_by(view, page, filters, instant_of(as_of, view.now))
        found = await page_of(
            view.session,
            Standings.matching(filters),
            page,
            sortable={"region": Standing.region, "indicator": Standing.indicator, "period": Standing.period_end},
            default_sort="region,-period,indicator",
            tie=Standing.id,
        )
        items = [StandingOut.of(row) for row in found.items]
        return PageOut[StandingOut](items=items, next_cursor=found.next_cursor, total=found.total)

    return router


async def _known_by(view: ReadSession, page: PageRequest, filters: Filters, instant: datetime) -> PageOut[StandingOut]:
    then = StandingRevision
    found = await page_of(
        view.session,
        Standings.known_by(filters, instant),
        page,
        sortable={"region": then.region, "indicator": then.indicator, "period": then.period_end},
        default_sort="region,-period,indicator",
        tie=then.id,
    )
    items = [StandingOut.then(row) for row in found.items]
    return PageOut[StandingOut](items=items, next_cursor=found.next_cursor, total=found.total)
