"""Use cases of deliveries: plan, claim, settle, retry."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import structlog

from alert_svc.deliveries.models import Delivery, DeliveryAttempt
from alert_svc.deliveries.repository import Deliveries
from alert_svc.deliveries.rules import Answer, DeliveryState, NextStep
from alert_svc.endpoints import service as endpoints
from alert_svc.endpoints.models import WebhookEndpoint
from alert_svc.endpoints.repository import Endpoints
from alert_svc.endpoints.rules import DisabledBecause
from shared.kit.backoff import spread
from shared.kit.db import Database, UnitOfWork
from shared.kit.ids import new_id

log = structlog.get_logger(__name__)

TEST_TYPE: Final = "endpoint.test"
ACTOR: Final = "worker:deliveries"
CLOCKS_AGREE_WITHIN: Final = timedelta(minutes=5)
"""What the clocks of several workers may differ by."""
LEASE: Final = timedelta(seconds=30)
"""How long a delivery is nobody else's, unless its dispatcher says otherwise: longer than an attempt may take."""


@dataclass(frozen=True, slots=True)
class Notice:
    """An entry of a case file that is announced; `entry_id` orders the notices of a lane."""

    entry_id: int
    alert_id: str
    lane: str
    type: str
    level: str
    rule: str
    department: str | None
    object_id: str
    body: str


@dataclass(frozen=True, slots=True)
class Parcel:
    """One attempt, ready to be sent without the database."""

    delivery_id: str
    attempt: int
    endpoint_id: str
    url: str
    secrets: tuple[str, ...]
    body: str


async def plan(uow: UnitOfWork, notice: Notice) -> None:
    """Owe a notice to every endpoint that wants to hear of it, in the transaction of the change that it tells.

    What is about an endpoint is told to the others: it is not there to be told.
    """
    for endpoint in await Endpoints(uow.session).listening():
        if endpoint.id != notice.object_id and endpoint.interest.takes(notice.level, notice.rule, notice.department):
            Deliveries(uow.session).add(_owed(endpoint.id, notice, uow.now))
    await uow.session.flush()


def _owed(endpoint_id: str, notice: Notice, at: datetime) -> Delivery:
    return Delivery(
        endpoint_id=endpoint_id,
        entry_id=notice.entry_id,
        alert_id=notice.alert_id,
        lane=notice.lane,
        position=notice.entry_id,
        type=notice.type,
        body=notice.body,
        state=DeliveryState.PENDING,
        due_at=at,
        attempts=0,
        step=0,
    )


async def send_test(uow: UnitOfWork, endpoint_id: str) -> Delivery:
    """Owe an endpoint a test message. Raises EndpointNotFound, EndpointDisabled."""
    endpoint = await Endpoints(uow.session).get(endpoint_id)
    endpoint.must_be_enabled()
    data = {"message": "这是一条测试消息，收到即表示推送通道可用。", "endpoint_id": endpoint.id, "requested_by": uow.actor}
    delivery = Delivery(
        endpoint_id=endpoint.id,
        lane=f"test/{new_id()}",
        position=0,
        type=TEST_TYPE,
        body=json.dumps({"type": TEST_TYPE, "timestamp": uow.now.isoformat(), "data": data}, ensure_ascii=False),
        state=DeliveryState.PENDING,
        due_at=uow.now,
        attempts=0,
        step=0,
    )
    Deliveries(uow.session).add(delivery)
    await uow.session.flush()
    return delivery


async def bring_back(database: Database) -> int:
    """Deliveries that a clock far ahead of this one wrote are due now; how many.

    When a clock is set back, the times that it wrote before say nothing: a push would wait for as long as it was wrong.
    """
    async with database.reading() as view:
        if not await Deliveries(view.session).of_the_future(view.now + CLOCKS_AGREE_WITHIN):
            return 0
    async with database.unit_of_work(ACTOR) as uow:
        deliveries = Deliveries(uow.session)
        ahead = await deliveries.of_the_future(uow.now + CLOCKS_AGREE_WITHIN)
        for delivery_id in ahead:
            (await deliveries.get_for_update(delivery_id)).due_at = uow.now
    log.warning("delivery.clock_set_back", deliveries=len(ahead))
    return len(ahead)


async def retry(uow: UnitOfWork, delivery_id: str) -> Delivery:
    """Send once more, under the same webhook-id.

    Raises DeliveryNotFound, DeliveryStillUnderWay, EndpointNotFound, EndpointDisabled.
    """
    delivery = await Deliveries(uow.session).get_for_update(delivery_id)
    (await Endpoints(uow.session).get(delivery.endpoint_id)).must_be_enabled()
    delivery.retry(uow.now)
    await uow.session.flush()
    return delivery


async def remove_endpoint(uow: UnitOfWork, endpoint_id: str, version: int, region: str) -> None:
    """Forget a receiver and owe it nothing any more. Raises EndpointNotFound, StaleVersion."""
    # Deliveries before their endpoint, as everywhere: the other order could deadlock with a settling sender.
    for delivery in await Deliveries(uow.session).under_way_to(endpoint_id):
        delivery.state = DeliveryState.CANCELLED
    await endpoints.remove(uow, endpoint_id, version, region)


async def claim(uow: UnitOfWork, room: Mapping[str, int], default_room: int, most: int, lease: timedelta = LEASE) -> list[Parcel]:
    """Take up to `most` deliveries that are due, at most `room` (or `default_room`) of each endpoint."""
    deliveries = Deliveries(uow.session)
    parcels: list[Parcel] = []
    for endpoint_id in await deliveries.endpoints_with_due(uow.now):
        free = min(room.get(endpoint_id, default_room), most - len(parcels))
        if free <= 0:
            continue
        endpoint = (await Endpoints(uow.session).with_secrets([endpoint_id]))[endpoint_id]
        due = await deliveries.take_due(endpoint_id, uow.now, free)
        parcels.extend(_begin_attempt(uow, delivery, endpoint, lease) for delivery in due)
    return parcels


def _begin_attempt(uow: UnitOfWork, delivery: Delivery, endpoint: WebhookEndpoint, lease: timedelta) -> Parcel:
    delivery.claim(uow.now, lease)
    Deliveries(uow.session).add(DeliveryAttempt(delivery_id=delivery.id, number=delivery.attempts, started_at=uow.now))
    return Parcel(
        delivery_id=delivery.id,
        attempt=delivery.attempts,
        endpoint_id=endpoint.id,
        url=endpoint.url,
        secrets=tuple(endpoint.valid_secrets(uow.now)),
        body=delivery.body,
    )


async def settle(uow: UnitOfWork, parcel: Parcel, answer: Answer, latency: timedelta, region: str) -> None:
    """Note what came of an attempt, and what follows. A sender that was given up on only completes its attempt's record."""
    deliveries = Deliveries(uow.session)
    delivery = await deliveries.get_for_update(parcel.delivery_id)
    attempt = await deliveries.attempt(parcel.delivery_id, parcel.attempt)
    attempt.outcome, attempt.status, attempt.detail = answer.outcome, answer.status, answer.detail
    attempt.latency_ms = round(latency.total_seconds() * 1000)
    if delivery.attempts != parcel.attempt or delivery.state != DeliveryState.SENDING:
        log.warning("delivery.overtaken", delivery_id=delivery.id, attempt=parcel.attempt)
        return
    following = delivery.settle(answer, uow.now, spread())
    await _give_up_on_endpoint(uow, parcel.endpoint_id, following, region)


async def _give_up_on_endpoint(uow: UnitOfWork, endpoint_id: str, following: NextStep, region: str) -> None:
    because = {NextStep.GIVE_UP_GONE: DisabledBecause.GONE, NextStep.GIVE_UP_EXHAUSTED: DisabledBecause.EXHAUSTED}.get(following)
    if because is not None:
        (await Endpoints(uow.session).get_for_update(endpoint_id)).disable(because, uow.now, region, uow)
        log.error("endpoint.disabled", endpoint_id=endpoint_id, because=because)
