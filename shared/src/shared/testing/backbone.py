"""A fact about a small milestone, and a database with the backbone in it."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import date, datetime
from typing import Any

import asyncpg
import pytest
from sqlalchemy import Row, func, select

from shared.contracts.catalogue import topic_of
from shared.contracts.envelope import wrap
from shared.contracts.project import MilestoneWithdrawn
from shared.kit.backbone import backbone_metadata, fact_sequence, outbox
from shared.kit.bus import TP, InRecord
from shared.kit.clock import SHANGHAI, SystemClock
from shared.kit.db import Database
from shared.kit.ids import new_id

AT = datetime(2022, 7, 1, 9, 0, tzinfo=SHANGHAI)


def a_withdrawal(milestone: str = "m-1", reason: str = "停缓建") -> MilestoneWithdrawn:
    return MilestoneWithdrawn(
        region="620200",
        milestone_id=milestone,
        milestone_name="开工",
        stage="start",
        project_id="p-1",
        project_code=None,
        project_name="市二中教学楼改造",
        baseline_due_on=date(2022, 6, 1),
        current_due_on=date(2022, 6, 1),
        total_investment_wan=None,
        lead_department="市教育局",
        sponsor_post="VM-SOC",
        responsible_person="李某",
        reason=reason,
    )


def a_record(sequence: int, *, milestone: str = "m-1", offset: int | None = None, event_id: str | None = None) -> InRecord:
    """A record as the bus delivers it."""
    envelope = wrap(a_withdrawal(milestone), event_id=event_id or new_id(), sequence=sequence, time=AT, traceparent=None)
    place = sequence if offset is None else offset
    return InRecord(TP(topic_of("project"), 0), place, envelope.partitionkey.encode(), envelope.headers(), envelope.data, AT)


@asynccontextmanager
async def a_database(url: str, pool_size: int = 10) -> AsyncIterator[Database]:
    database = Database(url, clock=SystemClock(), pool_size=pool_size)
    async with database.engine.begin() as connection:
        await connection.run_sync(backbone_metadata.create_all)
    try:
        yield database
    finally:
        await database.close()


async def outbox_rows(database: Database) -> list[Row[str, int]]:
    """(subject, number) of every row, in the order of the rows."""
    async with database.reading() as view:
        statement = select(outbox.c.aggregate_id, outbox.c.aggregate_version).order_by(outbox.c.id)
        return list((await view.session.execute(statement)).all())


async def numbers_taken(database: Database) -> int:
    async with database.reading() as view:
        return await view.session.scalar(select(func.coalesce(func.sum(fact_sequence.c.last), 0))) or 0


def starting_up(database: Database, monkeypatch: pytest.MonkeyPatch, refusals: int) -> None:
    """Answer so often as a PostgreSQL that is starting up: with its driver's own error, which SQLAlchemy passes on."""
    left = iter(range(refusals))

    def refusing(open_it: Callable[..., Any]) -> Callable[..., Any]:
        def ask(*arguments: Any) -> Any:
            if next(left, None) is not None:
                raise asyncpg.CannotConnectNowError("the database system is starting up")
            return open_it(*arguments)

        return ask

    for name in ("reading", "advisory_lock"):
        monkeypatch.setattr(database, name, refusing(getattr(database, name)))
