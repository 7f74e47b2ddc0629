"""Notes: the sample's only table."""

from datetime import date
from decimal import Decimal

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from shared.kit.columns import Exact
from shared.kit.tables import KitBase, Versioned, service_metadata


class Base(KitBase):
    __abstract__ = True
    metadata = service_metadata()


class Note(Versioned, Base):
    __tablename__ = "note"

    code: Mapped[str] = mapped_column(String(40), unique=True)
    title: Mapped[str] = mapped_column(String(200))
    amount: Mapped[Decimal] = mapped_column(Exact(2))
    due_on: Mapped[date | None]
