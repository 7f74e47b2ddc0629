"""From a REST write over the bus to somebody's receiver, on every make of the suite."""

import asyncio

from shared.testing.eventually import eventually
from shared.testing.http import once
from shared.testing.projects_api import PLANS, a_node
from shared.testing.receiver import Reply
from tests.e2e.callers import LONG_AGO, PATIENCE, registered
from tests.e2e.running import RunningSuite


async def test_a_figure_far_below_its_target_reaches_the_receiver_signed(suite: RunningSuite) -> None:
    async with registered(suite) as callers:
        await callers.watch("E02")
        await callers.indicators.observe("2.0", indicator="E02")
        alert = await callers.alert_in("open", "620200/E02")
        (push,) = await callers.pushes(alert["id"], "alert.raised")
        assert (alert["rule"], alert["level"], alert["period"]) == ("indicator.low", "red", "2022-M06")
        assert push.is_signed
        assert push.document["data"]["reason"] == alert["reason"]
        assert "规模以上工业增加值" in alert["reason"]


async def test_a_figure_that_recovers_closes_its_alert_and_the_receiver_is_told(suite: RunningSuite) -> None:
    async with registered(suite) as callers:
        await callers.watch("E03")
        await callers.indicators.observe("6.0", indicator="E03", status="flash")
        alert = await callers.alert_in("open", "620200/E03")
        await callers.indicators.observe("9.0", indicator="E03", status="verified")
        closed = await callers.alert_in("closed", "620200/E03")
        assert closed["id"] == alert["id"]
        pushed = await callers.pushes(alert["id"], "alert.raised", "alert.closed")
        assert all(push.is_signed for push in pushed)


async def test_an_unknown_figure_raises_no_alert(suite: RunningSuite) -> None:
    async with registered(suite) as callers:
        await callers.watch("E04")
        await callers.indicators.observe("*", indicator="E04")
        milestone = await callers.an_overdue_milestone()
        await callers.alert_in("open", milestone)
        assert await callers.alerts_of("620200/E04") == []


async def test_a_milestone_that_fell_overdue_is_warned_of_and_its_completion_closes_the_alert(suite: RunningSuite) -> None:
    async with registered(suite) as callers:
        milestone = await callers.an_overdue_milestone()
        alert = await callers.alert_in("open", milestone, level="red")
        assert (alert["rule"], alert["period"]) == ("milestone.overdue", LONG_AGO)
        await callers.projects.complete(milestone, "2022-06-20")
        await callers.alert_in("closed", milestone)
        await callers.pushes(alert["id"], "alert.raised", "alert.level-changed", "alert.closed")


async def test_a_request_that_is_repeated_under_its_key_raises_no_second_alert(suite: RunningSuite) -> None:
    async with registered(suite) as callers:
        project = await callers.a_project()
        body = {"project": project["id"], "nodes": [a_node("a", LONG_AGO)]}
        key = once()
        answers = [await callers.projects.client.post(PLANS, json=body, headers=key) for _ in range(3)]
        assert [answer.status_code for answer in answers] == [201, 201, 201]
        (milestone,) = {answer.json()["milestones"][0]["id"] for answer in answers}
        await callers.alert_in("open", milestone)


async def test_facts_that_are_published_again_raise_nothing_again(suite: RunningSuite) -> None:
    async with registered(suite) as callers:
        milestone = await callers.an_overdue_milestone()
        alert = await callers.alert_in("open", milestone, level="red")
        await callers.pushes(alert["id"], "alert.raised", "alert.level-changed")
        suite.resend("project")
        # The completion goes the same way after them: when it has arrived, so have they.
        await callers.projects.complete(milestone, "2022-06-20")
        await callers.alert_in("closed", milestone)
        await callers.pushes(alert["id"], "alert.raised", "alert.level-changed", "alert.closed")
        assert callers.receiver.repeats == 0


async def test_a_worker_that_is_killed_while_facts_arrive_neither_loses_nor_doubles_a_warning(suite: RunningSuite) -> None:
    async with registered(suite) as callers:
        milestones = [await callers.an_overdue_milestone() for _ in range(20)]
        await asyncio.to_thread(suite.crash, "alert")
        alerts = [await callers.alert_in("open", milestone, level="red") for milestone in milestones]
        for alert in alerts:
            await callers.pushes(alert["id"], "alert.raised", "alert.level-changed")
        assert len({alert["id"] for alert in alerts}) == len(milestones)


async def test_a_push_that_was_refused_is_tried_again_after_a_crash(suite: RunningSuite) -> None:
    async with registered(suite) as callers:
        callers.receiver.replies.append(Reply(503))
        milestone = await callers.an_overdue_milestone()
        (refused,) = await eventually(lambda: callers.receiver.received[:1], within=PATIENCE)
        await asyncio.to_thread(suite.crash, "alert")
        alert = await callers.alert_in("open", milestone)
        again = await eventually(lambda: callers.taken_about(alert["id"]), within=PATIENCE)
        assert (refused.status, again[0].status) == (503, 204)
        assert (refused.webhook_id, refused.body) == (again[0].webhook_id, again[0].body)
