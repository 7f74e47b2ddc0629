"""Facts that were published once parse for ever."""

import json
import re
from pathlib import Path

import pytest

from shared.contracts.catalogue import FACTS, SERVICES, TYPES, service_of, topic_of
from shared.contracts.facts import every_form
from shared.testing.facts import a_due_soon

GOLDEN = Path(__file__).parent / "golden"
SAMPLES = [(path.stem, line) for path in sorted(GOLDEN.glob("*.jsonl")) for line in path.read_text(encoding="utf-8").splitlines()]


@pytest.mark.parametrize("name", FACTS)
def test_every_fact_keeps_at_least_three_golden_samples(name: str) -> None:
    assert sum(1 for sample_of, _ in SAMPLES if sample_of == name) >= 3


@pytest.mark.parametrize(("name", "line"), SAMPLES)
def test_a_golden_sample_parses_and_says_the_same_again(name: str, line: str) -> None:
    fact = FACTS[name].model_validate_json(line)
    assert json.loads(fact.model_dump_json()).items() >= json.loads(line).items()


@pytest.mark.parametrize(("name", "line"), SAMPLES)
def test_a_field_from_the_future_is_ignored(name: str, line: str) -> None:
    newer = json.loads(line) | {"a_field_of_the_future": {"deep": [1]}}
    assert FACTS[name].model_validate(newer) == FACTS[name].model_validate_json(line)


def test_no_golden_sample_is_of_a_type_that_was_dropped() -> None:
    assert {name for name, _ in SAMPLES} == set(FACTS)


def test_every_type_string_follows_the_pattern_and_finds_its_topic() -> None:
    for name in TYPES.values():
        prefix, service, rest = name[: len("cn.diaodu")], service_of(name), name.rsplit(".", 1)
        assert prefix == "cn.diaodu"
        assert re.fullmatch(r"v[1-9]", rest[1])
        assert topic_of(service) == f"diaodu.{service}.v1"
        assert service in SERVICES


def test_an_older_form_says_what_the_newer_one_says() -> None:
    (newest, v1) = every_form(a_due_soon(calendar_days_left=3, working_days_left=1))
    assert (TYPES[type(newest)].rsplit(".")[-1], TYPES[type(v1)].rsplit(".")[-1]) == ("v2", "v1")
    assert newest.subject() == v1.subject()
    told, told_v1 = newest.model_dump(), v1.model_dump()
    assert told_v1.pop("days_left") == told.pop("calendar_days_left")
    assert told == told_v1 | {"working_days_left": told["working_days_left"]}
