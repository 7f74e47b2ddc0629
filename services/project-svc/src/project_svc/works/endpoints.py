"""Suspension, resumption and completion of projects over HTTP."""

from fastapi import Response

from project_svc.projects.schemas import ProjectOut
from project_svc.works import service
from project_svc.works.schemas import OrderIn, ProjectCompletionIn
from shared.kit.http import Caller, Uow, created, service_router
from shared.kit.schemas import ObjectId

PROJECTS = "/api/project/v1/projects"

router = service_router("project", "projects", tag="停缓建与竣工")


@router.post("/{project_id}/suspensions", status_code=201, summary="停缓建（须经批准）")
async def suspend(project_id: ObjectId, body: OrderIn, uow: Uow, caller: Caller, response: Response) -> ProjectOut:
    project = await service.suspend(uow, project_id, body.order())
    return created(response, PROJECTS, ProjectOut.of(project, caller))


@router.post("/{project_id}/resumptions", status_code=201, summary="恢复建设（须经批准）")
async def resume(project_id: ObjectId, body: OrderIn, uow: Uow, caller: Caller, response: Response) -> ProjectOut:
    project = await service.resume(uow, project_id, body.order())
    return created(response, PROJECTS, ProjectOut.of(project, caller))


@router.post("/{project_id}/completions", status_code=201, summary="项目竣工")
async def complete(project_id: ObjectId, body: ProjectCompletionIn, uow: Uow, caller: Caller, response: Response) -> ProjectOut:
    project = await service.complete(uow, project_id, body.completed_on, body.acceptance)
    return created(response, PROJECTS, ProjectOut.of(project, caller))
