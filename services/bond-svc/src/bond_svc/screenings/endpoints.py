"""Screenings over HTTP."""

from typing import Final

from fastapi import Response

from bond_svc.library.repository import LibraryProjects
from bond_svc.screenings import service
from bond_svc.screenings.repository import Screenings
from bond_svc.screenings.schemas import ScreeningIn, ScreeningOut
from shared.kit.http import Reads, Uow, created, service_router, tagged
from shared.kit.pages import PageOut, PageParams
from shared.kit.schemas import ObjectId

SCREENINGS = "/api/bond/v1/library-projects/{project_id}/screenings"

DOCX: Final = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"

router = service_router("bond", "library-projects/{project_id}/screenings", tag="项目审查")


@router.post("", status_code=201, summary="审查库内项目")
async def screen(project_id: ObjectId, body: ScreeningIn, uow: Uow, response: Response) -> ScreeningOut:
    screening = await service.screen_project(uow, project_id, body.question())
    return created(response, SCREENINGS.format(project_id=project_id), ScreeningOut.of(screening))


@router.get("", summary="审查记录")
async def history(project_id: ObjectId, view: Reads, page: PageParams) -> PageOut[ScreeningOut]:
    await LibraryProjects(view.session).get(project_id)
    found = await Screenings(view.session).history(page, project_id)
    return PageOut(items=[ScreeningOut.of(each) for each in found.items], next_cursor=found.next_cursor, total=found.total)


@router.get("/{screening_id}", summary="查看审查结论")
async def screening(project_id: ObjectId, screening_id: ObjectId, view: Reads, response: Response) -> ScreeningOut:
    return tagged(response, ScreeningOut.of(await Screenings(view.session).get(project_id, screening_id)))


class OpinionFile(Response):
    media_type = DOCX


@router.get(
    "/{screening_id}/opinion",
    summary="可打印的审查意见（.docx）",
    response_class=OpinionFile,
    responses={200: {"content": {DOCX: {"schema": {"type": "string", "format": "binary"}}}}},
)
async def opinion(project_id: ObjectId, screening_id: ObjectId, view: Reads) -> OpinionFile:
    document = await service.opinion_on(view, project_id, screening_id)
    return OpinionFile(document, headers={"Content-Disposition": f'attachment; filename="opinion-{screening_id}.docx"'})
