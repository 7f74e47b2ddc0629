"""What has served its time goes; what is still needed stays."""

from datetime import timedelta

from sqlalchemy import func, insert, select, update

from shared.kit.backbone import inbox, outbox
from shared.kit.housekeeping import sweep
from shared.kit.runtime import Runtime
from shared.testing.backbone import a_withdrawal, outbox_rows
from shared.testing.clock import FakeClock


async def record_facts(runtime: Runtime, count: int) -> None:
    async with runtime.database.unit_of_work("test") as uow:
        for _ in range(count):
            uow.record(a_withdrawal())


async def test_a_sent_fact_is_kept_a_week_and_one_that_was_not_sent_for_ever(runtime: Runtime) -> None:
    assert isinstance(runtime.clock, FakeClock)
    await record_facts(runtime, 3)
    async with runtime.database.transaction() as connection:
        sent = update(outbox).where(outbox.c.aggregate_version < 3).values(sent_at=runtime.clock.now())
        await connection.execute(sent)
    runtime.clock.advance(timedelta(days=7))
    assert await sweep(runtime.database) == 0
    runtime.clock.advance(timedelta(seconds=1))
    assert await sweep(runtime.database) == 2
    assert await outbox_rows(runtime.database) == [("620200/milestone/m-1", 3)]


async def test_more_than_a_batch_of_old_inbox_rows_goes_in_one_sweep(runtime: Runtime) -> None:
    assert isinstance(runtime.clock, FakeClock)
    row = {"consumer": "c", "source": "/s", "topic": "t", "part": 0, "processed_at": runtime.clock.now()}
    async with runtime.database.transaction() as connection:
        await connection.execute(insert(inbox), [{**row, "event_id": f"e-{n}", "off": n} for n in range(1_500)])
    runtime.clock.advance(timedelta(days=36))
    async with runtime.database.transaction() as connection:
        fresh = {**row, "event_id": "fresh", "off": 9_999, "processed_at": runtime.clock.now()}
        await connection.execute(insert(inbox).values(**fresh))
    assert await sweep(runtime.database) == 1_500
    async with runtime.database.reading() as view:
        assert await view.session.scalar(select(func.count()).select_from(inbox)) == 1
