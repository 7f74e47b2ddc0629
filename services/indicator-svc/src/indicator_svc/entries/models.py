"""Applications with their documents, their moves, and what stands in their way."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, ClassVar

from sqlalchemy import Boolean, Date, ForeignKey, Index, Integer, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from indicator_svc.deadlines.models import Watched
from indicator_svc.deadlines.rules import Crossing, Notice
from indicator_svc.entries.errors import EntryActRefused, FrozenWhileApplied
from indicator_svc.entries.rules import (
    MOVES,
    Applicant,
    Dossier,
    EntryAct,
    EntryState,
    Finding,
    Route,
    Stage,
    Statement,
    chain_in,
    line_findings,
    missing_documents,
    should_be_in,
    state_after,
)
from indicator_svc.entries.shipped import EntryRules, entry_rules_on
from indicator_svc.tables import Base
from shared.contracts.entry import (
    EntryCameDueSoon,
    EntryFellOverdue,
    EntryStateChanged,
)
from shared.kit.columns import Exact, Id, Instant, JsonDoc
from shared.kit.db import Recorder
from shared.kit.ids import new_id

if TYPE_CHECKING:
    from indicator_svc.entries.blockers import EntryBlocker

NOT_EXITED = text("state <> 'exited'")


@dataclass(frozen=True, slots=True)
class Entry:
    """One line for the history of an application: when, by whom, why."""

    at: datetime
    by: str
    reason: str = ""


class EntryMove(Base):
    """What an application went through. Append-only."""

    __tablename__ = "entry_move"
    __table_args__ = (UniqueConstraint("application_id", "position"),)

    id: Mapped[str] = mapped_column(Id(), primary_key=True, default=new_id)
    application_id: Mapped[str] = mapped_column(Id(), ForeignKey("entry_application.id"))
    position: Mapped[int] = mapped_column(Integer)
    act: Mapped[str] = mapped_column(String(20))
    from_state: Mapped[str | None] = mapped_column(String(20))
    to_state: Mapped[str] = mapped_column(String(20))
    stage: Mapped[str | None] = mapped_column(String(20))
    due_on: Mapped[date | None] = mapped_column(Date)
    reason: Mapped[str] = mapped_column(Text)
    recorded_at: Mapped[datetime] = mapped_column(Instant())
    recorded_by: Mapped[str] = mapped_column(String(300))


class EntryApplication(Watched, Base):
    """A project or enterprise on its way into the register. Money in 万元; None is unknown.

    `due_on` is the end of the window that it waits for, or of the stage that it is at. `belongs_in`: outside, although the
    evidence shows that it should be in.
    """

    __tablename__ = "entry_application"
    __table_args__ = (
        Index("ix_entry_application_due", "warned", "due_on"),
        Index("ix_entry_application_state", "state", "region"),
        Index(
            "uq_entry_application_enterprise",
            "uscc",
            unique=True,
            sqlite_where=text("state <> 'exited' AND subject_type = 'enterprise'"),
            postgresql_where=text("state <> 'exited' AND subject_type = 'enterprise'"),
        ),
        Index("uq_entry_application_project", "project_code", unique=True, sqlite_where=NOT_EXITED, postgresql_where=NOT_EXITED),
    )
    watched_as: ClassVar[str] = "entry-application"

    subject_type: Mapped[str] = mapped_column(String(20))
    route: Mapped[str] = mapped_column(String(20))
    sector: Mapped[str] = mapped_column(String(40))
    name: Mapped[str] = mapped_column(String(200))
    region: Mapped[str] = mapped_column(String(6))
    uscc: Mapped[str | None] = mapped_column(String(18))
    project_code: Mapped[str | None] = mapped_column(String(24))
    total_investment_wan: Mapped[Decimal | None] = mapped_column(Exact(6))
    income_month: Mapped[str | None] = mapped_column(String(8))
    income_cumulative_wan: Mapped[Decimal | None] = mapped_column(Exact(6))
    vat_month: Mapped[str | None] = mapped_column(String(8))
    vat_cumulative_wan: Mapped[Decimal | None] = mapped_column(Exact(6))
    output_cumulative_wan: Mapped[Decimal | None] = mapped_column(Exact(6))
    first_sale_on: Mapped[date | None] = mapped_column(Date)
    documents: Mapped[dict[str, dict[str, str | None]]] = mapped_column(JsonDoc())
    state: Mapped[str] = mapped_column(String(20))
    stage: Mapped[str | None] = mapped_column(String(20))
    window: Mapped[str | None] = mapped_column("entry_window", String(200))
    belongs_in: Mapped[bool] = mapped_column(Boolean, index=True)
    lead_department: Mapped[str] = mapped_column(String(200), index=True)
    portfolio: Mapped[str] = mapped_column(String(40))
    responsible_person: Mapped[str] = mapped_column(String(200))
    synthetic: Mapped[bool] = mapped_column(Boolean)
    note: Mapped[str | None] = mapped_column(Text)
    moves: Mapped[list[EntryMove]] = relationship(order_by=EntryMove.position, lazy="raise")
    blockers: Mapped[list["EntryBlocker"]] = relationship(back_populates="application", lazy="raise")

    # --- what the rules say of it ---

    def applicant(self, rules: EntryRules) -> Applicant:
        statement = Statement(
            self.income_month,
            self.income_cumulative_wan,
            self.vat_month,
            self.vat_cumulative_wan,
            self.output_cumulative_wan,
            self.first_sale_on,
        )
        return Applicant(Route(self.route), rules.thresholds[self.sector], self.total_investment_wan, statement)

    def dossier(self, rules: EntryRules) -> Dossier | None:
        return rules.dossier(Route(self.route), self.sector, self.total_investment_wan)

    def missing(self, rules: EntryRules) -> list[Finding]:
        """What the dossier still lacks."""
        dossier = self.dossier(rules)
        return [] if dossier is None else missing_documents(dossier, self.documents, rules.document_names, rules.details)

    def below_line(self, today: date) -> list[Finding]:
        """What keeps it from being over the line."""
        return line_findings(self.applicant(entry_rules_on(today)), today)

    def evidence(self, today: date) -> tuple[str, ...]:
        """Why it should be in; nothing where it is in, was taken out, or does not show that it belongs in."""
        if EntryState(self.state) in (EntryState.ENTERED, EntryState.EXITED):
            return ()
        return should_be_in(self.applicant(entry_rules_on(today)), self.documents, today)

    def chain(self, rules: EntryRules) -> tuple[Stage, ...]:
        dossier = self.dossier(rules)
        return () if dossier is None else chain_in(self.region, dossier.chain)

    # --- its moves ---

    def must_be_open_to(self, act: EntryAct) -> None:
        if (EntryState(self.state), act) not in MOVES:
            raise EntryActRefused(act, EntryState(self.state))

    def must_be_editable(self) -> None:
        """What was handed in stays as it was handed in."""
        if EntryState(self.state) not in (EntryState.NOT_QUALIFIED, EntryState.TO_APPLY):
            raise FrozenWhileApplied(EntryState(self.state))

    def open_history(self, entry: Entry, recorder: Recorder) -> None:
        self.state, self.stage, self.moves, self.blockers = EntryState.NOT_QUALIFIED, None, [], []
        self.wait_until(None)
        self.look_again(entry.at.date())
        self._write(EntryAct.REGISTER, None, entry, recorder)

    def move(self, act: EntryAct, entry: Entry, recorder: Recorder) -> None:
        """One guarded move; an illegal one raises EntryActRefused. The day to wait for follows from the new state."""
        self.must_be_open_to(act)
        today = entry.at.date()
        rules, before = entry_rules_on(today), EntryState(self.state)
        following = self._stage_after(act, self.chain(rules))
        after = state_after(before, act, last_stage=following is None)
        if after is None:
            raise EntryActRefused(act, before)
        self.state, self.stage = after, following if after is EntryState.APPLIED else None
        self._wait_for(rules, act, today)
        self.look_again(today)
        self._write(act, before, entry, recorder)

    def look_again(self, today: date) -> None:
        """After any change: does the evidence show that it belongs in?"""
        self.belongs_in = bool(self.evidence(today))

    def _stage_after(self, act: EntryAct, chain: Sequence[Stage]) -> Stage | None:
        if act is EntryAct.SUBMIT:
            return chain[0]
        if act is not EntryAct.APPROVE or self.stage is None:
            return None
        at = chain.index(Stage(self.stage)) if Stage(self.stage) in chain else len(chain)
        return chain[at + 1] if at + 1 < len(chain) else None

    def _wait_for(self, rules: EntryRules, act: EntryAct, today: date) -> None:
        if self.stage is not None:
            self.wait_until(rules.stage_due_on(Stage(self.stage), today))
        elif self.state == EntryState.TO_APPLY:
            # A window that closed unused is left behind by a postponement only: until then it stays overdue.
            after = today if act is not EntryAct.POSTPONE or self.due_on is None else max(today, _day_after(self.due_on))
            window = rules.window(Route(self.route), self.sector, after)
            self.window = None if window is None else f"{window.name}（{window.opens_on} 至 {window.closes_on}）"
            self.wait_until(None if window is None else window.closes_on)
        else:
            self.wait_until(None)

    def _write(self, act: EntryAct, before: EntryState | None, entry: Entry, recorder: Recorder) -> None:
        self.moves.append(
            EntryMove(
                position=len(self.moves) + 1,
                act=act,
                from_state=before,
                to_state=self.state,
                stage=self.stage,
                due_on=self.due_on,
                reason=entry.reason,
                recorded_at=entry.at,
                recorded_by=entry.by,
            )
        )
        told = {**self._told(entry.at.date()), "act": act.value, "previous_state": before, "state": self.state}
        told |= {"changed_on": entry.at.date(), "due_on": self.due_on, "reason": entry.reason}
        recorder.record(EntryStateChanged(**told))

    # --- its facts ---

    def tell(self, crossing: Crossing, today: date, notice: Notice, recorder: Recorder) -> None:
        due_on = self.due_on
        if due_on is None:
            return
        told = self._told(today)
        if crossing is Crossing.OVERDUE:
            recorder.record(EntryFellOverdue(**told, due_on=due_on, days_overdue=(today - due_on).days))
        else:
            dossier = "incomplete" if told["missing"] else "complete"
            recorder.record(EntryCameDueSoon(**told, dossier=dossier, due_on=due_on, **notice.days_left(due_on, today)))

    def _told(self, today: date) -> dict[str, Any]:
        missing = [*self.missing(entry_rules_on(today)), *self.below_line(today)] if self.state == EntryState.TO_APPLY else []
        return {
            "region": self.region,
            "application_id": self.id,
            "name": self.name,
            "subject_type": self.subject_type,
            "uscc": self.uscc,
            "project_code": self.project_code,
            "step": self.stage or ("apply" if self.state == EntryState.TO_APPLY else None),
            "missing": tuple(finding.message for finding in missing),
            "lead_department": self.lead_department,
            "portfolio": self.portfolio,
            "responsible_person": self.responsible_person,
            "synthetic": self.synthetic,
        }


def _day_after(day: date) -> date:
    return date.fromordinal(day.toordinal() + 1)
