"""The table of rates that were told to the others."""

from datetime import datetime
from decimal import Decimal

from sqlalchemy import Boolean, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from project_svc.rates.rules import Rates
from project_svc.tables import Base
from shared.contracts.project import RatesComputed
from shared.kit.columns import Exact, Instant
from shared.kit.db import Recorder

COUNTS = ("new_started", "new_projects", "completed_wan", "planned_wan", "counted", "unknown", "synthetic")


class ToldRates(Base):
    """What was last told of a region's rates at the end of a month; the row and its fact are written together."""

    __tablename__ = "told_rates"

    region: Mapped[str] = mapped_column(String(6), primary_key=True)
    period: Mapped[str] = mapped_column(String(8), primary_key=True)
    new_started: Mapped[int] = mapped_column(Integer)
    new_projects: Mapped[int] = mapped_column(Integer)
    completed_wan: Mapped[Decimal] = mapped_column(Exact(6))
    planned_wan: Mapped[Decimal] = mapped_column(Exact(6))
    counted: Mapped[int] = mapped_column(Integer)
    unknown: Mapped[int] = mapped_column(Integer)
    synthetic: Mapped[bool] = mapped_column(Boolean)
    told_at: Mapped[datetime] = mapped_column(Instant())

    def take(self, rates: Rates, now: datetime) -> bool:
        """Hold these rates; says whether they differ from those that were told."""
        before = [getattr(self, name) for name in COUNTS]
        self.new_started, self.new_projects = rates.new_start.numerator, rates.new_start.denominator
        self.completed_wan, self.planned_wan = rates.investment.completed_wan, rates.investment.planned_wan
        self.counted, self.unknown = len(rates.investment.counted), len(rates.investment.unknown)
        self.synthetic = rates.synthetic
        if before == [getattr(self, name) for name in COUNTS]:
            return False
        self.told_at = now
        return True

    def tell(self, recorder: Recorder) -> None:
        counts = {name: getattr(self, name) for name in COUNTS}
        recorder.record(RatesComputed(region=self.region, period=self.period, computed_at=self.told_at, **counts))
