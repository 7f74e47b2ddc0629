"""The trail of what operators do by hand: who, when, to what, why, and what came of it.

A row is written in the transaction of what it tells. Rows are added and never changed; the database itself refuses it.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import ColumnElement, Row, Select, insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from shared.kit.backbone import operator_act
from shared.kit.db import UnitOfWork
from shared.kit.outbox import storable
from shared.kit.pages import Page, PageRequest, page_of

LONGEST_DETAIL: Final = 4_000
MOST_SHOWN: Final = 100


class ActKind(StrEnum):
    """What operators do."""

    REDRIVE = "redrive"
    ACCEPT_GAP = "accept_gap"
    DROP = "drop"
    REPLAY = "replay"


@dataclass(frozen=True, slots=True)
class Act:
    """One act and its outcome; `parked` is the row of the event that it was done to."""

    act: ActKind
    outcome: str
    parked: Row[Any] | None = None
    reason: str | None = None
    detail: str | None = None


@dataclass(frozen=True, slots=True)
class ActFilter:
    """Which acts a list shows; None asks nothing."""

    act: str | None = None
    outcome: str | None = None
    actor: str | None = None
    subject: str | None = None
    parked_id: int | None = None
    since: datetime | None = None
    until: datetime | None = None

    def conditions(self) -> list[ColumnElement[bool]]:
        columns = operator_act.c
        equal = {name: getattr(self, name) for name in ("act", "outcome", "actor", "subject", "parked_id")}
        asked = [columns[name] == value for name, value in equal.items() if value is not None]
        asked += [] if self.since is None else [columns.at >= self.since]
        return asked if self.until is None else [*asked, columns.at < self.until]


async def note(uow: UnitOfWork, act: Act) -> None:
    """Add an act to the trail, in this transaction."""
    parked = act.parked
    about = {} if parked is None else {"subject": parked.key, "parked_id": parked.id}
    event = {} if parked is None else {name: getattr(parked, name) for name in ("source", "event_id", "sequence")}
    await uow.session.execute(
        insert(operator_act).values(
            at=uow.now,
            actor=uow.actor,
            act=act.act,
            outcome=act.outcome,
            reason=act.reason,
            detail=None if act.detail is None else storable(act.detail)[:LONGEST_DETAIL],
            **about,
            **event,
        )
    )


async def acts_of(session: AsyncSession, parked_id: int) -> list[Row[Any]]:
    """The latest acts on one event, oldest first."""
    mine = select(operator_act).where(operator_act.c.parked_id == parked_id)
    rows = (await session.execute(mine.order_by(operator_act.c.id.desc()).limit(MOST_SHOWN))).all()
    return list(reversed(rows))


async def page_of_acts(session: AsyncSession, wanted: ActFilter, request: PageRequest) -> Page[Row[Any]]:
    """One page of the trail, the latest first unless asked otherwise."""
    columns = operator_act.c
    sortable = {name: columns[name] for name in ("id", "at", "actor", "act", "subject")}
    numbers = select(columns.id).where(*wanted.conditions())
    page = await page_of(session, numbers, request, sortable=sortable, default_sort="-id", tie=columns.id)
    rows = (await session.execute(_with_ids(page.items))).all()
    found = {row.id: row for row in rows}
    return Page([found[number] for number in page.items], page.next_cursor, page.total)


async def every_act(session: AsyncSession, wanted: ActFilter) -> list[Row[Any]]:
    """All acts that fit, oldest first."""
    statement = select(operator_act).where(*wanted.conditions()).order_by(operator_act.c.id)
    return list((await session.execute(statement)).all())


def _with_ids(numbers: Any) -> Select[Any]:
    return select(operator_act).where(operator_act.c.id.in_(numbers))
