"""Facts on their way out: written in the transaction of the change that they report."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby
from operator import attrgetter
from typing import Any, Final

from sqlalchemy import insert, select, true
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from shared.contracts.envelope import Envelope, Headers, wrap
from shared.contracts.facts import Fact, every_form
from shared.kit.backbone import fact_sequence, outbox
from shared.kit.errors import TooLarge
from shared.kit.ids import new_id
from shared.kit.sets import as_table

LARGEST_FACT: Final = 512 * 1024
NUL_SIGN: Final = "\u0100"


@dataclass(frozen=True, slots=True)
class Recorded:
    """A fact, when it was recorded, and on behalf of which trace."""

    fact: Fact
    at: datetime
    traceparent: str | None

    @property
    def subject(self) -> str:
        return str(self.fact.subject())


def upsert(dialect: str, table: Any) -> Any:
    """An INSERT of this dialect that knows ON CONFLICT."""
    return sqlite.insert(table) if dialect == "sqlite" else postgresql.insert(table)


async def write(session: AsyncSession, dialect: str, recorded: Sequence[Recorded], *, silent: bool = False) -> None:
    """Give each fact the next number of its object and put it into the outbox.

    The number is taken under the lock of the object's row, so that of two transactions about one object the second waits:
    numbers are gapless and follow the order of commits. A fact that has an older form is followed by it.
    `silent`: numbered and kept, but not to be told: the row counts as sent.
    """
    # Sorted by subject: two transactions that take the same locks in different orders deadlock.
    forms = [replace(each, fact=form) for each in recorded for form in every_form(each.fact)]
    by_subject = sorted(forms, key=attrgetter("subject"))
    groups = {subject: list(group) for subject, group in groupby(by_subject, key=attrgetter("subject"))}
    last = await _take_numbers(session, dialect, {subject: len(group) for subject, group in groups.items()})
    rows = [
        {
            **_row(wrap(each.fact, event_id=new_id(), sequence=number, time=each.at, traceparent=each.traceparent)),
            "sent_at": each.at if silent else None,
        }
        for subject, group in groups.items()
        for number, each in enumerate(group, start=last[subject] - len(group) + 1)
    ]
    await session.execute(insert(outbox), rows)


async def _take_numbers(session: AsyncSession, dialect: str, counts: dict[str, int]) -> dict[str, int]:
    given = as_table(dialect, {"subject": list(counts), "count": list(counts.values())})
    wanted = select(given.c.subject, given.c.count).where(true())
    statement = upsert(dialect, fact_sequence).from_select(["subject", "last"], wanted)
    statement = statement.on_conflict_do_update(
        index_elements=["subject"], set_={"last": fact_sequence.c.last + statement.excluded.last}
    ).returning(fact_sequence.c.subject, fact_sequence.c.last)
    return {row.subject: row.last for row in await session.execute(statement)}


def _row(envelope: Envelope) -> dict[str, object]:
    if len(envelope.data) > LARGEST_FACT:
        raise TooLarge(
            f"本次操作产生的消息过大（{len(envelope.data)} 字节，上限 {LARGEST_FACT}）：请分批提交。", subject=envelope.subject
        )
    _, kind, _ = envelope.subject.split("/", 2)
    return {
        "event_id": envelope.id,
        "topic": envelope.topic,
        "aggregate_type": kind,
        "aggregate_id": envelope.subject,
        "aggregate_version": envelope.sequence,
        "type": envelope.type,
        "headers": headers_to_json(envelope.headers()),
        "payload": envelope.data,
        "occurred_at": envelope.time,
    }


def headers_to_json(headers: Headers) -> list[list[str]]:
    """Headers as JSON keeps them: pairs in order, since a header may repeat; bytes as Latin-1 text, which keeps every byte.

    PostgreSQL's JSON has no NUL: the first character beyond Latin-1 stands for it.
    """
    return [[storable(name), value.decode("latin-1").replace("\0", NUL_SIGN)] for name, value in headers]


def headers_from_json(pairs: Iterable[Sequence[str]]) -> Headers:
    """Undo `headers_to_json`."""
    try:
        return tuple([(name, text.encode("latin-1")) for name, text in pairs])
    except UnicodeEncodeError:  # one of them has a NUL; looking for it in each would cost more than all else here
        return tuple([(name, text.replace(NUL_SIGN, "\0").encode("latin-1")) for name, text in pairs])


def storable(text: str) -> str:
    """Text as a database can keep it: a NUL shows as a replacement character."""
    return text.replace("\0", "\ufffd")
