"""The table of kept what-ifs: what somebody supposes about a board, apart from every official figure."""

from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from indicator_svc.tables import Base
from indicator_svc.what_ifs.errors import NotTheAuthor
from indicator_svc.what_ifs.rules import Change
from shared.kit.columns import Instant, JsonDoc
from shared.kit.tables import Versioned


class Visibility(StrEnum):
    """`PRIVATE`: for its author's eyes only; `SHARED`: for everybody who may read."""

    PRIVATE = "private"
    SHARED = "shared"


class WhatIf(Versioned, Base):
    """Named changes to the figures of a board as they were known at `as_of`; `author` is the key that made it."""

    __tablename__ = "what_if"
    __table_args__ = (Index("ix_what_if_author", "author"), Index("ix_what_if_scheme_period", "scheme_code", "period"))

    name: Mapped[str] = mapped_column(String(200))
    author: Mapped[str] = mapped_column(String(300))
    visibility: Mapped[str] = mapped_column(String(20))
    scheme_code: Mapped[str] = mapped_column(String(64))
    period: Mapped[str] = mapped_column(String(8))
    as_of: Mapped[datetime] = mapped_column(Instant())
    changes: Mapped[list[dict[str, Any]]] = mapped_column(JsonDoc())

    def is_seen_by(self, actor: str) -> bool:
        return self.visibility == Visibility.SHARED or self.author == actor

    def change(self, actor: str, fields: dict[str, Any]) -> None:
        """Merge into it; only its author may."""
        self.must_be_of(actor)
        for name, value in fields.items():
            setattr(self, name, value)

    def must_be_of(self, actor: str) -> None:
        if self.author != actor:
            raise NotTheAuthor(self.id)

    def supposed(self) -> list[Change]:
        return [Change(each["region"], each["indicator"], Decimal(each["value"])) for each in self.changes]
