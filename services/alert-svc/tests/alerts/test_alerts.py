"""Alerts end to end inside the service: facts in through the inbox, everything else over HTTP, on both databases."""

import asyncio

import httpx
import pytest
from sqlalchemy import select

from shared.contracts.facts import Fact, Level
from shared.kit.backbone import outbox
from shared.kit.inbox import Outcome
from shared.kit.runtime import Runtime
from shared.testing.alerts_api import API, AlertsApi
from shared.testing.facts import (
    MILESTONE,
    FactTeller,
    a_completion,
    a_due_soon,
    a_replenishment,
    a_screening,
    a_shortfall,
    a_standing,
    a_withdrawal,
    an_overdue,
)
from shared.testing.http import is_problem, pointers, post

ACKNOWLEDGEMENT = {"by": "市卫生健康委 李某", "plan": "补齐施工许可材料", "due_on": "2022-07-10"}
NOBODY = "0197c0de-0000-7000-8000-00000000ffff"


async def published(runtime: Runtime) -> list[str]:
    async with runtime.database.reading() as view:
        return list((await view.session.scalars(select(outbox.c.type).order_by(outbox.c.id))).all())


async def test_an_overdue_milestone_raises_one_alert_with_all_that_its_reader_needs(facts: FactTeller, alerts: AlertsApi) -> None:
    await facts.tell(an_overdue())
    alert = await alerts.only()
    assert alert["rule"] == "milestone.overdue"
    assert alert["object"] == {
        "service": "project",
        "type": "milestone",
        "id": MILESTONE["milestone_id"],
        "name": "市中医院门诊楼·施工许可证",
    }
    assert (alert["period"], alert["level"], alert["state"], alert["occurrence"]) == ("2022-06-20", "yellow", "open", 1)
    assert alert["responsible"] == [
        {"role": "lead_department", "code": "市卫生健康委"},
        {"role": "sponsor_post", "code": "VM-SOC"},
        {"role": "person", "code": "王某"},
    ]
    assert alert["reason"] == "市中医院门诊楼节点“施工许可证”应于2022年6月20日完成，已逾期1天"
    assert alert["may"]["acknowledge"] == {"allowed": True, "reason": None}


async def test_a_second_delivery_of_a_fact_raises_no_second_alert(facts: FactTeller, alerts: AlertsApi, runtime: Runtime) -> None:
    record = facts.record(an_overdue())
    again = facts.record(an_overdue(), sequence=1)
    assert [await facts.inbox.take(one) for one in (record, record, again)] == [
        Outcome.HANDLED,
        Outcome.DUPLICATE,
        Outcome.STALE,
    ]
    await alerts.only()
    assert await published(runtime) == ["cn.diaodu.alert.raised.v1"]


async def test_the_second_crossing_of_a_milestone_moves_its_alert_to_red(
    facts: FactTeller, alerts: AlertsApi, runtime: Runtime
) -> None:
    await facts.tell(an_overdue(0), an_overdue(7))
    alert = await alerts.only()
    assert (alert["level"], alert["occurrence"]) == ("red", 1)
    moved = [entry for entry in await alerts.history(alert["id"]) if entry["kind"] == "level_changed"]
    assert [(entry["note"]["verdict"], entry["note"]["previous_level"]) for entry in moved] == [("level_up", "yellow")]
    assert await published(runtime) == ["cn.diaodu.alert.raised.v1", "cn.diaodu.alert.level-changed.v1"]


@pytest.mark.parametrize(
    ("cause", "recovery"),
    [
        (an_overdue(), a_completion()),
        (an_overdue(), a_withdrawal()),
        (a_due_soon(), a_completion()),
        (a_standing(), a_standing(Level.GREEN)),
        (a_shortfall(), a_replenishment()),
        (a_screening("fail"), a_screening("pass")),
        (a_screening("undetermined"), a_screening("pass")),
    ],
    ids=lambda fact: type(fact).__name__,
)
async def test_recovery_closes_the_alert(cause: Fact, recovery: Fact, facts: FactTeller, alerts: AlertsApi) -> None:
    await facts.tell(cause)
    assert (await alerts.only())["state"] == "open"
    await facts.tell(recovery)
    closed = await alerts.only()
    assert (closed["state"], closed["closed_because"]) == ("closed", "recovered")


async def test_recovery_closes_an_acknowledged_alert_too(facts: FactTeller, alerts: AlertsApi, client: httpx.AsyncClient) -> None:
    await facts.tell(an_overdue())
    alert = await alerts.only()
    await post(client, f"{API}/alerts/{alert['id']}/acknowledgements", ACKNOWLEDGEMENT)
    await facts.tell(a_completion())
    assert (await alerts.only())["state"] == "closed"


async def test_what_comes_back_after_recovery_is_a_new_numbered_alert(facts: FactTeller, alerts: AlertsApi) -> None:
    await facts.tell(a_shortfall(), a_replenishment(), a_shortfall())
    found = await alerts.all(sort="state")
    assert sorted((alert["state"], alert["occurrence"]) for alert in found) == [("closed", 1), ("open", 2)]
    reopened = next(alert for alert in found if alert["state"] == "open")
    assert (await alerts.history(reopened["id"]))[0]["note"]["verdict"] == "reopened"


async def test_falling_overdue_closes_the_due_soon_alert_of_the_milestone(facts: FactTeller, alerts: AlertsApi) -> None:
    await facts.tell(a_due_soon(), an_overdue())
    assert {alert["rule"]: alert["state"] for alert in await alerts.all()} == {
        "milestone.due-soon": "closed",
        "milestone.overdue": "open",
    }


async def test_a_re_baselined_milestone_that_slips_again_alerts_for_its_new_day_and_completion_closes_both(
    facts: FactTeller, alerts: AlertsApi
) -> None:
    await facts.tell(an_overdue(), an_overdue(current_due_on="2022-06-30"))
    assert sorted(alert["period"] for alert in await alerts.all(state="open")) == ["2022-06-20", "2022-06-30"]
    await facts.tell(a_completion(current_due_on="2022-06-30"))
    assert await alerts.all(state="open") == []


async def test_an_indicator_that_is_green_in_a_later_period_closes_the_earlier_alert(
    facts: FactTeller, alerts: AlertsApi
) -> None:
    await facts.tell(a_standing(Level.ORANGE, period="2022-M05"), a_standing(Level.GREEN, period="2022-M06"))
    assert (await alerts.only())["state"] == "closed"


async def test_an_indicator_that_is_green_in_an_earlier_period_leaves_the_later_alert_open(
    facts: FactTeller, alerts: AlertsApi
) -> None:
    await facts.tell(a_standing(Level.ORANGE, period="2022-M06"), a_standing(Level.GREEN, period="2022-M05"))
    assert (await alerts.only())["state"] == "open"


async def test_newer_evidence_on_the_same_level_is_noted_and_not_announced(
    facts: FactTeller, alerts: AlertsApi, runtime: Runtime
) -> None:
    await facts.tell(a_shortfall(), a_shortfall(gap_wan="1500000", total_investment_wan="8500000"))
    alert = await alerts.only()
    assert "缺口 150.00 亿元" in alert["reason"]
    assert [entry["kind"] for entry in await alerts.history(alert["id"])] == ["raised", "evidence_changed"]
    assert await published(runtime) == ["cn.diaodu.alert.raised.v1"]


async def test_acknowledging_is_a_commitment(
    facts: FactTeller, alerts: AlertsApi, client: httpx.AsyncClient, runtime: Runtime
) -> None:
    await facts.tell(an_overdue())
    alert = await alerts.only()
    answer = await post(client, f"{API}/alerts/{alert['id']}/acknowledgements", ACKNOWLEDGEMENT)
    assert answer.status_code == 201
    assert answer.headers["location"] == f"{API}/alerts/{alert['id']}"
    acknowledged = answer.json()
    assert answer.headers["etag"] == f'"v{acknowledged["version"]}"'
    assert (acknowledged["state"], acknowledged["commitment"]) == ("acknowledged", ACKNOWLEDGEMENT)
    assert acknowledged["may"]["acknowledge"]["allowed"] is False
    assert (await alerts.only(due_before="2022-07-11"))["id"] == alert["id"]
    assert await alerts.all(due_before="2022-07-10") == []
    assert (await published(runtime))[-1] == "cn.diaodu.alert.acknowledged.v1"


async def test_an_acknowledged_alert_is_not_acknowledged_again(
    facts: FactTeller, alerts: AlertsApi, client: httpx.AsyncClient
) -> None:
    await facts.tell(an_overdue())
    path = f"{API}/alerts/{(await alerts.only())['id']}/acknowledgements"
    await post(client, path, ACKNOWLEDGEMENT)
    is_problem(await post(client, path, ACKNOWLEDGEMENT), 409, "alert.already-acknowledged")


async def test_of_two_who_acknowledge_at_once_one_is_refused(
    facts: FactTeller, alerts: AlertsApi, client: httpx.AsyncClient
) -> None:
    await facts.tell(an_overdue())
    path = f"{API}/alerts/{(await alerts.only())['id']}/acknowledgements"
    answers = await asyncio.gather(*(post(client, path, ACKNOWLEDGEMENT) for _ in range(4)))
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409]


async def test_a_closed_alert_is_not_acknowledged(facts: FactTeller, alerts: AlertsApi, client: httpx.AsyncClient) -> None:
    await facts.tell(an_overdue(), a_completion())
    path = f"{API}/alerts/{(await alerts.only())['id']}/acknowledgements"
    is_problem(await post(client, path, ACKNOWLEDGEMENT), 409, "alert.closed")


async def test_a_commitment_in_the_past_is_refused(facts: FactTeller, alerts: AlertsApi, client: httpx.AsyncClient) -> None:
    await facts.tell(an_overdue())
    path = f"{API}/alerts/{(await alerts.only())['id']}/acknowledgements"
    answer = await post(client, path, {**ACKNOWLEDGEMENT, "due_on": "2022-06-30"})
    is_problem(answer, 422, "alert.commitment-in-the-past")
    assert pointers(answer) == ["/due_on"]
    assert (await alerts.only())["state"] == "open"


async def test_a_comment_goes_into_the_case_file_of_a_closed_alert_too(
    facts: FactTeller, alerts: AlertsApi, client: httpx.AsyncClient
) -> None:
    await facts.tell(an_overdue(), a_completion())
    alert = await alerts.only()
    answer = await post(client, f"{API}/alerts/{alert['id']}/comments", {"text": "已现场核实"})
    assert answer.status_code == 201
    last = (await alerts.history(alert["id"]))[-1]
    assert (last["kind"], last["note"], last["actor"].split("#")[0]) == ("commented", {"text": "已现场核实"}, "tester")


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "", None),
        ("GET", "/history", None),
        ("POST", "/acknowledgements", ACKNOWLEDGEMENT),
        ("POST", "/comments", {"text": "x"}),
    ],
)
async def test_an_alert_that_does_not_exist_is_not_found(
    method: str, path: str, body: dict[str, str] | None, client: httpx.AsyncClient
) -> None:
    headers = {"Idempotency-Key": "k"} if method == "POST" else {}
    answer = await client.request(method, f"{API}/alerts/{NOBODY}{path}", json=body, headers=headers)
    is_problem(answer, 404, "alert.not-found")


@pytest.mark.parametrize("body", [{}, {"by": "", "plan": "x"}, {"by": "x", "plan": "y", "more": 1}, {"by": 1, "plan": "y"}])
async def test_a_malformed_acknowledgement_is_refused_with_its_field(
    body: dict[str, object], facts: FactTeller, alerts: AlertsApi, client: httpx.AsyncClient
) -> None:
    await facts.tell(an_overdue())
    answer = await post(client, f"{API}/alerts/{(await alerts.only())['id']}/acknowledgements", body)
    assert answer.status_code == 422
    assert pointers(answer)


async def test_the_list_is_filtered_by_state_level_rule_object_and_department(facts: FactTeller, alerts: AlertsApi) -> None:
    await facts.tell(an_overdue(), a_standing(), a_shortfall())
    assert {alert["rule"] for alert in await alerts.all(level="red")} == {"indicator.low", "library.short"}
    assert (await alerts.only(rule="library.short"))["period"] == ""
    assert (await alerts.only(department="市工信局"))["rule"] == "indicator.low"
    assert (await alerts.only(object_type="milestone", object_id=MILESTONE["milestone_id"]))["rule"] == "milestone.overdue"
    assert await alerts.all(state="closed") == []
    assert len(await alerts.all(status=["open", "acknowledged"])) == 3
