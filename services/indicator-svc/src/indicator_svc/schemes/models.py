"""The tables of schemes. A published edition never changes; a correction is a new edition."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Boolean, ForeignKey, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from indicator_svc.schemes.definition import Scheme, read_scheme
from indicator_svc.schemes.errors import SchemeNotDraft
from indicator_svc.tables import Base
from shared.kit.columns import Id, Instant, JsonDoc
from shared.kit.tables import Versioned


class SchemeState(StrEnum):
    DRAFT = "draft"
    PUBLISHED = "published"
    SUPERSEDED = "superseded"


class SchemeEdition(Versioned, Base):
    """One edition of a scheme; `definition` is the whole document, decimals as text."""

    __tablename__ = "scheme"
    __table_args__ = (UniqueConstraint("code", "edition"),)

    code: Mapped[str] = mapped_column(String(64))
    edition: Mapped[int] = mapped_column(Integer)
    name: Mapped[str] = mapped_column(String(200))
    year: Mapped[int] = mapped_column(Integer)
    state: Mapped[str] = mapped_column(String(20), default=SchemeState.DRAFT)
    definition: Mapped[dict[str, Any]] = mapped_column(JsonDoc())
    published_at: Mapped[datetime | None] = mapped_column(Instant())
    superseded_at: Mapped[datetime | None] = mapped_column(Instant())

    def change(self, fields: dict[str, Any]) -> None:
        """Merge into a draft."""
        self._must_be_draft("change")
        self.definition = {**self.definition, **fields}
        self.name, self.year = self.definition["name"], self.definition["year"]

    def publish(self, now: datetime) -> None:
        self._must_be_draft("publish")
        self.state, self.published_at = SchemeState.PUBLISHED, now

    def supersede(self, now: datetime) -> None:
        """A later edition of the same code was published."""
        self.state, self.superseded_at = SchemeState.SUPERSEDED, now

    def parsed(self) -> Scheme:
        return read_scheme((self.id, self.code, self.edition), self.definition)

    def _must_be_draft(self, act: str) -> None:
        if self.state != SchemeState.DRAFT:
            raise SchemeNotDraft(self.code, act, self.state)


class Publication(Versioned, Base):
    """The act of publishing. `boards_computed`: a worker has computed the boards for which there were figures already."""

    __tablename__ = "scheme_publication"

    scheme_id: Mapped[str] = mapped_column(Id(), ForeignKey("scheme.id"), unique=True)
    published_at: Mapped[datetime] = mapped_column(Instant())
    published_by: Mapped[str] = mapped_column(String(200))
    boards_computed: Mapped[bool] = mapped_column(Boolean, default=False, index=True)
