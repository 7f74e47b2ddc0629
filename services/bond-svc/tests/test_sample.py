"""The sample is what it says it is."""

from collections import Counter
from decimal import Decimal

from bond_svc.sample import SYNTHETIC, expected_outcomes, library_projects, planning_tasks
from shared.testing.bonds_api import BondsApi


def test_the_library_adds_up_to_860_yi_against_tasks_of_1000() -> None:
    projects, tasks = library_projects(), planning_tasks()

    assert sum((Decimal(each["total_investment_wan"]) for each in projects), Decimal()) == 8_600_000
    assert sum((Decimal(each["task_wan"]) for each in tasks), Decimal()) == 10_000_000
    assert {each["lead_department"] for each in projects} <= {each["department"] for each in tasks}


def test_everything_made_up_is_labelled() -> None:
    assert all(each["synthetic"] and each["name"].endswith(SYNTHETIC) for each in library_projects())
    assert all(each["synthetic"] for each in planning_tasks())


async def test_the_sample_goes_in_and_comes_out_as_expected(api: BondsApi) -> None:
    await api.made("planning-tasks/batch", {"mode": "all", "items": planning_tasks()})
    await api.made("library-projects/batch", {"mode": "all", "items": library_projects()})
    projects = (await api.got("library-projects", limit=200))["items"]
    outcomes = {each["code"]: (await api.screen(each["id"]))["outcome"] for each in projects}

    (fact,) = await api.facts("library-fell-short")
    assert outcomes == expected_outcomes()
    assert Counter(outcomes.values()) == {"pass": 14, "fail": 4, "undetermined": 3}
    assert (fact["gap_wan"], fact["projects"], fact["synthetic"]) == ("1400000", 21, True)
    assert sum((Decimal(each["gap_wan"]) for each in fact["by_department"]), Decimal()) >= 1_400_000
    assert len(await api.facts("screening-decided")) == 21
