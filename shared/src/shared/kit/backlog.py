"""What a service's backbone has written, sent, taken in and set aside: the numbers that show whether anything was lost."""

from dataclasses import dataclass

from sqlalchemy import func, select

from shared.kit.backbone import fact_sequence, inbox_key, outbox, parked_event
from shared.kit.db import Database, ReadSession

PARKED = "parked"


@dataclass(frozen=True, slots=True)
class Heard:
    """What one consumer took in from one source."""

    consumer: str
    source: str
    sequences: int
    """The sum over all objects of the last number taken in: equal to the source's `sequences` when nothing is missing."""
    objects: int
    blocked: int


@dataclass(frozen=True, slots=True)
class Backlog:
    """Counts of one service at one moment."""

    sequences: int
    """The sum over all objects of the last number given out: how many facts were ever recorded."""
    objects: int
    in_outbox: int
    unsent: int
    oldest_unsent_seconds: float
    parked: int
    heard: tuple[Heard, ...] = ()

    def figures(self) -> dict[str, float]:
        """For the metrics page."""
        return {
            "facts_recorded": self.sequences,
            "outbox_unsent": self.unsent,
            "outbox_oldest_unsent_seconds": self.oldest_unsent_seconds,
            "parked_events": self.parked,
        }


async def backlog_of(database: Database) -> Backlog:
    """Count now, in one consistent view."""
    async with database.reading() as view:
        return await backlog_in(view)


async def backlog_in(view: ReadSession) -> Backlog:
    """Count within a view that is open already."""
    session = view.session
    given = (await session.execute(select(func.coalesce(func.sum(fact_sequence.c.last), 0), func.count()))).one()
    unsent = outbox.c.sent_at.is_(None)
    waiting = select(func.count(), func.min(outbox.c.occurred_at)).select_from(outbox).where(unsent)
    number, oldest = (await session.execute(waiting)).one()
    parked = select(func.count()).select_from(parked_event).where(parked_event.c.state == PARKED)
    return Backlog(
        sequences=int(given[0]),
        objects=given[1],
        in_outbox=await session.scalar(select(func.count()).select_from(outbox)) or 0,
        unsent=number,
        oldest_unsent_seconds=max(0.0, (view.now - oldest).total_seconds()) if oldest else 0.0,
        parked=await session.scalar(parked) or 0,
        heard=await _heard(view),
    )


async def _heard(view: ReadSession) -> tuple[Heard, ...]:
    statement = (
        select(
            inbox_key.c.consumer,
            inbox_key.c.source,
            func.sum(inbox_key.c.last_sequence),
            func.count(),
            func.count(inbox_key.c.blocked_at),
        )
        .group_by(inbox_key.c.consumer, inbox_key.c.source)
        .order_by(inbox_key.c.consumer, inbox_key.c.source)
    )
    rows = (await view.session.execute(statement)).all()
    return tuple(Heard(consumer, source, int(total), objects, blocked) for consumer, source, total, objects, blocked in rows)
