"""Column types that mean the same on PostgreSQL and on SQLite."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Final

from sqlalchemy import BigInteger, DateTime, Dialect, Integer, Numeric, String, Uuid
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.types import JSON, TypeDecorator, TypeEngine

from shared.kit.clock import SHANGHAI

SQLITE_LARGEST: Final = 2**63 - 1


class Exact(TypeDecorator[Decimal]):
    """An exact decimal with a fixed number of places.

    NUMERIC on PostgreSQL; on SQLite, which has no decimals, the value scaled to a 64-bit integer: it sorts, compares and sums
    exactly. A value with more places than the column has is refused, never rounded. With 6 places the largest value is
    9,223,372,036,854.775807.
    """

    impl = Numeric
    cache_ok = True

    def __init__(self, places: int = 6) -> None:
        super().__init__()
        self.places = places

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        if dialect.name == "sqlite":
            return dialect.type_descriptor(BigInteger())
        return dialect.type_descriptor(Numeric(19 + self.places, self.places))

    def process_bind_param(self, value: Decimal | int | None, dialect: Dialect) -> Any:
        if value is None:
            return None
        scaled = Decimal(value).scaleb(self.places)
        if scaled != scaled.to_integral_value() or abs(scaled) > SQLITE_LARGEST:
            raise ValueError(f"{value} does not fit an exact column with {self.places} places")
        return int(scaled) if dialect.name == "sqlite" else Decimal(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> Decimal | None:
        if value is None:
            return None
        return Decimal(value).scaleb(-self.places) if dialect.name == "sqlite" else Decimal(value)


class Instant(TypeDecorator[datetime]):
    """An aware instant, given back in Asia/Shanghai; on SQLite fixed-width UTC text, so that it sorts."""

    impl = DateTime
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        if dialect.name == "sqlite":
            return dialect.type_descriptor(String(26))
        return dialect.type_descriptor(DateTime(timezone=True))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value} has no time zone")
        utc = value.astimezone(UTC)
        return utc.strftime("%Y-%m-%dT%H:%M:%S.%f") if dialect.name == "sqlite" else utc

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - SQLAlchemy's signature
        if value is None:
            return None
        instant = datetime.fromisoformat(value).replace(tzinfo=UTC) if isinstance(value, str) else value
        return instant.astimezone(SHANGHAI)


def Id() -> Uuid[str]:  # noqa: N802 - reads as a type where it is used, like the others here
    """A UUID column that Python sees as text."""
    return Uuid(as_uuid=False)


def JsonDoc() -> JSON:  # noqa: N802 - reads as a type where it is used, like the others here
    """A JSON document; exact decimals inside it are text."""
    return JSON().with_variant(JSONB(), "postgresql")


def RowNumber() -> BigInteger:  # noqa: N802 - reads as a type where it is used, like the others here
    """A 64-bit number that the database gives out; SQLite counts only columns of type INTEGER."""
    return BigInteger().with_variant(Integer(), "sqlite")
