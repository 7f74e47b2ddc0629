"""From a start reported to project-svc, over the embedded bus, to a provisional figure of indicator-svc; in one process."""

import asyncio
from pathlib import Path

from indicator_svc.app import create_app as create_indicator_app
from indicator_svc.settings import IndicatorSettings
from indicator_svc.worker import create_worker as create_indicator_worker
from project_svc.app import create_app as create_project_app
from project_svc.settings import ProjectSettings
from project_svc.worker import create_worker as create_project_worker
from shared.testing.eventually import eventually, seconds
from shared.testing.http import a_client
from shared.testing.indicators_api import IndicatorsApi
from shared.testing.projects_api import ProjectsApi, a_start
from shared.testing.runtimes import Migrated, a_runtime


async def test_a_reported_start_becomes_a_provisional_figure_and_what_is_not_known_stays_unknown(
    migrated: Migrated, tmp_path: Path
) -> None:
    async with (
        a_runtime(ProjectSettings, migrated, tmp_path) as projects,
        a_runtime(IndicatorSettings, migrated, tmp_path) as figures,
    ):
        async with a_client(create_project_app(projects), projects.database) as client:
            await ProjectsApi(client).project(start=a_start("2022-04-10"))
        stop = asyncio.Event()
        workers = create_project_worker(projects), create_indicator_worker(figures)
        running = [asyncio.create_task(each.run(stop)) for each in workers]
        async with a_client(create_indicator_app(figures), figures.database) as client:
            api = IndicatorsApi(client)

            async def heard() -> dict[str, str | None]:
                shown = await api.read("provisional-figures", region="620200", period="2022-M06")
                return {each["indicator"]: each["value"] for each in shown["items"]}

            await eventually(heard, is_={"B01-start-rate": "100", "B01-pace-gap": None}, within=seconds(20))
        stop.set()
        await asyncio.gather(*running)
