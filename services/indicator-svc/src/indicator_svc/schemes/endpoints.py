"""Schemes: HTTP in."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from indicator_svc.schemes import service
from indicator_svc.schemes.models import SchemeEdition, SchemeState
from indicator_svc.schemes.repository import Schemes
from indicator_svc.schemes.schemas import PublicationIn, SchemeChange, SchemeIn, SchemeOut, Year
from shared.kit.http import IfMatch, Reads, Uow, created, service_router, tagged
from shared.kit.pages import PageOut, PageParams, page_of
from shared.kit.schemas import Code, ObjectId


def schemes_router() -> APIRouter:
    router = service_router("indicator", "schemes", tag="评价方案")

    @router.post("", status_code=201, summary="新建方案草稿")
    async def draft(body: SchemeIn, uow: Uow, response: Response) -> SchemeOut:
        return created(response, router.prefix, SchemeOut.of(await service.draft(uow, body.code, body.definition())))

    @router.get("", summary="查询方案")
    async def search(
        view: Reads,
        page: PageParams,
        code: Annotated[Code | None, Query(description="方案代码")] = None,
        year: Annotated[Year | None, Query(description="起始年度")] = None,
        state: Annotated[SchemeState | None, Query(description="draft 草稿、published 已发布、superseded 已被取代")] = None,
    ) -> PageOut[SchemeOut]:
        found = await page_of(
            view.session,
            Schemes.matching(code, year, state),
            page,
            sortable={"code": SchemeEdition.code, "edition": SchemeEdition.edition, "year": SchemeEdition.year},
            default_sort="code,-edition",
            tie=SchemeEdition.id,
        )
        items = [SchemeOut.of(row) for row in found.items]
        return PageOut[SchemeOut](items=items, next_cursor=found.next_cursor, total=found.total)

    @router.get("/{scheme_id}", summary="查看一版方案")
    async def show(scheme_id: ObjectId, view: Reads, response: Response) -> SchemeOut:
        return tagged(response, SchemeOut.of(await service.get(view, scheme_id)))

    @router.patch("/{scheme_id}", summary="修改方案草稿")
    async def change(scheme_id: ObjectId, body: SchemeChange, version: IfMatch, uow: Uow, response: Response) -> SchemeOut:
        return tagged(response, SchemeOut.of(await service.change(uow, scheme_id, version, body.changes())))

    @router.post("/{scheme_id}/publications", status_code=201, summary="发布方案")
    async def publish(scheme_id: ObjectId, body: PublicationIn, uow: Uow, response: Response) -> SchemeOut:  # noqa: ARG001 - an empty object, so that unknown fields are refused
        return created(response, router.prefix, SchemeOut.of(await service.publish(uow, scheme_id)))

    return router
