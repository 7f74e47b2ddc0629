"""The HTTP application of project-svc."""

from fastapi import FastAPI

from project_svc.milestones import endpoints as milestones
from project_svc.obstacles import endpoints as obstacles
from project_svc.permits import endpoints as permits
from project_svc.progress import endpoints as progress
from project_svc.projects import endpoints as projects
from project_svc.queues import endpoints as queues
from project_svc.rates import endpoints as rates
from project_svc.schedules import endpoints as schedules
from project_svc.subscriptions import SUBSCRIPTIONS
from project_svc.works import endpoints as works
from shared.kit.http import create_service_app
from shared.kit.runtime import Runtime


def create_app(runtime: Runtime) -> FastAPI:
    return create_service_app(
        runtime,
        title="项目调度服务",
        description="建设项目台账、节点计划与逾期预警、倒排工期、批准文件有效期、堵点与解决它可盘活的投资、进度月报、开复工率与投资完成率。",
        routers=[
            projects.router,
            works.router,
            milestones.plans_router,
            milestones.router,
            milestones.templates_router,
            schedules.router,
            permits.router,
            permits.validities_router,
            obstacles.router,
            obstacles.leverage_router,
            queues.router,
            progress.router,
            rates.router,
        ],
        subscriptions=SUBSCRIPTIONS,
    )
