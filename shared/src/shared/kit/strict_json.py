"""JSON as RFC 8259 has it, and no more than a service can carry: no NaN, no doubled keys, no bottomless nesting."""

import json
from typing import Any, Final, NoReturn

from shared.kit.errors import BadRequest, Fault, Invalid

DEEPEST: Final = 64
LARGEST_INT: Final = 2**63 - 1
LARGEST_EXACT: Final = 2**53
_LONGEST_NUMBER: Final = 400


class MalformedJson(BadRequest):
    code = "json.malformed"


class UnstorableValue(Invalid):
    code = "value.unstorable"


def parse(body: bytes) -> Any:
    """The value in `body`.

    Raises MalformedJson for what is no JSON, and UnstorableValue (with pointers) for values that no database column can take:
    NUL characters, lone surrogates, whole numbers beyond 64 bits.
    """
    try:
        value = json.loads(
            body.decode("utf-8"),
            parse_constant=_refuse_constant,
            parse_int=_whole_number,
            parse_float=_fraction,
            object_pairs_hook=_object,
        )
    except UnicodeDecodeError as error:
        raise MalformedJson(f"请求体第 {error.start + 1} 个字节起不是合法的 UTF-8，请以 UTF-8 编码提交。") from error
    except json.JSONDecodeError as error:
        raise MalformedJson(f"请求体不是合法的 JSON：第 {error.lineno} 行第 {error.colno} 列附近有误，请检查。") from error
    except RecursionError as error:
        raise _too_deep() from error
    faults = _unstorable(value)
    if faults:
        raise UnstorableValue(f"{faults[0].pointer or '请求体'}：{faults[0].message}", faults=faults)
    return value


def _refuse_constant(name: str) -> NoReturn:
    raise MalformedJson(f"JSON 中不允许出现 {name}，请改为 null 或具体数值。")


def _whole_number(text: str) -> int:
    if len(text) > _LONGEST_NUMBER:
        raise MalformedJson(f"JSON 中有超过 {_LONGEST_NUMBER} 位的数字，请检查。")
    return int(text)


def _fraction(text: str) -> float:
    if abs(value := float(text)) == float("inf"):
        raise MalformedJson(f"JSON 中的数字 {text[:20]} 过大，请检查。")
    # JSON knows one kind of number: 3.0 is as whole as 3.
    return int(value) if value.is_integer() and abs(value) <= LARGEST_EXACT else value


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        names = [name for name, _ in pairs]
        doubled = next(name for name in names if names.count(name) > 1)
        raise MalformedJson(f"JSON 对象中字段“{_printable(doubled)}”重复出现，请只保留一个。")
    return found


def _unstorable(root: Any) -> list[Fault]:
    """Walked with a list of our own, not by recursion: the depth is what is in doubt."""
    faults: list[Fault] = []
    rest: list[tuple[Any, str, int]] = [(root, "", 0)]
    while rest:
        value, place, depth = rest.pop()
        if depth > DEEPEST:
            raise _too_deep()
        if isinstance(value, dict):
            for key, inner in value.items():
                where = f"{place}/{_printable(key).replace('~', '~0').replace('/', '~1')}"
                if message := _wrong_with(key):
                    faults.append(Fault(where, UnstorableValue.code, message))
                rest.append((inner, where, depth + 1))
        elif isinstance(value, list):
            rest.extend((inner, f"{place}/{index}", depth + 1) for index, inner in enumerate(value))
        elif message := _wrong_with(value):
            faults.append(Fault(place, UnstorableValue.code, message))
    return sorted(faults, key=lambda fault: fault.pointer)[:100]


def _wrong_with(value: object) -> str | None:
    if isinstance(value, str) and not value.isascii() and any("\ud800" <= letter <= "\udfff" for letter in value):
        return "含有不成对的代理字符，请删除。"
    if isinstance(value, str) and "\0" in value:
        return "含有空字符（\\u0000），请删除。"
    if isinstance(value, int) and abs(value) > LARGEST_INT:
        return "整数过大，超出 64 位范围。"
    return None


def _printable(text: str) -> str:
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def _too_deep() -> MalformedJson:
    return MalformedJson(f"JSON 嵌套过深，最多 {DEEPEST} 层。")
