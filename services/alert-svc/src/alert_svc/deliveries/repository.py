"""Questions about deliveries."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Final

from sqlalchemy import ColumnElement, Select, bindparam, literal, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from alert_svc.deliveries.errors import DeliveryNotFound
from alert_svc.deliveries.models import Delivery, DeliveryAttempt
from alert_svc.deliveries.rules import DeliveryState
from alert_svc.endpoints.models import WebhookEndpoint
from alert_svc.endpoints.rules import EndpointState
from shared.kit.columns import Id, Instant
from shared.kit.db import for_update

TOLD: Final = "2-told"
UNDER_WAY: Final = (DeliveryState.PENDING, DeliveryState.SENDING)


@dataclass(frozen=True, slots=True)
class DeliveryFilter:
    """Which deliveries a list shows; None asks nothing."""

    endpoint_id: str | None = None
    alert_id: str | None = None
    state: str | None = None
    type: str | None = None

    def conditions(self) -> list[ColumnElement[bool]]:
        equal = {
            Delivery.endpoint_id: self.endpoint_id,
            Delivery.alert_id: self.alert_id,
            Delivery.state: self.state,
            Delivery.type: self.type,
        }
        return [column == value for column, value in equal.items() if value is not None]


@dataclass(frozen=True, slots=True)
class Told:
    """One attempt to tell somebody of an alert: through which delivery, and whom."""

    attempt: DeliveryAttempt
    delivery: Delivery
    endpoint: WebhookEndpoint


class Deliveries:
    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def get(self, delivery_id: str) -> Delivery:
        """Raises DeliveryNotFound."""
        return await self._one(select(Delivery).where(Delivery.id == delivery_id), delivery_id)

    async def get_for_update(self, delivery_id: str) -> Delivery:
        """Raises DeliveryNotFound."""
        return await self._one(for_update(select(Delivery).where(Delivery.id == delivery_id)), delivery_id)

    async def _one(self, statement: Select[Delivery], delivery_id: str) -> Delivery:
        delivery = (await self._session.scalars(statement)).one_or_none()
        if delivery is None:
            raise DeliveryNotFound(delivery_id)
        return delivery

    async def endpoints_with_due(self, now: datetime) -> Sequence[str]:
        """The enabled endpoints to which something can be sent now, the longest waiting first."""
        return (await self._session.scalars(_endpoints_with_due(), {"now": now})).all()

    async def take_due(self, endpoint_id: str, now: datetime, most: int) -> Sequence[Delivery]:
        """Up to `most` deliveries of an endpoint that can be sent now, locked; those that others have locked are left to them."""
        return (await self._session.scalars(_due_of_endpoint().limit(most), {"endpoint_id": endpoint_id, "now": now})).all()

    async def attempt(self, delivery_id: str, number: int) -> DeliveryAttempt:
        mine = (DeliveryAttempt.delivery_id == delivery_id) & (DeliveryAttempt.number == number)
        return (await self._session.scalars(select(DeliveryAttempt).where(mine))).one()

    async def attempts_of(self, delivery_id: str) -> Sequence[DeliveryAttempt]:
        mine = DeliveryAttempt.delivery_id == delivery_id
        return (await self._session.scalars(select(DeliveryAttempt).where(mine).order_by(DeliveryAttempt.number))).all()

    async def told(self, attempt_ids: Collection[int]) -> dict[int, Told]:
        """Attempts by id, with what was sent and to whom."""
        statement = (
            select(DeliveryAttempt, Delivery, WebhookEndpoint)
            .join(Delivery, Delivery.id == DeliveryAttempt.delivery_id)
            .join(WebhookEndpoint, WebhookEndpoint.id == Delivery.endpoint_id)
            .where(DeliveryAttempt.id.in_(attempt_ids))
        )
        rows = (await self._session.execute(statement)).all()
        return {attempt.id: Told(attempt, delivery, endpoint) for attempt, delivery, endpoint in rows}

    async def under_way_to(self, endpoint_id: str) -> Sequence[Delivery]:
        mine = (Delivery.endpoint_id == endpoint_id) & Delivery.state.in_(UNDER_WAY)
        return (await self._session.scalars(for_update(select(Delivery).where(mine).order_by(Delivery.id)))).all()

    async def of_the_future(self, after: datetime) -> Sequence[str]:
        """The deliveries under way that were last written by a clock that showed more than this."""
        mine = Delivery.state.in_(UNDER_WAY) & (Delivery.updated_at > after)
        return (await self._session.scalars(select(Delivery.id).where(mine).order_by(Delivery.id))).all()

    def add(self, row: Delivery | DeliveryAttempt) -> None:
        self._session.add(row)

    @staticmethod
    def matching(wanted: DeliveryFilter) -> Select[Delivery]:
        return select(Delivery).where(*wanted.conditions())


def attempts_about(alert_id: str) -> Select[datetime, str, int]:
    """The places (`at`, `source`, `row_id`) of every attempt to tell somebody of an alert."""
    attempts = select(DeliveryAttempt.started_at.label("at"), literal(TOLD).label("source"), DeliveryAttempt.id.label("row_id"))
    return attempts.join(Delivery, Delivery.id == DeliveryAttempt.delivery_id).where(Delivery.alert_id == alert_id)


@lru_cache
def _endpoints_with_due() -> Select[str]:
    mine = select(Delivery.due_at).where(Delivery.endpoint_id == WebhookEndpoint.id, *_sendable())
    first = mine.order_by(Delivery.due_at).limit(1).correlate(WebhookEndpoint).scalar_subquery()
    found = select(WebhookEndpoint.id, first.label("due_at")).where(WebhookEndpoint.state == EndpointState.ENABLED).subquery().c
    return select(found.id).where(found.due_at.is_not(None)).order_by(found.due_at)


@lru_cache
def _due_of_endpoint() -> Select[Delivery]:
    its = bindparam("endpoint_id", type_=Id())
    enabled = select(WebhookEndpoint.id).where(WebhookEndpoint.id == its, WebhookEndpoint.state == EndpointState.ENABLED)
    mine = select(Delivery).where(Delivery.endpoint_id == its, enabled.exists(), *_sendable())
    return mine.order_by(Delivery.due_at, Delivery.position).with_for_update(of=Delivery, skip_locked=True)


def _sendable() -> list[ColumnElement[bool]]:
    """Due, and with nothing before it in its lane.

    Asked of one row after the other, of the index of its lane: as a join, its cost for a long queue is that of the queue's square
    while the statistics know only of a short one.
    """
    earlier = aliased(Delivery)
    before = select(earlier.position).where(
        earlier.endpoint_id == Delivery.endpoint_id, earlier.lane == Delivery.lane, earlier.state.in_(UNDER_WAY)
    )
    first_in_lane = before.order_by(earlier.position).limit(1).correlate(Delivery).scalar_subquery()
    return [
        Delivery.state.in_(UNDER_WAY),
        Delivery.due_at <= bindparam("now", type_=Instant()),
        Delivery.position == first_in_lane,
    ]
