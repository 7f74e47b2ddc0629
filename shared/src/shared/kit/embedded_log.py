"""The records of the embedded bus: a partitioned log in one SQLite file. Synchronous; called from the bus's own thread only."""

import json
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from itertools import takewhile

from shared.kit.bus import TP, Ack, At, InRecord, OutRecord
from shared.kit.clock import SHANGHAI
from shared.kit.partitioning import partition_for

_PURGE_STEP = 1000


@contextmanager
def writing(connection: sqlite3.Connection) -> Iterator[sqlite3.Connection]:
    """One write transaction. The lock is taken first: a deferred one fails at once when two upgrade, whatever the timeout."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield connection
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


class RecordLog:
    """Appends, reads and purges. Offsets are taken inside the write lock, so their order is the order of commits."""

    def __init__(self, connection: sqlite3.Connection, partitions: int) -> None:
        self._db = connection
        self._partitions = partitions
        self._known: dict[str, int] = {}

    def ensure_topics(self, topics: Mapping[str, int | None]) -> None:
        """Make the topics that are not there yet, with so many partitions (None: the bus's own number)."""
        if topics.keys() - self._partitions_of(topics):
            with writing(self._db):
                for name, partitions in topics.items():
                    self._create(name, partitions or self._partitions)
            self._partitions_of(topics)

    def append(self, records: Sequence[OutRecord], now: float) -> list[Ack]:
        """Write all or none, in order. A repeat of (topic, source, event id) is acknowledged with the place it already has."""
        self.ensure_topics(dict.fromkeys((record.topic for record in records), None))
        with writing(self._db):
            return [self._append(record, now) for record in records]

    def fetch(self, wanted: Mapping[TP, int], limit: int) -> list[InRecord]:
        """Up to `limit` records from these positions on, in order per partition; a position past the end starts over."""
        found: list[InRecord] = []
        for tp, end in self.ends(tp.topic for tp in wanted).items():
            if tp in wanted and wanted[tp] != end and len(found) < limit:
                found += self._read(tp, wanted[tp] if wanted[tp] < end else 0, limit - len(found))
        return found

    def ends(self, topics: Iterator[str] | Sequence[str]) -> dict[TP, int]:
        """The next offset of every partition of the topics."""
        names = json.dumps(sorted(set(topics)))
        query = "SELECT topic, part, next_off FROM bus_partition WHERE topic IN (SELECT value FROM json_each(?)) ORDER BY 1, 2"
        return {TP(topic, part): end for topic, part, end in self._db.execute(query, (names,))}

    def offsets(self, topics: Sequence[str], at: At) -> dict[TP, int]:
        """Where every partition of the topics stood at a moment."""
        ends = self.ends(topics)
        if at == "end":
            return ends
        # A moment has whole microseconds, the file's times do not: a record's own moment has to find it.
        since = 0.0 if at == "earliest" else at.timestamp() - 0.000_001
        query = "SELECT MIN(off) FROM bus_log WHERE (topic, part) = (?, ?) AND ts >= ?"
        first = {tp: self._db.execute(query, (*tp, since)).fetchone()[0] for tp in ends}
        return {tp: end if first[tp] is None else first[tp] for tp, end in ends.items()}

    def purge_some(self, before: datetime) -> int:
        """Delete up to a thousand records appended before then, oldest first; answers how many, 0 when all are gone."""
        partitions = self._db.execute("SELECT topic, part FROM bus_partition").fetchall()
        return next((gone for row in partitions if (gone := self._purge(TP(*row), before.timestamp()))), 0)

    def _partitions_of(self, topics: Mapping[str, object]) -> dict[str, int]:
        if not topics.keys() <= self._known.keys():
            self._known = dict(self._db.execute("SELECT name, partitions FROM bus_topic"))
        return self._known

    def _create(self, name: str, partitions: int) -> None:
        if self._db.execute("INSERT INTO bus_topic VALUES (?, ?) ON CONFLICT DO NOTHING", (name, partitions)).rowcount:
            self._db.executemany("INSERT INTO bus_partition VALUES (?, ?, 0)", [(name, part) for part in range(partitions)])

    def _append(self, record: OutRecord, now: float) -> Ack:
        tp = TP(record.topic, partition_for(record.key, self._known[record.topic]))
        if earlier := self._place_of(record):
            return earlier
        claim = "UPDATE bus_partition SET next_off = next_off + 1 WHERE (topic, part) = (?, ?) RETURNING next_off - 1"
        (offset,) = self._db.execute(claim, tp).fetchone()
        row = (*tp, offset, record.source, record.event_id, record.key, _packed(record.headers), record.value, now)
        self._db.execute("INSERT INTO bus_log VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", row)
        return Ack(tp, offset)

    def _place_of(self, record: OutRecord) -> Ack | None:
        query = "SELECT part, off FROM bus_log WHERE (topic, source, event_id) = (?, ?, ?)"
        row = self._db.execute(query, (record.topic, record.source, record.event_id)).fetchone()
        return Ack(TP(record.topic, row[0]), row[1]) if row else None

    def _read(self, tp: TP, position: int, limit: int) -> list[InRecord]:
        query = "SELECT off, key, headers, value, ts FROM bus_log WHERE (topic, part) = (?, ?) AND off >= ? ORDER BY off LIMIT ?"
        return [
            InRecord(tp, offset, key, _unpacked(headers), value, datetime.fromtimestamp(ts, SHANGHAI))
            for offset, key, headers, value, ts in self._db.execute(query, (*tp, position, limit))
        ]

    def _purge(self, tp: TP, before: float) -> int:
        if old := self._old_prefix(tp, before):
            with writing(self._db):
                self._db.execute("DELETE FROM bus_log WHERE (topic, part) = (?, ?) AND off <= ?", (*tp, old[-1]))
        return len(old)

    def _old_prefix(self, tp: TP, before: float) -> list[int]:
        # Stops reading at the first record to keep: a clock that was set back must not make a hole.
        rows = self._db.execute(
            "SELECT off, ts FROM bus_log WHERE (topic, part) = (?, ?) ORDER BY off LIMIT ?", (*tp, _PURGE_STEP)
        )
        return [offset for offset, _ in takewhile(lambda row: row[1] < before, rows)]


def oldest_age(connection: sqlite3.Connection, tp: TP, position: int, now: float) -> timedelta:
    """How long the record at a position has been waiting."""
    query = "SELECT ts FROM bus_log WHERE (topic, part) = (?, ?) AND off >= ? ORDER BY off LIMIT 1"
    row = connection.execute(query, (*tp, position)).fetchone()
    return timedelta(seconds=max(0.0, now - row[0])) if row else timedelta(0)


def _packed(headers: Sequence[tuple[str, bytes]]) -> str:
    # Latin-1 maps every byte to one character and back; the order and repeats of headers matter, so this is a list.
    return json.dumps([[name, value.decode("latin-1")] for name, value in headers])


def _unpacked(headers: str) -> tuple[tuple[str, bytes], ...]:
    return tuple((name, value.encode("latin-1")) for name, value in json.loads(headers))
