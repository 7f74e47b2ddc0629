"""What is owed to receivers, and every attempt at it."""

from datetime import datetime, timedelta

from sqlalchemy import BigInteger, ForeignKey, Identity, Index, Integer, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from alert_svc.deliveries.errors import DeliveryStillUnderWay
from alert_svc.deliveries.rules import Answer, DeliveryState, NextStep, Outcome, next_step, retry_delay
from alert_svc.tables import Base
from shared.kit.columns import Id, Instant, RowNumber
from shared.kit.tables import Versioned

UNDER_WAY = text("state IN ('pending', 'sending')")


class Delivery(Versioned, Base):
    """One announcement owed to one endpoint; `id` is the webhook-id of every attempt.

    Deliveries of one lane (an alert's object) reach an endpoint in the order of `position`. `due_at` is when to send next,
    or, while sending, when the sender counts as dead.
    """

    __tablename__ = "delivery"
    __table_args__ = (
        UniqueConstraint("entry_id", "endpoint_id"),
        Index("ix_delivery_due", "endpoint_id", "due_at", sqlite_where=UNDER_WAY, postgresql_where=UNDER_WAY),
        Index("ix_delivery_lane", "endpoint_id", "lane", "position", sqlite_where=UNDER_WAY, postgresql_where=UNDER_WAY),
        Index("ix_delivery_alert_id", "alert_id"),
    )

    endpoint_id: Mapped[str] = mapped_column(Id(), ForeignKey("webhook_endpoint.id"))
    entry_id: Mapped[int | None] = mapped_column(BigInteger)
    alert_id: Mapped[str | None] = mapped_column(Id())
    lane: Mapped[str] = mapped_column(String(300))
    position: Mapped[int] = mapped_column(BigInteger)
    type: Mapped[str] = mapped_column(String(60))
    body: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(String(20))
    due_at: Mapped[datetime] = mapped_column(Instant())
    attempts: Mapped[int] = mapped_column(Integer)
    step: Mapped[int] = mapped_column(Integer)
    delivered_at: Mapped[datetime | None] = mapped_column(Instant())
    last_outcome: Mapped[str | None] = mapped_column(String(30))

    def claim(self, at: datetime, lease: timedelta) -> None:
        """pending, or sending by somebody who died → sending by us."""
        self.state, self.due_at = DeliveryState.SENDING, at + lease
        self.attempts += 1
        self.step += 1

    def settle(self, answer: Answer, at: datetime, spread: float) -> NextStep:
        """Take the answer to the present attempt; answers what follows from it."""
        following = next_step(answer.outcome, self.step)
        self.last_outcome = answer.outcome
        match following:
            case NextStep.DONE:
                self.state, self.delivered_at = DeliveryState.DELIVERED, at
            case NextStep.RETRY:
                self.state, self.due_at = DeliveryState.PENDING, at + retry_delay(self.step, answer.retry_after, spread)
            case NextStep.GIVE_UP_EXHAUSTED | NextStep.GIVE_UP_GONE:
                self.state = DeliveryState.FAILED
        return following

    def retry(self, at: datetime) -> None:
        """Begin the schedule anew, under the same webhook-id. Raises DeliveryStillUnderWay."""
        if self.state in {DeliveryState.PENDING, DeliveryState.SENDING}:
            raise DeliveryStillUnderWay(self.id)
        self.state, self.due_at, self.step = DeliveryState.PENDING, at, 0


class DeliveryAttempt(Base):
    """One attempt: written before the request leaves, completed with what came of it. A sender's death leaves UNKNOWN."""

    __tablename__ = "delivery_attempt"
    __table_args__ = (UniqueConstraint("delivery_id", "number"), {"sqlite_autoincrement": True})

    id: Mapped[int] = mapped_column(RowNumber(), Identity(always=False), primary_key=True)
    delivery_id: Mapped[str] = mapped_column(Id(), ForeignKey("delivery.id"))
    number: Mapped[int] = mapped_column(Integer)
    started_at: Mapped[datetime] = mapped_column(Instant())
    outcome: Mapped[str] = mapped_column(String(30), default=Outcome.UNKNOWN)
    status: Mapped[int | None] = mapped_column(Integer)
    latency_ms: Mapped[int | None] = mapped_column(Integer)
    detail: Mapped[str] = mapped_column(Text, default="")
