"""The tables of reporting windows: what notices changed, and what was told. Neither is ever taken back."""

from datetime import date, datetime

from sqlalchemy import Date, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from indicator_svc.tables import Base
from shared.kit.columns import Instant
from shared.kit.tables import Versioned


class WindowRevision(Versioned, Base):
    """The dates of one window as an official notice sets them; the one recorded last holds."""

    __tablename__ = "window_revision"
    __table_args__ = (UniqueConstraint("region", "table_code", "period", "number"),)

    region: Mapped[str] = mapped_column(String(6))
    table_code: Mapped[str] = mapped_column(String(64))
    period: Mapped[str] = mapped_column(String(8))
    number: Mapped[int] = mapped_column(Integer)
    opens_at: Mapped[datetime] = mapped_column(Instant())
    closes_at: Mapped[datetime] = mapped_column(Instant())
    document: Mapped[str] = mapped_column(String(200))
    issued_on: Mapped[date] = mapped_column(Date)
    reason: Mapped[str] = mapped_column(Text)
    recorded_by: Mapped[str] = mapped_column(String(200))


class WindowMark(Base):
    """One mark of one closing that was told, or that its list was filled after it. The key keeps it from being told twice."""

    __tablename__ = "window_mark"

    region: Mapped[str] = mapped_column(String(6), primary_key=True)
    table_code: Mapped[str] = mapped_column(String(64), primary_key=True)
    period: Mapped[str] = mapped_column(String(8), primary_key=True)
    closes_at: Mapped[datetime] = mapped_column(Instant(), primary_key=True)
    mark: Mapped[str] = mapped_column(String(10), primary_key=True)
    told_at: Mapped[datetime] = mapped_column(Instant())
    missing: Mapped[int] = mapped_column(Integer)
    filled_at: Mapped[datetime | None] = mapped_column(Instant())


class WindowWatch(Base):
    """Since when the windows of a region are watched: what closed before is history. Its row is the lock of the watch."""

    __tablename__ = "window_watch"

    region: Mapped[str] = mapped_column(String(6), primary_key=True)
    since: Mapped[datetime] = mapped_column(Instant())
