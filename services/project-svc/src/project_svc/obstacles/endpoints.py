"""Obstacles over HTTP."""

from typing import Annotated

from fastapi import Query, Response

from project_svc.obstacles import service
from project_svc.obstacles.repository import SORTABLE, TIE, Obstacles, listed
from project_svc.obstacles.schemas import (
    DatedActIn,
    DeferralIn,
    HandOverIn,
    LeverageBoardOut,
    ObstacleIn,
    ObstacleOut,
    ObstacleQuery,
)
from project_svc.obstacles.service import Fix, entry_of
from shared.kit.http import Caller, Reads, Uow, created, service_router, tagged
from shared.kit.pages import PageOut, PageParams, page_of
from shared.kit.schemas import ObjectId

OBSTACLES = "/api/project/v1/obstacles"

router = service_router("project", "obstacles", tag="堵点")
leverage_router = service_router("project", "obstacle-leverage", tag="堵点")


@leverage_router.get("", summary="解决哪一项堵点可盘活最多投资")
async def leverage(
    view: Reads, by: Annotated[Fix, Query(description="按堵点、部门、类别，或两两组合")] = Fix.OBSTACLE
) -> LeverageBoardOut:
    return LeverageBoardOut.of(by, await service.leverage(view, by))


@router.post("", status_code=201, summary="提出堵点")
async def raise_obstacle(body: ObstacleIn, uow: Uow, caller: Caller, response: Response) -> ObstacleOut:
    raised = await service.raise_obstacle(uow, set(body.projects), body.report())
    return created(response, OBSTACLES, ObstacleOut.of(raised, caller))


@router.get("", summary="堵点列表")
async def obstacles(
    view: Reads, caller: Caller, page: PageParams, query: Annotated[ObstacleQuery, Query()]
) -> PageOut[ObstacleOut]:
    wanted = listed(query.filter())
    found = await page_of(view.session, wanted, page, sortable=SORTABLE, default_sort="due_on", tie=TIE)
    items = [ObstacleOut.of(each, caller) for each in found.items]
    return PageOut(items=items, next_cursor=found.next_cursor, total=found.total)


@router.get("/{obstacle_id}", summary="查看堵点及其办理历史")
async def obstacle(obstacle_id: ObjectId, view: Reads, caller: Caller, response: Response) -> ObstacleOut:
    return tagged(response, ObstacleOut.of(await Obstacles(view.session).get(obstacle_id), caller))


@router.post("/{obstacle_id}/acceptances", status_code=201, summary="受理堵点")
async def take_up(obstacle_id: ObjectId, body: DatedActIn, uow: Uow, caller: Caller, response: Response) -> ObstacleOut:
    taken = await service.take_up(uow, obstacle_id, body.dated(entry_of(uow)))
    return created(response, OBSTACLES, ObstacleOut.of(taken, caller))


@router.post("/{obstacle_id}/deferrals", status_code=201, summary="登记批准的延期（不消除预警）")
async def defer(obstacle_id: ObjectId, body: DeferralIn, uow: Uow, caller: Caller, response: Response) -> ObstacleOut:
    deferred = await service.defer(uow, obstacle_id, body.due_on, body.dated(entry_of(uow)))
    return created(response, OBSTACLES, ObstacleOut.of(deferred, caller))


@router.post("/{obstacle_id}/hand-overs", status_code=201, summary="移交堵点")
async def hand_over(obstacle_id: ObjectId, body: HandOverIn, uow: Uow, caller: Caller, response: Response) -> ObstacleOut:
    handed = await service.hand_over(uow, obstacle_id, body.owner(), body.dated(entry_of(uow)))
    return created(response, OBSTACLES, ObstacleOut.of(handed, caller))


@router.post("/{obstacle_id}/resolutions", status_code=201, summary="堵点已解决")
async def resolve(obstacle_id: ObjectId, body: DatedActIn, uow: Uow, caller: Caller, response: Response) -> ObstacleOut:
    resolved = await service.resolve(uow, obstacle_id, body.dated(entry_of(uow)))
    return created(response, OBSTACLES, ObstacleOut.of(resolved, caller))


@router.post("/{obstacle_id}/withdrawals", status_code=201, summary="撤销堵点")
async def withdraw(obstacle_id: ObjectId, body: DatedActIn, uow: Uow, caller: Caller, response: Response) -> ObstacleOut:
    withdrawn = await service.withdraw(uow, obstacle_id, body.dated(entry_of(uow)))
    return created(response, OBSTACLES, ObstacleOut.of(withdrawn, caller))
