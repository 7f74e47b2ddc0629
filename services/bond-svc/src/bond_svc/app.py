"""bond-svc over HTTP."""

from fastapi import FastAPI

from bond_svc.balances.endpoints import router as balances
from bond_svc.ledger.endpoints import bonds_router, sums_router
from bond_svc.library.endpoints import router as library
from bond_svc.policies.endpoints import fields_router, policies_router
from bond_svc.screenings.endpoints import router as screenings
from bond_svc.subscriptions import SUBSCRIPTIONS
from bond_svc.targets.endpoints import summary_router, targets_router, tasks_router
from shared.kit.http import create_service_app
from shared.kit.runtime import Runtime


def create_app(runtime: Runtime) -> FastAPI:
    """The application; whoever made the runtime closes it."""
    return create_service_app(
        runtime,
        title="专项债券服务",
        description="专项债券投向政策、项目库、合规审查、融资收益平衡、入库目标与已发行债券台账。金额单位一律为万元。",
        routers=[
            policies_router,
            fields_router,
            library,
            screenings,
            balances,
            targets_router,
            tasks_router,
            summary_router,
            bonds_router,
            sums_router,
        ],
        subscriptions=SUBSCRIPTIONS,
    )
