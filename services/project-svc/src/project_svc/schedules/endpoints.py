"""Schedules over HTTP."""

from typing import Annotated

from fastapi import Query, Response

from project_svc.schedules import service
from project_svc.schedules.schemas import AdoptionIn, ScheduleOut, ScheduleQuery, TrialIn
from shared.kit.http import Reads, Uow, created, service_router, tagged_by_content
from shared.kit.schemas import ObjectId

SCHEDULES = "/api/project/v1/schedules"

router = service_router("project", "schedules", tag="倒排工期")


@router.get("/{project_id}", summary="查看项目排期（正排或倒排，计入调休与冬季停工）")
async def schedule(
    project_id: ObjectId, view: Reads, query: Annotated[ScheduleQuery, Query()], response: Response
) -> ScheduleOut:
    return tagged_by_content(response, ScheduleOut.of(await service.compute(view, project_id, query.question())))


@router.post("/{project_id}/trials", summary="试排（改动工期或日期，不保存）")
async def try_out(project_id: ObjectId, body: TrialIn, view: Reads) -> ScheduleOut:
    return ScheduleOut.of(await service.compute(view, project_id, body.question()))


@router.post("/{project_id}/adoptions", status_code=201, summary="经批准采用排期，调整各节点到期日")
async def adopt(project_id: ObjectId, body: AdoptionIn, uow: Uow, response: Response) -> ScheduleOut:
    answer = await service.adopt(uow, project_id, body.question(), body.approval())
    return created(response, SCHEDULES, ScheduleOut.of(answer))
