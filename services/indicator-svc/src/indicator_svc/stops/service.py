"""Use cases of the watch over stops."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from indicator_svc.deadlines.rules import Notice
from indicator_svc.deadlines.service import sweep
from indicator_svc.enterprises.repository import Enterprises
from indicator_svc.stops.errors import StopDayRefused, StopsAlready
from indicator_svc.stops.models import Note, Plan, Stop, StopStatus, WeeklyWatch
from indicator_svc.stops.repository import Stops
from indicator_svc.stops.rules import StopAct
from shared.kit.calendar import WorkingCalendar
from shared.kit.db import Database, UnitOfWork
from shared.kit.errors import check_version
from shared.kit.ids import new_id

NO_NOTICE_DAYS = 0
"""Of a stop only misses are told: whoever has to bring it to work again looks at it weekly anyway."""


async def begin(uow: UnitOfWork, uscc: str, fields: Mapping[str, Any], reason: str) -> Stop:
    """An enterprise stopped. Raises EnterpriseUnknown, StopsAlready."""
    _must_have_come("/stopped_on", fields["stopped_on"], uow.now.date())
    enterprise = await Enterprises(uow.session).of_uscc_for_change(uscc)
    standing = await Stops(uow.session).standing_of(enterprise.id)
    if standing is not None:
        raise StopsAlready(standing)
    stop = Stop(**fields, id=new_id(), enterprise=enterprise, enterprise_id=enterprise.id)
    stop.begin(_note(uow, reason), uow)
    Stops(uow.session).add(stop)
    await uow.session.flush()
    return stop


async def change(uow: UnitOfWork, stop_id: str, expected: int, changes: Mapping[str, Any]) -> Stop:
    """What is known of the losses may be corrected at any time: they are no state."""
    stop = await Stops(uow.session).for_change(stop_id)
    check_version(stop.version, expected)
    for name, value in changes.items():
        setattr(stop, name, value)
    await uow.session.flush()
    return stop


async def plan(uow: UnitOfWork, stop_id: str, plan: Plan, reason: str) -> Stop:
    stop = await Stops(uow.session).for_change(stop_id)
    if plan.resume_on < uow.now.date():
        raise StopDayRefused("/resume_on", plan.resume_on, "已过，预计复工日不得早于今天")
    stop.plan(plan, _note(uow, reason), uow)
    await uow.session.flush()
    return stop


async def end(uow: UnitOfWork, stop_id: str, act: StopAct, on: date, reason: str) -> Stop:
    """The enterprise works again (`RESUME`) or leaves for good (`EXIT`)."""
    _must_have_come("/on", on, uow.now.date())
    stop = await Stops(uow.session).for_change(stop_id)
    if on < stop.stopped_on:
        raise StopDayRefused("/on", on, f"早于停产日期 {stop.stopped_on}")
    stop.end(act, on, _note(uow, reason), uow)
    await uow.session.flush()
    return stop


async def report_status(uow: UnitOfWork, stop_id: str, on: date, progress: str) -> StopStatus:
    _must_have_come("/on", on, uow.now.date())
    stops = Stops(uow.session)
    stop = await stops.for_change(stop_id)
    status = StopStatus(stop_id=stop.id, on=on, progress=progress, recorded_at=uow.now, recorded_by=uow.actor)
    stop.report_status(status, uow)
    stops.add(status)
    await uow.session.flush()
    return status


async def watch_stops(database: Database) -> dict[str, int]:
    """Tell of every day to work again and every weekly status that was missed."""
    notice = Notice(WorkingCalendar(), NO_NOTICE_DAYS)
    return {model.watched_as: (await sweep(database, model, notice)).total() for model in (Stop, WeeklyWatch)}


def _must_have_come(pointer: str, day: date, today: date) -> None:
    if day > today:
        raise StopDayRefused(pointer, day, "尚未到来，只能填报已经发生的事实")


def _note(uow: UnitOfWork, reason: str) -> Note:
    return Note(uow.now, uow.actor, reason)
