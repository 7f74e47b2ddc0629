"""Versions of alert rules."""

from datetime import date, datetime
from typing import Any, Final

from pydantic import TypeAdapter
from sqlalchemy import Date, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from alert_svc.rules.errors import RuleAlreadyPublished
from alert_svc.rules.rules import Definition, NumberedRule, RuleState
from alert_svc.tables import Base
from shared.kit.columns import Instant, JsonDoc
from shared.kit.tables import Versioned

DEFINITIONS: Final = TypeAdapter(Definition)


class AlertRule(Versioned, Base):
    """One version of a rule; immutable once published. `number` counts the versions of a code from 1."""

    __tablename__ = "alert_rule"
    __table_args__ = (UniqueConstraint("code", "number"),)

    code: Mapped[str] = mapped_column(String(60))
    number: Mapped[int] = mapped_column(Integer)
    name: Mapped[str] = mapped_column(String(100))
    state: Mapped[str] = mapped_column(String(20))
    effective_from: Mapped[date] = mapped_column(Date)
    definition: Mapped[dict[str, Any]] = mapped_column(JsonDoc())
    published_at: Mapped[datetime | None] = mapped_column(Instant())
    published_by: Mapped[str | None] = mapped_column(String(300))

    def numbered(self) -> NumberedRule:
        """The rule as the decisions see it."""
        definition = DEFINITIONS.validate_python(self.definition)
        return NumberedRule(self.code, self.number, self.effective_from, definition)

    def publish(self, actor: str, at: datetime) -> None:
        """draft → published. Raises RuleAlreadyPublished."""
        if self.state != RuleState.DRAFT:
            raise RuleAlreadyPublished(self.code, self.number)
        self.state = RuleState.PUBLISHED
        self.published_at, self.published_by = at, actor
