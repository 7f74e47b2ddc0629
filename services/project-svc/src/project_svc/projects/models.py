"""Projects, what they were on each day, and who answered for them."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Boolean, Date, ForeignKey, Index, Integer, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from project_svc.codes import ProjectKind, ProjectState, Role, Sector
from project_svc.projects.errors import (
    ActRefused,
    DayInFuture,
    DaysOutOfOrder,
    ListedOutsideItsYear,
    PlanYearTaken,
    ProjectCodeRequired,
    ResponsibilityTooEarly,
    ResponsibilityUnchanged,
    StartNotProven,
)
from project_svc.projects.rules import (
    Act,
    StartEvidence,
    listed_kind,
    opening_state,
    refusal,
    start_gaps,
    state_after,
    wants_code,
)
from project_svc.tables import Base, Word
from shared.kit.columns import Exact, Id, Instant, JsonDoc
from shared.kit.decimals import UnknownReason, shortest
from shared.kit.ids import new_id
from shared.kit.tables import Versioned

WITHOUT_CODE = text("code IS NULL")
IN_OFFICE = text("until_on IS NULL")


@dataclass(frozen=True, slots=True)
class Entry:
    """One line for a project's history: since when, why, on what paper, and who wrote it when."""

    effective_on: date
    at: datetime
    by: str
    reason: str | None = None
    evidence: dict[str, Any] | None = None


class Standing(Base):
    """What a project was from a day on. Append-only: a rate as of any day is computed from it."""

    __tablename__ = "project_standing"
    __table_args__ = (UniqueConstraint("project_id", "position"), Index("ix_project_standing_effective_on", "effective_on"))

    id: Mapped[str] = mapped_column(Id(), primary_key=True, default=new_id)
    project_id: Mapped[str] = mapped_column(Id(), ForeignKey("project.id"))
    position: Mapped[int] = mapped_column(Integer)
    effective_on: Mapped[date] = mapped_column(Date)
    act: Mapped[Act] = mapped_column(Word(Act))
    state: Mapped[ProjectState] = mapped_column(Word(ProjectState))
    kind: Mapped[ProjectKind] = mapped_column(Word(ProjectKind))
    plan_year: Mapped[int] = mapped_column(Integer)
    annual_plan_wan: Mapped[Decimal | None] = mapped_column(Exact(6))
    reason: Mapped[str | None] = mapped_column(Text)
    evidence: Mapped[dict[str, Any] | None] = mapped_column(JsonDoc())
    recorded_at: Mapped[datetime] = mapped_column(Instant())
    recorded_by: Mapped[str] = mapped_column(String(300))


class Responsibility(Base):
    """Who held one of the three roles from a day until another; at most one holds it now."""

    __tablename__ = "project_responsibility"
    __table_args__ = (
        Index(
            "uq_project_responsibility_in_office",
            "project_id",
            "role",
            unique=True,
            sqlite_where=IN_OFFICE,
            postgresql_where=IN_OFFICE,
        ),
        UniqueConstraint("project_id", "role", "from_on"),
    )

    id: Mapped[str] = mapped_column(Id(), primary_key=True, default=new_id)
    project_id: Mapped[str] = mapped_column(Id(), ForeignKey("project.id"))
    role: Mapped[Role] = mapped_column(Word(Role))
    holder: Mapped[str] = mapped_column(String(200))
    from_on: Mapped[date] = mapped_column(Date)
    until_on: Mapped[date | None] = mapped_column(Date)
    reason: Mapped[str | None] = mapped_column(Text)
    recorded_at: Mapped[datetime] = mapped_column(Instant())
    recorded_by: Mapped[str] = mapped_column(String(300))


class Project(Versioned, Base):
    """A construction project. Money in 万元; None is unknown, with the reason."""

    __tablename__ = "project"
    __table_args__ = (
        UniqueConstraint("code"),
        Index("uq_project_uncoded_name", "region", "name", unique=True, sqlite_where=WITHOUT_CODE, postgresql_where=WITHOUT_CODE),
        Index("ix_project_state_kind", "state", "kind"),
    )

    code: Mapped[str | None] = mapped_column(String(24))
    name: Mapped[str] = mapped_column(String(200))
    kind: Mapped[ProjectKind] = mapped_column(Word(ProjectKind))
    state: Mapped[ProjectState] = mapped_column(Word(ProjectState))
    sector: Mapped[Sector] = mapped_column(Word(Sector), index=True)
    region: Mapped[str] = mapped_column(String(6), index=True)
    owner_unit: Mapped[str | None] = mapped_column(String(18))
    plan_year: Mapped[int] = mapped_column(Integer)
    total_investment_wan: Mapped[Decimal | None] = mapped_column(Exact(6))
    annual_plan_wan: Mapped[Decimal | None] = mapped_column(Exact(6))
    unknown_reason: Mapped[UnknownReason | None] = mapped_column(Word(UnknownReason))
    funding: Mapped[list[dict[str, str]]] = mapped_column(JsonDoc())
    sponsor_post: Mapped[str] = mapped_column(String(200), index=True)
    lead_department: Mapped[str] = mapped_column(String(200), index=True)
    responsible_person: Mapped[str] = mapped_column(String(200))
    listed_on: Mapped[date] = mapped_column(Date)
    standing_since: Mapped[date] = mapped_column(Date)
    begun: Mapped[bool] = mapped_column(Boolean)
    state_before_suspension: Mapped[ProjectState | None] = mapped_column(Word(ProjectState))
    synthetic: Mapped[bool] = mapped_column(Boolean)
    note: Mapped[str | None] = mapped_column(Text)
    standings: Mapped[list[Standing]] = relationship(order_by=Standing.position, lazy="raise")
    responsibilities: Mapped[list[Responsibility]] = relationship(
        order_by=(Responsibility.role, Responsibility.from_on), lazy="raise"
    )

    def open_history(self, entry: Entry) -> None:
        """The first line of a new project's history, and the first three who answer for it."""
        self.state, self.begun = opening_state(self.kind), self.kind is ProjectKind.CONTINUING
        self.standing_since, self.standings, self.responsibilities = entry.effective_on, [], []
        self._write(Act.REGISTER, entry)
        for role in Role:
            self.appoint(role, self.holder_of(role), entry)

    def holder_of(self, role: Role) -> str:
        """Who holds a role now."""
        holder: str = getattr(self, role)
        return holder

    def told(self) -> dict[str, Any]:
        """What facts about something of this project tell of it; money without needless noughts."""
        investment = self.total_investment_wan
        return {
            "region": self.region,
            "project_id": self.id,
            "project_code": self.code,
            "project_name": self.name,
            "total_investment_wan": investment if investment is None else Decimal(shortest(investment)),
            "lead_department": self.lead_department,
            "sponsor_post": self.sponsor_post,
            "responsible_person": self.responsible_person,
            "synthetic": self.synthetic,
        }

    def refuses(self, act: Act) -> ActRefused | None:
        """Why this act is not open now; None when it is."""
        why = refusal(self.kind, self.state, act)
        return ActRefused(act, self.kind, self.state, why) if why else None

    def confirm_ready(self, entry: Entry) -> None:
        """All that a start needs is there (具备开工条件)."""
        self._move(Act.CONFIRM_READY, entry)

    def start(self, evidence: StartEvidence, entry: Entry, *, under: str = "") -> None:
        """Permanent works began, or were taken up again. `under` is where the evidence stands in the request."""
        self._must_be_open(Act.START)
        if gaps := start_gaps(evidence, first=not self.begun, today=entry.at.date()):
            raise StartNotProven(gaps, under)
        self._move(Act.START, entry)
        self.begun = True

    def suspend(self, entry: Entry) -> None:
        """Formally stopped or put off, with approval (停缓建)."""
        before = self.state
        self._move(Act.SUSPEND, entry)
        self.state_before_suspension = before

    def resume(self, entry: Entry) -> None:
        """The stop is lifted; works have to be started again with evidence."""
        self._move(Act.RESUME, entry)
        self.state_before_suspension = None

    def complete(self, entry: Entry) -> None:
        """Finished and accepted (竣工验收)."""
        self._move(Act.COMPLETE, entry)

    def enter_plan(self, year: int, annual_plan_wan: Decimal | None, entry: Entry) -> None:
        """Taken into the plan of works of a year: a preparatory project for the first time, any other into a later year."""
        if entry.effective_on.year != year:
            raise ListedOutsideItsYear(year, entry.effective_on)
        if year < self.plan_year or (year == self.plan_year and self.kind is not ProjectKind.PREPARATORY):
            raise PlanYearTaken(self.plan_year)
        kind = listed_kind(begun=self.begun)
        if wants_code(kind) and self.code is None:
            raise ProjectCodeRequired
        self._must_be_open(Act.LIST)
        self.kind, self.plan_year, self.annual_plan_wan = kind, year, annual_plan_wan
        self._move(Act.LIST, entry)

    def revise_plan(self, annual_plan_wan: Decimal | None, entry: Entry) -> None:
        """Another plan for the same year, from that day on."""
        if annual_plan_wan != self.annual_plan_wan:
            self.annual_plan_wan = annual_plan_wan
            self._write(Act.REVISE_PLAN, entry)

    def relieve(self, role: Role, successor: str, entry: Entry) -> None:
        """End a term of office on the day on which another's begins; who held the role stays on record."""
        if entry.effective_on > entry.at.date():
            raise DayInFuture("/from_on", entry.effective_on)
        current = next(each for each in self.responsibilities if each.role is role and each.until_on is None)
        if current.holder == successor:
            raise ResponsibilityUnchanged(role, successor)
        if entry.effective_on <= current.from_on:
            raise ResponsibilityTooEarly(role, current.from_on)
        current.until_on = entry.effective_on

    def appoint(self, role: Role, holder: str, entry: Entry) -> Responsibility:
        """Begin a term of office; whoever held the role has to be relieved first."""
        setattr(self, role, holder)
        appointed = Responsibility(
            role=role, holder=holder, from_on=entry.effective_on, reason=entry.reason, recorded_at=entry.at, recorded_by=entry.by
        )
        self.responsibilities.append(appointed)
        return appointed

    def _must_be_open(self, act: Act) -> None:
        if refused := self.refuses(act):
            raise refused

    def _move(self, act: Act, entry: Entry) -> None:
        self._must_be_open(act)
        if entry.effective_on > entry.at.date():
            raise DayInFuture("/effective_on", entry.effective_on)
        if entry.effective_on < self.standing_since:
            raise DaysOutOfOrder(entry.effective_on, self.standing_since)
        self.state = state_after(self.state, act, before_suspension=self.state_before_suspension)
        self._write(act, entry)

    def _write(self, act: Act, entry: Entry) -> None:
        self.standing_since = entry.effective_on
        self.standings.append(
            Standing(
                position=len(self.standings) + 1,
                effective_on=entry.effective_on,
                act=act,
                state=self.state,
                kind=self.kind,
                plan_year=self.plan_year,
                annual_plan_wan=self.annual_plan_wan,
                reason=entry.reason,
                evidence=entry.evidence,
                recorded_at=entry.at,
                recorded_by=entry.by,
            )
        )
