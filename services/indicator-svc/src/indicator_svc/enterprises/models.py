"""Enterprises and the revisions of their monthly figures."""

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import Boolean, Date, ForeignKey, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from indicator_svc.tables import Base
from shared.kit.columns import Exact, Id, Instant
from shared.kit.ids import new_id
from shared.kit.tables import Versioned


class Enterprise(Versioned, Base):
    """An enterprise by its credit code, never by its name. Money in 万元; None is unknown."""

    __tablename__ = "enterprise"
    __table_args__ = (Index("ix_enterprise_region", "region", "industry"),)

    uscc: Mapped[str] = mapped_column(String(18), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    region: Mapped[str] = mapped_column(String(6))
    industry: Mapped[str] = mapped_column(String(5))
    in_register: Mapped[bool] = mapped_column(Boolean)
    key: Mapped[bool] = mapped_column("is_key", Boolean)
    cultivated: Mapped[bool] = mapped_column(Boolean)
    under_construction: Mapped[bool] = mapped_column(Boolean)
    expected_revenue_wan: Mapped[Decimal | None] = mapped_column(Exact(6))
    lead_department: Mapped[str] = mapped_column(String(200), index=True)
    portfolio: Mapped[str] = mapped_column(String(40))
    responsible_person: Mapped[str] = mapped_column(String(200))
    synthetic: Mapped[bool] = mapped_column(Boolean)
    note: Mapped[str | None] = mapped_column(Text)


class EnterpriseFigure(Base):
    """What an enterprise did from January up to the end of a month. Append-only: the highest revision counts."""

    __tablename__ = "enterprise_figure"
    __table_args__ = (
        UniqueConstraint("enterprise_id", "period", "revision"),
        Index("ix_enterprise_figure_period_end", "period_end", "enterprise_id"),
    )

    id: Mapped[str] = mapped_column(Id(), primary_key=True, default=new_id)
    enterprise_id: Mapped[str] = mapped_column(Id(), ForeignKey("enterprise.id"))
    period: Mapped[str] = mapped_column(String(8))
    period_end: Mapped[date] = mapped_column(Date)
    revision: Mapped[int] = mapped_column(Integer)
    output_wan: Mapped[Decimal | None] = mapped_column(Exact(6))
    revenue_wan: Mapped[Decimal | None] = mapped_column(Exact(6))
    profit_wan: Mapped[Decimal | None] = mapped_column(Exact(6))
    unknown_reason: Mapped[str | None] = mapped_column(String(20))
    source: Mapped[str] = mapped_column(String(200))
    note: Mapped[str | None] = mapped_column(Text)
    recorded_at: Mapped[datetime] = mapped_column(Instant())
    recorded_by: Mapped[str] = mapped_column(String(300))
