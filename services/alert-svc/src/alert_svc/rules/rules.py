"""Alert rules as data: what a fact means to a rule, and what may be published (`requirements.md` A1)."""

import operator
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from string import Formatter
from typing import Any, ClassVar, Final

from alert_svc.alerts.rules import Closes, ObjectRef, Reading, Responsible, Role
from shared.contracts.facts import Level

Words = Mapping[str, Any]
"""What one fact tells, by name: the fields of the fact and the phrases derived from them."""

UNKNOWN: Final = "未知"
LONGEST_TEXT: Final = 2000
STRICT: Final = {"extra": "forbid", "str_max_length": 4000}
"""How a part of a definition is read: nothing unknown, and no text longer than any that comes in (`shared.kit.schemas`)."""


class RuleState(StrEnum):
    DRAFT = "draft"
    PUBLISHED = "published"


class Comparison(StrEnum):
    EQ = "eq"
    NE = "ne"
    IN = "in"
    LT = "lt"
    LE = "le"
    GT = "gt"
    GE = "ge"


_ORDERS: Final[Mapping[Comparison, Callable[[Decimal, Decimal], bool]]] = {
    Comparison.LT: operator.lt,
    Comparison.LE: operator.le,
    Comparison.GT: operator.gt,
    Comparison.GE: operator.ge,
}


@dataclass(frozen=True, slots=True)
class Condition:
    """A word compared with text, or with decimals for an order; an unknown word satisfies no condition."""

    __pydantic_config__: ClassVar = STRICT

    word: str
    is_: Comparison
    than: str | tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LevelOf:
    """The level of a signal: always `level`, or the one that `word` stands for in `map`. Green is recovery."""

    __pydantic_config__: ClassVar = STRICT

    level: Level | None = None
    word: str | None = None
    map: Mapping[str, Level] | None = None


@dataclass(frozen=True, slots=True)
class Signal:
    """What one type of fact means to a rule, in a Chinese sentence; the first signal whose conditions hold speaks."""

    __pydantic_config__: ClassVar = STRICT

    fact: str
    level: LevelOf
    text: str
    when: tuple[Condition, ...] = ()
    closes: Closes = Closes.PERIOD


@dataclass(frozen=True, slots=True)
class ObjectTemplate:
    """How the object of an alert is named from the words of a fact."""

    __pydantic_config__: ClassVar = STRICT

    service: str
    type: str
    id: str
    name: str


@dataclass(frozen=True, slots=True)
class Expected:
    """What an example fact must come to."""

    __pydantic_config__: ClassVar = STRICT

    level: Level
    object_id: str
    period: str
    text: str


@dataclass(frozen=True, slots=True)
class Example:
    """A fact in full, and what the rule must make of it; nothing when it must stay silent."""

    __pydantic_config__: ClassVar = STRICT

    fact: str
    data: Mapping[str, Any]
    expect: Expected | None


@dataclass(frozen=True, slots=True)
class Definition:
    """A rule in full. `period` and the parts of `object` are templates; `responsible` names the word for each role."""

    __pydantic_config__: ClassVar = STRICT

    object: ObjectTemplate
    period: str
    clause: str
    responsible: Mapping[Role, str]
    signals: tuple[Signal, ...]
    examples: tuple[Example, ...]


@dataclass(frozen=True, slots=True)
class NumberedRule:
    """One published version of a rule and the day from which it holds."""

    code: str
    number: int
    effective_from: date
    definition: Definition


@dataclass(frozen=True, slots=True)
class Heard:
    """A fact as the rules see it."""

    fact: str
    region: str
    sequence: int
    words: Words


def in_force(rules: list[NumberedRule], day: date) -> list[NumberedRule]:
    """The version of each rule that holds on a day: the one that began last, the higher number on the same day."""
    started = [rule for rule in rules if rule.effective_from <= day]
    latest: dict[str, NumberedRule] = {}
    for rule in sorted(started, key=lambda rule: (rule.effective_from, rule.number)):
        latest[rule.code] = rule
    return [latest[code] for code in sorted(latest)]


def read(rule: NumberedRule, heard: Heard) -> Reading | None:
    """What a rule makes of a fact; None when it has nothing to say about it."""
    definition = rule.definition
    signal = next((signal for signal in definition.signals if speaks(signal, heard)), None)
    if signal is None or (level := level_of(signal.level, heard.words)) is None:
        return None
    return Reading(
        rule=rule.code,
        rule_number=rule.number,
        clause=definition.clause,
        region=heard.region,
        object=_object(definition.object, heard.words),
        period=fill(definition.period, heard.words),
        level=level,
        reason=fill(signal.text, heard.words)[:LONGEST_TEXT],
        closes=signal.closes,
        responsible=tuple(_responsible(definition.responsible, heard.words)),
        sequence=heard.sequence,
        synthetic=bool(heard.words.get("synthetic", False)),
    )


def speaks(signal: Signal, heard: Heard) -> bool:
    """Whether a signal is about this fact and all its conditions hold."""
    return signal.fact == heard.fact and all(holds(condition, heard.words) for condition in signal.when)


def _object(template: ObjectTemplate, words: Words) -> ObjectRef:
    return ObjectRef(template.service, template.type, fill(template.id, words), fill(template.name, words))


def _responsible(roles: Mapping[Role, str], words: Words) -> Iterator[Responsible]:
    """In the order of the roles, whatever order the rule was stored in."""
    for role in Role:
        if (word := roles.get(role)) is not None and words.get(word):
            yield Responsible(role, str(words[word]))


def holds(condition: Condition, words: Words) -> bool:
    """Whether a word satisfies a condition; an unknown one satisfies none."""
    value = words.get(condition.word)
    if value is None:
        return False
    match condition.is_:
        case Comparison.EQ:
            return say(value) == condition.than
        case Comparison.NE:
            return say(value) != condition.than
        case Comparison.IN:
            return say(value) in condition.than
        case _:
            return _ORDERS[condition.is_](Decimal(say(value)), Decimal(str(condition.than)))


def level_of(level: LevelOf, words: Words) -> Level | None:
    """The level that a signal stands for; None when the map does not know the word's value."""
    if level.word is None or level.map is None:
        return level.level
    return level.map.get(say(words.get(level.word)))


def say(value: object) -> str:
    """A word as a sentence shows it."""
    if value is None:
        return UNKNOWN
    return str(value).lower() if isinstance(value, bool) else str(value)


def fill(template: str, words: Words) -> str:
    """Put words into a template. Only `{word}` is known: no attributes, indexes, conversions or formats."""
    return "".join(text + (say(words[word]) if word is not None else "") for text, word in parts(template))


def parts(template: str) -> Iterator[tuple[str, str | None]]:
    """The texts of a template, each with the word that follows it. Raises ValueError (Chinese) for any other placeholder."""
    for text, word, spec, conversion in Formatter().parse(template):
        if word is not None and (spec or conversion or not word.isidentifier()):
            raise ValueError(f"“{{{word}}}”不是可用的占位符")
        yield text, word
