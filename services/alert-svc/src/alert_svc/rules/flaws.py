"""What keeps a rule from being published: said in full, with a pointer for each flaw."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from alert_svc.alerts.rules import period_end
from alert_svc.rules.rules import (
    LONGEST_TEXT,
    Comparison,
    Condition,
    Definition,
    Expected,
    Heard,
    LevelOf,
    NumberedRule,
    Signal,
    parts,
    read,
    speaks,
)
from shared.contracts.facts import Level

Vocabulary = Mapping[str, frozenset[str]]
"""The words that each fact type has, by type string."""


@dataclass(frozen=True, slots=True)
class Flaw:
    """What keeps a rule from being published: a JSON pointer into the definition, a stable code, a Chinese sentence."""

    pointer: str
    code: str
    message: str


def flaws_of(definition: Definition, vocabulary: Vocabulary) -> list[Flaw]:
    """Everything that is wrong with a definition in itself; its examples are run when it has none of these."""
    flaws = [flaw for at, signal in enumerate(definition.signals) for flaw in _signal_flaws(signal, at, vocabulary)]
    flaws += _two_forms(definition.signals)
    if not any(level is not Level.GREEN for signal in definition.signals for level in _levels(signal.level)):
        flaws.append(Flaw("/signals", "rule.never-raises", "规则没有任何会触发预警的信号：至少一个信号的等级须高于 green。"))
    known = [vocabulary[signal.fact] for signal in definition.signals if signal.fact in vocabulary]
    common = frozenset.intersection(*known) if known else frozenset()
    templates = {"/period": definition.period, "/object/id": definition.object.id, "/object/name": definition.object.name}
    flaws += [flaw for pointer, template in templates.items() for flaw in _template_flaws(template, pointer, common)]
    flaws += [
        Flaw(f"/responsible/{role.value}", "rule.unknown-word", f"“{word}”不是各信号消息都具有的字段。")
        for role, word in definition.responsible.items()
        if not any(word in words for words in known)
    ]
    return flaws


def _levels(level: LevelOf) -> list[Level]:
    return [*(level.map or {}).values(), *([level.level] if level.level else [])]


def _signal_flaws(signal: Signal, at: int, vocabulary: Vocabulary) -> Iterator[Flaw]:
    here = f"/signals/{at}"
    words = vocabulary.get(signal.fact)
    if words is None:
        yield Flaw(f"{here}/fact", "rule.unknown-fact", f"预警服务不接收“{signal.fact}”类消息。")
        return
    yield from _template_flaws(signal.text, f"{here}/text", words)
    yield from _level_flaws(signal.level, f"{here}/level", words)
    for number, condition in enumerate(signal.when):
        yield from _condition_flaws(condition, f"{here}/when/{number}", words)


def _two_forms(signals: Sequence[Signal]) -> Iterator[Flaw]:
    """While a fact changes its form both forms are published: a rule about both would hear the same thing twice."""
    forms: dict[str, str] = {}
    for at, signal in enumerate(signals):
        first = forms.setdefault(signal.fact.rpartition(".")[0], signal.fact)
        if signal.fact != first:
            message = f"“{first}”与“{signal.fact}”是同一消息的两个版本，会同时收到：一条规则只能引用其中一个。"
            yield Flaw(f"/signals/{at}/fact", "rule.two-forms", message)


def _template_flaws(template: str, pointer: str, words: frozenset[str]) -> Iterator[Flaw]:
    if len(template) > LONGEST_TEXT:
        yield Flaw(pointer, "rule.text-too-long", f"文本超过 {LONGEST_TEXT} 字。")
        return
    try:
        missing = sorted({word for _, word in parts(template) if word is not None and word not in words})
    except ValueError as error:
        yield Flaw(pointer, "rule.bad-template", f"模板写法有误：{error}；只允许 {{字段名}} 形式的占位符。")
        return
    if missing:
        yield Flaw(pointer, "rule.unknown-word", f"消息中没有字段：{'、'.join(missing)}。")


def _level_flaws(level: LevelOf, pointer: str, words: frozenset[str]) -> Iterator[Flaw]:
    by_map = level.word is not None or level.map is not None
    if by_map == (level.level is not None) or (by_map and not (level.word and level.map)):
        yield Flaw(pointer, "rule.level-unclear", "等级须二选一：固定的 level，或 word 与 map 成对给出。")
    elif level.word is not None and level.word not in words:
        yield Flaw(f"{pointer}/word", "rule.unknown-word", f"消息中没有字段：{level.word}。")


def _condition_flaws(condition: Condition, pointer: str, words: frozenset[str]) -> Iterator[Flaw]:
    if condition.word not in words:
        yield Flaw(f"{pointer}/word", "rule.unknown-word", f"消息中没有字段：{condition.word}。")
    if (condition.is_ is Comparison.IN) is isinstance(condition.than, str):
        yield Flaw(f"{pointer}/than", "rule.bad-condition", "“in”须给出列表，其他比较须给出单个值。")
    elif condition.is_ not in {Comparison.EQ, Comparison.NE, Comparison.IN} and not _is_number(str(condition.than)):
        yield Flaw(f"{pointer}/than", "rule.bad-condition", "大小比较须给出十进制数字。")


def _is_number(text: str) -> bool:
    try:
        return Decimal(text).is_finite()
    except InvalidOperation:
        return False


def example_flaws(rule: NumberedRule, heard: list[Heard]) -> list[Flaw]:
    """Run the examples: each must come to what it expects, and every signal must be shown by one."""
    flaws = [flaw for at, one in enumerate(heard) for flaw in _example_flaws(rule, at, one)]
    for at, signal in enumerate(rule.definition.signals):
        first = (next((other for other in rule.definition.signals if speaks(other, one)), None) for one in heard)
        if signal not in first:
            flaws.append(Flaw(f"/signals/{at}", "rule.not-shown", "没有示例触发该信号：每个信号至少要有一个示例。"))
    return flaws


def _example_flaws(rule: NumberedRule, at: int, heard: Heard) -> Iterator[Flaw]:
    expected, pointer = rule.definition.examples[at].expect, f"/examples/{at}"
    try:
        reading = read(rule, heard)
        if reading is not None:
            period_end(reading.period)
    except (ValueError, InvalidOperation):
        yield Flaw(pointer, "rule.example-fails", "示例无法求值：请检查期间模板与条件中的数值字段。")
        return
    got = None if reading is None else Expected(reading.level, reading.object.id, reading.period, reading.reason)
    if got != expected:
        yield Flaw(f"{pointer}/expect", "rule.example-differs", f"示例结果与预期不符：实际为 {_shown(got)}。")


def _shown(got: Expected | None) -> str:
    return "不触发" if got is None else f"等级 {got.level}、对象 {got.object_id}、期间“{got.period}”、文本“{got.text}”"
