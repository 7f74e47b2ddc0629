"""Claims with their history. An item of a scheme has at most one claim that is not over: an index of the database keeps it so."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from sqlalchemy import Date, ForeignKey, Index, Integer, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from indicator_svc.claims.errors import ClaimMoveIllegal
from indicator_svc.claims.rules import CLAIM_MOVES, ClaimAct, ClaimState, Holding
from indicator_svc.tables import Base
from shared.kit.columns import Id, Instant
from shared.kit.ids import new_id
from shared.kit.tables import Versioned

NOT_OVER: Final = text("state <> 'transferred'")


@dataclass(frozen=True, slots=True)
class Holder:
    """One lead department and the vice-mayor's portfolio that it belongs to."""

    lead_department: str
    portfolio: str


@dataclass(frozen=True, slots=True)
class Said:
    """Who acts, why, and on what paper; `actor` is the key that the request came with."""

    at: datetime
    actor: str
    by: str
    reason: str | None = None
    document: str | None = None


class ClaimRegister(Base):
    """One scheme whose items are claimed. Its row is the lock under which everything about these claims happens."""

    __tablename__ = "claim_register"

    region: Mapped[str] = mapped_column(String(6), primary_key=True)
    scheme_code: Mapped[str] = mapped_column(String(64), primary_key=True)
    opened_at: Mapped[datetime] = mapped_column(Instant())


class UnclaimedItem(Base):
    """What was told of an item that nobody owns; the row goes when somebody does."""

    __tablename__ = "claim_unclaimed_item"

    region: Mapped[str] = mapped_column(String(6), primary_key=True)
    scheme_code: Mapped[str] = mapped_column(String(64), primary_key=True)
    indicator: Mapped[str] = mapped_column(String(64), primary_key=True)
    indicator_name: Mapped[str] = mapped_column(String(200))
    why: Mapped[str] = mapped_column(String(20))
    lead_department: Mapped[str] = mapped_column(String(100))
    portfolio: Mapped[str] = mapped_column(String(40))
    due_on: Mapped[date] = mapped_column(Date)
    told_at: Mapped[datetime] = mapped_column(Instant())


class ClaimMove(Base):
    """One act on a claim: who, when, why. Never changed, never removed."""

    __tablename__ = "claim_move"
    __table_args__ = (UniqueConstraint("claim_id", "position"),)

    id: Mapped[str] = mapped_column(Id(), primary_key=True, default=new_id)
    claim_id: Mapped[str] = mapped_column(Id(), ForeignKey("claim.id"))
    position: Mapped[int] = mapped_column(Integer)
    act: Mapped[str] = mapped_column(String(20))
    state: Mapped[str] = mapped_column(String(20))
    at: Mapped[datetime] = mapped_column(Instant())
    actor: Mapped[str] = mapped_column(String(200))
    by: Mapped[str] = mapped_column(String(200))
    reason: Mapped[str | None] = mapped_column(Text)
    document: Mapped[str | None] = mapped_column(String(200))


class Claim(Versioned, Base):
    """One item in the hands of one department, from the offer to its answer, its ruling or its transfer."""

    __tablename__ = "claim"
    __table_args__ = (
        Index(
            "uq_claim_held",
            "region",
            "scheme_code",
            "indicator",
            unique=True,
            sqlite_where=NOT_OVER,
            postgresql_where=NOT_OVER,
        ),
        Index("ix_claim_lead_department", "lead_department"),
        Index("ix_claim_portfolio", "portfolio"),
    )

    region: Mapped[str] = mapped_column(String(6))
    scheme_code: Mapped[str] = mapped_column(String(64))
    indicator: Mapped[str] = mapped_column(String(64))
    lead_department: Mapped[str] = mapped_column(String(100))
    portfolio: Mapped[str] = mapped_column(String(40))
    state: Mapped[str] = mapped_column(String(20))
    offered_at: Mapped[datetime] = mapped_column(Instant())
    due_on: Mapped[date] = mapped_column(Date)
    moves: Mapped[list[ClaimMove]] = relationship(lazy="raise", order_by=ClaimMove.position)

    @classmethod
    def offered(cls, item: tuple[str, str, str], holder: Holder, due_on: date, said: Said) -> "Claim":
        """The claim of (region, scheme, indicator), handed to a department to answer by a day."""
        region, scheme_code, indicator = item
        claim = cls(
            id=new_id(),
            region=region,
            scheme_code=scheme_code,
            indicator=indicator,
            lead_department=holder.lead_department,
            portfolio=holder.portfolio,
            state=ClaimState.OFFERED,
            offered_at=said.at,
            due_on=due_on,
            moves=[],
        )
        claim._note(ClaimAct.OFFER, said)
        return claim

    @property
    def holder(self) -> Holder:
        return Holder(self.lead_department, self.portfolio)

    @property
    def holding(self) -> Holding:
        """What the decisions look at, as it stands."""
        return Holding(ClaimState(self.state), self.lead_department, self.portfolio, self.due_on)

    def move(self, act: ClaimAct, said: Said) -> None:
        """The one way in which a claim changes. Raises ClaimMoveIllegal."""
        reached = CLAIM_MOVES.get((ClaimState(self.state), act))
        if reached is None:
            raise ClaimMoveIllegal(self.id, act, ClaimState(self.state))
        self.state = reached
        self._note(act, said)

    def may(self, act: ClaimAct) -> bool:
        return (ClaimState(self.state), act) in CLAIM_MOVES

    def state_at(self, instant: datetime) -> ClaimState | None:
        """The state as it was known then; None before the offer."""
        past = [move.state for move in self.moves if move.at <= instant]
        return ClaimState(past[-1]) if past else None

    def holding_at(self, instant: datetime) -> Holding | None:
        """Who held the item by this claim at that instant; None before the offer and after the transfer."""
        state = self.state_at(instant)
        if state is None or state is ClaimState.TRANSFERRED:
            return None
        return Holding(state, self.lead_department, self.portfolio, self.due_on)

    def _note(self, act: ClaimAct, said: Said) -> None:
        self.moves.append(
            ClaimMove(
                position=len(self.moves) + 1,
                act=act,
                state=self.state,
                at=said.at,
                actor=said.actor,
                by=said.by,
                reason=said.reason,
                document=said.document,
            )
        )
