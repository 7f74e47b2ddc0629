"""JSON says what it means: nothing is guessed, nothing is rounded."""

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, Field, TypeAdapter, ValidationError

from shared.kit.schemas import Day, DecimalText, InModel, Moment, ObjectId, PeriodText, Places, RegionCode, Uscc


class Colour(StrEnum):
    RED = "red"


class Part(InModel):
    number: int


class Whole(InModel):
    count: Annotated[int, Field(ge=0)] = 0
    flag: bool = False
    share: float = 0.0
    amount: Decimal = Decimal(0)
    day: date | None = None
    at: datetime | None = None
    name: str = ""
    colour: Colour | None = None
    kind: Literal["a", "b"] = "a"
    counts: list[int] | None = None
    flags: dict[str, bool] | None = None
    part: Part | None = None
    parts: tuple[Part, ...] = ()


GOOD: list[dict[str, Any]] = [
    {"count": 1, "flag": True, "share": 0.5, "amount": "-12.50", "day": "2022-07-01", "at": "2022-07-01T09:00:00+08:00"},
    {
        "name": "x",
        "colour": "red",
        "kind": "b",
        "counts": [1],
        "flags": {"a": True},
        "part": {"number": 1},
        "parts": [{"number": 2}],
    },
    {"at": "2022-07-01T01:00:00Z"},
]
WRONG: dict[str, list[Any]] = {
    "count": [True, "1", 1.5, None, -1, 2**53],
    "flag": [1, 0, "true", "yes", None],
    "share": ["0.5", True, float("nan"), float("inf")],
    "amount": [1, 1.5, True, "", "1e3", "NaN", "Infinity", "+1", "01", "1.", ".5", " 1", "1\n", "1.0000001", "1234567890123"],
    "day": [1, "1656633600", "2022-7-1", "2022-07-01T00:00:00", "2022-02-30", "1899-12-31", "2200-01-01"],
    "at": [1, "2022-07-01", "2022-07-01T09:00:00", "2022-07-01 09:00:00Z", "2022-07-01T25:00:00Z"],
    "name": [1, None, [], "x" * 4_001],
    "colour": ["blue", 1],
    "counts": [[True], ["1"], 1, {}],
    "flags": [{"a": 1}, []],
    "part": [{"number": True}, {"number": 1, "more": 1}, {}, 1],
    "parts": [[{"number": "1"}], {}, 1],
    "unknown": [1],
}
BAD = [(field, wrong) for field, values in WRONG.items() for wrong in values]


@pytest.mark.parametrize("values", GOOD)
def test_what_is_meant_is_taken(values: dict[str, Any]) -> None:
    assert Whole.model_validate(values).model_fields_set == values.keys()


@pytest.mark.parametrize(("field", "wrong"), BAD)
def test_what_is_not_said_in_so_many_words_is_refused(field: str, wrong: object) -> None:
    with pytest.raises(ValidationError) as refused:
        Whole.model_validate({field: wrong})
    assert refused.value.errors()[0]["loc"][0] == field


def test_an_instant_is_seen_in_shanghai() -> None:
    assert str(Whole.model_validate({"at": "2022-07-01T01:00:00Z"}).at) == "2022-07-01 09:00:00+08:00"


class Amount(BaseModel):
    amount: DecimalText


@given(st.decimals(min_value="-999999999999", max_value="999999999999", places=6))
def test_a_decimal_travels_as_text_and_comes_back_the_same(value: Decimal) -> None:
    text = TypeAdapter(DecimalText).dump_json(value).decode().strip('"')
    assert Amount.model_validate({"amount": text}).amount == value
    assert "E" not in text
    assert text == "0" or not text.endswith((".", "-0"))


def test_fewer_places_can_be_asked_for() -> None:
    money = TypeAdapter(Annotated[DecimalText, Places(2)])
    assert money.validate_python("1.20") == Decimal("1.2")
    with pytest.raises(ValidationError):
        money.validate_python("1.205")
    assert money.json_schema()["pattern"].endswith(r"(\.[0-9]{1,2})?$")


@pytest.mark.parametrize(
    ("kind", "good", "bad"),
    [
        (RegionCode, "620200", ["620299", "62020", "６２０２００", 620200]),
        (Uscc, "91350100M000100Y43", ["91350100M000100Y44", "", "x" * 18]),
        (PeriodText, "2022-M06", ["2022-M13", "2022-6", "2022-Q5", "2022-H3", "1899"]),
        (ObjectId, "0190b5e2-7c1a-7f00-8000-000000000000", ["0190B5E2-7C1A-7F00-8000-000000000000", "1", ""]),
        (Day, "2022-07-01", ["2022-07-32"]),
        (Moment, "2022-07-01T09:00:00+08:00", ["2022-07-01T09:00:00+15:00"]),
    ],
)
def test_a_code_is_of_its_kind(kind: Any, good: str, bad: list[object]) -> None:
    adapter: TypeAdapter[object] = TypeAdapter(kind)
    adapter.validate_python(good)
    for wrong in bad:
        with pytest.raises(ValidationError):
            adapter.validate_python(wrong)
