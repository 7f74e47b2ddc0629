"""Numbering the stream, and reading it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from alert_svc.alerts.models import CaseEntry
from alert_svc.stream.repository import Stream
from alert_svc.stream.rules import Extent, Wanted
from shared.kit.db import Database

BATCH: Final = 500
ACTOR: Final = "stream"


@dataclass(frozen=True, slots=True)
class Item:
    """One event of the stream: its number, and the document that is sent."""

    sequence: int
    type: str
    level: str
    department: str | None
    rule: str
    body: str

    def is_for(self, wanted: Wanted) -> bool:
        return wanted.takes(self.level, self.department, self.rule)


async def number_new(database: Database) -> int:
    """Give every committed announcement that has none the next number; answers how many got one.

    Taken by state under the head's lock, never by a cursor over ids: a transaction that began earlier may commit later, and a
    cursor would have passed it by. The entries of one alert are written under its lock, so they keep their order.
    """
    async with database.reading() as view:
        if not await Stream(view.session).any_unnumbered():
            return 0
    async with database.unit_of_work(ACTOR) as uow:
        stream = Stream(uow.session)
        head = await stream.lock_head(uow.dialect)
        entries = await stream.unnumbered(BATCH)
        for entry in entries:
            head.last += 1
            entry.sequence = head.last
        return len(entries)


async def go_on_from(database: Database, previous: Database | None) -> None:
    """Number what a replay made before anybody listens, and go on behind the numbers that clients of `previous` have seen."""
    while await number_new(database):
        pass
    if previous is None:
        return
    async with previous.reading() as view:
        seen = (await Stream(view.session).extent(view.now)).head
    async with database.unit_of_work(ACTOR) as uow:
        head = await Stream(uow.session).lock_head(uow.dialect)
        head.last = max(head.last, seen)


async def read_after(database: Database, sequence: int) -> Sequence[Item]:
    """The events that follow a number, at most 500."""
    async with database.reading() as view:
        return [_item(entry) for entry in await Stream(view.session).after(sequence, BATCH)]


async def extent(database: Database, since: datetime) -> Extent:
    """How far the stream reaches: its head, and the first number not older than `since`."""
    async with database.reading() as view:
        return await Stream(view.session).extent(since)


def _item(entry: CaseEntry) -> Item:
    return Item(
        sequence=entry.sequence or 0,
        type=f"alert.{entry.kind.replace('_', '-')}",
        level=entry.level,
        department=entry.lead_department,
        rule=entry.rule,
        body=entry.announcement or "",
    )
