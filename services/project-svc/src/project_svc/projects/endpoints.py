"""The register over HTTP."""

from typing import Annotated

from fastapi import Query, Response

from project_svc.projects import service
from project_svc.projects.repository import SORTABLE, TIE, Projects, listed
from project_svc.projects.schemas import (
    PlanEntryIn,
    ProjectIn,
    ProjectOut,
    ProjectPatch,
    ProjectQuery,
    ReadinessIn,
    ResponsibilitiesOut,
    ResponsibilityIn,
    ResponsibilityOut,
    StandingOut,
    StandingsOut,
    StartIn,
)
from shared.kit.bulk import BatchIn, BatchOut, run_batch
from shared.kit.http import Caller, IfMatch, Reads, Uow, created, service_router, tagged
from shared.kit.pages import PageOut, PageParams, page_of
from shared.kit.schemas import Day, ObjectId

PROJECTS = "/api/project/v1/projects"

router = service_router("project", "projects", tag="建设项目")


@router.post("", status_code=201, summary="登记项目")
async def register(body: ProjectIn, uow: Uow, caller: Caller, response: Response) -> ProjectOut:
    project = await service.register(uow, body.registration())
    return created(response, PROJECTS, ProjectOut.of(project, caller))


@router.post("/batch", summary="批量登记项目")
async def register_many(body: BatchIn[ProjectIn], uow: Uow) -> BatchOut:
    async def apply(item: ProjectIn) -> str:
        return (await service.register(uow, item.registration())).id

    return await run_batch(uow, body, ProjectIn, apply)


@router.get("", summary="项目列表")
async def projects(view: Reads, caller: Caller, page: PageParams, query: Annotated[ProjectQuery, Query()]) -> PageOut[ProjectOut]:
    wanted = listed(query.filter())
    found = await page_of(view.session, wanted, page, sortable=SORTABLE, default_sort="code,name", tie=TIE)
    items = [ProjectOut.of(project, caller) for project in found.items]
    return PageOut(items=items, next_cursor=found.next_cursor, total=found.total)


@router.get("/{project_id}", summary="查看项目")
async def project(project_id: ObjectId, view: Reads, caller: Caller, response: Response) -> ProjectOut:
    return tagged(response, ProjectOut.of(await Projects(view.session).get(project_id), caller))


@router.patch("/{project_id}", summary="修改项目信息")
async def change(
    project_id: ObjectId, body: ProjectPatch, uow: Uow, caller: Caller, expected: IfMatch, response: Response
) -> ProjectOut:
    changed = await service.change(uow, project_id, expected, body.changes())
    return tagged(response, ProjectOut.of(changed, caller))


@router.get("/{project_id}/standings", summary="项目状态沿革")
async def standings(project_id: ObjectId, view: Reads) -> StandingsOut:
    await Projects(view.session).get(project_id)
    lines = await Projects(view.session).standings(project_id)
    return StandingsOut(items=[StandingOut.model_validate(line) for line in lines])


@router.get("/{project_id}/responsibilities", summary="包抓责任沿革")
async def responsibilities(
    project_id: ObjectId, view: Reads, as_of: Annotated[Day | None, Query(description="只看这一天的责任人")] = None
) -> ResponsibilitiesOut:
    await Projects(view.session).get(project_id)
    terms = await Projects(view.session).responsibilities(project_id, as_of)
    return ResponsibilitiesOut(items=[ResponsibilityOut.model_validate(term) for term in terms])


@router.post("/{project_id}/responsibilities", status_code=201, summary="变更包抓领导、牵头单位或责任人")
async def hand_over(project_id: ObjectId, body: ResponsibilityIn, uow: Uow, response: Response) -> ResponsibilityOut:
    appointment = service.entry(uow, body.from_on, reason=body.reason)
    appointed = await service.hand_over(uow, project_id, body.role, body.holder, appointment)
    out = ResponsibilityOut.model_validate(appointed)
    return created(response, f"{PROJECTS}/{project_id}/responsibilities", out)


@router.post("/{project_id}/readiness-confirmations", status_code=201, summary="确认具备开工条件")
async def confirm_ready(project_id: ObjectId, body: ReadinessIn, uow: Uow, caller: Caller, response: Response) -> ProjectOut:
    project = await service.confirm_ready(uow, project_id, body.confirmed_on, body.basis)
    return created(response, PROJECTS, ProjectOut.of(project, caller))


@router.post("/{project_id}/starts", status_code=201, summary="填报开工或复工")
async def start(project_id: ObjectId, body: StartIn, uow: Uow, caller: Caller, response: Response) -> ProjectOut:
    project = await service.start(uow, project_id, body.evidence())
    return created(response, PROJECTS, ProjectOut.of(project, caller))


@router.post("/{project_id}/plan-entries", status_code=201, summary="列入年度计划（前期转新建、跨年结转）")
async def enter_plan(project_id: ObjectId, body: PlanEntryIn, uow: Uow, caller: Caller, response: Response) -> ProjectOut:
    listing = (body.listed_on, body.document)
    project = await service.enter_plan(uow, project_id, body.year, body.annual_plan_wan, listing)
    return created(response, PROJECTS, ProjectOut.of(project, caller))
