"""Reporting windows: HTTP in."""

from typing import Annotated

from fastapi import APIRouter, Path, Query, Response

from indicator_svc.observations.service import instant_of
from indicator_svc.windows import service
from indicator_svc.windows.schemas import (
    CurrentOut,
    ReleaseDayOut,
    RevisionIn,
    RevisionOut,
    TableOut,
    WindowDetailOut,
    WindowOut,
)
from indicator_svc.windows.shipped import release_days
from shared.kit.http import Reads, Uow, service_router, tagged
from shared.kit.schemas import DAY_PATTERN, MOMENT_PATTERN, Code, Day, PeriodText, RegionCode

AsOf = Annotated[
    str | None,
    Query(pattern=f"{DAY_PATTERN}|{MOMENT_PATTERN}", max_length=40, description="按该日终了或该时刻所知；日期或带时区的时刻"),
]
TableCode = Annotated[Code, Path(description="报表代码，如 206-1")]
PeriodPath = Annotated[PeriodText, Path(description="报告期，如 2022-M06")]


def reporting_tables_router() -> APIRouter:
    router = service_router("indicator", "reporting-tables", tag="报送窗口")

    @router.get("", summary="报表与默认开关网时间")
    async def tables(view: Reads, on: Annotated[Day | None, Query(description="该日有效的规则")] = None) -> list[TableOut]:
        return [TableOut.of(table) for table in service.tables_on(on or view.now.date())]

    return router


def reporting_windows_router(region: str) -> APIRouter:
    """`region`: the deployment's home region, whose figures the windows wait for."""
    router = service_router("indicator", "reporting-windows", tag="报送窗口")

    @router.get("", summary="已开网与即将开网的窗口")
    async def current(
        view: Reads, as_of: AsOf = None, table: Annotated[Code | None, Query(description="报表代码")] = None
    ) -> CurrentOut:
        instant = instant_of(as_of, view.now)
        now_open, upcoming = await service.current(view, region, instant, table)
        shown = [[WindowOut.of(window, instant) for window in each] for each in (now_open, upcoming)]
        return CurrentOut(as_of=instant, open=shown[0], upcoming=shown[1])

    @router.get("/{table}/{period}", summary="查看一期窗口与尚缺的数据")
    async def show(
        table: TableCode,
        period: PeriodPath,
        view: Reads,
        as_of: AsOf = None,
        regions: Annotated[
            list[RegionCode] | None, Query(alias="region", max_length=400, description="区划代码；空为本地区")
        ] = None,
    ) -> WindowDetailOut:
        instant = instant_of(as_of, view.now)
        found = await service.detail(view, (region, table, period), regions or [region], instant)
        return WindowDetailOut.with_all(found.window, instant, found.missing, (found.revisions, found.marks))

    @router.post("/{table}/{period}/revisions", status_code=201, summary="按正式通知调整一期开关网时间")
    async def revise(table: TableCode, period: PeriodPath, body: RevisionIn, uow: Uow, response: Response) -> RevisionOut:
        revision = await service.revise(uow, region, (table, period), body.notice())
        response.headers["Location"] = f"{router.prefix}/{table}/{period}"
        return tagged(response, RevisionOut.of(revision))

    return router


def release_days_router() -> APIRouter:
    router = service_router("indicator", "release-days", tag="报送窗口")

    @router.get("", summary="国家统计局发布日")
    async def days(
        _view: Reads, year: Annotated[int | None, Query(ge=1950, le=2099, description="发布年份")] = None
    ) -> list[ReleaseDayOut]:
        found = [ReleaseDayOut.model_validate(each) for each in release_days()]
        return [each for each in found if year in (None, each.released_on.year)]

    return router
