"""The three queues over HTTP, on both databases."""

from typing import Any

import httpx
import pytest

from shared.testing.clock import FakeClock
from shared.testing.http import is_problem, post
from shared.testing.projects_api import PROJECTS, REPORTS, ROOT, ProjectsApi, a_project, a_start

QUEUES, OBSTACLES = f"{ROOT}/project-queues", f"{ROOT}/obstacles"


async def planned(api: ProjectsApi, number: int, plan: str | None, done: str | None = None, **changes: Any) -> str:
    """The id of a project of the year's plan, begun when something was done."""
    funding = [{"source": "local_budget", "amount_wan": "10000"}]
    unknown = {"unknown_reason": "not_published"} if plan is None else {}
    money = {"annual_plan_wan": plan, "total_investment_wan": "10000", "funding": funding, **unknown}
    start = {"start": a_start()} if done is not None else {}
    project = str((await api.project(number, **{**money, **start, **changes}))["id"])
    if done is not None:
        report = {"project": project, "period": "2022-M06", "cumulative_completed_wan": done, "reported_by": "孙某"}
        await api.made(REPORTS, report)
    return project


async def queues(api: ProjectsApi, **query: Any) -> dict[str, dict[str, Any]]:
    return {each["queue"]: each for each in (await api.seen(QUEUES, **query))["queues"]}


def ids(queue: dict[str, Any]) -> list[str]:
    return [each["project"] for each in queue["projects"]]


async def test_each_project_stands_in_one_queue_the_most_money_first(api: ProjectsApi) -> None:
    small, big = await planned(api, 1, "1000"), await planned(api, 2, "9000")
    slow, fast = await planned(api, 3, "2000", "500"), await planned(api, 4, "2000", "1500")
    found = await queues(api)
    assert (ids(found["start"]), ids(found["speed_up"]), ids(found["finish"])) == ([big, small], [slow], [fast])
    assert (found["start"]["at_stake_wan"], found["start"]["count"], found["undetermined"]["count"]) == ("10000", 2, 0)
    first = found["speed_up"]["projects"][0]
    assert (first["gap_pp"], first["at_stake_wan"], first["reported"]) == ("-25", "1500", "2022-M06")
    # From 1 July 136 days are left until the stop of 15 November.
    assert (first["days_left"], first["last_day"], first["needed_per_day_wan"]) == (136, "2022-11-14", "11.03")
    assert (await queues(api, limit=1))["start"]["count"] == 2
    assert ids((await queues(api, limit=1))["start"]) == [big]


async def test_a_project_shows_what_holds_it_up_and_who_has_to_unblock_it(api: ProjectsApi, clock: FakeClock) -> None:
    project = await planned(api, 1, "1000")
    body = {
        "projects": [project],
        "kind": "land",
        "title": "用地未批复",
        "lead_department": "市自然资源局",
        "responsible_person": "赵某",
        "raised_on": "2022-06-01",
        "due_on": "2022-06-20",
    }
    obstacle = await api.made(OBSTACLES, body)
    handed = {"lead_department": "市住建局", "responsible_person": "钱某", "effective_on": "2022-06-25", "reason": "会议"}
    await api.made(f"{OBSTACLES}/{obstacle['id']}/hand-overs", handed)
    held = (await queues(api))["start"]["projects"][0]["obstacles"]
    assert [(each["title"], each["lead_department"], each["overdue"]) for each in held] == [("用地未批复", "市住建局", True)]
    then = (await queues(api, as_of="2022-06-20"))["start"]
    assert (then["blocked"], then["projects"][0]["obstacles"][0]["lead_department"]) == (1, "市自然资源局")
    assert then["projects"][0]["obstacles"][0]["overdue"] is False
    assert (await queues(api, as_of="2022-05-31"))["start"]["blocked"] == 0


async def test_the_queues_of_one_leader_are_those_he_answered_for_on_the_day(api: ProjectsApi) -> None:
    mine = await planned(api, 1, "1000", sponsor_post="VM-IND")
    await planned(api, 2, "1000")
    assert ids((await queues(api, sponsor_post="VM-IND"))["start"]) == [mine]
    change = {"role": "sponsor_post", "holder": "VM-CITY", "from_on": "2022-06-15", "reason": "分工调整"}
    answer = await post(api.client, f"{PROJECTS}/{mine}/responsibilities", change)
    assert answer.status_code == 201, answer.text
    assert (await queues(api, sponsor_post="VM-IND"))["start"]["count"] == 0
    assert ids((await queues(api, sponsor_post="VM-IND", as_of="2022-06-14"))["start"]) == [mine]
    assert (await queues(api, sector="industry"))["start"]["count"] == 0


async def test_what_is_unknown_is_neither_slow_nor_fast_and_comes_last(api: ProjectsApi) -> None:
    known, unknown = await planned(api, 1, "1000"), await planned(api, 2, None)
    await api.project(3, start=a_start())
    found = await queues(api)
    assert ids(found["start"]) == [known, unknown]
    assert (found["start"]["unknown"], found["start"]["at_stake_wan"]) == (1, "1000")
    assert (found["undetermined"]["count"], found["undetermined"]["projects"][0]["gap_pp"]) == (1, None)


async def test_the_whole_register_stands_in_queues_as_the_rates_count_it(api: ProjectsApi) -> None:
    bodies = [a_project(number, start=a_start() if number < 31 else None) for number in range(64)]
    answered = await post(api.client, f"{PROJECTS}/batch", {"mode": "all", "items": bodies})
    assert answered.status_code == 200, answered.text
    found = await queues(api)
    assert (found["start"]["count"], found["undetermined"]["count"]) == (33, 31)


@pytest.mark.parametrize("query", [{"as_of": "2022-13-01"}, {"sector": "weather"}, {"limit": "0"}, {"region": "1"}])
async def test_queues_of_what_cannot_be_are_refused(client: httpx.AsyncClient, query: dict[str, str]) -> None:
    is_problem(await client.get(QUEUES, params=query), 422, "validation.failed")
