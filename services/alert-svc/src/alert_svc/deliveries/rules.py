"""Webhook decisions: signature, what an answer means, when to try again (Standard Webhooks; `reliability.md` §5)."""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from enum import StrEnum
from typing import Final

SECRET_PREFIX: Final = "whsec_"  # noqa: S105 - the public prefix of the standard, not a secret
RETRY_DELAYS: Final = (
    timedelta(0),
    timedelta(seconds=5),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=5),
    timedelta(hours=10),
    timedelta(hours=14),
    timedelta(hours=20),
    timedelta(hours=24),
)
JITTER: Final = 0.1
LONGEST_RETRY_AFTER: Final = timedelta(hours=24)


class DeliveryState(StrEnum):
    PENDING = "pending"
    SENDING = "sending"
    DELIVERED = "delivered"
    FAILED = "failed"
    CANCELLED = "cancelled"


class Outcome(StrEnum):
    """How one attempt ended. UNKNOWN: the sender died between sending and recording; the receiver may have it."""

    DELIVERED = "delivered"
    REFUSED = "refused"
    REDIRECTED = "redirected"
    GONE = "gone"
    TIMED_OUT = "timed_out"
    UNREACHABLE = "unreachable"
    BLOCKED = "blocked"
    UNKNOWN = "unknown"


class NextStep(StrEnum):
    """What follows from an attempt."""

    DONE = "done"
    RETRY = "retry"
    GIVE_UP_EXHAUSTED = "give_up_exhausted"
    GIVE_UP_GONE = "give_up_gone"


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of one attempt; `retry_after` is the receiver's wish, already read."""

    outcome: Outcome
    status: int | None = None
    retry_after: timedelta | None = None
    detail: str = ""


def sign(secret: str, message_id: str, timestamp: int, body: str) -> str:
    """One `v1` signature: HMAC-SHA256 over `id.timestamp.body`; `timestamp` is the UTC epoch second of the attempt."""
    key = base64.b64decode(secret.removeprefix(SECRET_PREFIX))
    digest = hmac.new(key, f"{message_id}.{timestamp}.{body}".encode(), hashlib.sha256).digest()
    return f"v1,{base64.b64encode(digest).decode()}"


def signature_headers(secrets: Iterable[str], message_id: str, at: datetime, body: str) -> dict[str, str]:
    """The three headers of an attempt; during a rotation every valid secret signs."""
    timestamp = int(at.timestamp())
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": " ".join(sign(secret, message_id, timestamp, body) for secret in secrets),
    }


def is_signed(secret: str, headers: dict[str, str], body: str) -> bool:
    """Whether a receiver that knows `secret` may trust these headers; never raises on a malformed signature."""
    message_id, timestamp = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    if not (message_id and timestamp.isascii() and timestamp.isdigit()):
        return False
    try:
        expected = sign(secret, message_id, int(timestamp), body)
    except binascii.Error:
        return False
    given = headers.get("webhook-signature", "").split(" ")
    return any(hmac.compare_digest(expected.encode(), one.encode()) for one in given)


def outcome_of(status: int) -> Outcome:
    """Only 2xx is a delivery; a redirect is never followed; 410 says: never again."""
    if 200 <= status < 300:  # noqa: PLR2004 - the classes of HTTP status codes
        return Outcome.DELIVERED
    if 300 <= status < 400:  # noqa: PLR2004 - the classes of HTTP status codes
        return Outcome.REDIRECTED
    return Outcome.GONE if status == 410 else Outcome.REFUSED  # noqa: PLR2004 - 410 Gone


def next_step(outcome: Outcome, step: int) -> NextStep:
    """What follows the attempt number `step` (from 1) of a schedule."""
    match outcome:
        case Outcome.DELIVERED:
            return NextStep.DONE
        case Outcome.GONE:
            return NextStep.GIVE_UP_GONE
        case _:
            return NextStep.RETRY if step < len(RETRY_DELAYS) else NextStep.GIVE_UP_EXHAUSTED


def retry_delay(step: int, retry_after: timedelta | None, spread: float) -> timedelta:
    """How long to wait after the failed attempt number `step`; `spread` in [0, 1) adds up to 10 %.

    A `Retry-After` only ever makes it longer, up to a day.
    """
    planned = RETRY_DELAYS[step] * (1 + JITTER * spread)
    return planned if retry_after is None else max(planned, min(retry_after, LONGEST_RETRY_AFTER))


def parse_retry_after(text: str | None, now: datetime) -> timedelta | None:
    """Read a `Retry-After` header, seconds or an HTTP date; what cannot be read counts as absent."""
    if text is None:
        return None
    if text.strip().isascii() and text.strip().isdigit():
        return min(timedelta(seconds=int(text.strip()[:9])), LONGEST_RETRY_AFTER)
    try:
        at = parsedate_to_datetime(text)
    except ValueError:
        return None
    return max(timedelta(0), (at if at.tzinfo else at.replace(tzinfo=UTC)) - now)
