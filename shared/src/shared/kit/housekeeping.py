"""What has served its time is thrown away, a little at a time, so that no purge holds up a writer."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, Table, delete, select, tuple_

from shared.kit.backbone import idempotency_key, inbox, outbox
from shared.kit.db import Database

AT_ONCE: Final = 1_000
SENT_FACTS_KEPT: Final = timedelta(days=7)
INBOX_KEPT: Final = timedelta(days=35)
"""Longer than a topic keeps its records (30 days): an event must not be new a second time."""


async def sweep(database: Database) -> int:
    """Throw away all that is due now; how many rows."""
    now = database.clock.now()
    return (
        await _all(lambda: _purge(database, idempotency_key, idempotency_key.c.expires_at <= now))
        + await _all(lambda: _purge(database, outbox, _before(outbox.c.sent_at, now - SENT_FACTS_KEPT)))
        + await _all(lambda: _purge(database, inbox, _before(inbox.c.processed_at, now - INBOX_KEPT)))
    )


async def _all(purge: Callable[[], Awaitable[int]]) -> int:
    total = 0
    while gone := await purge():
        total += gone
    return total


def _before(column: ColumnElement[datetime], moment: datetime) -> ColumnElement[bool]:
    return column < moment


async def _purge(database: Database, table: Table, old: ColumnElement[bool]) -> int:
    """Delete one batch of the rows that are `old`."""
    key: list[ColumnElement[Any]] = list(table.primary_key.columns)
    batch = select(*key).where(old).limit(AT_ONCE)
    async with database.transaction() as connection:
        result = await connection.execute(delete(table).where(tuple_(*key).in_(batch)))
    return result.rowcount
