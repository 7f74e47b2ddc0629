"""What receivers and the stream are told of an alert: one JSON document per change, made once and kept."""

import json
from datetime import datetime
from typing import Any, Final

from alert_svc.alerts.models import Alert, EntryKind

TYPES: Final = {
    EntryKind.RAISED: "alert.raised",
    EntryKind.LEVEL_CHANGED: "alert.level-changed",
    EntryKind.ACKNOWLEDGED: "alert.acknowledged",
    EntryKind.CLOSED: "alert.closed",
}


def announce(alert: Alert, kind: EntryKind, at: datetime, note: dict[str, Any]) -> str:
    """The document in the form of Standard Webhooks: `type`, `timestamp`, `data` (the alert as it is now, and the change)."""
    document = {"type": TYPES[kind], "timestamp": at.isoformat(), "data": {**snapshot(alert), "change": note}}
    return json.dumps(document, ensure_ascii=False, separators=(",", ":"))


def snapshot(alert: Alert) -> dict[str, Any]:
    """An alert as plain JSON, in the words of the API."""
    commitment = alert.commitment
    return {
        "id": alert.id,
        "region": alert.region,
        "rule": alert.rule,
        "object": alert.object.model_dump(),
        "period": alert.period,
        "occurrence": alert.occurrence,
        "level": alert.level,
        "state": alert.state,
        "raised_at": alert.raised_at.isoformat(),
        "reason": alert.reason,
        "clause": alert.clause,
        "responsible": alert.responsible,
        "commitment": commitment
        and {
            "by": commitment.by,
            "plan": commitment.plan,
            "due_on": commitment.due_on.isoformat() if commitment.due_on else None,
        },
        "closed_because": alert.closed_because,
        "synthetic": alert.synthetic,
    }
