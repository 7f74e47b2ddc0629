"""The columns of what is watched, and the crossings that were told."""

from datetime import date, datetime
from typing import Any, ClassVar

from sqlalchemy import Date, SmallInteger, String
from sqlalchemy.orm import Mapped, mapped_column

from indicator_svc.deadlines.rules import Crossing, Notice
from indicator_svc.tables import Base
from shared.kit.columns import Id, Instant
from shared.kit.db import Recorder
from shared.kit.tables import Versioned


class Watched(Versioned):
    """An object with a due day; without one nobody waits for it. `warned` is the furthest crossing of that day that was told."""

    watched_as: ClassVar[str]

    due_on: Mapped[date | None] = mapped_column(Date)
    warned: Mapped[int] = mapped_column(SmallInteger)

    @classmethod
    def needed_to_tell(cls) -> tuple[Any, ...]:
        """What is loaded along with it, so that its fact can be told."""
        return ()

    def wait_until(self, due_on: date | None) -> None:
        """Watch this day from now on; what was told of an earlier one stays told."""
        self.due_on, self.warned = due_on, Crossing.NOT_YET

    def tell(self, crossing: Crossing, today: date, notice: Notice, recorder: Recorder) -> None:
        """Record the fact of a crossing."""
        raise NotImplementedError


class DeadlineCrossing(Base):
    """One crossing of one due day of one object. The key keeps two sweeps from telling it twice."""

    __tablename__ = "deadline_crossing"

    watched_as: Mapped[str] = mapped_column(String(40), primary_key=True)
    object_id: Mapped[str] = mapped_column(Id(), primary_key=True)
    due_on: Mapped[date] = mapped_column(Date, primary_key=True)
    crossing: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    recorded_at: Mapped[datetime] = mapped_column(Instant())
