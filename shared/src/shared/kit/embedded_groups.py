"""Consumer groups of the embedded bus: who is in, what each holds, how far each group is. Synchronous, as the log."""

import json
import sqlite3
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from shared.kit.bus import TP, BusUnavailable, Fenced, Lag
from shared.kit.embedded_log import RecordLog, oldest_age, writing


@dataclass(frozen=True, slots=True)
class Ticket:
    """What a subscription joined with. A newer instance of the same member takes its place at once (a restart need not wait)."""

    group: str
    member: str
    instance: str
    topics: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Seat:
    """What a member holds at a generation: the committed position of each of its partitions."""

    generation: int
    positions: Mapping[TP, int] = field(default_factory=dict)


class Replaced(BusUnavailable):
    """A newer subscription joined under the same member name."""


class Groups:
    """Membership by lease: every change of members makes a new generation, and a commit of an older one is fenced."""

    def __init__(self, connection: sqlite3.Connection, log: RecordLog, lease: float) -> None:
        self._db = connection
        self._log = log
        self._lease = lease

    def join(self, ticket: Ticket, now: float) -> Seat:
        """Become a member, in the place of an earlier one of that name."""
        self._log.ensure_topics(dict.fromkeys(ticket.topics, None))
        with writing(self._db):
            self._evict(ticket.group, now)
            self._sit(ticket, now)
            return self._seat(ticket, self._next_generation(ticket.group))

    def renew(self, ticket: Ticket, now: float) -> Seat:
        """Stay a member, or become one again after the lease ran out. Raises Replaced."""
        with writing(self._db):
            changed = self._evict(ticket.group, now, but=ticket.member) > 0
            if not self._extend(ticket, now):
                self._sit(ticket, now)
                changed = True
            generation = self._next_generation(ticket.group) if changed else self.generation(ticket.group)
            return self._seat(ticket, generation)

    def leave(self, ticket: Ticket) -> None:
        """Give the partitions up to the others at once."""
        with writing(self._db):
            query = "DELETE FROM bus_member WHERE (group_name, member, instance) = (?, ?, ?)"
            if self._db.execute(query, (ticket.group, ticket.member, ticket.instance)).rowcount:
                self._next_generation(ticket.group)

    def generation(self, group: str) -> int:
        """The present generation of a group; 0 before anybody joined."""
        row = self._db.execute("SELECT generation FROM bus_group WHERE name = ?", (group,)).fetchone()
        return row[0] if row else 0

    def commit(self, ticket: Ticket, generation: int, next_offsets: Mapping[TP, int]) -> None:
        """Store positions. Raises Fenced unless the member still holds every one of the partitions at that generation."""
        with writing(self._db):
            held = self._assigned(ticket) if generation == self.generation(ticket.group) else []
            if lost := sorted(next_offsets.keys() - set(held)):
                raise Fenced(f"{ticket.member} of {ticket.group} no longer holds {lost} at generation {generation}")
            rows = [(ticket.group, *tp, offset, generation) for tp, offset in next_offsets.items()]
            self._db.executemany("INSERT OR REPLACE INTO bus_commit VALUES (?, ?, ?, ?, ?)", rows)

    def lag(self, group: str, now: float) -> dict[TP, Lag]:
        """What the group has not committed, over the topics that it reads or ever read."""
        committed = self._committed(group)
        topics = {tp.topic for tp in committed} | {topic for topics in self._members(group).values() for topic in topics}
        ends = self._log.ends(sorted(topics))
        return {tp: self._lag(tp, committed.get(tp, 0), end, now) for tp, end in ends.items()}

    def _lag(self, tp: TP, position: int, end: int, now: float) -> Lag:
        if position >= end:
            return Lag(0, 0.0)
        return Lag(end - position, oldest_age(self._db, tp, position, now).total_seconds())

    def _evict(self, group: str, now: float, but: str = "") -> int:
        # A lease longer than any honest one was written before the wall clock was set back.
        query = "DELETE FROM bus_member WHERE group_name = ? AND member <> ? AND (lease_until < ? OR lease_until > ?)"
        return self._db.execute(query, (group, but, now, now + 2 * self._lease)).rowcount

    def _sit(self, ticket: Ticket, now: float) -> None:
        row = (ticket.group, ticket.member, ticket.instance, json.dumps(ticket.topics), now + self._lease)
        self._db.execute("INSERT OR REPLACE INTO bus_member VALUES (?, ?, ?, ?, ?)", row)

    def _extend(self, ticket: Ticket, now: float) -> bool:
        query = "UPDATE bus_member SET lease_until = ? WHERE (group_name, member) = (?, ?) RETURNING instance"
        row = self._db.execute(query, (now + self._lease, ticket.group, ticket.member)).fetchone()
        if row and row[0] != ticket.instance:
            raise Replaced(f"another subscription of {ticket.group} took the name {ticket.member}")
        return row is not None

    def _next_generation(self, group: str) -> int:
        query = "INSERT INTO bus_group VALUES (?, 1) ON CONFLICT DO UPDATE SET generation = generation + 1 RETURNING generation"
        generation: int = self._db.execute(query, (group,)).fetchone()[0]
        return generation

    def _seat(self, ticket: Ticket, generation: int) -> Seat:
        committed = self._committed(ticket.group)
        return Seat(generation, {tp: committed.get(tp, 0) for tp in self._assigned(ticket)})

    def _assigned(self, ticket: Ticket) -> list[TP]:
        query = "SELECT 1 FROM bus_member WHERE (group_name, member, instance) = (?, ?, ?)"
        if self._db.execute(query, (ticket.group, ticket.member, ticket.instance)).fetchone() is None:
            return []
        return assigned(ticket.member, self._members(ticket.group), self._log.ends(ticket.topics))

    def _members(self, group: str) -> dict[str, list[str]]:
        rows = self._db.execute("SELECT member, topics FROM bus_member WHERE group_name = ?", (group,))
        return {member: json.loads(topics) for member, topics in rows}

    def _committed(self, group: str) -> dict[TP, int]:
        rows = self._db.execute("SELECT topic, part, next_off FROM bus_commit WHERE group_name = ?", (group,))
        return {TP(topic, part): offset for topic, part, offset in rows}


def assigned(member: str, members: Mapping[str, Sequence[str]], partitions: Collection[TP]) -> list[TP]:
    """The partitions of one member: every topic is dealt out in turn among the members that read it, by name."""
    return [tp for tp in sorted(partitions) if _holder(tp, members) == member]


def _holder(tp: TP, members: Mapping[str, Sequence[str]]) -> str:
    readers = sorted(member for member, topics in members.items() if tp.topic in topics)
    return readers[tp.partition % len(readers)] if readers else ""
