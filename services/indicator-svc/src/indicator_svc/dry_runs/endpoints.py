"""Dry runs: HTTP in."""

from fastapi import APIRouter

from indicator_svc.dry_runs import service
from indicator_svc.dry_runs.schemas import DryRunIn, DryRunOut
from shared.kit.http import Uow, service_router
from shared.kit.schemas import ObjectId


def dry_runs_router() -> APIRouter:
    router = service_router("indicator", "schemes", tag="评价方案")

    @router.post("/{scheme_id}/dry-runs", summary="用草案对历史试算")
    async def rehearse(scheme_id: ObjectId, body: DryRunIn, uow: Uow) -> DryRunOut:
        return DryRunOut.of(await service.rehearse(uow, scheme_id, body.periods))

    return router
