"""What-ifs: HTTP in."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from indicator_svc.what_ifs import service
from indicator_svc.what_ifs.forward_schemas import ForwardOut, WhatIfChange, WhatIfIn, WhatIfOut
from indicator_svc.what_ifs.mix_schemas import MixIn, MixOut
from indicator_svc.what_ifs.mixing import mix_for
from indicator_svc.what_ifs.models import WhatIf
from indicator_svc.what_ifs.repository import WhatIfs
from indicator_svc.what_ifs.robustness_schemas import RobustnessIn, RobustnessOut
from indicator_svc.what_ifs.schemas import InverseIn, InverseOut
from shared.kit.http import Caller, IfMatch, Reads, Uow, created, service_router, tagged
from shared.kit.pages import PageOut, PageParams, page_of
from shared.kit.schemas import Code, ObjectId, PeriodText


def inverse_what_ifs_router() -> APIRouter:
    router = service_router("indicator", "inverse-what-ifs", tag="推演")

    @router.post("", summary="倒推：每项最少变动多少可达到各名次（不写入官方数据）")
    async def invert(body: InverseIn, uow: Uow) -> InverseOut:
        base = await service.base_of(uow.session, body.scheme, body.period, body.as_of or uow.now, uow.now)
        return InverseOut.of(await service.invert_for(uow.session, base, body.wish()))

    return router


def cheapest_mixes_router() -> APIRouter:
    router = service_router("indicator", "cheapest-mixes", tag="推演")

    @router.post("", summary="最省组合：在各部门所述限度内以最小代价达到一个名次（不写入官方数据）")
    async def mix(body: MixIn, uow: Uow) -> MixOut:
        base = await service.base_of(uow.session, body.scheme, body.period, body.as_of or uow.now, uow.now)
        moves = [each.move() for each in body.moves]
        return MixOut.of(await mix_for(uow.session, base, (body.region, body.rank), moves), body.cost_unit)

    return router


def rank_intervals_router() -> APIRouter:
    router = service_router("indicator", "rank-intervals", tag="推演")

    @router.post("", summary="名次区间：数据修订时名次最好与最差（不写入官方数据）")
    async def interval(body: RobustnessIn, uow: Uow) -> RobustnessOut:
        base = await service.base_of(uow.session, body.scheme, body.period, body.as_of or uow.now, uow.now)
        return RobustnessOut.of(service.robustness_of(base, body.region, body.revision_bounds))

    return router


def what_ifs_router() -> APIRouter:
    router = service_router("indicator", "what-ifs", tag="推演")
    _read(router)
    _write(router)
    return router


def _read(router: APIRouter) -> None:
    @router.get("", summary="推演列表：自己的和共享的")
    async def search(
        view: Reads,
        caller: Caller,
        page: PageParams,
        scheme: Annotated[Code | None, Query(description="方案代码")] = None,
        period: Annotated[PeriodText | None, Query(description="报告期")] = None,
    ) -> PageOut[WhatIfOut]:
        wanted = WhatIfs.seen_by(caller.actor, scheme, period)
        sortable = {"name": WhatIf.name, "created_at": WhatIf.created_at}
        found = await page_of(view.session, wanted, page, sortable=sortable, default_sort="-created_at", tie=WhatIf.id)
        items = [WhatIfOut.of(row, caller.actor) for row in found.items]
        return PageOut[WhatIfOut](items=items, next_cursor=found.next_cursor, total=found.total)

    @router.get("/{what_if_id}", summary="查看推演")
    async def show(what_if_id: ObjectId, view: Reads, caller: Caller, response: Response) -> WhatIfOut:
        found = await service.get(view.session, what_if_id, caller.actor)
        return tagged(response, WhatIfOut.of(found, caller.actor))

    @router.get("/{what_if_id}/result", summary="推演结果：全部地区推演前后的得分与名次")
    async def result(what_if_id: ObjectId, view: Reads, caller: Caller) -> ForwardOut:
        return ForwardOut.of(await service.result(view, what_if_id, caller.actor))


def _write(router: APIRouter) -> None:
    @router.post("", status_code=201, summary="新建推演（不写入官方数据）")
    async def keep(body: WhatIfIn, uow: Uow, response: Response) -> WhatIfOut:
        kept = await service.keep(uow, body.what_if(uow.now))
        return created(response, router.prefix, WhatIfOut.of(kept, uow.actor))

    @router.patch("/{what_if_id}", summary="修改推演（仅作者）")
    async def change(what_if_id: ObjectId, body: WhatIfChange, expected: IfMatch, uow: Uow, response: Response) -> WhatIfOut:
        changed = await service.change(uow, what_if_id, expected, body.fields())
        return tagged(response, WhatIfOut.of(changed, uow.actor))

    @router.delete("/{what_if_id}", status_code=204, summary="删除推演（仅作者）")
    async def remove(what_if_id: ObjectId, expected: IfMatch, uow: Uow) -> None:
        await service.remove(uow, what_if_id, expected)
