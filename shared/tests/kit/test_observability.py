"""One request can be followed from its caller to the facts it recorded, and through the logs."""

import json
import subprocess
import sys
from pathlib import Path

import httpx
from sqlalchemy import select

from shared.kit.backbone import outbox
from shared.kit.observability import current_traceparent, request_scope, span
from shared.kit.outbox import headers_from_json
from shared.kit.runtime import Runtime
from shared.testing.http import post
from shared.testing.sample.app import NOTES

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
TRACEPARENT = f"00-{TRACE}-00f067aa0ba902b7-01"

A_PROGRAM_THAT_FAILS = """
import structlog
from shared.kit.observability import configure_logging, request_scope
configure_logging()
log = structlog.get_logger("x")
def fail(password):
    raise KeyError("lost")
with request_scope("r-1", "GET", {"traceparent": "%s"}):
    try:
        fail("hunter2")
    except KeyError:
        log.exception("it.failed", place="兰州")
import logging
logging.getLogger("elsewhere").warning("old style %%s", 1)
"""


async def test_a_fact_carries_the_trace_of_the_request_that_recorded_it(client: httpx.AsyncClient, runtime: Runtime) -> None:
    await post(client, NOTES, {"code": "a", "title": "b", "amount": "1"}, traceparent=TRACEPARENT)
    async with runtime.database.reading() as view:
        (headers,) = (await view.session.scalars(select(outbox.c.headers))).all()
    traceparent = dict(headers_from_json(headers))["ce_traceparent"].decode()
    assert traceparent.split("-")[1] == TRACE
    assert traceparent != TRACEPARENT


def test_a_span_inside_a_request_stays_in_its_trace() -> None:
    with request_scope("r-1", "GET", {"traceparent": TRACEPARENT}):
        outer = current_traceparent()
        assert outer is not None
        assert outer.split("-")[1] == TRACE
        with span("handle", {"traceparent": outer}):
            inner = current_traceparent()
        assert inner is not None
        assert inner.split("-")[1] == TRACE
    assert current_traceparent() is None


def test_logs_are_json_with_request_and_trace_and_without_the_values_of_variables() -> None:
    program = A_PROGRAM_THAT_FAILS % TRACEPARENT
    command = [sys.executable, "-c", program]
    printed = subprocess.run(command, capture_output=True, text=True, check=True).stdout  # noqa: S603 - our own interpreter
    failed, old = (json.loads(line) for line in printed.splitlines())
    assert (failed["event"], failed["level"], failed["place"]) == ("it.failed", "error", "兰州")
    assert (failed["request_id"], failed["trace_id"]) == ("r-1", TRACE)
    assert failed["exception"][0]["exc_type"] == "KeyError"
    assert "hunter2" not in printed
    assert (old["event"], old["level"]) == ("old style 1", "warning")


def test_a_log_that_cannot_be_written_stops_nobody() -> None:
    program = A_PROGRAM_THAT_FAILS % TRACEPARENT + "import sys; print('went on', file=sys.stderr)"
    with Path("/dev/full").open("wb") as full_disk:
        command = [sys.executable, "-c", program]
        ended = subprocess.run(command, stdout=full_disk, stderr=subprocess.PIPE, text=True, check=False)  # noqa: S603 - our own interpreter
    assert "went on" in ended.stderr
    assert "Logging error" not in ended.stderr
