"""A region's target, what the library holds towards it, and the tasks it was broken down into."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import Boolean, Date, Index, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from bond_svc.tables import Base, Word
from bond_svc.targets.rules import DEFAULT_TARGET_WAN, Crossing, Line, Measure, Totals, behind, crossing, gap
from shared.contracts.bond import DepartmentShortfall, LibraryFellShort, LibraryReplenished
from shared.kit.columns import Exact, Id, Instant
from shared.kit.db import Recorder
from shared.kit.decimals import shortest
from shared.kit.tables import Versioned


class LibraryTarget(Versioned, Base):
    """What a region's library should hold. Its row is the lock under which crossings are decided.

    `short` is None until the library was first assessed; `crossings` counts the facts.
    """

    __tablename__ = "library_target"

    region: Mapped[str] = mapped_column(String(6), unique=True)
    target_wan: Mapped[Decimal] = mapped_column(Exact(), default=DEFAULT_TARGET_WAN)
    measure: Mapped[Measure] = mapped_column(Word(Measure), default=Measure.TOTAL_INVESTMENT)
    short: Mapped[bool | None] = mapped_column(Boolean)
    since: Mapped[datetime | None] = mapped_column(Instant())
    crossings: Mapped[int] = mapped_column(Integer, default=0)

    def take_stock(self, totals: Totals, lines: Sequence[Line], recorder: Recorder, now: datetime) -> None:
        """Compare what is held with the target; a crossing is recorded as a fact, once."""
        is_short = totals.by(self.measure) < self.target_wan
        crossed = crossing(self.short, is_short)
        if self.short is not is_short:
            self.short, self.since = is_short, now
        if crossed is not None:
            self.crossings += 1
            recorder.record(self._fact(crossed, totals, lines))

    def _fact(self, crossed: Crossing, totals: Totals, lines: Sequence[Line]) -> LibraryFellShort | LibraryReplenished:
        state = {
            "region": self.region,
            "target_wan": shortest(self.target_wan),
            "total_investment_wan": shortest(totals.total_investment_wan),
            "bond_demand_wan": shortest(totals.bond_demand_wan),
            "projects": totals.projects,
            "synthetic": totals.synthetic,
        }
        if crossed is Crossing.REPLENISHED:
            return LibraryReplenished.model_validate(state)
        missing = gap(self.target_wan, totals.by(self.measure))
        shortfalls = [_shortfall(line, self.measure) for line in behind(lines)]
        return LibraryFellShort.model_validate({**state, "gap_wan": shortest(missing), "by_department": shortfalls})


def _shortfall(line: Line, measure: Measure) -> DepartmentShortfall:
    amounts = {"task_wan": line.task_wan, "total_wan": line.totals.by(measure), "gap_wan": line.gap_wan}
    who = {"department": line.department, "portfolio": line.portfolio}
    return DepartmentShortfall.model_validate(
        {**who, **{name: shortest(amount or Decimal()) for name, amount in amounts.items()}}
    )


class LibraryHolding(Base):
    """A project that counts towards its region's target: its amounts, and who planned it.

    Written in the transaction that changes the project, so that targets need to know nothing else of the library.
    """

    __tablename__ = "library_holding"
    __table_args__ = (Index("ix_library_holding_region", "region", "portfolio", "department"),)

    project_id: Mapped[str] = mapped_column(Id(), primary_key=True)
    region: Mapped[str] = mapped_column(String(6))
    portfolio: Mapped[str] = mapped_column(String(64))
    department: Mapped[str] = mapped_column(String(200))
    state: Mapped[str] = mapped_column(String(32))
    total_investment_wan: Mapped[Decimal] = mapped_column(Exact())
    bond_demand_wan: Mapped[Decimal] = mapped_column(Exact())
    synthetic: Mapped[bool] = mapped_column(Boolean)


class PlanningTask(Versioned, Base):
    """How much a department is to plan into the library, in 万元, by when."""

    __tablename__ = "planning_task"
    __table_args__ = (UniqueConstraint("region", "department"),)

    region: Mapped[str] = mapped_column(String(6))
    department: Mapped[str] = mapped_column(String(200))
    portfolio: Mapped[str] = mapped_column(String(64))
    task_wan: Mapped[Decimal] = mapped_column(Exact())
    due_on: Mapped[date | None] = mapped_column(Date)
    synthetic: Mapped[bool] = mapped_column(Boolean, default=False)
