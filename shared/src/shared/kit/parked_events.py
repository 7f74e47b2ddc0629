"""The events that were set aside: questions about them.

The first waiting event of an object is the cause of its waiting, the rest wait behind it. A record that is no event of this
suite stands for itself: nobody can tell which object waits for it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final, NamedTuple

from sqlalchemy import ColumnElement, Row, Select, String, and_, cast, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from shared.kit.backbone import inbox_key, parked_event
from shared.kit.errors import Conflict, NotFound
from shared.kit.pages import Page, PageRequest, page_of

UNREADABLE: Final = "unreadable"
"""The source of a record that is no event of this suite."""


class ParkedState(StrEnum):
    """What became of an event that was set aside."""

    PARKED = "parked"
    RESOLVED = "resolved"
    DROPPED = "dropped"


class Role(StrEnum):
    """Why an event waits: its object waits for it, or it waits behind that one."""

    CAUSE = "cause"
    BEHIND = "behind"


class ParkedEventNotFound(NotFound):
    code = "parked.not-found"

    def __init__(self, number: int) -> None:
        super().__init__(f"没有编号为 {number} 的搁置消息。", parked_id=number)


class NothingParked(NotFound):
    code = "parked.nothing-waits"

    def __init__(self, subject: str) -> None:
        super().__init__(f"对象“{subject}”没有等待处理的搁置消息，请核对对象名称。", subject=subject)


class ParkedEventSettled(Conflict):
    code = "parked.settled"

    def __init__(self, row: Row[Any]) -> None:
        done = {ParkedState.RESOLVED: "处理", ParkedState.DROPPED: "丢弃"}.get(row.state, "了结")
        super().__init__(f"编号 {row.id} 的搁置消息已由 {row.resolved_by} {done}，不能再操作。", parked_id=row.id)


class ObjectKey(NamedTuple):
    """An object as a subscriber knows it; several events of one wait in order."""

    key: str
    source: str


@dataclass(frozen=True, slots=True)
class ParkedFilter:
    """Which events a list shows; None asks nothing."""

    state: str | None = None
    subject: str | None = None
    source: str | None = None
    type: str | None = None
    error_class: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    role: str | None = None

    def conditions(self) -> list[ColumnElement[bool]]:
        columns = parked_event.c
        equal = {"state": self.state, "key": self.subject, "source": self.source, "error_class": self.error_class}
        asked = [columns[name] == value for name, value in equal.items() if value is not None]
        if self.type is not None:
            # Pairs of a JSON array, written alike by both databases.
            asked.append(cast(columns.headers, String).contains(f'["ce_type", "{self.type}"]', autoescape=True))
        asked += [] if self.since is None else [columns.first_at >= self.since]
        asked += [] if self.until is None else [columns.first_at < self.until]
        asked += [is_cause()] if self.role == Role.CAUSE else []
        return [*asked, columns.state == ParkedState.PARKED, ~is_cause()] if self.role == Role.BEHIND else asked


def is_cause() -> ColumnElement[bool]:
    """Whether an event is the one that its object waits for."""
    mine, earlier = parked_event.c, parked_event.alias("earlier").c
    first = or_(earlier.sequence < mine.sequence, and_(earlier.sequence == mine.sequence, earlier.id < mine.id))
    same = (earlier.consumer == mine.consumer) & (earlier.source == mine.source) & (earlier.key == mine.key)
    before = select(earlier.id).where(same, earlier.state == ParkedState.PARKED, first).exists()
    return and_(mine.state == ParkedState.PARKED, or_(mine.source == UNREADABLE, ~before))


class ParkedEvents:
    """What one consumer set aside."""

    def __init__(self, session: AsyncSession, consumer: str) -> None:
        self._session = session
        self._consumer = consumer

    async def page(self, wanted: ParkedFilter, request: PageRequest) -> Page[Row[Any]]:
        columns = parked_event.c
        sortable = {name: columns[name] for name in ("first_at", "last_at", "source", "sequence", "attempts", "error_class")}
        page = await page_of(
            self._session,
            select(columns.id).where(columns.consumer == self._consumer, *wanted.conditions()),
            request,
            sortable={**sortable, "subject": columns.key},
            default_sort="-first_at",
            tie=columns.id,
        )
        rows = await self._rows(self._shown().where(columns.id.in_(page.items)))
        found = {row.id: row for row in rows}
        return Page([found[number] for number in page.items], page.next_cursor, page.total)

    async def every(self, wanted: ParkedFilter) -> Sequence[Row[Any]]:
        """All that fit, object by object, in the order in which they would take effect."""
        columns = parked_event.c
        ordered = self._shown().where(*wanted.conditions()).order_by(columns.key, columns.source, columns.sequence, columns.id)
        return await self._rows(ordered)

    async def get(self, number: int) -> Row[Any]:
        """Raises ParkedEventNotFound."""
        return await self._one(self._shown(), number)

    async def get_waiting(self, number: int) -> Row[Any]:
        """The row, locked. Raises ParkedEventNotFound, ParkedEventSettled."""
        mine = select(parked_event).where(parked_event.c.consumer == self._consumer).with_for_update()
        row = await self._one(mine, number)
        if row.state != ParkedState.PARKED:
            raise ParkedEventSettled(row)
        return row

    async def lock(self, subject: ObjectKey) -> Row[Any] | None:
        """How far the consumer is with an object, locked: whoever takes an event of the same object waits here."""
        mine = (inbox_key.c.consumer == self._consumer) & (inbox_key.c.source == subject.source)
        statement = select(inbox_key).where(mine, inbox_key.c.key == subject.key).with_for_update()
        return (await self._session.execute(statement)).one_or_none()

    async def first_waiting(self, subject: ObjectKey) -> Row[Any] | None:
        """The event that an object waits for, locked. Ask with the object locked."""
        columns = parked_event.c
        mine = self._waiting().where(columns.key == subject.key, columns.source == subject.source)
        rows = await self._rows(mine.order_by(columns.sequence, columns.id).limit(1).with_for_update())
        return rows[0] if rows else None

    async def number_waiting(self, subject: ObjectKey | None = None) -> int:
        """How many events wait, of one object or of all."""
        waiting = self._waiting()
        if subject is not None:
            waiting = waiting.where(parked_event.c.key == subject.key, parked_event.c.source == subject.source)
        return await self._session.scalar(select(func.count()).select_from(waiting.subquery())) or 0

    async def unreadable(self, key: str) -> Sequence[Row[Any]]:
        """The records that came under an object's key and are no events, locked."""
        columns = parked_event.c
        mine = self._waiting().where(columns.key == key, columns.source == UNREADABLE)
        return await self._rows(mine.order_by(columns.id).with_for_update())

    async def objects(self, key: str) -> list[ObjectKey]:
        """The objects of one name that wait (more than one only where two publishers use it)."""
        columns = parked_event.c
        statement = select(columns.source).where(columns.consumer == self._consumer, columns.key == key)
        waiting = statement.where(columns.state == ParkedState.PARKED, columns.source != UNREADABLE).distinct()
        return [ObjectKey(key, source) for source in (await self._session.scalars(waiting.order_by(columns.source))).all()]

    async def longest_untried(self, most: int) -> list[str]:
        """The names under which something waits, those first that nobody tried for longest."""
        columns = parked_event.c
        waiting = select(columns.key).where(columns.consumer == self._consumer, columns.state == ParkedState.PARKED)
        grouped = waiting.group_by(columns.key).order_by(func.max(columns.last_at), columns.key).limit(most)
        return list((await self._session.scalars(grouped)).all())

    def _waiting(self) -> Select[Any]:
        columns = parked_event.c
        return select(parked_event).where(columns.consumer == self._consumer, columns.state == ParkedState.PARKED)

    def _shown(self) -> Select[Any]:
        return select(parked_event, is_cause().label("cause")).where(parked_event.c.consumer == self._consumer)

    async def _one(self, statement: Select[Any], number: int) -> Row[Any]:
        rows = await self._rows(statement.where(parked_event.c.id == number))
        if not rows:
            raise ParkedEventNotFound(number)
        return rows[0]

    async def _rows(self, statement: Select[Any]) -> Sequence[Row[Any]]:
        rows: Sequence[Row[Any]] = (await self._session.execute(statement)).all()
        return rows
