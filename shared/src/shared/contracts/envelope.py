"""CloudEvents 1.0 in Kafka's binary mode: attributes are `ce_*` headers, the value is the JSON data."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from pydantic import ValidationError

from shared.contracts.catalogue import FACTS, TYPES, schema_uri, service_of, source_of, topic_of
from shared.contracts.facts import Fact

SPEC_VERSION: Final = "1.0"
CONTENT_TYPE: Final = "application/json"
LARGEST_SEQUENCE: Final = 2**63 - 1
LONGEST: Final = {"ce_id": 100, "ce_source": 120, "ce_type": 200, "ce_subject": 300, "ce_partitionkey": 300}
"""Characters that a subscriber keeps of an attribute; a longer one belongs to no event of this suite."""
REQUIRED: Final = ("ce_specversion", "ce_id", "ce_source", "ce_type", "ce_subject", "ce_sequence", "ce_partitionkey")

Headers = tuple[tuple[str, bytes], ...]


class MalformedEnvelope(ValueError):
    """A record on the bus that is no CloudEvent of this suite."""


@dataclass(frozen=True, slots=True)
class Envelope:
    """One event. `sequence` counts 1, 2, 3 … without gaps per (source, subject); `id` is unique per source."""

    id: str
    source: str
    type: str
    subject: str
    sequence: int
    time: datetime
    partitionkey: str
    dataschema: str
    data: bytes
    traceparent: str | None = None

    @property
    def topic(self) -> str:
        return topic_of(service_of(self.type))

    def headers(self) -> Headers:
        """The attributes as Kafka headers."""
        attributes = {
            "ce_specversion": SPEC_VERSION,
            "ce_id": self.id,
            "ce_source": self.source,
            "ce_type": self.type,
            "ce_subject": self.subject,
            "ce_time": self.time.isoformat(),
            "ce_sequence": str(self.sequence),
            "ce_partitionkey": self.partitionkey,
            "ce_dataschema": self.dataschema,
            "content-type": CONTENT_TYPE,
        }
        if self.traceparent is not None:
            attributes["ce_traceparent"] = self.traceparent
        return tuple((name, text.encode()) for name, text in attributes.items())

    def fact(self) -> Fact | None:
        """The fact inside, or None when this reader does not know its type.

        Raises MalformedEnvelope when the type is known and the data is not it.
        """
        return self.read()[0]

    def read(self) -> tuple[Fact | None, tuple[str, ...]]:
        """The fact inside, and the names of fields that it has and this reader does not know (`findings.*.weight`).

        Raises MalformedEnvelope when the type is known and the data is not it.
        """
        known = FACTS.get(self.type)
        if known is None:
            return None, ()
        try:
            return known.model_validate_json(self.data, extra="forbid"), ()
        except ValidationError as error:
            beyond = [_path(fault["loc"]) for fault in error.errors(include_input=False) if fault["type"] == "extra_forbidden"]
        try:
            return known.model_validate_json(self.data), tuple(dict.fromkeys(beyond))
        except ValidationError as error:
            raise MalformedEnvelope(f"data of {self.type} {self.id}: {error}") from error


def _path(place: tuple[int | str, ...]) -> str:
    return ".".join("*" if isinstance(step, int) else step for step in place)


def wrap(fact: Fact, *, event_id: str, sequence: int, time: datetime, traceparent: str | None) -> Envelope:
    """Put a fact into its envelope. Subject and partition key are the object's, so that one object keeps its order."""
    type_name = TYPES[type(fact)]
    subject = str(fact.subject())
    return Envelope(
        id=event_id,
        source=source_of(service_of(type_name)),
        type=type_name,
        subject=subject,
        sequence=sequence,
        time=time,
        partitionkey=subject,
        dataschema=schema_uri(type_name),
        data=fact.model_dump_json().encode(),
        traceparent=traceparent,
    )


def unwrap(headers: Iterable[tuple[str, bytes]], value: bytes | None) -> Envelope:
    """Read an envelope from a record. Raises MalformedEnvelope, saying what is missing or wrong."""
    try:
        given = {name: raw.decode() for name, raw in headers}
    except UnicodeDecodeError as error:
        raise MalformedEnvelope(f"a header is not UTF-8: {error}") from error
    if missing := [name for name in REQUIRED if name not in given]:
        raise MalformedEnvelope(f"headers missing: {', '.join(missing)}")
    if wrong := [name for name, most in LONGEST.items() if len(given[name]) > most or "\0" in given[name]]:
        raise MalformedEnvelope(f"headers too long or with a NUL: {', '.join(wrong)}")
    if value is None:
        raise MalformedEnvelope("a record without a value")
    try:
        json.loads(value)
        return _read(given, value)
    except (ValueError, RecursionError) as error:
        raise MalformedEnvelope(str(error)) from error


def _read(given: Mapping[str, str], data: bytes) -> Envelope:
    sequence, time = int(given["ce_sequence"]), datetime.fromisoformat(given.get("ce_time", ""))
    if not 1 <= sequence <= LARGEST_SEQUENCE:
        raise ValueError(f"sequence {sequence} is out of range")
    if time.tzinfo is None:
        raise ValueError(f"time {time} has no zone")
    return Envelope(
        id=given["ce_id"],
        source=given["ce_source"],
        type=given["ce_type"],
        subject=given["ce_subject"],
        sequence=sequence,
        time=time,
        partitionkey=given["ce_partitionkey"],
        dataschema=given.get("ce_dataschema", ""),
        data=data,
        traceparent=given.get("ce_traceparent"),
    )
