"""What holds projects of the synthetic register up."""

from diaodu_embedded.client import SuiteClient
from project_svc.sample import synthetic_obstacles


async def raise_obstacles(suite: SuiteClient) -> int:
    """Raise what is missing; answers how many obstacles there are."""
    known = {each["title"] async for each in suite.every("project", "obstacles")}
    missing = [each for each in synthetic_obstacles() if each.obstacle["title"] not in known]
    if missing:
        ids = {each["code"]: each["id"] async for each in suite.every("project", "projects")}
        for each in missing:
            await suite.post("project", "obstacles", {**each.obstacle, "projects": [ids[code] for code in each.codes]})
    return len(known) + len(missing)
