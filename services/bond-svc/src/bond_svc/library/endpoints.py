"""The library over HTTP."""

from typing import Annotated

from fastapi import Query, Response

from bond_svc.library import service
from bond_svc.library.models import LibraryProject
from bond_svc.library.repository import LibraryProjects
from bond_svc.library.schemas import (
    CashFlowsIn,
    CashFlowsOut,
    DocumentIn,
    DocumentOut,
    MoveIn,
    MoveOut,
    ProjectFilterIn,
    ProjectIn,
    ProjectOut,
    ProjectPatch,
)
from shared.kit.bulk import BatchIn, BatchOut, run_batch
from shared.kit.http import IfMatch, Reads, Uow, created, service_router, tagged
from shared.kit.pages import PageOut, PageParams
from shared.kit.schemas import Day, ObjectId

PROJECTS = "/api/bond/v1/library-projects"

router = service_router("bond", "library-projects", tag="专债项目库")


@router.get("", summary="项目库列表")
async def projects(view: Reads, page: PageParams, wanted: Annotated[ProjectFilterIn, Query()]) -> PageOut[ProjectOut]:
    found = await LibraryProjects(view.session).page(page, wanted.filter())
    return PageOut(items=[ProjectOut.of(each) for each in found.items], next_cursor=found.next_cursor, total=found.total)


@router.post("", status_code=201, summary="项目入库")
async def propose(body: ProjectIn, uow: Uow, response: Response) -> ProjectOut:
    return created(response, PROJECTS, ProjectOut.of(await service.propose(uow, body.proposal())))


@router.post("/batch", summary="批量入库")
async def propose_batch(body: BatchIn[ProjectIn], uow: Uow) -> BatchOut:
    put_in: dict[str, LibraryProject] = {}

    async def apply(item: ProjectIn) -> str:
        project = await service.put_in(uow, item.proposal())
        put_in[project.id] = project
        return project.id

    done = await run_batch(uow, body, ProjectIn, apply)
    await service.count_in(uow, [put_in[result.id] for result in done.results if result.id is not None])
    return done


@router.get("/{project_id}", summary="查看库内项目")
async def project(project_id: ObjectId, view: Reads, response: Response) -> ProjectOut:
    return tagged(response, ProjectOut.of(await LibraryProjects(view.session).get(project_id)))


@router.patch("/{project_id}", summary="修改库内项目")
async def revise(project_id: ObjectId, body: ProjectPatch, uow: Uow, expected: IfMatch, response: Response) -> ProjectOut:
    return tagged(response, ProjectOut.of(await service.revise(uow, project_id, expected, body.contents())))


@router.post("/{project_id}/moves", status_code=201, summary="变更项目状态")
async def move(project_id: ObjectId, body: MoveIn, uow: Uow, response: Response) -> ProjectOut:
    return created(response, PROJECTS, ProjectOut.of(await service.move(uow, project_id, body.to, body.reason)))


@router.get("/{project_id}/moves", summary="状态变动记录")
async def moves(project_id: ObjectId, view: Reads, page: PageParams) -> PageOut[MoveOut]:
    library = LibraryProjects(view.session)
    await library.get(project_id)
    found = await library.moves(page, project_id)
    return PageOut(items=[MoveOut.of(each) for each in found.items], next_cursor=found.next_cursor, total=found.total)


@router.get("/{project_id}/cash-flows", summary="查看现金流计划")
async def cash_flows(project_id: ObjectId, view: Reads, response: Response) -> CashFlowsOut:
    return tagged(response, CashFlowsOut.model_validate(await LibraryProjects(view.session).get(project_id)))


@router.post("/{project_id}/cash-flows", status_code=201, summary="提交现金流计划")
async def replan(project_id: ObjectId, body: CashFlowsIn, uow: Uow, response: Response) -> CashFlowsOut:
    project = await service.replan(uow, project_id, body.contents())
    return created(response, f"{PROJECTS}/{{id}}/cash-flows", CashFlowsOut.model_validate(project))


@router.get("/{project_id}/documents", summary="项目资料列表")
async def documents(
    project_id: ObjectId,
    view: Reads,
    page: PageParams,
    valid_on: Annotated[Day | None, Query(description="只列出该日有效的资料")] = None,
) -> PageOut[DocumentOut]:
    library = LibraryProjects(view.session)
    await library.get(project_id)
    found = await library.documents(page, project_id, valid_on)
    today = view.now.date()
    return PageOut(items=[DocumentOut.of(each, today) for each in found.items], next_cursor=found.next_cursor, total=found.total)


@router.post("/{project_id}/documents", status_code=201, summary="登记项目资料")
async def add_document(project_id: ObjectId, body: DocumentIn, uow: Uow, response: Response) -> DocumentOut:
    document = DocumentOut.of(await service.add_document(uow, project_id, body.text()), uow.now.date())
    return created(response, f"{PROJECTS}/{project_id}/documents", document)


@router.get("/{project_id}/documents/{document_id}", summary="查看项目资料")
async def document(project_id: ObjectId, document_id: ObjectId, view: Reads, response: Response) -> DocumentOut:
    found = await LibraryProjects(view.session).document(project_id, document_id)
    return tagged(response, DocumentOut.of(found, view.now.date()))
