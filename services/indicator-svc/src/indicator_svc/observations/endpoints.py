"""Observations: HTTP in."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Response

from indicator_svc.observations import service
from indicator_svc.observations.models import Observation
from indicator_svc.observations.repository import Filters, Observations
from indicator_svc.observations.rules import State
from indicator_svc.observations.schemas import ObservationIn, ObservationInFull, ObservationOut, ReasonIn, figure_named
from shared.kit.bulk import Apart, BatchIn, BatchOut, run_batch
from shared.kit.http import Reads, Uow, created, service_router, tagged
from shared.kit.pages import PageOut, PageParams, page_of
from shared.kit.schemas import DAY_PATTERN, MOMENT_PATTERN, Code, ObjectId, PeriodText, RegionCode

AsOf = Annotated[
    str | None,
    Query(pattern=f"{DAY_PATTERN}|{MOMENT_PATTERN}", max_length=40, description="按该日终了或该时刻所知；日期或带时区的时刻"),
]


def narrowed(
    view: Reads,
    region: Annotated[RegionCode | None, Query(description="区划代码")] = None,
    indicator: Annotated[Code | None, Query(description="指标代码")] = None,
    period: Annotated[PeriodText | None, Query(description="报告期")] = None,
    state: Annotated[State | None, Query(description="accepted 已采用、held 待确认、withdrawn 已撤回")] = None,
    as_of: AsOf = None,
) -> Filters:
    """The filters of a list."""
    return Filters(region, indicator, period, state, None if as_of is None else service.instant_of(as_of, view.now))


def observations_router() -> APIRouter:
    router = service_router("indicator", "observations", tag="指标数据")
    _record(router)
    _read(router)
    _decide(router)
    return router


def _record(router: APIRouter) -> None:
    @router.post("", status_code=201, summary="填报一条数据")
    async def observe(body: ObservationIn, uow: Uow, response: Response) -> ObservationOut:
        return created(response, router.prefix, ObservationOut.of(await service.observe(uow, body.draft())))

    @router.post("/batch", summary="批量填报数据")
    async def observe_many(body: BatchIn[ObservationIn], uow: Uow) -> BatchOut:
        recording = service.Recording(uow)

        async def record(item: ObservationIn) -> str:
            return (await recording.add(item.draft())).id

        results = await run_batch(uow, body, ObservationIn, record, Apart(figure_named, recording.check))
        await recording.check()
        return results


def _read(router: APIRouter) -> None:
    @router.get("", summary="查询数据")
    async def search(view: Reads, page: PageParams, filters: Annotated[Filters, Depends(narrowed)]) -> PageOut[ObservationOut]:
        found = await page_of(
            view.session,
            Observations.matching(filters),
            page,
            sortable={
                "region": Observation.region,
                "indicator": Observation.indicator,
                "period": Observation.period_end,
                "revision": Observation.revision,
                "created_at": Observation.created_at,
            },
            default_sort="indicator,region,period,revision",
            tie=Observation.id,
        )
        items = [ObservationOut.of(row) for row in found.items]
        return PageOut[ObservationOut](items=items, next_cursor=found.next_cursor, total=found.total)

    @router.get("/{observation_id}", summary="查看一条数据")
    async def show(observation_id: ObjectId, view: Reads, response: Response, as_of: AsOf = None) -> ObservationInFull:
        recorded = await service.get(view, observation_id, service.instant_of(as_of, view.now))
        found = ObservationInFull.then(recorded.observation, recorded.moves)
        return tagged(response, found) if as_of is None else found


def _decide(router: APIRouter) -> None:
    @router.post("/{observation_id}/confirmations", status_code=201, summary="确认一条待确认的数据")
    async def confirm(observation_id: ObjectId, body: ReasonIn, uow: Uow, response: Response) -> ObservationOut:
        return created(response, router.prefix, ObservationOut.of(await service.confirm(uow, observation_id, body.reason)))

    @router.post("/{observation_id}/withdrawals", status_code=201, summary="撤回一条数据")
    async def withdraw(observation_id: ObjectId, body: ReasonIn, uow: Uow, response: Response) -> ObservationOut:
        return created(response, router.prefix, ObservationOut.of(await service.withdraw(uow, observation_id, body.reason)))
