"""What an operator sees of the events that were set aside."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from shared.kit.backbone import parked_event
from shared.kit.db import Database


@dataclass(frozen=True, slots=True)
class Parked:
    """An event that waits with its object, and what it failed on; the first of an object is the cause, the rest follow it."""

    subject: str
    sequence: int | None
    error: str
    attempts: int
    since: datetime


async def every_parked(database: Database) -> list[Parked]:
    """What waits now, object by object, in the order in which it would take effect."""
    columns = (
        parked_event.c.key,
        parked_event.c.sequence,
        parked_event.c.error_class,
        parked_event.c.error,
        parked_event.c.attempts,
        parked_event.c.first_at,
    )
    statement = select(*columns).where(parked_event.c.state == "parked").order_by(parked_event.c.key, parked_event.c.sequence)
    async with database.reading() as view:
        rows = (await view.session.execute(statement)).all()
    return [Parked(key, sequence, f"{kind}: {error}", attempts, since) for key, sequence, kind, error, attempts, since in rows]
