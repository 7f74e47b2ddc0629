"""Facts on their way out: written in the transaction of the change that they report."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain, groupby
from typing import Any, Final

from sqlalchemy import insert
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from shared.contracts.envelope import Envelope, Headers, wrap
from shared.contracts.facts import Fact, every_form
from shared.kit.backbone import fact_sequence, outbox
from shared.kit.errors import TooLarge
from shared.kit.ids import new_id

LARGEST_FACT: Final = 512 * 1024
SUBJECTS_PER_STATEMENT: Final = 500
NUL_SIGN: Final = "\u0100"


@dataclass(frozen=True, slots=True)
class Recorded:
    """When facts were recorded, and on behalf of which trace."""

    at: datetime
    traceparent: str | None
    silent: bool = False
    """Numbered and kept, but not to be told: the row counts as sent."""


def upsert(dialect: str, table: Any) -> Any:
    """An INSERT of this dialect that knows ON CONFLICT."""
    return sqlite.insert(table) if dialect == "sqlite" else postgresql.insert(table)


async def write(session: AsyncSession, dialect: str, facts: Sequence[Fact], recorded: Recorded) -> None:
    """Give each fact the next number of its object and put it into the outbox.

    The number is taken under the lock of the object's row, so that of two transactions about one object the second waits:
    numbers are gapless and follow the order of commits. A fact that has an older form is followed by it.
    """
    # Sorted by subject: two transactions that take the same locks in different orders deadlock.
    by_subject = sorted(chain.from_iterable(map(every_form, facts)), key=lambda fact: str(fact.subject()))
    groups = {subject: list(group) for subject, group in groupby(by_subject, key=lambda fact: str(fact.subject()))}
    last = await _take_numbers(session, dialect, {subject: len(group) for subject, group in groups.items()})
    rows = [
        _row(wrap(fact, event_id=new_id(), sequence=number, time=recorded.at, traceparent=recorded.traceparent))
        for subject, group in groups.items()
        for number, fact in enumerate(group, start=last[subject] - len(group) + 1)
    ]
    sent = {"sent_at": recorded.at} if recorded.silent else {}
    await session.execute(insert(outbox), [{**row, **sent} for row in rows])


async def _take_numbers(session: AsyncSession, dialect: str, counts: dict[str, int]) -> dict[str, int]:
    last: dict[str, int] = {}
    for chunk in _chunks(counts.items(), SUBJECTS_PER_STATEMENT):
        statement = upsert(dialect, fact_sequence).values([{"subject": subject, "last": count} for subject, count in chunk])
        statement = statement.on_conflict_do_update(
            index_elements=["subject"], set_={"last": fact_sequence.c.last + statement.excluded.last}
        ).returning(fact_sequence.c.subject, fact_sequence.c.last)
        last.update({row.subject: row.last for row in await session.execute(statement)})
    return last


def _chunks(items: Iterable[tuple[str, int]], size: int) -> Iterator[list[tuple[str, int]]]:
    rest = list(items)
    while rest:
        yield rest[:size]
        rest = rest[size:]


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
