"""The contents of one policy version and what they say on a given day (`domain.md` §4.1–4.3).

A policy version holds for its window. Within it, fields, sub-fields, capital-eligible industries and negative-list entries have
windows of their own. Days are inclusive at both ends; an open end is None.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any, Final

from bond_svc.policies.readiness import Readiness
from bond_svc.wording.rules import Lexicon, normalise

DEPARTMENT_ALIASES: Final[Mapping[str, str]] = {
    "市工业和信息化局": "市工信局",
    "市发改委": "市发展改革委",
    "市发展和改革委员会": "市发展改革委",
    "市住房和城乡建设局": "市住建局",
    "市卫生健康委员会": "市卫健委",
    "市卫生健康委": "市卫健委",
    "市文化和旅游局": "市文旅局",
    "市文体广电和旅游局": "市文旅局",
    "市林业和草原局": "市林草局",
    "市粮食和物资储备局": "市粮储局",
    "市大数据管理局": "市大数据中心",
    "市科学技术局": "市科技局",
    "市教育委员会": "市教育局",
}
_BRACKETED: Final = re.compile(r"\(([^()]*)\)")


class Scope(StrEnum):
    """`LISTED`: only listed fields may be served. `OPEN`: any field that is not on the negative list (since 52号)."""

    LISTED = "listed"
    OPEN = "open"


@dataclass(frozen=True, slots=True)
class Window:
    """Days from `first` to `last`, both included; None has no end."""

    first: date
    last: date | None

    def covers(self, day: date) -> bool:
        return self.first <= day and (self.last is None or day <= self.last)

    def overlaps(self, other: "Window") -> bool:
        return (other.last is None or self.first <= other.last) and (self.last is None or other.first <= self.last)

    @property
    def in_order(self) -> bool:
        return self.last is None or self.first <= self.last

    @classmethod
    def of(cls, item: Mapping[str, Any]) -> "Window":
        last = item.get("effective_to")
        return cls(date.fromisoformat(item["effective_from"]), None if last is None else date.fromisoformat(last))


@dataclass(frozen=True, slots=True)
class Dated:
    """A name that holds for a window: a sub-field, or an industry whose bonds may serve as project capital."""

    name: str
    window: Window

    @classmethod
    def of(cls, item: Mapping[str, Any]) -> "Dated":
        return cls(item["name"], Window.of(item))


@dataclass(frozen=True, slots=True)
class Field:
    """An eligible field (投向领域); `confidence` and `note` say how sure its wording is."""

    code: str
    name: str
    name_en: str
    window: Window
    sub_fields: tuple[Dated, ...]
    capital: tuple[Dated, ...]
    typical_revenue: tuple[str, ...]
    departments: tuple[str, ...]
    portfolio: str
    confidence: str
    note: str
    legal_basis: tuple[str, ...]

    def sub_fields_on(self, day: date) -> tuple[str, ...]:
        return tuple(each.name for each in self.sub_fields if each.window.covers(day))

    def capital_on(self, day: date) -> tuple[str, ...]:
        return tuple(each.name for each in self.capital if each.window.covers(day))

    def led_by(self, department: str) -> bool:
        wanted = department_key(department)
        return any(department_key(each) == wanted for each in self.departments)

    @classmethod
    def of(cls, item: Mapping[str, Any]) -> "Field":
        return cls(
            code=item["code"],
            name=item["name"],
            name_en=item["name_en"],
            window=Window.of(item),
            sub_fields=tuple(Dated.of(each) for each in item["sub_fields"]),
            capital=tuple(Dated.of(each) for each in item["capital"]),
            typical_revenue=tuple(item["typical_revenue"]),
            departments=tuple(item["departments"]),
            portfolio=item["portfolio"],
            confidence=item["confidence"],
            note=item["note"],
            legal_basis=tuple(item["legal_basis"]),
        )


@dataclass(frozen=True, slots=True)
class Negative:
    """One thing that a special bond may never serve, with the words that officials use for it and the clause that bars it."""

    code: str
    category: str
    clause: str
    confidence: str
    window: Window
    lexicon: Lexicon

    @classmethod
    def of(cls, item: Mapping[str, Any]) -> "Negative":
        words = {name: tuple(item[name]) for name in ("phrases", "subject_phrases", "doubtful", "unless")}
        return cls(item["code"], item["category"], item["clause"], item["confidence"], Window.of(item), Lexicon(**words))


@dataclass(frozen=True, slots=True)
class Coverage:
    """Thresholds of the coverage ratio: `required` decides, `floor` is the province's lowest, above `ceiling` is implausible."""

    required: Decimal
    floor: Decimal
    ceiling: Decimal

    @classmethod
    def of(cls, item: Mapping[str, Any]) -> "Coverage":
        return cls(Decimal(item["required"]), Decimal(item["floor"]), Decimal(item["ceiling"]))


@dataclass(frozen=True, slots=True)
class Clauses:
    """The document that each screening rule rests on, as it is cited in a finding."""

    field: str
    negative_list: str
    income: str
    coverage: str


@dataclass(frozen=True, slots=True)
class RuleBook:
    """The contents of one policy version."""

    policy_version: str
    window: Window
    scope: Scope
    fields: tuple[Field, ...]
    negatives: tuple[Negative, ...]
    coverage: Coverage
    clauses: Clauses
    readiness: Readiness | None = None

    def field(self, code: str, day: date) -> Field | None:
        """The field of that code if it may be served on that day."""
        return next((each for each in self.fields if each.code == code and each.window.covers(day)), None)

    def fields_on(self, day: date) -> tuple[Field, ...]:
        return tuple(each for each in self.fields if each.window.covers(day))

    def negatives_on(self, day: date) -> tuple[Negative, ...]:
        return tuple(each for each in self.negatives if each.window.covers(day))

    @classmethod
    def of(cls, policy_version: str, window: Window, document: Mapping[str, Any]) -> "RuleBook":
        return cls(
            policy_version=policy_version,
            window=window,
            scope=Scope(document["scope"]),
            fields=tuple(Field.of(each) for each in document["fields"]),
            negatives=tuple(Negative.of(each) for each in document["negatives"]),
            coverage=Coverage.of(document["coverage"]),
            clauses=Clauses(**document["clauses"]),
            readiness=Readiness.of(document.get("readiness")),
        )


@dataclass(frozen=True, slots=True)
class Flaw:
    """Why a policy version may not be published: a pointer into its document and a Chinese sentence."""

    pointer: str
    message: str


def department_key(name: str) -> str:
    """A department's name without its bureau in brackets, short forms and full names alike."""
    plain = _BRACKETED.sub("", normalise(name))
    return DEPARTMENT_ALIASES.get(plain, plain)


def sub_field_matches(listed: str, given: str) -> bool:
    """Whether a project's sub-field is the listed one: the same words, the words before its brackets, or one named in them."""
    wanted = normalise(given)
    full = normalise(listed)
    named = [part for inner in _BRACKETED.findall(full) for part in re.split("[、,]", inner)]
    return wanted in (full, _BRACKETED.sub("", full), *named)


def flaws_of(book: RuleBook, window: Window) -> list[Flaw]:
    """Everything that keeps a version from being published."""
    flaws = [] if window.in_order else [Flaw("/effective_to", "失效日期早于生效日期。")]
    if not book.fields:
        flaws.append(Flaw("/document/fields", "至少应有一个投向领域。"))
    flaws += _repeated("/document/fields", [each.code for each in book.fields])
    flaws += _repeated("/document/negatives", [each.code for each in book.negatives])
    for place, item in _dated_items(book):
        flaws += _window_flaws(place, item, window)
    flaws += [
        Flaw(f"/document/negatives/{index}", f"负面清单条目 {each.code} 没有任何识别词语。")
        for index, each in enumerate(book.negatives)
        if not (each.lexicon.phrases or each.lexicon.subject_phrases or each.lexicon.doubtful)
    ]
    if not 0 < book.coverage.floor <= book.coverage.required < book.coverage.ceiling:
        flaws.append(Flaw("/document/coverage", "本息覆盖倍数应满足：0 < 省级下限 ≤ 要求值 < 合理上限。"))
    if book.readiness is not None and not book.readiness.bands_in_order:
        flaws.append(Flaw("/document/readiness", "债务率各档应满足：0 < 黄色 < 橙色 < 红色。"))
    return flaws


def _repeated(pointer: str, codes: Sequence[str]) -> list[Flaw]:
    return [Flaw(pointer, f"代码 {code} 重复。") for code, count in Counter(codes).items() if count > 1]


def _dated_items(book: RuleBook) -> Iterable[tuple[str, Window]]:
    for index, field in enumerate(book.fields):
        yield f"/document/fields/{index}", field.window
        yield from ((f"/document/fields/{index}/sub_fields/{at}", each.window) for at, each in enumerate(field.sub_fields))
        yield from ((f"/document/fields/{index}/capital/{at}", each.window) for at, each in enumerate(field.capital))
    yield from ((f"/document/negatives/{index}", each.window) for index, each in enumerate(book.negatives))


def _window_flaws(pointer: str, item: Window, policy: Window) -> list[Flaw]:
    if not item.in_order:
        return [Flaw(f"{pointer}/effective_to", "失效日期早于生效日期。")]
    return [] if item.overlaps(policy) else [Flaw(pointer, "有效期与政策有效期没有交集，永远不会适用。")]
