"""Reads decimals and lists out of JSON documents, and keeps every fault with its pointer instead of stopping at the first."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from shared.kit.decimals import parse_figure
from shared.kit.errors import Fault

MOST_PLACES = 6
BEYOND_ANY_FIGURE = Decimal(10) ** 12


class Faults:
    """The faults found so far in one document."""

    def __init__(self) -> None:
        self._found: list[Fault] = []

    def add(self, pointer: str, code: str, message: str) -> None:
        self._found.append(Fault(pointer, code, message))

    @property
    def found(self) -> tuple[Fault, ...]:
        return tuple(self._found)

    def __len__(self) -> int:
        return len(self._found)


class Parameters:
    """One JSON object of parameters. What is missing or wrong becomes a fault, and the answer is then None."""

    def __init__(self, document: Mapping[str, Any], pointer: str, faults: Faults) -> None:
        self.document = document
        self.pointer = pointer
        self.faults = faults

    def refuse_others(self, *known: str) -> None:
        """A parameter that the method does not have is a fault: a misspelt one must not be passed over."""
        for name in self.document.keys() - set(known):
            self.faults.add(f"{self.pointer}/{name}", "parameter.unknown", f"参数“{name}”不适用于该方法，请检查拼写或删除")

    def optional(self, name: str) -> Decimal | None:
        given = self.document.get(name)
        return None if given is None else self._decimal(name, given)

    def decimal(
        self, name: str, default: str | None = None, *, above: str | None = None, least: str | None = None
    ) -> Decimal | None:
        """A required decimal, or its default; `above` and `least` are an open and a closed lower bound."""
        given = self.document.get(name, default)
        if given is None:
            self.faults.add(f"{self.pointer}/{name}", "parameter.missing", f"缺少参数“{name}”，请以字符串形式填写十进制数")
            return None
        value = self._decimal(name, given)
        if value is not None and above is not None and value <= Decimal(above):
            self._refuse(name, f"参数“{name}”须大于 {above}，现为 {value}")
        if value is not None and least is not None and value < Decimal(least):
            self._refuse(name, f"参数“{name}”不得小于 {least}，现为 {value}")
        return value

    def text(self, name: str) -> str | None:
        given = self.document.get(name)
        if isinstance(given, str) and given.strip():
            return given
        self.faults.add(f"{self.pointer}/{name}", "parameter.missing", f"缺少参数“{name}”，请填写文本")
        return None

    def objects(self, name: str) -> Iterable["Parameters"]:
        """The objects of a list; absent is empty, anything else than a list of objects is a fault."""
        given = self.document.get(name, [])
        if not isinstance(given, list) or not all(isinstance(each, dict) for each in given):
            self.faults.add(f"{self.pointer}/{name}", "parameter.not-a-list", f"参数“{name}”须为对象列表")
            return []
        return [Parameters(each, f"{self.pointer}/{name}/{index}", self.faults) for index, each in enumerate(given)]

    def _refuse(self, name: str, message: str) -> None:
        self.faults.add(f"{self.pointer}/{name}", "parameter.out-of-range", message)

    def _decimal(self, name: str, given: Any) -> Decimal | None:
        value = _exact(given)
        if value is None:
            message = f'参数“{name}”须为字符串形式的十进制数，整数至多 12 位、小数至多 {MOST_PLACES} 位，例如 "8.0"'
            self.faults.add(f"{self.pointer}/{name}", "parameter.not-a-decimal", message)
        return value


def _exact(given: Any) -> Decimal | None:
    if not isinstance(given, str):
        return None
    try:
        value = parse_figure(given).value
    except ValueError:
        return None
    fits = value is not None and value == round(value, MOST_PLACES) and abs(value) < BEYOND_ANY_FIGURE
    return value if fits else None
