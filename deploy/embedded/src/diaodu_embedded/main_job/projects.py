"""Projects: those that the speech names, and the synthetic register beside them, with plans and June's reports."""

from typing import Final

from diaodu_embedded.client import Document, SuiteClient
from diaodu_embedded.main_job.batches import write_all
from project_svc.sample import REPORTED_PERIOD, SampleProject, speech_projects, synthetic_register

REPORTER: Final = "演示数据"


async def register_projects(suite: SuiteClient) -> int:
    """Register what is missing, give it its plan and its report; answers how many projects there are."""
    samples = [*speech_projects(), *synthetic_register()]
    known = await _ids(suite)
    await write_all(suite, "project", "projects", [each.project for each in samples if _key(each.project) not in known])
    ids = await _ids(suite)
    await _plan(suite, samples, ids)
    await _report(suite, samples, ids)
    return len(ids)


async def _plan(suite: SuiteClient, samples: list[SampleProject], ids: dict[str, str]) -> None:
    planned = {each["project"] async for each in suite.every("project", "milestones")}
    plans = [{"project": ids[_key(each.project)], "nodes": each.nodes} for each in samples]
    await write_all(suite, "project", "milestone-plans", [plan for plan in plans if plan["project"] not in planned])


async def _report(suite: SuiteClient, samples: list[SampleProject], ids: dict[str, str]) -> None:
    reported = {each["project"] async for each in suite.every("project", "progress-reports", period=REPORTED_PERIOD)}
    reports = [
        {
            "project": ids[_key(each.project)],
            "period": REPORTED_PERIOD,
            "cumulative_completed_wan": each.completed_wan,
            "reported_by": REPORTER,
        }
        for each in samples
        if each.completed_wan is not None
    ]
    await write_all(suite, "project", "progress-reports", [each for each in reports if each["project"] not in reported])


async def _ids(suite: SuiteClient) -> dict[str, str]:
    """Key → id of every project on the register."""
    return {_key(each): each["id"] async for each in suite.every("project", "projects")}


def _key(project: Document) -> str:
    """What tells projects apart: the code, and before there is one the name."""
    return str(project.get("code") or project["name"])
