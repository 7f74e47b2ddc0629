"""The table of standings: the level of each watched item in each period."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

from sqlalchemy import Boolean, Date, ForeignKey, Identity, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from indicator_svc.scoreboards.rules import Talk
from indicator_svc.standings import talks
from indicator_svc.standings.outlook import Judged, Mark
from indicator_svc.standings.rules import Reading, Reason, Verdict
from indicator_svc.tables import Base
from shared.contracts.facts import Level
from shared.kit.columns import Exact, Id, Instant, JsonDoc, RowNumber
from shared.kit.decimals import shortest
from shared.kit.tables import Versioned

SNAPSHOT: Final = (
    "scheme_code",
    "edition",
    "region",
    "indicator",
    "period",
    "period_end",
    "level",
    "by_rules",
    "why",
    "since",
    "value",
    "unit",
    "target",
    "gap_pp",
    "rank",
    "peers",
    "outlook",
    "outlook_why",
)


def _as_json(value: Any) -> Any:
    if isinstance(value, Decimal):
        return shortest(value)
    return value.isoformat() if isinstance(value, date) else value


class Standing(Versioned, Base):
    """`since`: the first period of the unbroken run on this level; `by_rules` None: the figure of this period is unknown."""

    __tablename__ = "standing"
    __table_args__ = (
        UniqueConstraint("scheme_code", "region", "indicator", "period"),
        Index("ix_standing_region_period", "region", "period"),
    )

    scheme_code: Mapped[str] = mapped_column(String(64))
    edition: Mapped[int] = mapped_column(Integer)
    region: Mapped[str] = mapped_column(String(6))
    indicator: Mapped[str] = mapped_column(String(64))
    period: Mapped[str] = mapped_column(String(8))
    period_end: Mapped[date] = mapped_column(Date)
    level: Mapped[str] = mapped_column(String(10))
    by_rules: Mapped[str | None] = mapped_column(String(10))
    oranges: Mapped[int] = mapped_column(Integer)
    why: Mapped[list[dict[str, Any]]] = mapped_column(JsonDoc())
    since: Mapped[str] = mapped_column(String(8))
    value: Mapped[Decimal | None] = mapped_column(Exact(6))
    unit: Mapped[str] = mapped_column(String(20))
    target: Mapped[Decimal | None] = mapped_column(Exact(6))
    gap_pp: Mapped[Decimal | None] = mapped_column(Exact(6))
    rank: Mapped[int | None] = mapped_column(Integer)
    peers: Mapped[int] = mapped_column(Integer)
    outlook: Mapped[str | None] = mapped_column(String(20))
    outlook_why: Mapped[list[dict[str, Any]]] = mapped_column(JsonDoc(), default=list)

    def snapshot(self) -> dict[str, Any]:
        """Everything that it says, as JSON; two that say the same are equal."""
        return {name: _as_json(getattr(self, name)) for name in SNAPSHOT}

    @property
    def mark(self) -> Mark:
        """What later periods hold their own against."""
        return Mark(self.rank, self.gap_pp)

    def expect(self, judged: Judged) -> bool:
        """Keep this outlook; says whether it is another one."""
        changed = self.outlook != judged.outlook
        self.outlook = judged.outlook
        self.outlook_why = [{"rule": each.rule, "evidence": each.evidence} for each in judged.why]
        return changed

    @property
    def verdict(self) -> Verdict:
        """What the next period is judged after."""
        by_rules = None if self.by_rules is None else Level(self.by_rules)
        reasons = tuple(Reason(each["rule"], Level(each["level"]), each["evidence"]) for each in self.why)
        return Verdict(Level(self.level), by_rules, self.oranges, reasons)

    def take(self, reading: Reading, verdict: Verdict, since: str) -> bool:
        """Keep this verdict; says whether the level changed. A row that is new has had no level."""
        changed = self.level != verdict.level
        self.level, self.oranges, self.since = verdict.level, verdict.oranges, since
        self.by_rules = verdict.by_rules
        self.why = [{"rule": each.rule, "level": each.level.value, "evidence": each.evidence} for each in verdict.why]
        self.value, self.target, self.gap_pp = reading.value, reading.target, reading.gap_pp
        self.unit, self.rank, self.peers = reading.unit, reading.rank, reading.peers
        return changed


class StandingRevision(Base):
    """A standing as it was from `recorded_at` on: rows are added, never changed, so that any day's reading can be read again."""

    __tablename__ = "standing_revision"
    __table_args__ = (
        Index("ix_standing_revision_standing", "standing_id", "id"),
        Index("ix_standing_revision_region_period", "region", "period"),
    )

    id: Mapped[int] = mapped_column(RowNumber(), Identity(), primary_key=True)
    standing_id: Mapped[str] = mapped_column(Id(), ForeignKey("standing.id"))
    scheme_code: Mapped[str] = mapped_column(String(64))
    region: Mapped[str] = mapped_column(String(6))
    indicator: Mapped[str] = mapped_column(String(64))
    period: Mapped[str] = mapped_column(String(8))
    period_end: Mapped[date] = mapped_column(Date)
    level: Mapped[str] = mapped_column(String(10))
    recorded_at: Mapped[datetime] = mapped_column(Instant())
    document: Mapped[dict[str, Any]] = mapped_column(JsonDoc())

    @classmethod
    def of(cls, standing: Standing, now: datetime) -> "StandingRevision":
        shared = ("scheme_code", "region", "indicator", "period", "period_end", "level")
        own = {name: getattr(standing, name) for name in shared}
        document = {**standing.snapshot(), "version": standing.version, "created_at": standing.created_at.isoformat()}
        return cls(standing_id=standing.id, recorded_at=now, document=document, **own)


class TalkRisk(Versioned, Base):
    """How near a watched region is to the 约谈 line in one period."""

    __tablename__ = "talk_risk"
    __table_args__ = (UniqueConstraint("scheme_code", "region", "period"),)

    scheme_code: Mapped[str] = mapped_column(String(64))
    region: Mapped[str] = mapped_column(String(6))
    period: Mapped[str] = mapped_column(String(8))
    state: Mapped[str] = mapped_column(String(10))
    running: Mapped[int] = mapped_column(Integer)
    mayor: Mapped[bool] = mapped_column(Boolean)
    evidence: Mapped[str] = mapped_column(Text)

    @property
    def verdict(self) -> talks.Verdict:
        return talks.Verdict(Talk(self.state), self.running, self.mayor, self.evidence)

    def take(self, verdict: talks.Verdict) -> bool:
        """Keep this verdict; says whether the state, or who is summoned, is another one."""
        changed = (self.state, self.mayor) != (verdict.state, verdict.mayor)
        self.state, self.running = verdict.state, verdict.running
        self.mayor, self.evidence = verdict.mayor, verdict.evidence
        return changed
