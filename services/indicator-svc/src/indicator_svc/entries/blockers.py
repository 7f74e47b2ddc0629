"""What stands in the way of an application, and which department has to clear it by when."""

from datetime import date
from typing import Any, ClassVar

from sqlalchemy import Date, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship, selectinload

from indicator_svc.deadlines.models import Watched
from indicator_svc.deadlines.rules import Crossing, Notice
from indicator_svc.entries.errors import BlockerResolvedAlready
from indicator_svc.entries.models import EntryApplication
from indicator_svc.tables import Base
from shared.contracts.entry import EntryBlockerFellOverdue, EntryBlockerResolved
from shared.kit.columns import Id
from shared.kit.db import Recorder


class EntryBlocker(Watched, Base):
    """What stands in the way: the department that has to clear it, and by when."""

    __tablename__ = "entry_blocker"
    __table_args__ = (Index("ix_entry_blocker_due", "warned", "due_on"),)
    watched_as: ClassVar[str] = "entry-blocker"

    application_id: Mapped[str] = mapped_column(Id(), ForeignKey("entry_application.id"), index=True)
    description: Mapped[str] = mapped_column(Text)
    owner_department: Mapped[str] = mapped_column(String(200), index=True)
    promised_on: Mapped[date] = mapped_column(Date)
    resolved_on: Mapped[date | None] = mapped_column(Date)
    resolution: Mapped[str | None] = mapped_column(Text)
    application: Mapped[EntryApplication] = relationship(back_populates="blockers", lazy="raise")

    @classmethod
    def needed_to_tell(cls) -> tuple[Any, ...]:
        return (selectinload(cls.application),)

    def resolve(self, on: date, resolution: str, recorder: Recorder) -> None:
        """Cleared; nobody waits for it any more."""
        if self.resolved_on is not None:
            raise BlockerResolvedAlready(self.resolved_on)
        self.resolved_on, self.resolution = on, resolution
        self.wait_until(None)
        recorder.record(EntryBlockerResolved(**self._told(), resolution=resolution))

    def tell(self, crossing: Crossing, today: date, notice: Notice, recorder: Recorder) -> None:  # noqa: ARG002 - only a miss is told
        if crossing is Crossing.OVERDUE:
            recorder.record(EntryBlockerFellOverdue(**self._told(), days_overdue=(today - self.promised_on).days))

    def _told(self) -> dict[str, Any]:
        application = self.application
        return {
            "region": application.region,
            "blocker_id": self.id,
            "description": self.description,
            "owner_department": self.owner_department,
            "due_on": self.promised_on,
            "application_id": application.id,
            "application_name": application.name,
            "portfolio": application.portfolio,
            "responsible_person": application.responsible_person,
            "synthetic": application.synthetic,
        }
