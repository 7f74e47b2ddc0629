"""Stops over HTTP, their facts, and the sweep over days to work again and weekly statuses."""

from datetime import datetime
from typing import Any

import httpx
import pytest

from indicator_svc.stops.service import watch_stops
from shared.kit.runtime import Runtime
from shared.testing.clock import FakeClock
from shared.testing.http import is_problem, post
from shared.testing.indicators_api import API, IndicatorsApi
from shared.testing.industry_api import OTHER_FIRM, a_plan, a_stop, an_enterprise
from shared.testing.outbox import facts_of

NOBODY = "0197c0de-0000-7000-8000-00000000ffff"
END = {"on": "2022-07-01", "reason": "已恢复生产"}
BODIES: dict[str, dict[str, Any]] = {"plans": a_plan(), "resumptions": END, "exits": END}
WAYS: dict[str, tuple[str, ...]] = {
    "stopped": (),
    "planned": ("plans",),
    "resumed": ("plans", "resumptions"),
    "exited": ("exits",),
}
ENDED = {"resumed", "exited"}


async def stopped(api: IndicatorsApi, **changes: Any) -> str:
    """The path of a stop."""
    await api.made("enterprises", an_enterprise())
    return f"enterprise-stops/{(await api.made('enterprise-stops', a_stop(**changes)))['id']}"


@pytest.mark.parametrize("state", WAYS)
async def test_a_stop_that_has_ended_takes_no_act_and_a_standing_one_takes_each(api: IndicatorsApi, state: str) -> None:
    path = await stopped(api)
    for act in WAYS[state]:
        await api.made(f"{path}/{act}", BODIES[act])
    before = await api.read(path)
    assert before["state"] == state
    assert {act for act, may in before["may"].items() if may["allowed"]} == (
        set() if state in ENDED else {"plan", "resume", "exit"}
    )
    if state in ENDED:
        for act, body in BODIES.items():
            assert is_problem(await post(api.client, f"{API}/{path}/{act}", body), 409, "stop.act-refused")
        status = {"on": "2022-07-01", "progress": "x"}
        assert is_problem(await post(api.client, f"{API}/{path}/statuses", status), 409, "stop.act-refused")
        assert await api.read(path) == before


async def test_a_stop_tells_what_it_takes_from_the_growth_and_which_measures_are_late(api: IndicatorsApi) -> None:
    path = await stopped(api)
    await api.made(f"{path}/plans", a_plan())
    stop = await api.read(path)
    assert (stop["drag_pp"], stop["resume_on"], stop["status_due_on"]) == ("-2.5", "2022-07-20", "2022-07-08")
    assert [(each["department"], each["late"]) for each in stop["measures"]] == [("市工业和信息化局", False), ("市金融办", True)]
    await api.made("enterprises", an_enterprise(uscc=OTHER_FIRM))
    await api.made("enterprise-stops", a_stop(uscc=OTHER_FIRM, lost_output_wan=None))
    assert await api.read("enterprise-stops/drag", region="620200") == {
        "region": "620200",
        "standing": 2,
        "drag_pp": "-2.5",
        "unknown": 1,
    }


async def test_a_day_to_work_again_and_a_weekly_status_that_pass_are_told_once_each(
    api: IndicatorsApi, runtime: Runtime, clock: FakeClock
) -> None:
    path = await stopped(api)
    await api.made(f"{path}/plans", a_plan())
    told: dict[str, list[str]] = {}
    for day in ("2022-07-08", "2022-07-09", "2022-07-10", "2022-07-20", "2022-07-21", "2022-07-22"):
        clock.set(datetime.fromisoformat(f"{day}T09:00:00+08:00"))
        if day == "2022-07-10":
            await api.made(f"{path}/statuses", {"on": "2022-07-10", "progress": "订单已落实"})
        before = len(await facts_of(runtime.database))
        await watch_stops(runtime.database)
        await watch_stops(runtime.database)
        told[day] = [each["fact"] for each in (await facts_of(runtime.database))[before:]]
    assert told == {
        "2022-07-08": [],
        "2022-07-09": ["stop-status-went-stale"],
        "2022-07-10": [],
        "2022-07-20": ["stop-status-went-stale"],
        "2022-07-21": ["resumption-fell-overdue"],
        "2022-07-22": [],
    }
    overdue = next(each for each in await facts_of(runtime.database) if each["fact"] == "resumption-fell-overdue")
    assert (overdue["due_on"], overdue["days_overdue"], overdue["drag_pp"]) == ("2022-07-20", 1, "-2.5")
    await api.made(f"{path}/resumptions", {"on": "2022-07-22", "reason": "已恢复生产"})
    clock.set(datetime.fromisoformat("2022-12-31T09:00:00+08:00"))
    assert await watch_stops(runtime.database) == {"enterprise-stop": 0, "enterprise-stop-weekly": 0}


async def test_every_step_of_a_stop_is_written_down_and_told(api: IndicatorsApi, runtime: Runtime) -> None:
    path = await stopped(api)
    for act in ("plans", "plans", "resumptions"):
        await api.made(f"{path}/{act}", a_plan("2022-08-01") if act == "plans" else END)
    history = (await api.read(f"{path}/moves"))["items"]
    expected = [("report", "stopped"), ("plan", "planned"), ("plan", "planned"), ("resume", "resumed")]
    assert [(each["act"], each["state"]) for each in history] == expected
    facts = [each for each in await facts_of(runtime.database) if each["fact"] == "stop-changed"]
    assert [(each["act"], each["state"]) for each in facts] == expected


async def test_an_enterprise_stops_once_at_a_time(api: IndicatorsApi) -> None:
    path = await stopped(api)
    assert is_problem(await post(api.client, f"{API}/enterprise-stops", a_stop()), 409, "stop.already-standing")
    await api.made(f"{path}/resumptions", END)
    await api.made("enterprise-stops", a_stop(stopped_on="2022-07-01"))
    assert [each["state"] for each in await api.listed("enterprise-stops", state="stopped")] == ["stopped"]


@pytest.mark.parametrize(
    ("act", "body", "code"),
    [
        ("plans", a_plan("2022-06-30"), "stop.day-refused"),
        ("resumptions", {"on": "2022-07-02", "reason": "x"}, "stop.day-refused"),
        ("exits", {"on": "2022-05-09", "reason": "x"}, "stop.day-refused"),
        ("statuses", {"on": "2022-07-02", "progress": "x"}, "stop.day-refused"),
    ],
)
async def test_a_day_that_cannot_be_is_refused(api: IndicatorsApi, act: str, body: dict[str, Any], code: str) -> None:
    path = await stopped(api)
    assert is_problem(await post(api.client, f"{API}/{path}/{act}", body), 422, code)


async def test_losses_are_corrected_by_who_saw_the_present_version(api: IndicatorsApi) -> None:
    path = await stopped(api)
    place = f"{API}/{path}"
    assert is_problem(await api.client.patch(place, json={"lost_output_wan": "1"}), 428, "precondition.if-match-required")
    etag = (await api.client.get(place)).headers["ETag"]
    changed = await api.client.patch(place, json={"lost_output_wan": None}, headers={"If-Match": etag})
    assert (changed.status_code, changed.json()["drag_pp"]) == (200, None)


async def test_an_enterprise_that_nobody_registered_cannot_stop(api: IndicatorsApi) -> None:
    assert is_problem(await post(api.client, f"{API}/enterprise-stops", a_stop()), 422, "enterprise.unknown")


@pytest.mark.parametrize("path", ["", "/moves", "/statuses"])
async def test_a_stop_that_nobody_reported_is_not_found(client: httpx.AsyncClient, path: str) -> None:
    assert is_problem(await client.get(f"{API}/enterprise-stops/{NOBODY}{path}"), 404, "stop.not-found")


@pytest.mark.parametrize(("path", "query"), [("", {"state": "lost"}), ("/drag", {"region": "1"})])
async def test_a_list_of_stops_refuses_what_it_does_not_know(client: httpx.AsyncClient, path: str, query: dict[str, str]) -> None:
    assert (await client.get(f"{API}/enterprise-stops{path}", params=query)).status_code == 422
