"""A log that behaves as Kafka may: it loses requests and replies, appends late, repeats, rebalances and goes away."""

import asyncio
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from shared.kit.bus import TP, Ack, At, Batch, BusError, BusHealth, BusUnavailable, Fenced, InRecord, Lag, OutRecord
from shared.kit.partitioning import partition_for
from tests.simulation.faults import Chance, Fault, Life
from tests.simulation.loop import START

PARTITIONS: Final = 3
SESSION_SECONDS: Final = 10.0
REPLY_SECONDS: Final = 3.0


@dataclass
class Member:
    """One member of a group: alive as long as it polls."""

    life: Life
    seen: float


@dataclass
class Group:
    """Who shares the partitions, since which generation, and how far each partition is committed."""

    members: dict[str, Member] = field(default_factory=dict)
    generation: int = 0
    committed: dict[TP, int] = field(default_factory=dict)


@dataclass
class Log:
    """The brokers: what is durable, whatever happens to the processes."""

    chance: Chance
    partitions: dict[TP, list[OutRecord]] = field(default_factory=lambda: defaultdict(list))
    groups: dict[str, Group] = field(default_factory=lambda: defaultdict(Group))
    away_until: float = 0.0

    def append(self, record: OutRecord) -> Ack:
        tp = TP(record.topic, partition_for(record.key, PARTITIONS))
        self.partitions[tp].append(record)
        return Ack(tp, len(self.partitions[tp]) - 1)

    def must_answer(self) -> None:
        if asyncio.get_running_loop().time() < self.away_until:
            raise BusUnavailable("simulated outage")

    def expire(self, group: Group) -> None:
        """Members that have not polled for the length of a session are out."""
        now = asyncio.get_running_loop().time()
        gone = [name for name, member in group.members.items() if now - member.seen > SESSION_SECONDS]
        for name in gone:
            del group.members[name]
        if gone:
            self.rebalance(group)

    def rebalance(self, group: Group) -> None:
        group.generation += 1
        self.chance.note(Fault.REBALANCE, str(group.generation))

    def share_of(self, group: Group, member: str, topics: Sequence[str]) -> frozenset[TP]:
        names = sorted(group.members)
        held = [TP(topic, part) for topic in sorted(topics) for part in range(PARTITIONS)]
        return frozenset(tp for number, tp in enumerate(held) if names[number % len(names)] == member)


class SimulatedBus:
    """One process's client of the log."""

    def __init__(self, log: Log, life: Life) -> None:
        self._log = log
        self._life = life

    async def start(self, timeout: float) -> None:  # noqa: ARG002 - the interface's
        self._log.must_answer()

    async def publish(self, records: Sequence[OutRecord], timeout: float) -> list[Ack | BusError]:  # noqa: ARG002 - the interface's
        results: list[Ack | BusError] = []
        for record in records:
            await self._life.seam()
            acknowledged = self._send(record)
            if acknowledged is None:
                await asyncio.sleep(REPLY_SECONDS)
                self._life.must_live()
                return [*results, *(BusError("unknown") for _ in records[len(results) :])]
            results.append(acknowledged)
        await self._life.seam()
        return results

    def _send(self, record: OutRecord) -> Ack | None:
        """None where no acknowledgement comes, whatever became of the record."""
        chance = self._log.chance
        if asyncio.get_running_loop().time() < self._log.away_until or chance.strikes(Fault.LOST_REQUEST, 0.02):
            return None
        if chance.strikes(Fault.LATE_APPEND, 0.02):
            asyncio.get_running_loop().call_later(chance.random.uniform(1, 12), self._log.append, record)
            return None
        acknowledged = self._log.append(record)
        if chance.strikes(Fault.DUPLICATE, 0.03):
            self._log.append(record)
        return None if chance.strikes(Fault.LOST_REPLY, 0.02) else acknowledged

    async def subscribe(self, group: str, topics: Sequence[str], member: str) -> "SimulatedSubscription":
        await self._life.seam()
        self._log.must_answer()
        return SimulatedSubscription(self._log, self._life, (group, member), topics)

    async def offsets(self, topics: Sequence[str], at: At) -> Mapping[TP, int]:
        self._log.must_answer()
        places = [TP(topic, part) for topic in topics for part in range(PARTITIONS)]
        from_start = at == "earliest" or (at != "end" and at <= START)
        return {tp: 0 if from_start else len(self._log.partitions[tp]) for tp in places}

    async def lag(self, group: str) -> Mapping[TP, Lag]:
        committed = self._log.groups[group].committed
        return {tp: Lag(len(records) - committed.get(tp, 0), 0.0) for tp, records in self._log.partitions.items()}

    async def health(self) -> BusHealth:
        return BusHealth(ok=True)

    async def close(self, timeout: float) -> None:
        """Nothing is held."""


class SimulatedSubscription:
    """A member's view: its partitions by the generation that it last saw, and where it reads on."""

    def __init__(self, log: Log, life: Life, identity: tuple[str, str], topics: Sequence[str]) -> None:
        self._log, self._life, self._topics = log, life, topics
        self._group, self._member = log.groups[identity[0]], identity[1]
        self._group.members[self._member] = Member(life, asyncio.get_running_loop().time())
        log.rebalance(self._group)
        self._generation = 0
        self._positions: dict[TP, int] = {}
        self._paused: set[TP] = set()

    async def poll(self, max_records: int, timeout: float) -> Batch:
        deadline = asyncio.get_running_loop().time() + timeout
        while True:
            await self._life.seam()
            self._log.must_answer()
            self._keep_membership()
            records = self._read(max_records)
            if records or asyncio.get_running_loop().time() >= deadline:
                return Batch(self._generation, records)
            await asyncio.sleep(0.05)

    def _keep_membership(self) -> None:
        group = self._group
        self._log.expire(group)
        if self._member not in group.members:
            group.members[self._member] = Member(self._life, 0.0)
            self._log.rebalance(group)
        group.members[self._member].seen = asyncio.get_running_loop().time()
        if group.generation != self._generation:
            self._generation = group.generation
            share = self._log.share_of(group, self._member, self._topics)
            self._positions = {tp: group.committed.get(tp, 0) for tp in sorted(share)}
            self._paused &= share

    def _read(self, most: int) -> list[InRecord]:
        found: list[InRecord] = []
        for tp, position in self._positions.items():
            log = [] if tp in self._paused else self._log.partitions[tp]
            for offset in range(position, min(len(log), position + most - len(found))):
                record = log[offset]
                found.append(InRecord(tp, offset, record.key, record.headers, record.value, START))
                self._positions[tp] = offset + 1
        return found

    async def commit(self, generation: int, next_offsets: Mapping[TP, int]) -> None:
        await self._life.seam()
        self._log.must_answer()
        if generation != self._group.generation:
            self._log.chance.note(Fault.FENCED)
            raise Fenced("simulated rebalance")
        self._group.committed.update(next_offsets)

    def assignment(self) -> frozenset[TP]:
        return frozenset(self._positions)

    def seek(self, tp: TP, offset: int) -> None:
        if tp in self._positions:
            self._positions[tp] = offset

    def pause(self, tp: TP) -> None:
        self._paused.add(tp)

    def resume(self, tp: TP) -> None:
        self._paused.discard(tp)

    async def close(self, timeout: float) -> None:  # noqa: ARG002 - the interface's
        self._life.must_live()
        if self._group.members.pop(self._member, None) is not None and self._group.members:
            self._log.rebalance(self._group)
