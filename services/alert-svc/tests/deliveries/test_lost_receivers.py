"""A receiver that cannot be reached any more is told of like any other trouble, to everybody but itself."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager

import httpx

from alert_svc.deliveries.dispatcher import Dispatcher
from shared.contracts.catalogue import FACTS
from shared.contracts.facts import Fact
from shared.contracts.receiver import ReceiverDisabled, ReceiverEnabled, ReceiverRemoved
from shared.kit.runtime import Runtime
from shared.testing.alerts_api import API, AlertsApi
from shared.testing.facts import FactTeller, an_overdue
from shared.testing.outbox import facts_of
from shared.testing.receiver import Reply, WebhookReceiver

Dispatching = Callable[[Runtime], AbstractAsyncContextManager[Dispatcher]]


async def told_of_receivers(runtime: Runtime) -> list[Fact]:
    told = await facts_of(runtime.database)
    return [FACTS[f"cn.diaodu.alert.{one['fact']}.v1"].model_validate(one) for one in told if one["fact"].startswith("receiver-")]


async def test_the_others_hear_that_a_receiver_was_given_up_and_that_it_is_back(
    facts: FactTeller,
    alerts: AlertsApi,
    client: httpx.AsyncClient,
    runtime: Runtime,
    receiver: WebhookReceiver,
    dispatching: Dispatching,
) -> None:
    receiver.otherwise = Reply(410)
    lost = await alerts.register(receiver, description="政务办公系统", rules=["milestone.overdue", "receiver.given-up"])
    async with WebhookReceiver() as other, dispatching(runtime):
        await alerts.register(other, rules=["receiver.given-up"])
        await facts.tell(an_overdue())
        await alerts.pushed("failed", 1)
        (disabled,) = await told_of_receivers(runtime)
        await facts.tell(disabled)
        await alerts.pushed("delivered", 1)
        receiver.otherwise = Reply(204)
        endpoint = await client.get(f"{API}/endpoints/{lost['id']}")
        await client.patch(
            f"{API}/endpoints/{lost['id']}", json={"state": "enabled"}, headers={"If-Match": endpoint.headers["etag"]}
        )
        await facts.tell((await told_of_receivers(runtime))[-1])
        await alerts.pushed("delivered", 2)
    assert isinstance(disabled, ReceiverDisabled)
    assert (disabled.receiver_id, disabled.host, disabled.because) == (lost["id"], "127.0.0.1", "gone")
    told = [(one.document["type"], one.document["data"]["level"], one.document["data"]["object"]["id"]) for one in other.received]
    assert told == [("alert.raised", "orange", lost["id"]), ("alert.closed", "orange", lost["id"])]
    assert [one.document["data"]["rule"] for one in receiver.received] == ["milestone.overdue"]


async def test_each_change_of_a_receivers_state_is_told_once(
    alerts: AlertsApi, client: httpx.AsyncClient, runtime: Runtime, receiver: WebhookReceiver
) -> None:
    path = f"{API}/endpoints/{(await alerts.register(receiver))['id']}"
    for state in ("disabled", "disabled", "enabled", "enabled", "disabled"):
        current = await client.get(path)
        await client.patch(path, json={"state": state}, headers={"If-Match": current.headers["etag"]})
    await client.delete(path, headers={"If-Match": (await client.get(path)).headers["etag"]})
    assert [type(fact) for fact in await told_of_receivers(runtime)] == [
        ReceiverDisabled,
        ReceiverEnabled,
        ReceiverDisabled,
        ReceiverRemoved,
    ]


async def test_a_receiver_that_was_well_leaves_without_news(
    alerts: AlertsApi, client: httpx.AsyncClient, runtime: Runtime, receiver: WebhookReceiver
) -> None:
    await alerts.remove((await alerts.register(receiver))["id"])
    assert await told_of_receivers(runtime) == []


async def test_a_receiver_that_was_disabled_by_hand_or_removed_is_no_trouble(facts: FactTeller, alerts: AlertsApi) -> None:
    named = {"region": "620200", "receiver_id": "0197c0de-0000-7000-8000-000000000051", "host": "oa.city.example"}
    disabled = {**named, "disabled_at": "2022-07-01T09:30:00+08:00"}
    await facts.tell(ReceiverDisabled.model_validate({**disabled, "because": "by_hand"}))
    assert await alerts.all() == []
    await facts.tell(ReceiverDisabled.model_validate({**disabled, "because": "exhausted"}))
    await facts.tell(ReceiverRemoved.model_validate({**named, "removed_at": "2022-07-01T10:00:00+08:00"}))
    assert [(each["rule"], each["state"]) for each in await alerts.all()] == [("receiver.given-up", "closed")]
