"""The table of indicators."""

from sqlalchemy import Boolean, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from indicator_svc.indicators.rules import Described, Direction, Kind, ReleaseCalendar
from indicator_svc.tables import Base
from shared.kit.periods import Frequency
from shared.kit.tables import Versioned


class Indicator(Versioned, Base):
    """What can be observed. `derived_from`: never observed itself, its growth is worked out from that indicator's levels."""

    __tablename__ = "indicator"

    code: Mapped[str] = mapped_column(String(64), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    name_en: Mapped[str] = mapped_column(String(200))
    unit: Mapped[str] = mapped_column(String(20))
    frequency: Mapped[str] = mapped_column(String(1))
    separate_january: Mapped[bool] = mapped_column(Boolean)
    kind: Mapped[str] = mapped_column(String(20))
    direction: Mapped[str] = mapped_column(String(20))
    group: Mapped[str | None] = mapped_column("item_group", String(20))
    derived_from: Mapped[str | None] = mapped_column(String(64))
    lead_department: Mapped[str] = mapped_column(String(100))
    portfolio: Mapped[str] = mapped_column(String(40))
    origin: Mapped[str] = mapped_column(String(400))
    licence: Mapped[str] = mapped_column(String(60))
    note: Mapped[str] = mapped_column(Text)

    @property
    def calendar(self) -> ReleaseCalendar:
        return ReleaseCalendar(Frequency(self.frequency), self.separate_january)

    @property
    def described(self) -> Described:
        kind, direction = Kind(self.kind), Direction(self.direction)
        return Described(self.code, self.name, self.unit, kind, direction, self.calendar, self.derived_from)

    @property
    def is_growth(self) -> bool:
        return self.kind == Kind.GROWTH

    @property
    def in_points(self) -> bool:
        """Whether its moves are differences in percentage points rather than ratios."""
        return self.is_growth or self.unit == "%"

    @property
    def lower_is_better(self) -> bool:
        return self.direction == Direction.LOWER
