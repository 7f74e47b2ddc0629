"""Facts that indicator-svc publishes about reporting windows (报统开网/关网)."""

from datetime import datetime
from typing import ClassVar, Literal

from pydantic import BaseModel, ConfigDict

from shared.contracts.facts import Fact


class MissingFigure(BaseModel):
    """A figure that a window still waits for, and why: none came, it is held, withdrawn, or only a stand-in is there."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    region: str
    indicator: str
    indicator_name: str
    why: Literal["missing", "held", "withdrawn", "provisional"]
    lead_department: str


class WindowFact(Fact):
    """What every fact about a reporting window tells; the window is half-open, `[opens_at, closes_at)`."""

    subject_kind: ClassVar[str] = "reporting-window"

    table: str
    table_name: str
    period: str
    opens_at: datetime
    closes_at: datetime

    @property
    def object_id(self) -> str:
        return f"{self.table}/{self.period}"


class WindowClosing(WindowFact):
    """A window closes within `days_left` days (7, 3, 1). Once for each closing and mark; one that was missed is passed over."""

    days_left: int
    missing: tuple[MissingFigure, ...]


class WindowClosed(WindowFact):
    """A window closed; `missing` is what did not come in time."""

    missing: tuple[MissingFigure, ...]


class WindowFilled(WindowFact):
    """Nothing is missing any longer of a window of which it was told that something was."""


class WindowRescheduled(WindowFact):
    """An official notice set the dates of a window; what was told of its closing before holds no longer."""

    previous_closes_at: datetime | None
    document: str
