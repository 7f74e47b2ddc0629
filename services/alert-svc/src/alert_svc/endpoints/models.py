"""Webhook receivers and their secrets."""

from datetime import datetime, timedelta
from urllib.parse import urlsplit

from sqlalchemy import ForeignKey, Identity, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from alert_svc.endpoints.errors import EndpointDisabled, RotationRunning
from alert_svc.endpoints.rules import DatedSecret, DisabledBecause, EndpointState, Interest
from alert_svc.tables import Base
from shared.contracts.receiver import ReceiverDisabled, ReceiverEnabled, ReceiverRemoved
from shared.kit.columns import Id, Instant, JsonDoc, RowNumber
from shared.kit.db import Recorder
from shared.kit.tables import Versioned


class WebhookSecret(Base):
    """A signing secret. It must be kept readable, since it signs; reads of the API never show it again."""

    __tablename__ = "webhook_secret"
    __table_args__ = ({"sqlite_autoincrement": True},)

    id: Mapped[int] = mapped_column(RowNumber(), Identity(always=False), primary_key=True)
    endpoint_id: Mapped[str] = mapped_column(Id(), ForeignKey("webhook_endpoint.id"), index=True)
    secret: Mapped[str] = mapped_column(String(120))
    created_at: Mapped[datetime] = mapped_column(Instant())
    expires_at: Mapped[datetime | None] = mapped_column(Instant())

    def dated(self) -> DatedSecret:
        return DatedSecret(self.secret, self.expires_at)


class WebhookEndpoint(Versioned, Base):
    """Where alerts are pushed to, and which; an empty list wants everything."""

    __tablename__ = "webhook_endpoint"

    url: Mapped[str] = mapped_column(Text)
    description: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(String(20), index=True)
    disabled_because: Mapped[str | None] = mapped_column(String(20))
    disabled_at: Mapped[datetime | None] = mapped_column(Instant())
    levels: Mapped[list[str]] = mapped_column(JsonDoc())
    rules: Mapped[list[str]] = mapped_column(JsonDoc())
    departments: Mapped[list[str]] = mapped_column(JsonDoc())
    secrets: Mapped[list[WebhookSecret]] = relationship(lazy="raise", order_by=WebhookSecret.id.desc())

    @property
    def interest(self) -> Interest:
        return Interest(frozenset(self.levels), frozenset(self.rules), frozenset(self.departments))

    def valid_secrets(self, at: datetime) -> list[str]:
        """The secrets that sign now, the newest first."""
        return [one.secret for one in self.secrets if one.dated().is_valid(at)]

    def must_be_enabled(self) -> None:
        """Raises EndpointDisabled."""
        if self.state != EndpointState.ENABLED:
            raise EndpointDisabled(self.id)

    def enable(self, at: datetime, region: str, recorder: Recorder) -> None:
        if self.state == EndpointState.DISABLED:
            self.state, self.disabled_because, self.disabled_at = EndpointState.ENABLED, None, None
            recorder.record(ReceiverEnabled(enabled_at=at, **self._named(region)))

    def disable(self, because: DisabledBecause, at: datetime, region: str, recorder: Recorder) -> None:
        """Tell nothing more. What waits stays waiting until the endpoint is enabled again."""
        if self.state == EndpointState.ENABLED:
            self.state, self.disabled_because, self.disabled_at = EndpointState.DISABLED, because, at
            recorder.record(ReceiverDisabled(because=because.value, disabled_at=at, **self._named(region)))

    def remove(self, at: datetime, region: str, recorder: Recorder) -> None:
        """Told where it was disabled: a warning may stand about it, and everything else about it ends without news."""
        if self.state == EndpointState.DISABLED:
            recorder.record(ReceiverRemoved(removed_at=at, **self._named(region)))
        self.state = EndpointState.DELETED

    def _named(self, region: str) -> dict[str, str]:
        host = urlsplit(self.url).hostname or ""
        return {"region": region, "receiver_id": self.id, "host": host, "description": self.description}

    def rotate(self, secret: str, at: datetime, overlap: timedelta) -> None:
        """Sign with a new secret, and for `overlap` with the old one too. Raises RotationRunning."""
        if len(self.valid_secrets(at)) > 1:
            raise RotationRunning(self.id)
        for old in self.secrets:
            old.expires_at = old.expires_at or at + overlap
        self.secrets.insert(0, WebhookSecret(secret=secret, created_at=at))
