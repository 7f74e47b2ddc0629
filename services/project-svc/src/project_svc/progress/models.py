"""Monthly reports of a project's cumulative investment; revisions append."""

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import Date, ForeignKey, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from project_svc.projects.models import Project
from project_svc.tables import Base
from shared.kit.columns import Exact, Id, Instant
from shared.kit.ids import new_id


class ProgressReport(Base):
    """年度累计完成投资 in 万元 from January to the end of a month. The revision of a month with the highest number counts."""

    __tablename__ = "progress_report"
    __table_args__ = (
        UniqueConstraint("project_id", "period", "revision"),
        Index("ix_progress_report_period_end", "period_end", "project_id"),
    )

    id: Mapped[str] = mapped_column(Id(), primary_key=True, default=new_id)
    project_id: Mapped[str] = mapped_column(Id(), ForeignKey("project.id"))
    period: Mapped[str] = mapped_column(String(8))
    period_end: Mapped[date] = mapped_column(Date)
    revision: Mapped[int] = mapped_column(Integer)
    cumulative_completed_wan: Mapped[Decimal] = mapped_column(Exact(6))
    explanation: Mapped[str | None] = mapped_column(Text)
    photo_reference: Mapped[str | None] = mapped_column(String(200))
    reported_by: Mapped[str] = mapped_column(String(200))
    recorded_at: Mapped[datetime] = mapped_column(Instant())
    recorded_by: Mapped[str] = mapped_column(String(300))
    project: Mapped[Project] = relationship(lazy="raise")
