"""Many rows at once, written by SQL: facts that wait in the outbox, and what years of traffic leave in outbox and inbox."""

from typing import Final

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from shared.kit.db import Database
from shared.testing.backbone import a_withdrawal

PER_STATEMENT: Final = 50_000

WAITING: Final = """
INSERT INTO outbox (event_id, topic, aggregate_type, aggregate_id, aggregate_version, type, headers, payload, occurred_at)
SELECT fresh.id, topic, aggregate_type, subject, version, type,
    jsonb_set(jsonb_set(jsonb_set(jsonb_set(headers, '{1,1}', to_jsonb(fresh.id::text)), '{4,1}', to_jsonb(subject)),
        '{6,1}', to_jsonb(version::text)), '{7,1}', to_jsonb(subject)),
    payload, occurred_at
FROM (SELECT * FROM outbox ORDER BY id LIMIT 1) AS template, (
    SELECT gen_random_uuid() AS id, '620200/milestone/waiting-' || n % :objects AS subject, n / :objects + 1 AS version
    FROM generate_series(CAST(:first AS bigint), :last) AS n
) AS fresh
ORDER BY version, subject
"""
"""Copies of the first fact, each an event of its own: the second, fifth, seventh and eighth header name it."""

SENT: Final = """
INSERT INTO outbox (event_id, topic, aggregate_type, aggregate_id, aggregate_version, type, headers, payload, occurred_at,
    sent_at, sent_partition, sent_offset)
SELECT gen_random_uuid(), 'diaodu.project.v1', 'milestone', '620200/milestone/old-' || n, 1, 'old', '[]', 'x', now(), now(), 0, n
FROM generate_series(CAST(:first AS bigint), :last) AS n
"""
TAKEN: Final = """
INSERT INTO inbox (consumer, source, event_id, topic, part, off, processed_at)
SELECT :consumer, :source, gen_random_uuid(), 'diaodu.project.v1', 0, n, now()
FROM generate_series(CAST(:first AS bigint), :last) AS n
"""


async def queue(database: Database, facts: int, objects: int) -> None:
    """Let so many facts about so many objects wait in an empty outbox."""
    async with database.unit_of_work("bench") as uow:
        uow.record(a_withdrawal("template"))
    await _in_steps(database, WAITING, facts, objects=objects)
    async with database.transaction() as connection:
        await connection.execute(text("DELETE FROM outbox WHERE id = (SELECT min(id) FROM outbox)"))


async def leave_behind(database: Database, rows: int, *, consumer: str, source: str) -> None:
    """Facts that were sent, and events that were taken, long ago; the statistics know of them, as after an autovacuum."""
    await _in_steps(database, SENT, rows)
    await _in_steps(database, TAKEN, rows, consumer=consumer, source=source)
    async with database.transaction(however_long=True) as connection:
        await _patiently(connection)
        await connection.execute(text("ANALYZE outbox"))
        await connection.execute(text("ANALYZE inbox"))


async def _in_steps(database: Database, statement: str, rows: int, **values: object) -> None:
    for first in range(0, rows, PER_STATEMENT):
        async with database.transaction(however_long=True) as connection:
            await _patiently(connection)
            last = min(first + PER_STATEMENT, rows) - 1
            await connection.execute(text(statement), {"first": first, "last": last, **values})


async def _patiently(connection: AsyncConnection) -> None:
    await connection.execute(text("SET LOCAL statement_timeout = 0"))
