"""The table of department leads. An entry holds from its day on until the next one; nothing is overwritten."""

from datetime import date

from sqlalchemy import Date, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from indicator_svc.departments.rules import Lead
from indicator_svc.tables import Base
from shared.kit.tables import Versioned


class DepartmentLead(Versioned, Base):
    """Head and deputy of a department from a day on, with the document that says so."""

    __tablename__ = "department_lead"
    __table_args__ = (Index("ix_department_lead_department_effective_from", "department", "effective_from"),)

    department: Mapped[str] = mapped_column(String(100))
    head: Mapped[str | None] = mapped_column(String(100))
    deputy: Mapped[str | None] = mapped_column(String(100))
    effective_from: Mapped[date] = mapped_column(Date)
    document: Mapped[str] = mapped_column(String(200))
    recorded_by: Mapped[str] = mapped_column(String(200))

    @property
    def lead(self) -> Lead:
        return Lead(self.head, self.deputy)
