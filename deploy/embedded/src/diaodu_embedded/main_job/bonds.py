"""Bonds: the real issues, the library's target and planning tasks, and a synthetic library that is screened."""

from bond_svc import sample
from diaodu_embedded.client import SuiteClient
from diaodu_embedded.main_job.batches import write_all


async def import_bonds(suite: SuiteClient) -> int:
    """Import every issued bond; the ledger itself takes no row twice. Answers how many it holds."""
    await write_all(suite, "bond", "issued-bonds", sample.issued_bonds())
    held: int = (await suite.get("bond", "issued-bond-sums"))["bonds"]
    return held


async def fill_library(suite: SuiteClient) -> int:
    """Hand out the tasks, put in the projects that are missing, set the target; answers how many projects there are."""
    assigned = {each["department"] async for each in suite.every("bond", "planning-tasks", region=sample.REGION)}
    tasks = [each for each in sample.planning_tasks() if each["department"] not in assigned]
    await write_all(suite, "bond", "planning-tasks", tasks)
    known = {each["code"] async for each in suite.every("bond", "library-projects", region=sample.REGION)}
    projects = sample.library_projects()
    await write_all(suite, "bond", "library-projects", [each for each in projects if each["code"] not in known])
    # The target comes last: set over an empty library, its warning would tell of a gap that nobody has.
    if not (await suite.get("bond", "library-targets", region=sample.REGION))["items"]:
        await suite.post("bond", "library-targets", {"region": sample.REGION})
    return len(projects)


async def screen_library(suite: SuiteClient) -> int:
    """Screen what has not been screened as it stands; answers how many projects were."""
    waiting = [each async for each in suite.every("bond", "library-projects") if each["screening_id"] is None]
    for project in waiting:
        await suite.post("bond", f"library-projects/{project['id']}/screenings", {})
    return len(waiting)
