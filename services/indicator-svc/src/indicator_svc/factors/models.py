"""The table of factor gaps."""

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import Boolean, Date, ForeignKey, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from indicator_svc.enterprises.models import Enterprise
from indicator_svc.tables import Base
from shared.kit.columns import Exact, Id, Instant
from shared.kit.ids import new_id


class FactorSupply(Base):
    """What an enterprise needed and got of a factor in a period. Append-only; `latest` marks the revision in force."""

    __tablename__ = "factor_supply"
    __table_args__ = (UniqueConstraint("enterprise_id", "factor", "period", "revision"),)

    id: Mapped[str] = mapped_column(Id(), primary_key=True, default=new_id)
    enterprise_id: Mapped[str] = mapped_column(Id(), ForeignKey("enterprise.id"))
    factor: Mapped[str] = mapped_column(String(20))
    period: Mapped[str] = mapped_column(String(8))
    period_end: Mapped[date] = mapped_column(Date, index=True)
    revision: Mapped[int] = mapped_column(Integer)
    latest: Mapped[bool] = mapped_column(Boolean)
    demand: Mapped[Decimal | None] = mapped_column(Exact(6))
    supplied: Mapped[Decimal | None] = mapped_column(Exact(6))
    unit: Mapped[str] = mapped_column(String(20))
    price: Mapped[Decimal | None] = mapped_column(Exact(6))
    price_unit: Mapped[str | None] = mapped_column(String(20))
    owner_department: Mapped[str] = mapped_column(String(200))
    note: Mapped[str | None] = mapped_column(Text)
    recorded_at: Mapped[datetime] = mapped_column(Instant())
    recorded_by: Mapped[str] = mapped_column(String(300))
    enterprise: Mapped[Enterprise] = relationship(lazy="raise")
