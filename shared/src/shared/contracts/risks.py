"""Facts that indicator-svc publishes about where a region and its items are heading: the 约谈 line, and outlooks."""

from decimal import Decimal
from typing import ClassVar, Literal

from pydantic import BaseModel, ConfigDict

from shared.contracts.facts import Fact

TalkState = Literal["none", "edge", "summoned"]
OutlookName = Literal["low", "falling_behind", "can_be_pushed", "safe"]


class TalkRiskChanged(Fact):
    """A region came onto the 约谈 line of a scheme or its edge in a period, moved between the two, or left them.

    `previous` is None at the first judgement, and equals `state` where only a new period on the same state is told. `line_rank`
    is the first place that is summoned; `points_to_line` how many points it is above the best of those on the line,
    negative below.
    """

    subject_kind: ClassVar[str] = "talk-line"

    scheme: str
    scheme_version: int
    period: str
    previous: TalkState | None
    state: TalkState
    total: Decimal | None
    rank: int | None
    ranked: int
    line_rank: int | None
    points_to_line: Decimal | None
    periods_running: int
    summons_mayor: bool
    evidence: str

    @property
    def object_id(self) -> str:
        return self.scheme


class OutlookReason(BaseModel):
    """One rule and the numbers it looked at, as a Chinese sentence."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    rule: str
    evidence: str


class OutlookChanged(Fact):
    """An item of a region became low, falling behind, worth pushing or safe, beside the level of its warning.

    `previous_outlook` is None at the first judgement.
    """

    subject_kind: ClassVar[str] = "indicator"

    indicator: str
    indicator_name: str
    period: str
    scheme: str
    scheme_version: int
    previous_outlook: OutlookName | None
    outlook: OutlookName
    why: tuple[OutlookReason, ...]
    lead_department: str
    portfolio: str
    synthetic: bool = False

    @property
    def object_id(self) -> str:
        return self.indicator
