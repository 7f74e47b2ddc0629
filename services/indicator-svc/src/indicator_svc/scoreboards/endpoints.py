"""Scoreboards: HTTP in."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from indicator_svc.observations.endpoints import AsOf
from indicator_svc.observations.service import instant_of
from indicator_svc.scoreboards import service
from indicator_svc.scoreboards.schemas import BoardOut, ScoreboardIn, ScoreboardOut
from shared.kit.http import Reads, Uow, created, service_router, tagged
from shared.kit.schemas import Code, ObjectId, PeriodText


def scoreboards_router(home: str) -> APIRouter:
    """`home` is the deployment's region, under which changes of kept boards are told."""
    router = service_router("indicator", "scoreboards", tag="计分榜")

    @router.get("", summary="计算计分榜")
    async def look_up(
        view: Reads,
        scheme: Annotated[Code, Query(description="方案代码")],
        period: Annotated[PeriodText, Query(description="报告期")],
        as_of: AsOf = None,
    ) -> BoardOut:
        return BoardOut.of(await service.look_up(view, scheme, period, instant_of(as_of, view.now)))

    @router.post("", status_code=201, summary="计算并保存计分榜")
    async def keep(body: ScoreboardIn, uow: Uow, response: Response) -> ScoreboardOut:
        board = ScoreboardOut.kept(await service.keep(uow, body.scheme, body.period, home), stale=False)
        return created(response, router.prefix, board)

    @router.get("/{scoreboard_id}", summary="查看保存的计分榜")
    async def show(scoreboard_id: ObjectId, view: Reads, response: Response, as_of: AsOf = None) -> ScoreboardOut:
        board = await service.get(view, scoreboard_id)
        if as_of is None:
            return tagged(response, ScoreboardOut.kept(board, stale=await service.is_stale(view, board)))
        instant = instant_of(as_of, view.now)
        return ScoreboardOut.then(board, await service.look_up(view, board.scheme_code, board.period, instant))

    return router
