"""Webhooks end to end: facts in, a real receiver on the other side, on both databases; waits are for the clock, not for time."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from datetime import timedelta
from typing import Any

import httpx
import pytest
from standardwebhooks import Webhook

from alert_svc.deliveries import service
from alert_svc.deliveries.dispatcher import Dispatcher
from alert_svc.deliveries.rules import Answer, Outcome
from alert_svc.settings import AlertSettings
from shared.contracts.facts import Level
from shared.kit.runtime import Runtime
from shared.testing.alerts_api import API, AlertsApi
from shared.testing.clock import FakeClock
from shared.testing.eventually import eventually, seconds
from shared.testing.facts import FactTeller, a_completion, a_shortfall, a_standing, an_overdue
from shared.testing.http import is_problem, post
from shared.testing.receiver import Reply, WebhookReceiver

Dispatching = Callable[[Runtime], AbstractAsyncContextManager[Dispatcher]]
NOBODY = "0197c0de-0000-7000-8000-00000000ffff"
LEASE_AND_A_BIT = service.LEASE + timedelta(seconds=1)


async def deliveries(client: httpx.AsyncClient, **filters: str) -> list[dict[str, Any]]:
    answer = await client.get(f"{API}/deliveries", params={"sort": "created_at", **filters})
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


async def all_in(client: httpx.AsyncClient, state: str, count: int) -> list[dict[str, Any]]:
    async def look() -> list[dict[str, Any]]:
        return await deliveries(client, state=state)

    return await eventually(look, satisfies=lambda found: len(found) == count, within=seconds(15))


async def test_a_raised_alert_reaches_its_receiver_once_and_signed(
    facts: FactTeller,
    alerts: AlertsApi,
    client: httpx.AsyncClient,
    runtime: Runtime,
    receiver: WebhookReceiver,
    dispatching: Dispatching,
) -> None:
    endpoint = await alerts.register(receiver)
    async with dispatching(runtime):
        await facts.tell(an_overdue())
        delivery = (await all_in(client, "delivered", 1))[0]
    message = receiver.received[0]
    verified = Webhook(endpoint["secret"]).verify(message.body, dict(message.headers))
    alert = await alerts.only()
    assert (verified["type"], verified["data"]["id"], verified["data"]["level"]) == ("alert.raised", alert["id"], "yellow")
    assert (receiver.distinct, receiver.repeats, receiver.unsigned) == (1, 0, 0)
    assert message.webhook_id == delivery["id"]
    told = [entry for entry in await alerts.history(alert["id"]) if entry["kind"] == "told"]
    assert [(entry["outcome"], entry["receiver"]["endpoint_id"], entry["through"]) for entry in told] == [
        ("delivered", endpoint["id"], "webhook")
    ]


async def test_every_change_of_an_alert_is_told_in_order(
    facts: FactTeller,
    alerts: AlertsApi,
    client: httpx.AsyncClient,
    runtime: Runtime,
    receiver: WebhookReceiver,
    dispatching: Dispatching,
) -> None:
    await alerts.register(receiver)
    await facts.tell(an_overdue(0), an_overdue(7))
    acknowledgement = {"by": "李某", "plan": "补齐材料"}
    await post(client, f"{API}/alerts/{(await alerts.only())['id']}/acknowledgements", acknowledgement)
    await facts.tell(a_completion())
    async with dispatching(runtime):
        await all_in(client, "delivered", 4)
    assert receiver.types() == ["alert.raised", "alert.level-changed", "alert.acknowledged", "alert.closed"]


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
        (first,) = await all_in(client, "pending", 1)
        assert (first["attempts"], first["last_outcome"]) == (1, "refused")
        clock.advance(timedelta(seconds=6))
        await eventually(lambda: len(receiver.received), is_=2)
        await all_in(client, "pending", 1)
        clock.advance(timedelta(minutes=6))
        (delivered,) = await all_in(client, "delivered", 1)
    assert len({one.webhook_id for one in receiver.received}) == 1
    tries = (await client.get(f"{API}/deliveries/{delivered['id']}")).json()["tries"]
    assert [(one["number"], one["outcome"], one["status"]) for one in tries] == [
        (1, "refused", 500),
        (2, "redirected", 302),
        (3, "delivered", 204),
    ]
    assert tries[0]["detail"] == "稍后"


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
        await all_in(client, "pending", 5)
    receiver.otherwise = Reply(200)
    clock.advance(timedelta(seconds=6))
    async with dispatching(replica):
        await all_in(client, "delivered", 5)
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
        await all_in(client, "delivered", 40)
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
        (delivered,) = await all_in(client, "delivered", 1)
    tries = (await client.get(f"{API}/deliveries/{delivered['id']}")).json()["tries"]
    assert [one["outcome"] for one in tries] == ["unknown", "delivered"]
    assert receiver.received[0].webhook_id == parcel.delivery_id


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
        await service.settle(uow, slow, Answer(Outcome.REFUSED, 500), timedelta(seconds=40))
    (delivery,) = await deliveries(client)
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
        await all_in(client, "pending", 1)
        await facts.tell(a_completion(), a_shortfall())
        await all_in(client, "delivered", 1)
        assert [one.document["data"]["rule"] for one in receiver.received] == ["milestone.overdue", "library.short"]
        clock.advance(timedelta(seconds=6))
        await all_in(client, "delivered", 3)
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
        await all_in(client, "failed", 1)
    disabled = (await client.get(f"{API}/endpoints/{endpoint['id']}")).json()
    assert (disabled["state"], disabled["disabled_because"]) == ("disabled", "gone")


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
            await all_in(client, "pending" if attempt < 10 else "failed", 1)
            clock.advance(timedelta(hours=27))
        disabled = await client.get(f"{API}/endpoints/{endpoint['id']}")
        assert disabled.json()["disabled_because"] == "exhausted"
        await facts.tell(a_shortfall())
        receiver.otherwise = Reply(204)
        enabling = {"If-Match": disabled.headers["etag"]}
        await client.patch(f"{API}/endpoints/{endpoint['id']}", json={"state": "enabled"}, headers=enabling)
        (delivered,) = await all_in(client, "delivered", 1)
        (failed,) = await deliveries(client, state="failed")
        retried = await post(client, f"{API}/deliveries/{failed['id']}/retries", None)
        assert retried.status_code == 201
        await all_in(client, "delivered", 2)
    assert delivered["type"] == "alert.raised"
    assert receiver.received[-1].webhook_id == failed["id"]


async def test_a_receiver_is_told_only_what_it_asked_for(
    facts: FactTeller,
    alerts: AlertsApi,
    client: httpx.AsyncClient,
    runtime: Runtime,
    receiver: WebhookReceiver,
    dispatching: Dispatching,
) -> None:
    await alerts.register(receiver, levels=["red"], rules=["indicator.low"], departments=["市工信局"])
    async with dispatching(runtime):
        await facts.tell(
            a_standing(Level.ORANGE, indicator="E03"),
            a_standing(lead_department="市商务局", indicator="E04"),
            a_shortfall(),
            a_standing(),
        )
        await all_in(client, "delivered", 1)
    assert [one.document["data"]["object"]["id"] for one in receiver.received] == ["620200/E02"]
    assert len(await deliveries(client)) == 1


async def test_both_secrets_are_valid_during_a_rotation_and_only_the_new_one_after(
    facts: FactTeller,
    alerts: AlertsApi,
    client: httpx.AsyncClient,
    runtime: Runtime,
    receiver: WebhookReceiver,
    dispatching: Dispatching,
    clock: FakeClock,
) -> None:
    endpoint = await alerts.register(receiver)
    path = f"{API}/endpoints/{endpoint['id']}/secret-rotations"
    rotated = (await post(client, path, {"overlap_hours": 24})).json()
    is_problem(await post(client, path, {}), 409, "endpoint.rotation-running")
    async with dispatching(runtime):
        await facts.tell(an_overdue())
        await all_in(client, "delivered", 1)
        clock.advance(timedelta(hours=25))
        await facts.tell(a_shortfall())
        await all_in(client, "delivered", 2)
    during, after = receiver.received
    for secret in (endpoint["secret"], rotated["secret"]):
        Webhook(secret).verify(during.body, dict(during.headers))
    Webhook(rotated["secret"]).verify(after.body, dict(after.headers))
    assert len(after.headers["webhook-signature"].split(" ")) == 1


async def test_a_test_message_reaches_the_receiver(
    alerts: AlertsApi, client: httpx.AsyncClient, runtime: Runtime, receiver: WebhookReceiver, dispatching: Dispatching
) -> None:
    endpoint = await alerts.register(receiver)
    async with dispatching(runtime):
        tested = await post(client, f"{API}/endpoints/{endpoint['id']}/tests", None)
        assert (tested.status_code, tested.json()["alert_id"]) == (201, None)
        await all_in(client, "delivered", 1)
    assert receiver.types() == ["endpoint.test"]


@pytest.mark.parametrize("path", ["", "/retries"])
async def test_a_delivery_that_does_not_exist_is_not_found(path: str, client: httpx.AsyncClient) -> None:
    where = f"{API}/deliveries/{NOBODY}{path}"
    is_problem(await (post(client, where, None) if path else client.get(where)), 404, "delivery.not-found")


async def test_a_push_that_is_still_under_way_is_not_sent_by_hand(
    facts: FactTeller, alerts: AlertsApi, client: httpx.AsyncClient, receiver: WebhookReceiver
) -> None:
    await alerts.register(receiver)
    await facts.tell(an_overdue())
    (pending,) = await deliveries(client)
    assert pending["may"]["retry"]["allowed"] is False
    is_problem(await post(client, f"{API}/deliveries/{pending['id']}/retries", None), 409, "delivery.under-way")


async def test_the_list_of_deliveries_is_filtered_by_endpoint_alert_state_and_type(
    facts: FactTeller, alerts: AlertsApi, client: httpx.AsyncClient, receiver: WebhookReceiver
) -> None:
    endpoint = await alerts.register(receiver)
    await facts.tell(an_overdue(), a_shortfall())
    alert = await alerts.only(rule="library.short")
    assert len(await deliveries(client, endpoint=endpoint["id"], type="alert.raised", state="pending")) == 2
    assert len(await deliveries(client, alert=alert["id"])) == 1
    assert (await client.get(f"{API}/deliveries", params={"state": "unheard-of"})).status_code == 422


@pytest.fixture
async def cautious(runtime: Runtime) -> AsyncIterator[Runtime]:
    """The service with two pushes per endpoint at once and a third of a second for each."""
    changes = {"deliveries_per_endpoint": 2, "delivery_deadline": timedelta(seconds=0.3)}
    settings = AlertSettings.model_validate({**runtime.settings.model_dump(), **changes})
    yield Runtime(settings, runtime.clock, runtime.database, runtime.bus)


async def test_no_more_pushes_than_allowed_run_to_one_endpoint_at_once(
    facts: FactTeller,
    alerts: AlertsApi,
    client: httpx.AsyncClient,
    cautious: Runtime,
    receiver: WebhookReceiver,
    dispatching: Dispatching,
) -> None:
    receiver.otherwise = Reply(after=0.02)
    await alerts.register(receiver)
    await facts.tell(*(an_overdue(milestone_id=f"m-{number}") for number in range(12)))
    async with dispatching(cautious):
        await all_in(client, "delivered", 12)
    assert receiver.most_at_once == 2


async def test_a_receiver_that_never_answers_is_given_up_on_in_time_and_holds_up_nobody(
    facts: FactTeller,
    alerts: AlertsApi,
    client: httpx.AsyncClient,
    cautious: Runtime,
    receiver: WebhookReceiver,
    dispatching: Dispatching,
) -> None:
    async with WebhookReceiver() as silent:
        silent.otherwise = Reply(never=True)
        await alerts.register(silent)
        await alerts.register(receiver)
        await facts.tell(*(an_overdue(milestone_id=f"m-{number}") for number in range(6)))
        async with dispatching(cautious):
            await eventually(lambda: receiver.distinct, is_=6)
            waiting = await all_in(client, "pending", 6)
    assert {one["last_outcome"] for one in waiting} == {"timed_out"}


async def test_an_answer_without_end_still_counts_by_its_status(
    facts: FactTeller,
    alerts: AlertsApi,
    client: httpx.AsyncClient,
    runtime: Runtime,
    receiver: WebhookReceiver,
    dispatching: Dispatching,
) -> None:
    receiver.otherwise = Reply(200, {"content-length": str(10**9)}, b"x" * 200_000)
    await alerts.register(receiver)
    async with dispatching(runtime):
        await facts.tell(an_overdue())
        await all_in(client, "delivered", 1)


async def test_a_receiver_that_is_not_there_is_tried_again(
    facts: FactTeller, alerts: AlertsApi, client: httpx.AsyncClient, runtime: Runtime, dispatching: Dispatching
) -> None:
    async with WebhookReceiver() as gone:
        await alerts.register(gone)
    async with dispatching(runtime):
        await facts.tell(an_overdue())

        async def outcome() -> str | None:
            answer: str | None = (await deliveries(client))[0]["last_outcome"]
            return answer

        await eventually(outcome, is_="unreachable")
