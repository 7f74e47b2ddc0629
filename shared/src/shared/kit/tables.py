"""The base of every service's tables."""

from datetime import datetime
from typing import Any

from sqlalchemy import Integer, MetaData
from sqlalchemy.orm import DeclarativeBase, Mapped, declared_attr, mapped_column

from shared.kit.columns import Id, Instant
from shared.kit.ids import new_id

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


def service_metadata() -> MetaData:
    """Metadata of one service, with names for every constraint so that migrations can speak of them."""
    return MetaData(naming_convention=NAMING)


class KitBase(DeclarativeBase):
    """The base that each service derives its own `Base` from, with `metadata = service_metadata()`."""

    __abstract__ = True


class Versioned:
    """An object that other systems may change: identity, version for `If-Match`, and when it was made and changed.

    The unit of work fills the instants from its clock; the version counts up with every change.
    """

    id: Mapped[str] = mapped_column(Id(), primary_key=True, default=new_id)
    version: Mapped[int] = mapped_column(Integer, nullable=False)
    created_at: Mapped[datetime] = mapped_column(Instant(), nullable=False)
    updated_at: Mapped[datetime] = mapped_column(Instant(), nullable=False)

    @declared_attr.directive
    def __mapper_args__(cls) -> dict[str, Any]:  # noqa: N805 - SQLAlchemy calls it with the class
        return {"version_id_col": cls.__table__.c.version}  # type: ignore[attr-defined]  # the table exists by then
