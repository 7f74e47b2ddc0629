"""Use cases of alerts: what the rules read is considered; people acknowledge and comment."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any, Final, assert_never

import structlog

from alert_svc.alerts import announcement
from alert_svc.alerts.errors import CommitmentInThePast
from alert_svc.alerts.models import Alert, CaseEntry, Commitment, EntryKind
from alert_svc.alerts.repository import WRITTEN, Alerts
from alert_svc.alerts.rules import Reading, Standing, Verdict, judge, periods_closed
from alert_svc.deliveries import service as deliveries
from alert_svc.deliveries.repository import Deliveries, Told
from shared.contracts.facts import Level
from shared.kit.db import ReadSession, UnitOfWork
from shared.kit.pages import Page, PageRequest

log = structlog.get_logger(__name__)

ANNOUNCED: Final = frozenset(announcement.TYPES)


async def consider(uow: UnitOfWork, reading: Reading) -> Verdict:
    """Let a reading act on the alerts of its object, once; what comes again or late changes nothing."""
    alerts = Alerts(uow.session)
    watch = await alerts.watch(reading, uow.dialect)
    not_closed = await alerts.not_closed(reading)
    levels = {period: Level(alert.level) for period, alert in not_closed.items()}
    standing = Standing(watch.last_sequence, levels, await alerts.occurrences(reading))
    verdict = judge(reading, standing)
    watch.last_sequence = max(watch.last_sequence, reading.sequence)
    await _act(uow, verdict, reading, not_closed, standing.occurrences + 1)
    log.info("alert.considered", verdict=verdict, rule=reading.rule, object=reading.object.id, period=reading.period)
    return verdict


async def _act(uow: UnitOfWork, verdict: Verdict, reading: Reading, not_closed: Mapping[str, Alert], occurrence: int) -> None:
    match verdict:
        case Verdict.NEW | Verdict.REOPENED:
            await _open(uow, verdict, reading, occurrence)
        case Verdict.LEVEL_UP | Verdict.LEVEL_DOWN:
            await _move(uow, verdict, reading, not_closed[reading.period])
        case Verdict.UNCHANGED:
            await _refresh(uow, reading, not_closed[reading.period])
        case Verdict.RECOVERED:
            for period in periods_closed(reading, not_closed):
                await _close(uow, verdict, reading, not_closed[period])
        case Verdict.NOTHING_OPEN | Verdict.REPEATED | Verdict.OUT_OF_ORDER:
            pass
        case _:
            assert_never(verdict)


async def _open(uow: UnitOfWork, verdict: Verdict, reading: Reading, occurrence: int) -> None:
    alert = Alert.raised(reading, occurrence, uow.now, uow)
    Alerts(uow.session).add(alert)
    await uow.session.flush()
    await _note(uow, alert, EntryKind.RAISED, {"verdict": verdict, "reason": reading.reason, **_source(uow)})


async def _move(uow: UnitOfWork, verdict: Verdict, reading: Reading, alert: Alert) -> None:
    before = alert.move(reading, uow.now, uow)
    note = {"verdict": verdict, "previous_level": before, "level": reading.level, "reason": reading.reason}
    await _note(uow, alert, EntryKind.LEVEL_CHANGED, {**note, **_source(uow)})


async def _refresh(uow: UnitOfWork, reading: Reading, alert: Alert) -> None:
    if alert.refresh(reading):
        await _note(uow, alert, EntryKind.EVIDENCE_CHANGED, {"reason": reading.reason, **_source(uow)})


async def _close(uow: UnitOfWork, verdict: Verdict, reading: Reading, alert: Alert) -> None:
    alert.close(verdict, reading.reason, uow.now, uow)
    await _note(uow, alert, EntryKind.CLOSED, {"verdict": verdict, "reason": reading.reason, **_source(uow)})


async def acknowledge(uow: UnitOfWork, alert_id: str, commitment: Commitment) -> Alert:
    """Take an alert on. Raises AlertNotFound, AlertIsClosed, AlertAlreadyAcknowledged, CommitmentInThePast."""
    if commitment.due_on is not None and commitment.due_on < uow.now.date():
        raise CommitmentInThePast(commitment.due_on, uow.now.date())
    alert = await Alerts(uow.session).get_for_update(alert_id)
    alert.acknowledge(commitment, uow.now, uow)
    note = {**asdict(commitment), "due_on": commitment.due_on and commitment.due_on.isoformat()}
    await _note(uow, alert, EntryKind.ACKNOWLEDGED, note)
    return alert


async def comment(uow: UnitOfWork, alert_id: str, text: str) -> CaseEntry:
    """Put a remark into the case file, whatever the alert's state. Raises AlertNotFound."""
    alert = await Alerts(uow.session).get_for_update(alert_id)
    return await _note(uow, alert, EntryKind.COMMENTED, {"text": text})


async def _note(uow: UnitOfWork, alert: Alert, kind: EntryKind, note: dict[str, Any]) -> CaseEntry:
    """Write the case file on, and tell whoever wants to hear of it, in the same transaction."""
    alert.entries += 1
    entry = CaseEntry(
        alert_id=alert.id,
        number=alert.entries,
        kind=kind,
        at=uow.now,
        actor=uow.actor,
        level=alert.level,
        note=note,
        announcement=announcement.announce(alert, kind, uow.now, note) if kind in ANNOUNCED else None,
        lead_department=alert.lead_department,
        rule=alert.rule,
    )
    Alerts(uow.session).add(entry)
    await uow.session.flush()
    if entry.announcement is not None:
        await deliveries.plan(uow, _notice(alert, entry, announcement.TYPES[kind], entry.announcement))
    return entry


def _notice(alert: Alert, entry: CaseEntry, type_name: str, body: str) -> deliveries.Notice:
    return deliveries.Notice(
        entry_id=entry.id,
        alert_id=alert.id,
        lane=alert.object_key,
        type=type_name,
        level=alert.level,
        rule=alert.rule,
        department=alert.lead_department,
        object_id=alert.object_id,
        body=body,
    )


def _source(uow: UnitOfWork) -> dict[str, str]:
    cause = uow.cause
    return {} if cause is None else {"fact": cause.type, "event_id": cause.id, "source": cause.source}


async def history(view: ReadSession, alert_id: str, request: PageRequest) -> Page[CaseEntry | Told]:
    """Who was told what, when and through what: entries of the case file and attempts, oldest first. Raises AlertNotFound."""
    alerts = Alerts(view.session)
    await alerts.get(alert_id)
    page = await alerts.history_of(alert_id, request)
    written = await alerts.entries([row_id for source, row_id in page.items if source == WRITTEN])
    told = await Deliveries(view.session).told([row_id for source, row_id in page.items if source != WRITTEN])
    items = [written[row_id] if source == WRITTEN else told[row_id] for source, row_id in page.items]
    return Page(items, page.next_cursor, page.total)
