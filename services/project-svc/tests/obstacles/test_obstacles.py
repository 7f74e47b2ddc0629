"""Obstacles over HTTP, on both databases: who has to remove what by when, and each missed day told once."""

import asyncio
from datetime import timedelta
from decimal import Decimal
from typing import Any

import httpx
import pytest

from project_svc.obstacles.rules import MOVES, ObstacleAct, ObstacleState
from project_svc.obstacles.service import sweep
from shared.kit.runtime import Runtime
from shared.testing.clock import FakeClock
from shared.testing.http import is_problem, pointers, post
from shared.testing.outbox import facts_of
from shared.testing.projects_api import REPORTS, ROOT, ProjectsApi

OBSTACLES, LEVERAGE = f"{ROOT}/obstacles", f"{ROOT}/obstacle-leverage"
UNKNOWN = "01900000-0000-7000-8000-000000000000"
ACTS = {
    ObstacleAct.TAKE_UP: ("acceptances", {}),
    ObstacleAct.DEFER: ("deferrals", {"due_on": "2022-07-20", "approver": "市政府"}),
    ObstacleAct.HAND_OVER: ("hand-overs", {"lead_department": "市住建局", "responsible_person": "钱某"}),
    ObstacleAct.RESOLVE: ("resolutions", {}),
    ObstacleAct.WITHDRAW: ("withdrawals", {}),
}
WAYS = {
    ObstacleState.OPEN: (),
    ObstacleState.WORKING: (ObstacleAct.TAKE_UP,),
    ObstacleState.RESOLVED: (ObstacleAct.RESOLVE,),
    ObstacleState.WITHDRAWN: (ObstacleAct.WITHDRAW,),
}


def an_obstacle(*projects: str, **changes: Any) -> dict[str, Any]:
    return {
        "projects": list(projects),
        "kind": "land",
        "title": "用地未批复",
        "lead_department": "市自然资源局",
        "responsible_person": "赵某",
        "raised_on": "2022-06-01",
        "due_on": "2022-07-10",
        **changes,
    }


async def raised(api: ProjectsApi, number: int = 1, **changes: Any) -> dict[str, Any]:
    """An obstacle of a project of its own."""
    return await api.made(OBSTACLES, an_obstacle((await api.project(number))["id"], **changes))


async def acted(api: ProjectsApi, obstacle: str, act: ObstacleAct, **changes: Any) -> httpx.Response:
    path, more = ACTS[act]
    body = {"effective_on": "2022-07-01", "reason": "专题会议纪要", **more, **changes}
    return await post(api.client, f"{OBSTACLES}/{obstacle}/{path}", body)


async def planned(api: ProjectsApi, number: int, annual_plan_wan: str) -> dict[str, Any]:
    funding = [{"source": "local_budget", "amount_wan": "10000"}]
    return await api.project(number, annual_plan_wan=annual_plan_wan, total_investment_wan="10000", funding=funding)


async def told(runtime: Runtime) -> list[dict[str, Any]]:
    return [each for each in await facts_of(runtime.database) if each["fact"].startswith("obstacle")]


async def test_an_obstacle_names_the_projects_it_holds_up_and_keeps_its_history(api: ProjectsApi) -> None:
    first, second = await api.project(1), await api.project(2)
    made = await api.made(OBSTACLES, an_obstacle(second["id"], first["id"], first["id"]))
    assert sorted(each["id"] for each in made["projects"]) == sorted([first["id"], second["id"]])
    assert (await acted(api, made["id"], ObstacleAct.TAKE_UP)).status_code == 201
    assert (await acted(api, made["id"], ObstacleAct.HAND_OVER)).status_code == 201
    seen = await api.seen(f"{OBSTACLES}/{made['id']}")
    assert [(each["act_label"], each["state"], each["lead_department"]) for each in seen["history"]] == [
        ("提出", "open", "市自然资源局"),
        ("受理", "working", "市自然资源局"),
        ("移交", "open", "市住建局"),
    ]
    assert seen["history"][1]["reason"] == "专题会议纪要"


@pytest.mark.parametrize("state", ObstacleState)
@pytest.mark.parametrize("act", ACTS)
async def test_an_obstacle_moves_only_where_it_may(api: ProjectsApi, state: ObstacleState, act: ObstacleAct) -> None:
    made = await raised(api)
    for each in WAYS[state]:
        assert (await acted(api, made["id"], each)).status_code == 201
    before = await api.seen(f"{OBSTACLES}/{made['id']}")
    assert before["may"][act]["allowed"] is ((state, act) in MOVES)
    answer = await acted(api, made["id"], act)
    if (state, act) in MOVES:
        assert (answer.status_code, answer.json()["state"]) == (201, MOVES[state, act])
    else:
        is_problem(answer, 409, "obstacle.act-refused")
        assert await api.seen(f"{OBSTACLES}/{made['id']}") == before


@pytest.mark.parametrize(
    ("changes", "status", "code", "pointer"),
    [
        ({"projects": []}, 422, "validation.failed", "/projects"),
        ({"raised_on": "2022-07-02", "due_on": "2022-07-09"}, 422, "obstacle.day-in-future", "/raised_on"),
        ({"due_on": "2022-05-31"}, 422, "obstacle.due-before-raised", "/due_on"),
        ({"kind": "weather"}, 422, "validation.failed", "/kind"),
        ({"title": ""}, 422, "validation.failed", "/title"),
    ],
)
async def test_an_obstacle_that_cannot_be_is_refused(
    api: ProjectsApi, changes: dict[str, Any], status: int, code: str, pointer: str
) -> None:
    answer = await post(api.client, OBSTACLES, an_obstacle((await api.project())["id"], **changes))
    is_problem(answer, status, code)
    assert pointers(answer) == [pointer]


async def test_an_obstacle_of_an_unknown_project_is_refused(api: ProjectsApi) -> None:
    is_problem(await post(api.client, OBSTACLES, an_obstacle(UNKNOWN)), 404, "project.unknown")


@pytest.mark.parametrize("act", ACTS)
async def test_an_act_on_no_obstacle_finds_none(api: ProjectsApi, act: ObstacleAct) -> None:
    is_problem(await acted(api, UNKNOWN, act), 404, "obstacle.unknown")


async def test_an_obstacle_that_is_not_there_is_not_found(client: httpx.AsyncClient) -> None:
    is_problem(await client.get(f"{OBSTACLES}/{UNKNOWN}"), 404, "obstacle.unknown")


@pytest.mark.parametrize(
    ("act", "changes", "status", "code"),
    [
        (ObstacleAct.RESOLVE, {"effective_on": "2022-07-02"}, 422, "obstacle.day-in-future"),
        (ObstacleAct.RESOLVE, {"effective_on": "2022-05-31"}, 422, "obstacle.day-too-early"),
        (ObstacleAct.DEFER, {"due_on": "2022-06-30"}, 422, "obstacle.deferred-to-the-past"),
        (
            ObstacleAct.HAND_OVER,
            {"lead_department": "市自然资源局", "responsible_person": "赵某"},
            409,
            "obstacle.owner-unchanged",
        ),
    ],
)
async def test_an_act_that_cannot_have_been_is_refused(
    api: ProjectsApi, act: ObstacleAct, changes: dict[str, Any], status: int, code: str
) -> None:
    is_problem(await acted(api, (await raised(api))["id"], act, **changes), status, code)


async def test_a_list_is_narrowed_to_who_has_to_act_and_to_what_stood_on_a_day(api: ProjectsApi) -> None:
    land = await raised(api, 1)
    money = await raised(api, 2, kind="funding", lead_department="市财政局", raised_on="2022-06-10", due_on="2022-06-20")
    await acted(api, money["id"], ObstacleAct.RESOLVE, effective_on="2022-06-25")

    async def listed(**query: str) -> list[str]:
        return [each["id"] for each in (await api.seen(OBSTACLES, **query))["items"]]

    assert await listed(lead_department="市财政局") == [money["id"]]
    assert await listed(project=land["projects"][0]["id"]) == [land["id"]]
    assert await listed(state="open") == [land["id"]]
    assert await listed(due_before="2022-06-30") == [money["id"]]
    assert await listed(standing_on="2022-06-24") == [money["id"], land["id"]]
    assert await listed(standing_on="2022-06-25") == [land["id"]]
    assert await listed(standing_on="2022-06-09") == [land["id"]]


async def test_a_missed_day_is_told_once_and_the_end_once(api: ProjectsApi, runtime: Runtime, clock: FakeClock) -> None:
    made = await raised(api, due_on="2022-07-01")
    assert await sweep(runtime.database, 10) == 0, "the day itself is still in time"
    clock.advance(timedelta(days=3))
    assert sum(await asyncio.gather(*(sweep(runtime.database, 10) for _ in range(3)))) == 1
    clock.advance(timedelta(days=-3))
    assert await sweep(runtime.database, 10) == 0
    (fact,) = await told(runtime)
    assert (fact["due_on"], fact["days_overdue"]) == ("2022-07-01", 3)
    assert Decimal(fact["annual_plan_wan"]) == 2000
    await acted(api, made["id"], ObstacleAct.RESOLVE)
    assert [each["fact"] for each in await told(runtime)] == ["obstacle-fell-overdue", "obstacle-ended"]
    clock.advance(timedelta(days=9))
    assert await sweep(runtime.database, 10) == 0


async def test_another_day_is_watched_afresh_and_the_first_one_is_not_told_again(
    api: ProjectsApi, runtime: Runtime, clock: FakeClock
) -> None:
    made = await raised(api, due_on="2022-06-30")
    assert await sweep(runtime.database, 10) == 1
    assert (await acted(api, made["id"], ObstacleAct.DEFER, due_on="2022-07-05")).status_code == 201
    assert await sweep(runtime.database, 10) == 0
    clock.advance(timedelta(days=5))
    assert await sweep(runtime.database, 10) == 1
    assert [each["due_on"] for each in await told(runtime)] == ["2022-06-30", "2022-07-05"]


async def test_the_fix_that_frees_the_most_investment_comes_first(api: ProjectsApi) -> None:
    big, small, done = [await planned(api, number, plan) for number, plan in enumerate(("9000", "1000", "7000"), 1)]
    land = await api.made(OBSTACLES, an_obstacle(big["id"], small["id"]))
    money = await api.made(OBSTACLES, an_obstacle(big["id"], kind="funding", title="资金未到位", lead_department="市财政局"))
    water = await api.made(OBSTACLES, an_obstacle(done["id"], kind="utilities", title="管网未接通", lead_department="市财政局"))
    report = {"project": done["id"], "period": "2022-M06", "cumulative_completed_wan": "6500", "reported_by": "孙某"}
    await api.made(REPORTS, report)
    singles = (await api.seen(LEVERAGE))["items"]
    assert [(each["key"], each["at_stake_wan"], each["touched"]) for each in singles] == [
        ([land["id"]], "1000", 2),
        ([water["id"]], "500", 1),
        ([money["id"]], "0", 1),
    ]
    assert ([each["name"] for each in singles[0]["freed"]], singles[0]["unreported"]) == ([small["name"]], 1)
    departments = (await api.seen(LEVERAGE, by="department"))["items"]
    assert [(each["label"], each["at_stake_wan"]) for each in departments] == [("市自然资源局", "1000"), ("市财政局", "500")]
    (pair,) = (await api.seen(LEVERAGE, by="pair"))["items"]
    assert (set(pair["key"]), pair["at_stake_wan"]) == ({land["id"], money["id"]}, "10000")
    assert {each["label"] for each in (await api.seen(LEVERAGE, by="kind"))["items"]} == {"用地", "资金", "配套"}


async def test_an_unknown_way_to_look_at_leverage_is_refused(client: httpx.AsyncClient) -> None:
    is_problem(await client.get(LEVERAGE, params={"by": "weather"}), 422, "validation.failed")
