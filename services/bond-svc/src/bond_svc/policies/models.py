"""Policy versions: draft, then published for good, then perhaps superseded by a later edition."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Date, Index, Integer, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from bond_svc.policies.errors import PolicyImmutable, PolicyUnsound
from bond_svc.policies.rules import RuleBook, Window, flaws_of
from bond_svc.tables import Base, Word
from shared.kit.columns import Instant, JsonDoc
from shared.kit.tables import Versioned


class PolicyState(StrEnum):
    DRAFT = "draft"
    PUBLISHED = "published"
    SUPERSEDED = "superseded"

    @property
    def label(self) -> str:
        return {PolicyState.DRAFT: "尚为草稿", PolicyState.PUBLISHED: "已发布", PolicyState.SUPERSEDED: "已被新版本取代"}[self]


@dataclass(frozen=True, slots=True)
class PolicyText:
    """What a draft consists of; `document` is as in `rules.RuleBook.of`."""

    name: str
    window: Window
    document: Mapping[str, Any]


class Policy(Versioned, Base):
    """One edition of a policy. `policy_version` is `<code>.<edition>`, e.g. `CN-2022.1`; a published one never changes."""

    __tablename__ = "policy"
    __table_args__ = (
        UniqueConstraint("code", "edition"),
        Index(
            "uq_policy_published",
            "code",
            unique=True,
            sqlite_where=text("state = 'published'"),
            postgresql_where=text("state = 'published'"),
        ),
    )

    code: Mapped[str] = mapped_column(String(64))
    edition: Mapped[int] = mapped_column(Integer)
    name: Mapped[str] = mapped_column(String(200))
    state: Mapped[PolicyState] = mapped_column(Word(PolicyState), default=PolicyState.DRAFT)
    effective_from: Mapped[date] = mapped_column(Date)
    effective_to: Mapped[date | None] = mapped_column(Date)
    document: Mapped[dict[str, Any]] = mapped_column(JsonDoc())
    published_at: Mapped[datetime | None] = mapped_column(Instant())
    superseded_at: Mapped[datetime | None] = mapped_column(Instant())

    @property
    def policy_version(self) -> str:
        return f"{self.code}.{self.edition}"

    @property
    def window(self) -> Window:
        return Window(self.effective_from, self.effective_to)

    @property
    def rule_book(self) -> RuleBook:
        return RuleBook.of(self.policy_version, self.window, self.document)

    @property
    def is_draft(self) -> bool:
        return self.state is PolicyState.DRAFT

    def rewrite(self, change: PolicyText) -> None:
        """Change a draft."""
        self._must_be_draft()
        self.name = change.name
        self.effective_from, self.effective_to = change.window.first, change.window.last
        self.document = dict(change.document)

    def publish(self, at: datetime) -> None:
        """Make a sound draft the law; from here on it never changes."""
        self._must_be_draft()
        if flaws := flaws_of(self.rule_book, self.window):
            raise PolicyUnsound(flaws)
        self.state = PolicyState.PUBLISHED
        self.published_at = at

    def give_way(self, at: datetime) -> None:
        """A later edition of the same policy takes over; what was screened under this one keeps pointing at it."""
        if self.state is not PolicyState.PUBLISHED:
            raise PolicyImmutable(self.policy_version, self.state.label)
        self.state = PolicyState.SUPERSEDED
        self.superseded_at = at

    def _must_be_draft(self) -> None:
        if not self.is_draft:
            raise PolicyImmutable(self.policy_version, self.state.label)
