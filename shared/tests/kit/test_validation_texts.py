"""A caller reads a sentence, not a pattern and not Python."""

from enum import StrEnum
from typing import Any, Literal

import pytest
from pydantic import TypeAdapter, ValidationError

from shared.kit.schemas import ObjectId, PeriodText, RegionCode
from shared.kit.validation_texts import FORMS, sentence


class State(StrEnum):
    IDEA = "idea"
    RESERVE = "reserve"


def said(kind: Any, value: Any) -> str:
    """The sentence for a value that a type does not take."""
    with pytest.raises(ValidationError) as caught:
        TypeAdapter(kind).validate_python(value)
    (fault,) = caught.value.errors()
    return sentence(fault["type"], fault.get("ctx", {}), fault["msg"])


@pytest.mark.parametrize(
    ("kind", "example"), [(RegionCode, "620200"), (PeriodText, "2022-M06"), (ObjectId, "0190b5e2-7c1a-7f00-8000-000000000000")]
)
def test_a_form_that_users_meet_is_shown_by_an_example_that_is_taken(kind: Any, example: str) -> None:
    assert example in said(kind, "nonsense")
    assert TypeAdapter(kind).validate_python(example) is not None


def test_no_pattern_is_shown_that_a_sentence_stands_for() -> None:
    assert all("^" not in sentence("string_pattern_mismatch", {"pattern": pattern}, "") for pattern in FORMS)


def test_members_of_an_enum_are_named_by_their_values() -> None:
    assert said(Literal[State.IDEA, State.RESERVE], "issued") == "取值不在允许范围内，须为 'idea'、'reserve' 之一。"
    assert said(State, "issued") == "取值不在允许范围内，须为 'idea'、'reserve' 之一。"
