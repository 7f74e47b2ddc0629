"""Facts that indicator-svc publishes."""

from datetime import date, datetime
from decimal import Decimal
from typing import ClassVar, Literal

from pydantic import BaseModel, ConfigDict

from shared.contracts.facts import Fact, Level


class Evidence(BaseModel):
    """One rule that put an item on its level, with the numbers it looked at, as a Chinese sentence."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    rule: str
    level: Level
    evidence: str


class StandingChanged(Fact):
    """An item of a region entered or left a level in a period, or the evidence for the level that it is on changed.

    `previous_level` is None at the first judgement, and equals `level` where only a new period or new evidence is told.
    `value`, `target` in the item's unit, `gap_pp` in percentage points (target − value for higher-is-better); None is unknown.
    """

    subject_kind: ClassVar[str] = "indicator"

    indicator: str
    indicator_name: str
    period: str
    scheme: str
    scheme_version: int
    previous_level: Level | None
    level: Level
    value: Decimal | None
    unit: str
    target: Decimal | None
    gap_pp: Decimal | None
    rank: int | None
    peers: int
    why: tuple[Evidence, ...]
    lead_department: str
    portfolio: str
    synthetic: bool = False

    @property
    def object_id(self) -> str:
        return self.indicator


class BoardRow(BaseModel):
    """One region on a scoreboard; `rank` is None while an item is pending."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    region: str
    total: Decimal | None
    rank: int | None
    rank_state: Literal["ranked", "pending"]


class ScoreboardComputed(Fact):
    """A scoreboard was computed and differs from the one before. `region` is the deployment's home region."""

    subject_kind: ClassVar[str] = "scoreboard"

    scheme: str
    scheme_version: int
    period: str
    computed_at: datetime
    rows: tuple[BoardRow, ...]
    talk_line: int | None = None

    @property
    def object_id(self) -> str:
        return f"{self.scheme}/{self.period}"


class SchemeItemFact(Fact):
    """What every fact about the ownership of a scheme's item tells: `region` is the deployment's home region."""

    subject_kind: ClassVar[str] = "scheme-item"

    scheme: str
    scheme_version: int
    indicator: str
    indicator_name: str

    @property
    def object_id(self) -> str:
        return f"{self.scheme}/{self.indicator}"


class ItemUnclaimed(SchemeItemFact):
    """Nobody owns an item although the time to claim it is up (谁的指标谁认领).

    Told again only when the reason or the holder changes. `why`: never offered to anybody; offered and not answered by `due_on`;
    disputed and not ruled upon. Department and portfolio are empty where nobody was named.
    """

    why: Literal["not_offered", "not_answered", "disputed"]
    lead_department: str
    portfolio: str
    due_on: date


class ItemClaimed(SchemeItemFact):
    """A department took an item on, or was told to by a ruling on its dispute (`by_ruling`)."""

    claim_id: str
    lead_department: str
    portfolio: str
    claimed_at: datetime
    by_ruling: bool = False


class ItemLeftScheme(SchemeItemFact):
    """An item that was told to be unclaimed is no longer part of the scheme in force: nobody has to own it."""
