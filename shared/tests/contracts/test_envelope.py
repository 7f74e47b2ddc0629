"""Envelopes are CloudEvents 1.0 in binary mode; the published SDK is the oracle."""

import json
from datetime import datetime
from pathlib import Path

import pytest
from cloudevents.core.bindings.kafka import KafkaMessage, from_binary
from cloudevents.core.formats.json import JSONFormat
from cloudevents.core.v1.event import CloudEvent

from shared.contracts.bond import ScreeningDecided
from shared.contracts.envelope import Envelope, MalformedEnvelope, unwrap, wrap
from shared.kit.clock import SHANGHAI
from shared.testing.backbone import a_withdrawal
from shared.testing.junk import UNREADABLE

GOLDEN = Path(__file__).parent / "golden"


def an_envelope(traceparent: str | None = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01") -> Envelope:
    instant = datetime(2022, 7, 1, 9, 0, tzinfo=SHANGHAI)
    return wrap(a_withdrawal(), event_id="e-1", sequence=7, time=instant, traceparent=traceparent)


def test_an_envelope_comes_back_from_the_wire_as_it_went() -> None:
    sent = an_envelope()
    assert unwrap(sent.headers(), sent.data) == sent
    assert unwrap(sent.headers(), sent.data).fact() == a_withdrawal()


def test_the_cloudevents_sdk_reads_the_same_attributes() -> None:
    sent = an_envelope()
    message = KafkaMessage(headers=dict(sent.headers()), key=sent.partitionkey.encode(), value=sent.data)
    event = from_binary(message, JSONFormat(), CloudEvent)
    assert (event.get_id(), event.get_source(), event.get_type()) == (
        "e-1",
        "/project-svc",
        "cn.diaodu.project.milestone-withdrawn.v1",
    )
    assert event.get_subject() == "620200/milestone/m-1"
    assert event.get_time() == sent.time
    assert event.get_extension("sequence") == "7"
    assert event.get_extension("partitionkey") == "620200/milestone/m-1"


def test_all_facts_of_one_object_share_their_key() -> None:
    assert an_envelope().partitionkey == str(a_withdrawal().subject())


@pytest.mark.parametrize("missing", ["ce_id", "ce_source", "ce_type", "ce_subject", "ce_sequence", "ce_partitionkey"])
def test_a_record_without_a_required_header_is_refused_by_name(missing: str) -> None:
    sent = an_envelope()
    headers = [(name, value) for name, value in sent.headers() if name != missing]
    with pytest.raises(MalformedEnvelope, match=missing):
        unwrap(headers, sent.data)


@pytest.mark.parametrize("value", [b"{broken", b"\xff\xfe", None])
def test_broken_data_is_refused(value: bytes | None) -> None:
    with pytest.raises(MalformedEnvelope):
        unwrap(an_envelope().headers(), value)


@pytest.mark.parametrize("flaw", UNREADABLE)
def test_what_is_no_event_is_refused_and_nothing_else_happens(flaw: str) -> None:
    headers, value = UNREADABLE[flaw]
    with pytest.raises(MalformedEnvelope):
        unwrap(headers, value)


def test_data_that_is_not_the_fact_it_claims_to_be_is_refused() -> None:
    with pytest.raises(MalformedEnvelope, match="milestone_name"):
        unwrap(an_envelope().headers(), b'{"region": "620200"}').fact()


def test_a_type_that_this_reader_does_not_know_is_no_error() -> None:
    sent = an_envelope()
    headers = [(n, v if n != "ce_type" else b"cn.diaodu.project.milestone-moved.v9") for n, v in sent.headers()]
    assert unwrap(headers, sent.data).fact() is None


def test_fields_that_this_reader_does_not_know_are_named_and_passed_over() -> None:
    golden = (GOLDEN / "cn.diaodu.bond.screening-decided.v1.jsonl").read_text(encoding="utf-8").splitlines()[1]
    told = ScreeningDecided.model_validate_json(golden)
    sent = wrap(told, event_id="e-1", sequence=1, time=datetime(2022, 7, 1, tzinfo=SHANGHAI), traceparent=None)
    newer = json.loads(sent.data) | {"mood": {"deep": [1]}}
    newer["findings"] = [finding | {"weight": 7} for finding in newer["findings"]]
    fact, beyond = unwrap(sent.headers(), json.dumps(newer).encode()).read()
    assert fact == told
    assert sorted(beyond) == ["findings.*.weight", "mood"]
    assert sent.read() == (told, ())
