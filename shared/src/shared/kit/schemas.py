"""What travels over HTTP: strict coming in, plain going out.

JSON says what it means: a number in quotes is text, `true` is no number, a timestamp is no date. Decimals travel as text
("12.50"), in both directions.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, Final

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    PlainSerializer,
    StringConstraints,
    TypeAdapter,
    WithJsonSchema,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema
from pydantic_core.core_schema import no_info_after_validator_function

from shared.kit.clock import SHANGHAI
from shared.kit.decimals import shortest
from shared.kit.identifiers import check_uscc, parse_region
from shared.kit.periods import Period

LONGEST_TEXT: Final = 4_000
LARGEST_INT: Final = 2**53 - 1
"""The largest whole number that every JSON reader keeps exactly."""

_YEAR: Final = "(19[0-9]{2}|2[01][0-9]{2})"
_DAY: Final = f"{_YEAR}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])"
_TIME: Final = r"([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9](\.[0-9]{1,6})?)?"
DAY_PATTERN: Final = f"^{_DAY}$"
MOMENT_PATTERN: Final = rf"^{_DAY}T{_TIME}(Z|[+-](0[0-9]|1[0-4]):[0-5][0-9])$"
DECIMAL_PATTERN: Final = r"^-?(0|[1-9][0-9]{0,11})(\.[0-9]{1,6})?$"
PERIOD_PATTERN: Final = r"^(19[5-9][0-9]|20[0-9]{2})(-M(0[1-9]|1[0-2])|-Q[1-4]|-H[12])?$"


def _day(value: object) -> object:
    return _text(value, DAY_PATTERN, "须为 1900 至 2199 年间的日期，例如 2022-07-01。", date)


def _moment(value: object) -> object:
    return _text(value, MOMENT_PATTERN, "须为带时区的时刻（1900 至 2199 年），例如 2022-07-01T09:00:00+08:00。", datetime)


def _decimal(value: object) -> object:
    hint = '须为十进制数字的字符串，例如 "12.50"：整数最多 12 位、小数最多 6 位，不用科学计数法。'
    return Decimal(str(_text(value, DECIMAL_PATTERN, hint, Decimal)))


def _text(value: object, pattern: str, hint: str, already: type) -> object:
    if type(value) is already or (isinstance(value, str) and re.fullmatch(pattern, value, re.ASCII)):
        return value
    raise ValueError(hint)


def _period(text: str) -> str:
    return str(Period.parse(text))


def _uscc(text: str) -> str:
    verdict = check_uscc(text)
    if not verdict.valid:
        raise ValueError(f"{verdict.detail}。")
    return verdict.code


Day = Annotated[date, BeforeValidator(_day), WithJsonSchema({"type": "string", "format": "date", "pattern": DAY_PATTERN})]
"""A civil day, `2022-07-01`."""

Moment = Annotated[
    datetime,
    BeforeValidator(_moment),
    AfterValidator(lambda moment: moment.astimezone(SHANGHAI)),
    WithJsonSchema({"type": "string", "format": "date-time", "pattern": MOMENT_PATTERN}),
]
"""An aware instant, `2022-07-01T09:00:00+08:00`; Python sees it in Asia/Shanghai."""

LooseMoment = Annotated[Moment, WithJsonSchema({"type": "string", "pattern": MOMENT_PATTERN})]
"""A `Moment` that is documented by its pattern alone: unlike the format `date-time` it may leave the seconds out."""

DecimalText = Annotated[
    Decimal,
    BeforeValidator(_decimal),
    PlainSerializer(shortest, return_type=str),
    WithJsonSchema({"type": "string", "pattern": DECIMAL_PATTERN, "examples": ["12.5"]}),
]
"""An exact decimal as JSON text; at most 12 digits before the point and 6 after it."""


@dataclass(frozen=True, slots=True)
class Places:
    """Fewer places after the point than six, as the column has it: `Annotated[DecimalText, Places(2)]`."""

    most: int

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return no_info_after_validator_function(self._check, handler(source))

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        return {**handler(schema), "pattern": DECIMAL_PATTERN.replace("{1,6}", f"{{1,{self.most}}}")}

    def _check(self, value: Decimal) -> Decimal:
        if value != round(value, self.most):
            raise ValueError(f"小数位过多，最多 {self.most} 位。")
        return value


ShortText = Annotated[str, StringConstraints(min_length=1, max_length=200, strip_whitespace=True)]
"""A name or a title."""

LongText = Annotated[str, StringConstraints(min_length=1, max_length=LONGEST_TEXT, strip_whitespace=True)]
"""An explanation, a plan, a comment."""

Code = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$")]
"""A code that somebody gave out: an indicator, a department, a post."""

RegionCode = Annotated[str, StringConstraints(pattern=r"^[1-9][0-9]{5}$"), AfterValidator(parse_region)]
"""A division of GB/T 2260."""

Uscc = Annotated[str, StringConstraints(min_length=18, max_length=40), AfterValidator(_uscc)]
"""A unified social credit code whose check digit fits."""

PeriodText = Annotated[str, StringConstraints(pattern=PERIOD_PATTERN), AfterValidator(_period)]
"""`2022-M06`, `2022-Q2`, `2022-H1` or `2022`."""

ObjectId = Annotated[
    str,
    StringConstraints(pattern=r"^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$"),
    WithJsonSchema({"type": "string", "format": "uuid", "pattern": "^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$"}),
]
"""The `id` of an object."""

Count = Annotated[int, Field(ge=0, le=2**31 - 1)]
"""A whole number that fits every column."""


def _fields(schema: Any) -> list[Any]:
    inner = schema
    while inner["type"] not in ("model-fields", "definitions", "definition-ref") and "schema" in inner:
        inner = inner["schema"]
    return list(inner["fields"].values()) if inner["type"] == "model-fields" else []


_INNER: Final = ("schema", "items_schema", "keys_schema", "values_schema", "choices", "fields", "extras_schema")
_DONE: Final = ("model", "definition-ref", "function-before", "function-wrap", "function-plain")
"""Other models tighten themselves; a type that reads its input with a function of its own knows what it takes."""


def _be_strict(schema: Any) -> None:
    """Tighten the scalars of one field, in place."""
    if isinstance(schema, list | tuple):
        for part in schema:
            _be_strict(part)
    elif isinstance(schema, dict) and (kind := schema.get("type")) not in _DONE:
        if isinstance(kind, str) and kind in _TIGHTER:
            _TIGHTER[kind](schema)
        elif isinstance(kind, str):
            _be_strict([schema[key] for key in _INNER if key in schema])
        else:
            _be_strict(list(schema.values()))


def _strictly(schema: dict[str, Any]) -> None:
    schema["strict"] = True
    if schema["type"] == "int":
        if not schema.keys() & {"le", "lt"}:
            schema["le"] = LARGEST_INT
        if not schema.keys() & {"ge", "gt"}:
            schema["ge"] = -LARGEST_INT


def _not_endlessly(schema: dict[str, Any]) -> None:
    schema.setdefault("max_length", LONGEST_TEXT)


def _as(kit_type: Any) -> Callable[[dict[str, Any]], None]:
    def replace(schema: dict[str, Any]) -> None:
        schema.clear()
        schema.update(TypeAdapter(kit_type).core_schema)

    return replace


_TIGHTER: Final[dict[str, Callable[[dict[str, Any]], None]]] = {
    "int": _strictly,
    "float": _strictly,
    "bool": _strictly,
    "str": _not_endlessly,
    "date": _as(Day),
    "datetime": _as(Moment),
    "decimal": _as(DecimalText),
}


class InModel(BaseModel):
    """The base of what comes in: unknown fields are refused, and so is everything that JSON did not say in so many words.

    A plain `int`, `bool` or `float` is taken strictly, `date` as `Day`, `datetime` as `Moment`, `Decimal` as `DecimalText`;
    text without a limit of its own has at most 4,000 characters.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)

    @classmethod
    def __get_pydantic_core_schema__(cls, source: type[BaseModel], handler: GetCoreSchemaHandler, /) -> CoreSchema:
        schema = handler(source)
        for field in _fields(schema):
            _be_strict(field)
        return schema


class OutModel(BaseModel):
    """The base of what goes out, read from rows or values of the same field names."""

    model_config = ConfigDict(from_attributes=True, frozen=True)


class Permission(OutModel):
    """调用者接下来能否做某事；不能时说明原因。"""

    allowed: bool
    reason: str | None = None


May = dict[str, Permission]
"""What the caller may do next with an object, by the name of the act."""
