"""The HTTP application."""

from fastapi import FastAPI

from indicator_svc.awards.endpoints import awards_router
from indicator_svc.breakdowns.endpoints import breakdowns_router, sub_tasks_router
from indicator_svc.changes.endpoints import changes_router
from indicator_svc.claims.endpoints import claim_tables_router, claims_router
from indicator_svc.consumption.endpoints import consumption_router
from indicator_svc.departments.endpoints import departments_router
from indicator_svc.dry_runs.endpoints import dry_runs_router
from indicator_svc.enterprises.endpoints import enterprise_figures_router, enterprises_router
from indicator_svc.entries.endpoints import entries_router, entry_rules_router
from indicator_svc.factors.endpoints import factors_router
from indicator_svc.indicators.endpoints import indicators_router
from indicator_svc.observations.endpoints import observations_router
from indicator_svc.pace.endpoints import pace_router
from indicator_svc.projections.endpoints import backtests_router, projections_router
from indicator_svc.provisionals.endpoints import provisionals_router
from indicator_svc.schemes.endpoints import schemes_router
from indicator_svc.scoreboards.endpoints import scoreboards_router
from indicator_svc.standings.endpoints import standings_router
from indicator_svc.stops.endpoints import stops_router
from indicator_svc.subscriptions import SUBSCRIPTIONS
from indicator_svc.what_ifs.endpoints import (
    cheapest_mixes_router,
    inverse_what_ifs_router,
    rank_intervals_router,
    what_ifs_router,
)
from indicator_svc.windows.endpoints import release_days_router, reporting_tables_router, reporting_windows_router
from shared.kit.http import create_service_app
from shared.kit.runtime import Runtime


def create_app(runtime: Runtime) -> FastAPI:
    return create_service_app(
        runtime,
        title="指标服务",
        description="评价方案、指标数据、计分榜与指标等级。",
        routers=[
            indicators_router(),
            schemes_router(),
            observations_router(),
            provisionals_router(),
            scoreboards_router(runtime.settings.region),
            standings_router(),
            entries_router(),
            entry_rules_router(),
            dry_runs_router(),
            changes_router(),
            awards_router(),
            departments_router(),
            claims_router(runtime.settings.region),
            claim_tables_router(runtime.settings.region),
            sub_tasks_router(),
            breakdowns_router(),
            enterprises_router(),
            enterprise_figures_router(),
            stops_router(),
            factors_router(),
            what_ifs_router(),
            inverse_what_ifs_router(),
            cheapest_mixes_router(),
            consumption_router(),
            reporting_tables_router(),
            reporting_windows_router(runtime.settings.region),
            release_days_router(),
            rank_intervals_router(),
            pace_router(),
            projections_router(),
            backtests_router(),
        ],
        subscriptions=SUBSCRIPTIONS,
    )
