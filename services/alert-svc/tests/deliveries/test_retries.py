"""Pushes that fail, are repeated, outlive their sender, or are given up on; on both databases, with a clock moved by hand."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from datetime import datetime, timedelta

import httpx
import pytest

from alert_svc.deliveries import service
from alert_svc.deliveries.dispatcher import Dispatcher
from alert_svc.deliveries.rules import Answer, Outcome
from shared.kit.runtime import Runtime
from shared.testing.alerts_api import API, AlertsApi
from shared.testing.backbone import starting_up
from shared.testing.clock import FakeClock
from shared.testing.eventually import eventually
from shared.testing.facts import REGION, FactTeller, a_completion, a_shortfall, an_overdue
from shared.testing.http import post
from shared.testing.receiver import Reply, WebhookReceiver

Dispatching = Callable[[Runtime], AbstractAsyncContextManager[Dispatcher]]
NOBODY = "0197c0de-0000-7000-8000-00000000ffff"
LEASE_AND_A_BIT = service.LEASE + timedelta(seconds=1)


async def test_a_failed_push_is_tried_again_on_schedule_under_the_same_id(
    facts: FactTeller,
    alerts: AlertsApi,
    client: httpx.AsyncClient,
    runtime: Runtime,
    receiver: WebhookReceiver,
    dispatching: Dispatching,
    clock: FakeClock,
) -> None:
    receiver.replies.extend([Reply(500, body="稍后".encode()), Reply(302, {"location": "http://127.0.0.1:1/elsewhere"})])
    await alerts.register(receiver)
    async with dispatching(runtime):
        await facts.tell(an_overdue())
        await eventually(lambda: len(receiver.received), is_=1)
        (first,) = await alerts.pushed("pending", 1)
        assert (first["attempts"], first["last_outcome"]) == (1, "refused")
        clock.advance(timedelta(seconds=6))
        await eventually(lambda: len(receiver.received), is_=2)
        await alerts.pushed("pending", 1)
        clock.advance(timedelta(minutes=6))
        (delivered,) = await alerts.pushed("delivered", 1)
    assert len({one.webhook_id for one in receiver.received}) == 1
    tries = (await client.get(f"{API}/deliveries/{delivered['id']}")).json()["tries"]
    assert [(one["number"], one["outcome"], one["status"]) for one in tries] == [
        (1, "refused", 500),
        (2, "redirected", 302),
        (3, "delivered", 204),
    ]
    assert tries[0]["detail"] == "稍后"


async def test_a_database_that_is_starting_up_is_waited_for(
    facts: FactTeller,
    alerts: AlertsApi,
    replica: Runtime,
    receiver: WebhookReceiver,
    dispatching: Dispatching,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    await alerts.register(receiver)
    await facts.tell(an_overdue())
    starting_up(replica.database, monkeypatch, 3)
    async with dispatching(replica):
        await eventually(lambda: len(receiver.received), is_=1)
        await alerts.pushed("delivered", 1)
    assert receiver.repeats == 0


async def test_pushes_that_failed_before_a_restart_are_each_delivered_once_after_it(
    facts: FactTeller,
    alerts: AlertsApi,
    client: httpx.AsyncClient,
    runtime: Runtime,
    replica: Runtime,
    receiver: WebhookReceiver,
    dispatching: Dispatching,
    clock: FakeClock,
) -> None:
    receiver.otherwise = Reply(503)
    await alerts.register(receiver)
    async with dispatching(runtime):
        await facts.tell(*(an_overdue(milestone_id=f"m-{number}") for number in range(5)))
        await eventually(lambda: len(receiver.received), is_=5)
        await alerts.pushed("pending", 5)
    receiver.otherwise = Reply(200)
    clock.advance(timedelta(seconds=6))
    async with dispatching(replica):
        await alerts.pushed("delivered", 5)
    assert (receiver.distinct, receiver.repeats) == (5, 0)


async def test_a_second_replica_never_sends_the_same_push(
    facts: FactTeller,
    alerts: AlertsApi,
    client: httpx.AsyncClient,
    runtime: Runtime,
    replica: Runtime,
    receiver: WebhookReceiver,
    dispatching: Dispatching,
) -> None:
    await alerts.register(receiver)
    async with dispatching(runtime), dispatching(replica):
        await facts.tell(*(an_overdue(milestone_id=f"m-{number}") for number in range(40)))
        await alerts.pushed("delivered", 40)
    assert (receiver.distinct, receiver.repeats, len(receiver.received)) == (40, 0, 40)


async def test_a_sender_that_died_before_recording_is_counted_and_the_same_id_is_sent_again(
    facts: FactTeller,
    alerts: AlertsApi,
    client: httpx.AsyncClient,
    runtime: Runtime,
    receiver: WebhookReceiver,
    dispatching: Dispatching,
    clock: FakeClock,
) -> None:
    await alerts.register(receiver)
    await facts.tell(an_overdue())
    async with runtime.database.unit_of_work("a sender that dies") as uow:
        (parcel,) = await service.claim(uow, {}, 8, 8)
    async with dispatching(runtime):
        clock.advance(service.LEASE - timedelta(seconds=1))
        assert receiver.received == []
        clock.advance(timedelta(seconds=2))
        (delivered,) = await alerts.pushed("delivered", 1)
    tries = (await client.get(f"{API}/deliveries/{delivered['id']}")).json()["tries"]
    assert [one["outcome"] for one in tries] == ["unknown", "delivered"]
    assert receiver.received[0].webhook_id == parcel.delivery_id


async def test_a_clock_that_is_set_back_does_not_hold_up_what_it_wrote_before(
    facts: FactTeller, alerts: AlertsApi, runtime: Runtime, receiver: WebhookReceiver, dispatching: Dispatching, clock: FakeClock
) -> None:
    await alerts.register(receiver)
    right = clock.now()
    clock.set(right + timedelta(hours=1))
    await facts.tell(an_overdue(milestone_id="m-1"), an_overdue(milestone_id="m-2"))
    async with runtime.database.unit_of_work("a sender that dies") as uow:
        assert len(await service.claim(uow, {}, 8, 1)) == 1
    clock.set(right)
    assert await service.bring_back(runtime.database) == 2
    async with dispatching(runtime):
        await alerts.pushed("delivered", 2)
    assert await service.bring_back(runtime.database) == 0


async def test_clocks_of_replicas_that_differ_a_little_take_nothing_from_one_another(
    facts: FactTeller, alerts: AlertsApi, runtime: Runtime, receiver: WebhookReceiver, clock: FakeClock
) -> None:
    await alerts.register(receiver)
    await facts.tell(an_overdue())
    async with runtime.database.unit_of_work("a sender at work") as uow:
        await service.claim(uow, {}, 8, 8)
    clock.set(clock.now() - timedelta(minutes=4))
    assert await service.bring_back(runtime.database) == 0


@pytest.mark.parametrize("longest", [3, 15, 120])
async def test_a_push_is_nobody_elses_for_twice_as_long_as_an_attempt_may_take(
    facts: FactTeller, alerts: AlertsApi, runtime: Runtime, receiver: WebhookReceiver, dispatching: Dispatching, longest: int
) -> None:
    receiver.otherwise = Reply(after=0.5)
    await alerts.register(receiver)
    await facts.tell(an_overdue())
    settings = runtime.settings.model_copy(update={"delivery_deadline": timedelta(seconds=longest)})
    async with dispatching(replace(runtime, settings=settings)):
        (sending,) = await alerts.pushed("sending", 1)
        claimed_for = datetime.fromisoformat(sending["due_at"]) - runtime.clock.now()
    assert claimed_for == timedelta(seconds=2 * longest)


async def test_a_late_answer_of_a_sender_that_was_given_up_on_changes_only_its_own_attempt(
    facts: FactTeller, alerts: AlertsApi, client: httpx.AsyncClient, runtime: Runtime, receiver: WebhookReceiver, clock: FakeClock
) -> None:
    await alerts.register(receiver)
    await facts.tell(an_overdue())
    async with runtime.database.unit_of_work("first") as uow:
        (slow,) = await service.claim(uow, {}, 8, 8)
    clock.advance(LEASE_AND_A_BIT)
    async with runtime.database.unit_of_work("second") as uow:
        await service.claim(uow, {}, 8, 8)
    async with runtime.database.unit_of_work("first") as uow:
        await service.settle(uow, slow, Answer(Outcome.REFUSED, 500), timedelta(seconds=40), REGION)
    (delivery,) = await alerts.deliveries()
    assert (delivery["state"], delivery["attempts"]) == ("sending", 2)


async def test_later_news_of_an_object_waits_for_the_earlier_and_other_objects_do_not(
    facts: FactTeller,
    alerts: AlertsApi,
    client: httpx.AsyncClient,
    runtime: Runtime,
    receiver: WebhookReceiver,
    dispatching: Dispatching,
    clock: FakeClock,
) -> None:
    receiver.replies.append(Reply(500))
    await alerts.register(receiver)
    async with dispatching(runtime):
        await facts.tell(an_overdue())
        await eventually(lambda: len(receiver.received), is_=1)
        await alerts.pushed("pending", 1)
        await facts.tell(a_completion(), a_shortfall())
        await alerts.pushed("delivered", 1)
        assert [one.document["data"]["rule"] for one in receiver.received] == ["milestone.overdue", "library.short"]
        clock.advance(timedelta(seconds=6))
        await alerts.pushed("delivered", 3)
    assert receiver.types()[2:] == ["alert.raised", "alert.closed"]


async def test_410_disables_the_endpoint(
    facts: FactTeller,
    alerts: AlertsApi,
    client: httpx.AsyncClient,
    runtime: Runtime,
    receiver: WebhookReceiver,
    dispatching: Dispatching,
) -> None:
    receiver.otherwise = Reply(410)
    endpoint = await alerts.register(receiver)
    async with dispatching(runtime):
        await facts.tell(an_overdue())
        await alerts.pushed("failed", 1)
    disabled = (await client.get(f"{API}/endpoints/{endpoint['id']}")).json()
    assert (disabled["state"], disabled["disabled_because"]) == ("disabled", "gone")
    assert 'figure="endpoints_given_up",service="alert"} 1.0' in (await client.get("/metrics")).text


async def test_an_endpoint_that_stays_dead_is_disabled_and_what_waits_is_sent_when_it_is_enabled_again(
    facts: FactTeller,
    alerts: AlertsApi,
    client: httpx.AsyncClient,
    runtime: Runtime,
    receiver: WebhookReceiver,
    dispatching: Dispatching,
    clock: FakeClock,
) -> None:
    receiver.otherwise = Reply(500)
    endpoint = await alerts.register(receiver)
    async with dispatching(runtime):
        await facts.tell(an_overdue())
        for attempt in range(1, 11):
            await eventually(lambda: len(receiver.received), is_=attempt)
            await alerts.pushed("pending" if attempt < 10 else "failed", 1)
            clock.advance(timedelta(hours=27))
        disabled = await client.get(f"{API}/endpoints/{endpoint['id']}")
        assert disabled.json()["disabled_because"] == "exhausted"
        await facts.tell(a_shortfall())
        receiver.otherwise = Reply(204)
        enabling = {"If-Match": disabled.headers["etag"]}
        await client.patch(f"{API}/endpoints/{endpoint['id']}", json={"state": "enabled"}, headers=enabling)
        (delivered,) = await alerts.pushed("delivered", 1)
        (failed,) = await alerts.deliveries(state="failed")
        retried = await post(client, f"{API}/deliveries/{failed['id']}/retries", None)
        assert retried.status_code == 201
        await alerts.pushed("delivered", 2)
    assert delivered["type"] == "alert.raised"
    assert receiver.received[-1].webhook_id == failed["id"]
