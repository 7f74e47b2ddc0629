"""Webhooks end to end: facts in, a real receiver on the other side, on both databases; waits are for the clock, not for time."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from datetime import timedelta

import httpx
import pytest
from standardwebhooks import Webhook

from alert_svc.deliveries import service
from alert_svc.deliveries.dispatcher import Dispatcher
from alert_svc.settings import AlertSettings
from shared.contracts.facts import Level
from shared.kit.runtime import Runtime
from shared.testing.alerts_api import API, AlertsApi
from shared.testing.clock import FakeClock
from shared.testing.eventually import eventually
from shared.testing.facts import FactTeller, a_completion, a_shortfall, a_standing, an_overdue
from shared.testing.http import is_problem, post
from shared.testing.receiver import Reply, WebhookReceiver

Dispatching = Callable[[Runtime], AbstractAsyncContextManager[Dispatcher]]
NOBODY = "0197c0de-0000-7000-8000-00000000ffff"
LEASE_AND_A_BIT = service.LEASE + timedelta(seconds=1)


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
        delivery = (await alerts.pushed("delivered", 1))[0]
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
        await alerts.pushed("delivered", 4)
    assert receiver.types() == ["alert.raised", "alert.level-changed", "alert.acknowledged", "alert.closed"]


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
        await alerts.pushed("delivered", 1)
    assert [one.document["data"]["object"]["id"] for one in receiver.received] == ["620200/E02"]
    assert len(await alerts.deliveries()) == 1


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
        await alerts.pushed("delivered", 1)
        clock.advance(timedelta(hours=25))
        await facts.tell(a_shortfall())
        await alerts.pushed("delivered", 2)
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
        await alerts.pushed("delivered", 1)
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
    (pending,) = await alerts.deliveries()
    assert pending["may"]["retry"]["allowed"] is False
    is_problem(await post(client, f"{API}/deliveries/{pending['id']}/retries", None), 409, "delivery.under-way")


async def test_the_list_of_deliveries_is_filtered_by_endpoint_alert_state_and_type(
    facts: FactTeller, alerts: AlertsApi, client: httpx.AsyncClient, receiver: WebhookReceiver
) -> None:
    endpoint = await alerts.register(receiver)
    await facts.tell(an_overdue(), a_shortfall())
    alert = await alerts.only(rule="library.short")
    assert len(await alerts.deliveries(endpoint=endpoint["id"], type="alert.raised", state="pending")) == 2
    assert len(await alerts.deliveries(alert=alert["id"])) == 1
    assert (await client.get(f"{API}/deliveries", params={"state": "unheard-of"})).status_code == 422


@pytest.fixture
def cautious(runtime: Runtime) -> Runtime:
    """The service with two pushes per endpoint at once."""
    return _set_to(runtime, deliveries_per_endpoint=2)


@pytest.fixture
def impatient(runtime: Runtime) -> Runtime:
    """The same with a second for each push: what is answered at once is answered in time on a busy machine, too."""
    return _set_to(runtime, deliveries_per_endpoint=2, delivery_deadline=timedelta(seconds=1))


def _set_to(runtime: Runtime, **changes: object) -> Runtime:
    settings = AlertSettings.model_validate({**runtime.settings.model_dump(), **changes})
    return Runtime(settings, runtime.clock, runtime.database, runtime.bus)


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
        await alerts.pushed("delivered", 12)
    assert receiver.most_at_once == 2


async def test_a_receiver_that_never_answers_is_given_up_on_in_time_and_holds_up_nobody(
    facts: FactTeller,
    alerts: AlertsApi,
    client: httpx.AsyncClient,
    impatient: Runtime,
    receiver: WebhookReceiver,
    dispatching: Dispatching,
) -> None:
    async with WebhookReceiver() as silent:
        silent.otherwise = Reply(never=True)
        await alerts.register(silent)
        await alerts.register(receiver)
        await facts.tell(*(an_overdue(milestone_id=f"m-{number}") for number in range(6)))
        async with dispatching(impatient):
            await eventually(lambda: receiver.distinct, is_=6)

            async def timed_out() -> int:
                return sum(one["last_outcome"] == "timed_out" for one in await alerts.deliveries(state="pending"))

            await eventually(timed_out, is_=6)


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
        (delivered,) = await alerts.pushed("delivered", 1)
    assert delivered["attempts"] == 1


async def test_a_receiver_that_is_not_there_is_tried_again(
    facts: FactTeller, alerts: AlertsApi, client: httpx.AsyncClient, runtime: Runtime, dispatching: Dispatching
) -> None:
    async with WebhookReceiver() as gone:
        await alerts.register(gone)
    async with dispatching(runtime):
        await facts.tell(an_overdue())

        async def outcomes() -> list[str | None]:
            return [one["last_outcome"] for one in await alerts.deliveries()]

        await eventually(outcomes, is_=["unreachable"])
