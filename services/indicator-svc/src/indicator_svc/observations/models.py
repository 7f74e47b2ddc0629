"""The tables of observations. Rows are added, never overwritten; only the state moves, and every move is kept."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Boolean, Date, ForeignKey, Identity, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from indicator_svc.observations.errors import IllegalMove
from indicator_svc.observations.rules import Provenance, State
from indicator_svc.observations.screening import Finding
from indicator_svc.tables import Base
from shared.kit.columns import Exact, Id, Instant, JsonDoc, RowNumber
from shared.kit.tables import Versioned


class Observation(Versioned, Base):
    """One revision of one figure. The transaction that records it also checks it, and holds it where it looks wrong."""

    __tablename__ = "observation"
    __table_args__ = (
        UniqueConstraint("region", "indicator", "period", "revision"),
        Index("ix_observation_indicator_period", "indicator", "period"),
        Index("ix_observation_known_at", "region", "indicator", "period", "revision", "created_at"),
        Index("ix_observation_state", "state"),
    )

    region: Mapped[str] = mapped_column(String(6))
    indicator: Mapped[str] = mapped_column(String(64))
    period: Mapped[str] = mapped_column(String(8))
    period_end: Mapped[date] = mapped_column(Date)
    revision: Mapped[int] = mapped_column(Integer)
    value: Mapped[Decimal | None] = mapped_column(Exact(6))
    unknown_reason: Mapped[str | None] = mapped_column(String(20))
    unit: Mapped[str] = mapped_column(String(20))
    status: Mapped[str] = mapped_column(String(20))
    kind: Mapped[str] = mapped_column(String(20))
    provenance: Mapped[str] = mapped_column(String(20))
    publisher: Mapped[str] = mapped_column(String(200))
    published_at: Mapped[datetime | None] = mapped_column(Instant())
    synthetic: Mapped[bool] = mapped_column(Boolean)
    note: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(String(20), default=State.ACCEPTED)
    held_because: Mapped[list[dict[str, Any]]] = mapped_column(JsonDoc(), default=list)
    decided_by_person: Mapped[bool] = mapped_column(Boolean, default=False)
    recorded_by: Mapped[str] = mapped_column(String(200))

    @property
    def key(self) -> tuple[str, str, str]:
        """(region, indicator, period): what later revisions share."""
        return self.region, self.indicator, self.period

    @property
    def official(self) -> bool:
        """Whether it belongs to what somebody published; what other services say is kept beside it, with an order of its own."""
        return self.provenance != Provenance.PROVISIONAL

    @property
    def jumped(self) -> bool:
        """Whether it is held for a jump of its own, not for its row's sake."""
        return any(reason["rule"] in ("peer-jump", "own-jump") for reason in self.held_because)

    def pass_checks(self) -> None:
        """The checks find nothing against it."""
        self.state, self.held_because = State.ACCEPTED, []

    def hold(self, finding: Finding) -> None:
        """The checks doubt it: it is not used until somebody confirms it."""
        self.state, self.held_because = State.HELD, [{"rule": finding.rule, "evidence": finding.evidence}]

    def confirm(self) -> None:
        """A person stands for it; the checks keep away from it from then on."""
        self._must_be("confirm", State.HELD)
        self.state, self.decided_by_person = State.ACCEPTED, True

    def withdraw(self) -> None:
        """A person takes it back."""
        self._must_be("withdraw", State.HELD, State.ACCEPTED)
        self.state, self.decided_by_person = State.WITHDRAWN, True

    def give_way(self) -> None:
        """It waited for confirmation, and a later revision came instead."""
        self._must_be("supersede", State.HELD)
        self.state = State.WITHDRAWN

    def _must_be(self, act: str, *states: State) -> None:
        if self.state not in states:
            raise IllegalMove(self.id, act, self.state)


class ObservationMove(Base):
    """A change of an observation's state: when, by whom, why."""

    __tablename__ = "observation_move"

    id: Mapped[int] = mapped_column(RowNumber(), Identity(), primary_key=True)
    observation_id: Mapped[str] = mapped_column(Id(), ForeignKey("observation.id"), index=True)
    state: Mapped[str] = mapped_column(String(20))
    created_at: Mapped[datetime] = mapped_column(Instant())
    by_person: Mapped[bool] = mapped_column(Boolean)
    actor: Mapped[str] = mapped_column(String(200))
    reason: Mapped[str] = mapped_column(Text)


class FigureChange(Base):
    """A figure in force changed, in the same transaction; boards that look at it are stale until a worker takes the row away."""

    __tablename__ = "figure_change"

    id: Mapped[int] = mapped_column(RowNumber(), Identity(), primary_key=True)
    indicator: Mapped[str] = mapped_column(String(64))
    period: Mapped[str] = mapped_column(String(8))
    created_at: Mapped[datetime] = mapped_column(Instant())
