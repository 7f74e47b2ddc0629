"""Entry: HTTP in."""

from typing import Annotated

from fastapi import APIRouter, Path, Query, Response

from indicator_svc.entries import service
from indicator_svc.entries.models import EntryApplication
from indicator_svc.entries.repository import SORTABLE, Applications, listed
from indicator_svc.entries.rulebook import RulebookOut
from indicator_svc.entries.schemas import (
    ApplicationIn,
    ApplicationOut,
    ApplicationPatch,
    BlockerIn,
    BlockerOut,
    DocumentIn,
    EntryQuery,
    MoveIn,
    MoveOut,
    MovesOut,
    ResolutionIn,
)
from indicator_svc.entries.shipped import entry_rules_on
from shared.kit.bulk import BatchIn, BatchOut, run_batch
from shared.kit.http import Caller, IfMatch, Reads, Uow, created, service_router, tagged, tagged_by_content
from shared.kit.pages import PageOut, PageParams, page_of
from shared.kit.schemas import Day, ObjectId

APPLICATIONS = "/api/indicator/v1/entry-applications"
DocumentPath = Annotated[str, Path(pattern=r"^[a-z][a-z_]{0,39}$", description="材料")]


def entries_router() -> APIRouter:
    router = service_router("indicator", "entry-applications", tag="入统申报")
    _register(router)
    _read(router)
    _handle(router)
    _obstacles(router)
    return router


def _register(router: APIRouter) -> None:
    @router.post("", status_code=201, summary="登记应入统的项目或企业")
    async def register(body: ApplicationIn, uow: Uow, caller: Caller, response: Response) -> ApplicationOut:
        application = await service.register(uow, body.registration())
        return created(response, APPLICATIONS, ApplicationOut.of(application, uow.now.date(), caller))

    @router.post("/batch", summary="批量登记应入统的项目或企业")
    async def register_many(body: BatchIn[ApplicationIn], uow: Uow) -> BatchOut:
        async def apply(item: ApplicationIn) -> str:
            return (await service.register(uow, item.registration())).id

        return await run_batch(uow, body, ApplicationIn, apply)


def _read(router: APIRouter) -> None:
    @router.get("", summary="入统申报列表；belongs_in=true 为应统未统清单")
    async def search(
        view: Reads, caller: Caller, page: PageParams, query: Annotated[EntryQuery, Query()]
    ) -> PageOut[ApplicationOut]:
        wanted, today = listed(query.filter()), view.now.date()
        found = await page_of(view.session, wanted, page, sortable=SORTABLE, default_sort="due_on,name", tie=EntryApplication.id)
        items = [ApplicationOut.of(row, today, caller) for row in found.items]
        return PageOut(items=items, next_cursor=found.next_cursor, total=found.total)

    @router.get("/{application_id}", summary="查看入统申报")
    async def show(application_id: ObjectId, view: Reads, caller: Caller, response: Response) -> ApplicationOut:
        found = await Applications(view.session).get(application_id)
        return tagged_by_content(response, ApplicationOut.of(found, view.now.date(), caller))

    @router.get("/{application_id}/moves", summary="入统申报的办理历史")
    async def history(application_id: ObjectId, view: Reads) -> MovesOut:
        applications = Applications(view.session)
        await applications.get(application_id)
        return MovesOut(items=[MoveOut.model_validate(each) for each in await applications.moves(application_id)])


def _handle(router: APIRouter) -> None:
    @router.patch("/{application_id}", summary="修改待申报事项")
    async def change(
        application_id: ObjectId, body: ApplicationPatch, uow: Uow, caller: Caller, expected: IfMatch, response: Response
    ) -> ApplicationOut:
        changed = await service.change(uow, application_id, expected, body.changes())
        return tagged(response, ApplicationOut.of(changed, uow.now.date(), caller))

    @router.post("/{application_id}/moves", status_code=201, summary="办理一步（认定、申报、审核、退回、退库等）")
    async def move(application_id: ObjectId, body: MoveIn, uow: Uow, caller: Caller, response: Response) -> ApplicationOut:
        moved = await service.move(uow, application_id, body.act, body.reason)
        return created(response, APPLICATIONS, ApplicationOut.of(moved, uow.now.date(), caller))

    @router.post("/{application_id}/documents", status_code=201, summary="登记一份材料")
    async def file(application_id: ObjectId, body: DocumentIn, uow: Uow, caller: Caller, response: Response) -> ApplicationOut:
        filed = await service.file_document(uow, application_id, body.key, body.filed())
        return created(response, APPLICATIONS, ApplicationOut.of(filed, uow.now.date(), caller))

    @router.delete("/{application_id}/documents/{key}", summary="撤下一份材料")
    async def remove(
        application_id: ObjectId, key: DocumentPath, uow: Uow, caller: Caller, expected: IfMatch, response: Response
    ) -> ApplicationOut:
        left = await service.remove_document(uow, application_id, key, expected)
        return tagged(response, ApplicationOut.of(left, uow.now.date(), caller))


def _obstacles(router: APIRouter) -> None:
    @router.post("/{application_id}/blockers", status_code=201, summary="登记一个堵点")
    async def block(application_id: ObjectId, body: BlockerIn, uow: Uow, response: Response) -> BlockerOut:
        blocker = await service.block(uow, application_id, body.obstacle())
        return created(response, f"{APPLICATIONS}/{application_id}/blockers", BlockerOut.model_validate(blocker))

    @router.post("/{application_id}/blockers/{blocker_id}/resolutions", status_code=201, summary="堵点已解决")
    async def unblock(
        application_id: ObjectId, blocker_id: ObjectId, body: ResolutionIn, uow: Uow, response: Response
    ) -> BlockerOut:
        cleared = await service.unblock(uow, (application_id, blocker_id), body.resolved_on, body.resolution)
        return created(response, f"{APPLICATIONS}/{application_id}/blockers", BlockerOut.model_validate(cleared))


def entry_rules_router() -> APIRouter:
    router = service_router("indicator", "entry-rules", tag="入统申报")

    @router.get("", summary="某日执行的入统标准、材料清单、窗口期和审核时限")
    async def rulebook(view: Reads, on: Annotated[Day | None, Query(description="缺省为今天")] = None) -> RulebookOut:
        day = on or view.now.date()
        return RulebookOut.of(entry_rules_on(day), day)

    return router
