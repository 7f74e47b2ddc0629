import asyncio
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select

from bond_svc.library.models import LibraryProject
from bond_svc.targets.models import LibraryHolding
from shared.testing.bonds_api import API, REGION, BondsApi, a_library_project, a_planning_task
from shared.testing.http import is_problem, pointers, post

NOWHERE = "0197c0de-0000-7000-8000-000000000001"


async def kinds(api: BondsApi) -> list[str]:
    return [fact["fact"] for fact in await api.facts() if fact["fact"].startswith("library-")]


async def a_target(api: BondsApi, target_wan: str = "100000", **changes: Any) -> dict[str, Any]:
    return await api.made("library-targets", {"region": REGION, "target_wan": target_wan} | changes)


async def test_the_first_project_of_a_library_that_is_short_says_so_once(api: BondsApi) -> None:
    await api.propose()
    await api.propose()

    (fact,) = await api.facts("library-fell-short")

    assert [Decimal(fact[name]) for name in ("target_wan", "total_investment_wan", "gap_wan")] == [10_000_000, 30_000, 9_970_000]
    assert (fact["region"], fact["projects"], fact["synthetic"]) == (REGION, 1, False)


async def test_a_batch_is_one_crossing_with_the_sum_of_all_its_rows(api: BondsApi) -> None:
    for department, portfolio in (("市住建局", "VM-CITY"), ("市水务局", "VM-AGRI")):
        await api.made("planning-tasks", a_planning_task(department=department, portfolio=portfolio, task_wan="100000"))
    water = a_library_project(lead_department="市水务局", portfolio="VM-AGRI", total_investment_wan="120000", synthetic=True)
    await api.made("library-projects/batch", {"mode": "all", "items": [a_library_project(), water]})

    (fact,) = await api.facts("library-fell-short")

    assert (Decimal(fact["total_investment_wan"]), fact["projects"]) == (Decimal(150_000), 2)
    assert [(each["department"], Decimal(each["gap_wan"])) for each in fact["by_department"]] == [("市住建局", Decimal(70_000))]
    assert fact["synthetic"]


async def test_a_library_that_is_filled_up_says_so_and_a_later_fall_says_so_again(api: BondsApi) -> None:
    target = await a_target(api, "50000")
    first = await api.propose()
    assert await kinds(api) == ["library-fell-short"]

    await api.propose()
    await api.propose()
    assert await kinds(api) == ["library-fell-short", "library-replenished"]

    await api.move(first["id"], "removed")
    assert await kinds(api) == ["library-fell-short", "library-replenished"]

    version = (await api.got(f"library-targets/{target['id']}"))["version"]
    await api.patch(f"library-targets/{target['id']}", version, target_wan="60001")
    assert await kinds(api) == ["library-fell-short", "library-replenished", "library-fell-short"]
    assert (await api.got(f"library-targets/{target['id']}"))["crossings"] == 3


async def test_a_library_at_its_target_to_the_yuan_is_not_short(api: BondsApi) -> None:
    await a_target(api, "30000")
    await api.propose()

    assert await kinds(api) == ["library-fell-short", "library-replenished"]
    assert not (await api.got("library-summary"))["short"]


async def test_a_project_counts_only_in_the_states_that_count(api: BondsApi) -> None:
    idea = await api.propose(state="idea")
    assert (await api.got("library-summary"))["projects"] == 0
    assert await kinds(api) == []

    await api.move(idea["id"], "reserve")
    assert (await api.got("library-summary"))["projects"] == 1
    await api.move(idea["id"], "returned")
    assert (await api.got("library-summary"))["projects"] == 0


async def test_changed_amounts_are_counted_anew(api: BondsApi) -> None:
    project = await api.propose()
    await api.patch(f"library-projects/{project['id']}", project["version"], total_investment_wan="40000")

    summary = await api.got("library-summary")

    assert [Decimal(summary[name]) for name in ("total_investment_wan", "bond_demand_wan")] == [40_000, 6_000]


async def test_the_summary_breaks_the_gap_down_by_portfolio_and_department(api: BondsApi) -> None:
    await api.made("planning-tasks", a_planning_task(task_wan="40000"))
    await api.made("planning-tasks", a_planning_task(department="市水务局", portfolio="VM-AGRI", task_wan="50000"))
    await api.propose()
    await api.propose(lead_department="市教育局", portfolio="VM-SOC")

    summary = await api.got("library-summary", region=REGION)

    gaps = {each["department"]: each["gap_wan"] for each in summary["by_department"]}
    assert gaps == {"市水务局": "50000", "市住建局": "10000", "市教育局": None}
    assert {each["portfolio"]: each["gap_wan"] for each in summary["by_portfolio"]} == {
        "VM-AGRI": "50000",
        "VM-CITY": "10000",
        "VM-SOC": None,
    }
    assert summary["by_state"] == [
        {"state": "reserve", "total_investment_wan": "60000", "bond_demand_wan": "12000", "projects": 2}
    ]
    assert (summary["gap_wan"], summary["short"], summary["measure"]) == ("9940000", True, "total_investment")


async def test_an_empty_library_is_short_of_everything_without_anybody_having_said_so(api: BondsApi) -> None:
    summary = await api.got("library-summary", region="620100")

    assert (summary["gap_wan"], summary["short"], summary["since"], summary["projects"]) == ("10000000", True, None, 0)
    assert await kinds(api) == []


async def test_a_region_may_set_its_target_on_the_bond_demand(api: BondsApi) -> None:
    await a_target(api, "6000", measure="bond_demand")
    await api.propose()

    assert await kinds(api) == ["library-fell-short", "library-replenished"]
    assert (await api.got("library-summary"))["gap_wan"] == "0"


async def test_regions_are_counted_apart(api: BondsApi) -> None:
    await api.propose()
    await api.propose(region="620100")

    assert [fact["region"] for fact in await api.facts("library-fell-short")] == [REGION, "620100"]
    assert [each["region"] for each in (await api.got("library-targets"))["items"]] == ["620100", REGION]


async def test_writers_at_the_same_time_record_each_crossing_exactly_once(api: BondsApi) -> None:
    """Ten projects of 30,000 each against a target of 150,000: one fall at the start, one recovery at the fifth."""
    await a_target(api, "150000")
    made = await asyncio.gather(*(api.propose() for _ in range(10)))
    assert await kinds(api) == ["library-fell-short", "library-replenished"]

    answers = await asyncio.gather(*(api.move(each["id"], "removed") for each in made[:8]))

    assert [answer.status_code for answer in answers] == [201] * 8
    assert await kinds(api) == ["library-fell-short", "library-replenished", "library-fell-short"]
    assert (await api.got("library-summary"))["projects"] == 2


async def test_first_writers_at_the_same_time_make_one_target_and_one_fact(api: BondsApi) -> None:
    await asyncio.gather(*(api.propose() for _ in range(8)))

    assert await kinds(api) == ["library-fell-short"]
    assert (await api.got("library-targets", count="true"))["total"] == 1


async def test_holdings_are_exactly_the_counted_projects(api: BondsApi) -> None:
    made = [await api.propose(code=f"P-{number}") for number in range(6)]
    await api.move(made[0]["id"], "removed")
    await api.move(made[1]["id"], "returned")
    await api.move(made[1]["id"], "reserve")
    await api.patch(f"library-projects/{made[2]['id']}", made[2]["version"], bond_demand_wan="7000", lead_department="市水务局")

    async with api.database.reading() as view:
        projects = (await view.session.scalars(select(LibraryProject))).all()
        holdings = (await view.session.scalars(select(LibraryHolding))).all()

    counted = {
        (each.id, each.lead_department, each.total_investment_wan, each.bond_demand_wan) for each in projects if each.state.counts
    }
    assert {(each.project_id, each.department, each.total_investment_wan, each.bond_demand_wan) for each in holdings} == counted
    assert len(counted) == 5


async def test_a_region_has_one_target(api: BondsApi) -> None:
    target = await a_target(api)
    refused = await post(api.client, f"{API}/library-targets", {"region": REGION})
    path = f"library-targets/{target['id']}"

    is_problem(refused, 409, "bond.library-target-exists")
    is_problem(await api.client.patch(f"{API}/{path}", json={}), 428, "precondition.if-match-required")
    is_problem(await api.patch(path, target["version"] + 1), 412, "precondition.stale-version")
    is_problem(await api.patch(path, target["version"], target_wan="-1"), 422, "validation.failed")
    is_problem(await api.patch(f"library-targets/{NOWHERE}", 1), 404, "bond.library-target-not-found")
    is_problem(await api.client.get(f"{API}/library-targets/{NOWHERE}"), 404, "bond.library-target-not-found")


async def test_a_department_has_one_task_that_may_change_and_end(api: BondsApi) -> None:
    task = await api.made("planning-tasks", a_planning_task(due_on="2022-07-31"))
    path = f"planning-tasks/{task['id']}"
    is_problem(await post(api.client, f"{API}/planning-tasks", a_planning_task()), 409, "bond.planning-task-exists")

    changed = (await api.patch(path, task["version"], task_wan="5", due_on=None)).json()
    assert (changed["task_wan"], changed["due_on"], changed["portfolio"]) == ("5", None, "VM-CITY")

    is_problem(await api.patch(path, changed["version"], task_wan=None), 422, "validation.failed")
    is_problem(await api.client.delete(f"{API}/{path}"), 428, "precondition.if-match-required")
    gone = await api.client.delete(f"{API}/{path}", headers={"If-Match": f'"v{changed["version"]}"'})
    assert gone.status_code == 204
    for answer in (await api.client.get(f"{API}/{path}"), await api.patch(path, 1)):
        is_problem(answer, 404, "bond.planning-task-not-found")


async def test_tasks_come_in_batches_and_are_listed_by_portfolio(api: BondsApi) -> None:
    rows = [a_planning_task(), a_planning_task(department="市水务局", portfolio="VM-AGRI")]
    await api.made("planning-tasks/batch", {"mode": "all", "items": rows})
    refused = await post(api.client, f"{API}/planning-tasks/batch", {"mode": "all", "items": [a_planning_task(task_wan=1)]})

    assert [each["department"] for each in (await api.got("planning-tasks", region=REGION))["items"]] == ["市水务局", "市住建局"]
    assert [each["department"] for each in (await api.got("planning-tasks", portfolio="VM-CITY"))["items"]] == ["市住建局"]
    is_problem(refused, 422, "batch.refused")
    assert pointers(refused) == ["/items/0/task_wan"]


@pytest.mark.parametrize(
    ("path", "query"), [("library-summary", "region"), ("library-targets", "region"), ("planning-tasks", "portfolio")]
)
async def test_a_bad_filter_is_refused_at_its_place(api: BondsApi, path: str, query: str) -> None:
    refused = await api.client.get(f"{API}/{path}", params={query: "？"})

    is_problem(refused, 422, "validation.failed")
    assert pointers(refused) == [f"query:{query}"]
