"""Giving an event up: it never takes effect, and its object goes on behind it."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, update

from shared.kit.backbone import inbox_key, parked_event
from shared.kit.db import UnitOfWork
from shared.kit.errors import Conflict
from shared.kit.operator_acts import Act, ActKind, note
from shared.kit.parked_events import UNREADABLE, ObjectKey, ParkedEvents, ParkedEventSettled, ParkedState
from shared.kit.redrive import LONGEST_ACTOR, GapBefore


class NotFirst(Conflict):
    """Only what an object waits for can be dropped: what is behind it may be in order."""

    code = "parked.not-first"

    def __init__(self, row: Row[Any], first: Row[Any]) -> None:
        super().__init__(
            f"对象“{row.key}”等待的是第 {first.sequence} 号消息（编号 {first.id}），第 {row.sequence} 号排在其后："
            f"只能先处理或丢弃编号 {first.id}。",
            parked_id=row.id,
            first=first.id,
        )


@dataclass(frozen=True, slots=True)
class Dropping:
    """Why an event is given up, and whether those that should have come before it are, too."""

    reason: str
    accept_gap: bool = False


async def drop(uow: UnitOfWork, consumer: str, number: int, dropping: Dropping) -> Row[Any]:
    """Give up the event that an object waits for, or a record that is no event.

    What waits behind it stays until somebody tries it again; the object opens when nothing is left. Raises
    ParkedEventNotFound, ParkedEventSettled, NotFirst, and GapBefore where others that never came would be given up, too.
    """
    parked = ParkedEvents(uow.session, consumer)
    row = await parked.get(number)
    if row.source == UNREADABLE or row.state != ParkedState.PARKED:
        row = await parked.get_waiting(number)
    else:
        await _move_past(uow, parked, row, dropping)
    done = {"state": ParkedState.DROPPED, "resolved_by": uow.actor[:LONGEST_ACTOR], "last_at": uow.now}
    await uow.session.execute(update(parked_event).where(parked_event.c.id == number).values(**done))
    await note(uow, Act(ActKind.DROP, "dropped", row, dropping.reason, f"{row.error_class}: {row.error}"))
    await _open_if_nothing_waits(uow, parked, row)
    return await parked.get(number)


async def _move_past(uow: UnitOfWork, parked: ParkedEvents, row: Row[Any], dropping: Dropping) -> None:
    subject = ObjectKey(row.key, row.source)
    state = await parked.lock(subject)
    first = await parked.first_waiting(subject)
    if first is None:
        raise ParkedEventSettled(await parked.get(row.id))
    if first.id != row.id:
        await parked.get_waiting(row.id)
        raise NotFirst(row, first)
    last = row.sequence - 1 if state is None else state.last_sequence
    if row.sequence > last + 1:
        gap = GapBefore(row, last)
        if not dropping.accept_gap:
            raise gap
        await note(uow, Act(ActKind.ACCEPT_GAP, "accepted", row, dropping.reason, gap.detail))
    await uow.session.execute(update(inbox_key).where(*_is(row)).values(last_sequence=max(last, row.sequence)))


async def _open_if_nothing_waits(uow: UnitOfWork, parked: ParkedEvents, row: Row[Any]) -> None:
    if row.source != UNREADABLE and not await parked.number_waiting(ObjectKey(row.key, row.source)):
        opened = {"blocked_at": None, "blocked_reason": None}
        await uow.session.execute(update(inbox_key).where(*_is(row)).values(**opened))


def _is(row: Row[Any]) -> tuple[Any, ...]:
    return inbox_key.c.consumer == row.consumer, inbox_key.c.source == row.source, inbox_key.c.key == row.key
