"""Signatures against the reference implementation, the retry schedule, and what answers mean."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from standardwebhooks import Webhook

from alert_svc.deliveries.rules import (
    RETRY_DELAYS,
    NextStep,
    Outcome,
    is_signed,
    next_step,
    outcome_of,
    parse_retry_after,
    retry_delay,
    sign,
    signature_headers,
)
from alert_svc.endpoints.service import new_secret

SECRET = "whsec_" + "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
SHANGHAI_NOON = datetime(2022, 7, 1, 12, 0, tzinfo=timezone(timedelta(hours=8)))


@given(body=st.text(st.characters(exclude_categories=["Cs"])), timestamp=st.integers(0, 2**33))
def test_signatures_are_those_of_the_reference_implementation(body: str, timestamp: int) -> None:
    oracle = Webhook(SECRET).sign("msg_1", datetime.fromtimestamp(timestamp, UTC), body)
    assert sign(SECRET, "msg_1", timestamp, body) == oracle


def test_an_instant_in_shanghai_is_signed_as_its_utc_second() -> None:
    headers = signature_headers([SECRET], "msg_1", SHANGHAI_NOON, "{}")
    assert headers["webhook-timestamp"] == str(int(SHANGHAI_NOON.timestamp())) == "1656648000"


def test_both_secrets_sign_during_a_rotation() -> None:
    old, new = new_secret(), new_secret()
    headers = signature_headers([new, old], "msg_1", SHANGHAI_NOON, "{}")
    assert is_signed(old, headers, "{}")
    assert is_signed(new, headers, "{}")
    assert not is_signed(new_secret(), headers, "{}")


@pytest.mark.parametrize("signature", ["", "v1", "v1,", "v1,no base64", "v2,AAAA", " ", "v1,é"])
def test_a_malformed_signature_is_refused_quietly(signature: str) -> None:
    headers = {"webhook-id": "msg_1", "webhook-timestamp": "1656648000", "webhook-signature": signature}
    assert not is_signed(SECRET, headers, "{}")


def test_the_schedule_is_that_of_the_standard() -> None:
    hours = [delay / timedelta(hours=1) for delay in RETRY_DELAYS[4:]]
    assert [delay.total_seconds() for delay in RETRY_DELAYS[:4]] == [0, 5, 300, 1800]
    assert hours == [2, 5, 10, 14, 20, 24]


@given(step=st.integers(1, len(RETRY_DELAYS) - 1), spread=st.floats(0, 1, exclude_max=True))
def test_jitter_only_ever_adds_up_to_a_tenth(step: int, spread: float) -> None:
    assert RETRY_DELAYS[step] <= retry_delay(step, None, spread) <= RETRY_DELAYS[step] * 1.1


def test_retry_after_makes_the_wait_longer_and_never_shorter() -> None:
    assert retry_delay(1, timedelta(seconds=60), 0) == timedelta(seconds=60)
    assert retry_delay(3, timedelta(seconds=60), 0) == timedelta(minutes=30)
    assert retry_delay(1, timedelta(days=9), 0) == timedelta(hours=24)


@pytest.mark.parametrize(
    ("text", "wait"),
    [
        (None, None),
        ("120", timedelta(seconds=120)),
        (" 7 ", timedelta(seconds=7)),
        ("99999999999999", timedelta(hours=24)),
        ("Fri, 01 Jul 2022 04:01:00 GMT", timedelta(minutes=1)),
        ("Fri, 01 Jul 2022 03:00:00 GMT", timedelta(0)),
        ("soon", None),
        ("-5", None),
        ("", None),
    ],
)
def test_retry_after_is_seconds_or_a_date(text: str | None, wait: timedelta | None) -> None:
    assert parse_retry_after(text, SHANGHAI_NOON) == wait


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        (200, Outcome.DELIVERED),
        (204, Outcome.DELIVERED),
        (301, Outcome.REDIRECTED),
        (307, Outcome.REDIRECTED),
        (400, Outcome.REFUSED),
        (410, Outcome.GONE),
        (429, Outcome.REFUSED),
        (500, Outcome.REFUSED),
    ],
)
def test_only_2xx_is_a_delivery(status: int, outcome: Outcome) -> None:
    assert outcome_of(status) is outcome


@pytest.mark.parametrize(
    ("outcome", "step", "following"),
    [
        (Outcome.DELIVERED, 10, NextStep.DONE),
        (Outcome.GONE, 1, NextStep.GIVE_UP_GONE),
        (Outcome.REFUSED, 1, NextStep.RETRY),
        (Outcome.TIMED_OUT, 9, NextStep.RETRY),
        (Outcome.UNREACHABLE, 10, NextStep.GIVE_UP_EXHAUSTED),
        (Outcome.REDIRECTED, 10, NextStep.GIVE_UP_EXHAUSTED),
        (Outcome.BLOCKED, 3, NextStep.RETRY),
    ],
)
def test_what_follows_from_an_attempt(outcome: Outcome, step: int, following: NextStep) -> None:
    assert next_step(outcome, step) is following
