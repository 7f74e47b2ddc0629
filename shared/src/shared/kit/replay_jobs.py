"""Replays that were asked for over REST, one at a time: the worker takes them, the table tells how far each is."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import structlog
from sqlalchemy import Row, insert, select, update

from shared.kit.backbone import replay as job
from shared.kit.backoff import Backoff
from shared.kit.bus import TP
from shared.kit.db import Database, ReadSession, UnitOfWork
from shared.kit.errors import Conflict, DomainError, NotFound
from shared.kit.ids import new_id
from shared.kit.operator_acts import Act, ActKind, note
from shared.kit.replay import Interrupted, Progress, Replay, Start

log = structlog.get_logger(__name__)

LOOK_SECONDS: Final = 1.0
LOST_AFTER: Final = timedelta(minutes=2)
AT_WORK: Final = ("running", "cancelling")
UNDER_WAY: Final = ("queued", *AT_WORK)


class AlreadyUnderWay(Conflict):
    code = "replay.already-under-way"


class ReplayNotFound(NotFound):
    code = "replay.not-found"


class Ended(Conflict):
    code = "replay.ended"


class Cancelled(Conflict):
    code = "replay.cancelled"

    def __init__(self) -> None:
        super().__init__("重放已按要求取消，目标数据库不完整，不可使用：请清空后重新发起。")


async def ask(uow: UnitOfWork, start: Start) -> str:
    """Queue a replay; answers its id. Raises AlreadyUnderWay."""
    if await uow.session.scalar(select(job.c.id).where(job.c.state.in_(UNDER_WAY)).limit(1)):
        raise AlreadyUnderWay("已有重放在排队或进行中，请等它结束后再发起。")
    number = new_id()
    row = {"id": number, "state": "queued", "requested_by": uow.actor, "requested_at": uow.now, "start": written(start)}
    await uow.session.execute(insert(job).values(**row, done=0, counts={}, offsets={}))
    await note(uow, Act(ActKind.REPLAY, "requested", detail=number))
    return number


async def cancel(uow: UnitOfWork, number: str) -> None:
    """Call off a replay: at once while it waits, at its worker's next look when it is at work. Raises ReplayNotFound, Ended."""
    row = await find(uow, number, lock=True)
    if row.state not in UNDER_WAY:
        raise Ended(f"该重放已结束（{row.state}），无需取消。")
    changes = {"state": "cancelling"} if row.state in AT_WORK else {"state": "cancelled", "finished_at": uow.now}
    await uow.session.execute(update(job).where(job.c.id == number).values(**changes))
    await note(uow, Act(ActKind.REPLAY, "cancelled", detail=number))


async def find(view: ReadSession | UnitOfWork, number: str, *, lock: bool = False) -> Row[Any]:
    """Raises ReplayNotFound."""
    statement = select(job).where(job.c.id == number)
    row = (await view.session.execute(statement.with_for_update() if lock else statement)).one_or_none()
    if row is None:
        raise ReplayNotFound(f"没有编号为“{number}”的重放。")
    return row


def written(start: Start) -> dict[str, Any]:
    """A start as JSON."""
    offsets = [[tp.topic, tp.partition, offset] for tp, offset in start.offsets.items()]
    return {"at": None if start.at is None else start.at.isoformat(), "offsets": offsets}


def read(document: dict[str, Any]) -> Start:
    """Undo `written`."""
    at = document["at"]
    offsets = {TP(topic, part): offset for topic, part, offset in document["offsets"]}
    return Start(None if at is None else datetime.fromisoformat(at), offsets)


@dataclass(slots=True)
class ReplayRunner:
    """A component of a worker: does the replays that wait, into the database that the installation names for them."""

    database: Database
    make: Callable[[], Replay]
    target_url: str
    name: str = "replays"

    async def run(self, stop: asyncio.Event) -> None:
        """Take what waits, until told to stop."""
        while not stop.is_set():
            row = await self._claim()
            if row is None:
                await Backoff.standby(stop, LOOK_SECONDS)
            else:
                await self._do(row, stop)

    async def _claim(self) -> Row[Any] | None:
        async with self.database.reading() as view:
            if await view.session.scalar(select(job.c.id).where(job.c.state.in_(UNDER_WAY)).limit(1)) is None:
                return None
        async with self.database.unit_of_work("worker:replays") as uow:
            lost = job.c.state.in_(AT_WORK) & (job.c.heartbeat_at < uow.now - LOST_AFTER)
            given_up = {"state": "failed", "error": Interrupted().detail, "finished_at": uow.now}
            await uow.session.execute(update(job).where(lost).values(**given_up))
            waiting = select(job).where(job.c.state == "queued").limit(1).with_for_update(skip_locked=True)
            row = (await uow.session.execute(waiting)).one_or_none()
            if row is not None:
                begun = {"state": "running", "started_at": uow.now, "heartbeat_at": uow.now}
                await uow.session.execute(update(job).where(job.c.id == row.id).values(**begun))
            return row

    async def _do(self, row: Row[Any], stop: asyncio.Event) -> None:
        async def watch(progress: Progress) -> None:
            if not await self._set(row, progress, "running"):
                raise Cancelled

        clock, actor = self.database.clock, row.requested_by
        try:
            done = await self.make().into(self.target_url, read(row.start), clock, actor, watch, stop)
        except Cancelled as called_off:
            async with self.database.unit_of_work(row.requested_by) as uow:
                await _end(uow, row, "cancelled", called_off.detail)
        except Exception as error:
            log.exception("replay.failed", replay=row.id)
            await self._fail(row, error)
        else:
            await self._set(row, done, "completed")

    async def _set(self, row: Row[Any], progress: Progress, state: str) -> bool:
        """Note how far it is; False when somebody has called it off meanwhile. What is done in spite of that is done."""
        async with self.database.unit_of_work(row.requested_by) as uow:
            figures = {"done": progress.done, "total": progress.total, "counts": dict(progress.counts)}
            changes = {**figures, "offsets": dict(progress.up_to), "state": state, "heartbeat_at": uow.now}
            finished = {"finished_at": uow.now} if state == "completed" else {}
            wanted = job.c.state.in_(AT_WORK if finished else ("running",))
            statement = update(job).where(job.c.id == row.id, wanted).values(**changes, **finished).returning(job.c.id)
            going_on = (await uow.session.execute(statement)).first() is not None
            if finished and going_on:
                await note(uow, Act(ActKind.REPLAY, state, detail=row.id))
        return going_on

    async def _fail(self, row: Row[Any], error: Exception) -> None:
        said = error.detail if isinstance(error, DomainError) else f"{type(error).__name__}: {str(error)[:1000]}"
        async with self.database.unit_of_work(row.requested_by) as uow:
            if await _end(uow, row, "failed", said):
                await note(uow, Act(ActKind.REPLAY, "failed", detail=f"{row.id}: {said}"))


async def _end(uow: UnitOfWork, row: Row[Any], state: str, said: str) -> bool:
    """What somebody else has ended already stays as it is; then False."""
    changes = {"state": state, "error": said, "finished_at": uow.now}
    statement = update(job).where(job.c.id == row.id, job.c.state.in_(AT_WORK)).values(**changes).returning(job.c.id)
    return (await uow.session.execute(statement)).first() is not None
