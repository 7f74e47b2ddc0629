"""What-ifs: HTTP in."""

from fastapi import APIRouter

from indicator_svc.what_ifs import service
from indicator_svc.what_ifs.schemas import InverseIn, InverseOut
from shared.kit.http import Uow, service_router


def inverse_what_ifs_router() -> APIRouter:
    router = service_router("indicator", "inverse-what-ifs", tag="推演")

    @router.post("", summary="倒推：每项最少变动多少可达到各名次（不写入官方数据）")
    async def invert(body: InverseIn, uow: Uow) -> InverseOut:
        base = await service.base_of(uow.session, body.scheme, body.period, body.as_of or uow.now, uow.now)
        return InverseOut.of(await service.invert_for(uow.session, base, body.wish()))

    return router
