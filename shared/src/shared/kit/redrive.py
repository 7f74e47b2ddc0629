"""Trying parked events again: an object's in order, each once, up to the first that fails again.

All of it happens in the unit of work of whoever asks, an event in a savepoint of its own: what fails again is undone alone and
noted on its row. The object's own row is locked first, as the consumer does, so that two operators, or an operator and the
consumer, never take the same event.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final

import structlog
from sqlalchemy import Row, select, update

from shared.contracts.envelope import Envelope, MalformedEnvelope, unwrap
from shared.kit.backbone import inbox, inbox_key, parked_event
from shared.kit.consumer import is_transient
from shared.kit.db import UnitOfWork
from shared.kit.errors import Conflict, DomainError, Unavailable
from shared.kit.operator_acts import Act, ActKind, note
from shared.kit.outbox import headers_from_json, storable, upsert
from shared.kit.parked_events import UNREADABLE, NothingParked, ObjectKey, ParkedEvents, ParkedState
from shared.kit.subscriptions import Subscriptions

log = structlog.get_logger(__name__)

MOST_EVENTS: Final = 200
"""Events that are tried in one transaction: more would hold the consumer up."""
LONGEST_ERROR: Final = 4_000
LONGEST_ACTOR: Final = 200


class Outcome(StrEnum):
    """What became of one event that was tried again."""

    HANDLED = "handled"
    IGNORED = "ignored"
    STALE = "stale"
    DUPLICATE = "duplicate"
    FAILED = "failed"
    GAP = "gap"
    UNREADABLE = "unreadable"


class FailedAgain(Conflict):
    code = "parked.failed-again"

    def __init__(self, row: Row[Any], error: Exception) -> None:
        why = error.detail if isinstance(error, DomainError) else f"{type(error).__name__}: {str(error)[:500]}"
        super().__init__(f"对象“{row.key}”第 {row.sequence} 号消息再次处理失败，后续消息继续等待。原因：{why}", parked_id=row.id)


class GapBefore(Conflict):
    """Taking the event would pass over others that never came."""

    code = "parked.gap"

    def __init__(self, row: Row[Any], last: int) -> None:
        missing = f"{last + 1}" if row.sequence == last + 2 else f"{last + 1} 至 {row.sequence - 1}"
        super().__init__(
            f"对象“{row.key}”的第 {missing} 号消息没有到达，第 {row.sequence} 号不能越过它们生效。请先查明并补齐；"
            "确认不会再来的，须说明理由接受缺号。",
            parked_id=row.id,
            first_missing=last + 1,
        )


class StillUnreadable(Conflict):
    code = "parked.unreadable"

    def __init__(self, row: Row[Any], error: MalformedEnvelope) -> None:
        super().__init__(
            f"编号 {row.id} 的记录仍无法读取（{str(error)[:500]}）：请升级后重试，或说明理由后丢弃。", parked_id=row.id
        )


@dataclass(frozen=True, slots=True)
class Permit:
    """What the operator takes upon himself: that what is missing before an object's first waiting event will never come.

    `gaps` has his reason by object, `gap` the one for whichever object it is. One permit is good for one gap of an object.
    """

    gaps: Mapping[str, str] = field(default_factory=dict)
    gap: str | None = None

    def reason_for(self, key: str) -> str | None:
        return self.gaps.get(key, self.gap)


@dataclass(slots=True)
class Redriven:
    """What became of one object, or of one record that is no event (then `parked_id` names it)."""

    subject: str
    source: str
    parked_id: int | None = None
    taken: int = 0
    left: int = 0
    stopped_at: int | None = None
    problem: DomainError | None = None


@dataclass(slots=True)
class Redrive:
    """One operator's attempt within one unit of work."""

    uow: UnitOfWork
    subscriptions: Subscriptions
    consumer: str
    permit: Permit = field(default_factory=Permit)
    budget: int = MOST_EVENTS

    @property
    def parked(self) -> ParkedEvents:
        return ParkedEvents(self.uow.session, self.consumer)

    async def many(self, keys: Iterable[str]) -> list[Redriven]:
        """Everything that waits under these names; one object's failure does not stop another's.

        Tried in the order of names, so that two operators do not wait for one another for ever.
        """
        done: dict[str, list[Redriven]] = {}
        asked = list(dict.fromkeys(keys))
        for key in sorted(asked):
            try:
                done[key] = await self.subject(key)
            except NothingParked as problem:
                done[key] = [Redriven(key, "", problem=problem)]
        return [each for key in asked for each in done[key]]

    async def subject(self, key: str) -> list[Redriven]:
        """Everything that waits under an object's name. Raises NothingParked."""
        records = [await self._record(row) for row in await self.parked.unreadable(key)]
        objects = {*await self.parked.objects(key), *(each for each in records if isinstance(each, ObjectKey))}
        if not records and not objects:
            raise NothingParked(key)
        unreadable = [each for each in records if isinstance(each, Redriven)]
        return [*unreadable, *[await self._object(each) for each in sorted(objects)]]

    async def row(self, number: int) -> Redriven:
        """The object that an event belongs to. Raises ParkedEventNotFound, ParkedEventSettled."""
        row = await self.parked.get(number)
        if row.state == ParkedState.PARKED and row.source != UNREADABLE:
            return await self._object(ObjectKey(row.key, row.source))
        record = await self._record(await self.parked.get_waiting(number))
        return await self._object(record) if isinstance(record, ObjectKey) else record

    async def _object(self, subject: ObjectKey) -> Redriven:
        result = Redriven(subject.key, subject.source)
        await self.parked.lock(subject)
        while self.budget > 0 and (row := await self.parked.first_waiting(subject)) is not None:
            self.budget -= 1
            try:
                await self._take(row, first=result.taken == 0)
            except DomainError as problem:
                result.stopped_at, result.problem = row.id, problem
                break
            result.taken += 1
        result.left = await self.parked.number_waiting(subject)
        if result.left == 0:
            await self._set_key(subject, blocked_at=None, blocked_reason=None)
        return result

    async def _take(self, row: Row[Any], *, first: bool) -> None:
        """Let one event take effect. Raises GapBefore, FailedAgain (both noted), Unavailable (the event is not to blame)."""
        state = await self.parked.lock(ObjectKey(row.key, row.source))
        last = row.sequence - 1 if state is None else state.last_sequence
        if row.sequence <= last:
            await self._settle(row, Outcome.STALE)
            return
        gap = GapBefore(row, last) if row.sequence > last + 1 else None
        if gap is not None and not (first and self.permit.reason_for(row.key)):
            await self._failed(row, Outcome.GAP, "Gap", gap.detail)
            raise gap
        try:
            async with self.uow.savepoint():
                outcome = await self._effect(row, gap)
        except Exception as error:
            if is_transient(error):
                raise Unavailable("数据库或消息总线暂不可用，该消息未受影响，请稍后重试。") from error
            await self._failed(row, Outcome.FAILED, type(error).__name__, str(error))
            raise FailedAgain(row, error) from error
        await self._settle(row, outcome)

    async def _effect(self, row: Row[Any], gap: GapBefore | None) -> Outcome:
        if gap is not None:
            await note(self.uow, Act(ActKind.ACCEPT_GAP, "accepted", row, self.permit.reason_for(row.key), gap.detail))
        envelope = unwrap(headers_from_json(row.headers), row.value)
        self.uow.cause, self.uow.traceparent = envelope, envelope.traceparent
        handler = self.subscriptions.handler_of(envelope.type)
        if handler is not None:
            await handler(self.uow, envelope.fact())
        await self.uow.write_out()
        await self._set_key(ObjectKey(row.key, row.source), last_sequence=row.sequence)
        return Outcome.IGNORED if handler is None else Outcome.HANDLED

    async def _record(self, row: Row[Any]) -> Redriven | ObjectKey:
        """See whether a record is an event by now; then it waits in its place among its object's."""
        self.budget -= 1
        try:
            envelope = unwrap(headers_from_json(row.headers), row.value)
        except MalformedEnvelope as error:
            await self._failed(row, Outcome.UNREADABLE, type(error).__name__, str(error))
            problem = StillUnreadable(row, error)
            return Redriven(row.key, UNREADABLE, row.id, left=1, stopped_at=row.id, problem=problem)
        if await self._came_before(row, envelope):
            await self._settle(row, Outcome.DUPLICATE)
        else:
            await self._becomes_event(row, envelope)
        return ObjectKey(envelope.partitionkey, envelope.source)

    async def _came_before(self, row: Row[Any], envelope: Envelope) -> bool:
        identity = {"consumer": self.consumer, "source": envelope.source, "event_id": envelope.id}
        place = {"topic": row.topic, "part": row.part, "off": row.off, "processed_at": self.uow.now}
        statement = upsert(self.uow.dialect, inbox).values(**identity, **place).on_conflict_do_nothing()
        fresh = (await self.uow.session.execute(statement.returning(inbox.c.event_id))).first() is not None
        known = select(parked_event.c.id).filter_by(**identity)
        return not fresh or (await self.uow.session.execute(known)).first() is not None

    async def _becomes_event(self, row: Row[Any], envelope: Envelope) -> None:
        subject = ObjectKey(envelope.partitionkey, envelope.source)
        identity = {"source": envelope.source, "event_id": envelope.id, "key": subject.key, "sequence": envelope.sequence}
        await self._set_row(row, **identity)
        start = {"consumer": self.consumer, "source": subject.source, "key": subject.key, "last_sequence": envelope.sequence - 1}
        statement = upsert(self.uow.dialect, inbox_key).values(**start).on_conflict_do_nothing()
        await self.uow.session.execute(statement)
        state = await self.parked.lock(subject)
        if state is not None and state.blocked_at is None:
            await self._set_key(subject, blocked_at=self.uow.now, blocked_reason=f"{row.error_class}: {row.error}"[:2000])

    async def _settle(self, row: Row[Any], outcome: Outcome) -> None:
        done = {"state": ParkedState.RESOLVED, "resolved_by": self.uow.actor[:LONGEST_ACTOR], "last_at": self.uow.now}
        await self._set_row(row, **done)
        await note(self.uow, Act(ActKind.REDRIVE, outcome, row))

    async def _failed(self, row: Row[Any], outcome: Outcome, error_class: str, error: str) -> None:
        said = storable(error)[:LONGEST_ERROR]
        await self._set_row(row, error_class=error_class[:200], error=said, attempts=row.attempts + 1, last_at=self.uow.now)
        if row.source != UNREADABLE:
            reason = storable(f"{error_class}: {error}"[:2000])
            await self._set_key(ObjectKey(row.key, row.source), blocked_reason=reason)
        await note(self.uow, Act(ActKind.REDRIVE, outcome, row, detail=f"{error_class}: {said}"))
        log.warning("parked.failed_again", parked_id=row.id, subject=row.key, outcome=outcome, error_class=error_class)

    async def _set_row(self, row: Row[Any], **changes: Any) -> None:
        await self.uow.session.execute(update(parked_event).where(parked_event.c.id == row.id).values(**changes))

    async def _set_key(self, subject: ObjectKey, **changes: Any) -> None:
        mine = (inbox_key.c.consumer == self.consumer) & (inbox_key.c.source == subject.source) & (inbox_key.c.key == subject.key)
        await self.uow.session.execute(update(inbox_key).where(mine).values(**changes))
