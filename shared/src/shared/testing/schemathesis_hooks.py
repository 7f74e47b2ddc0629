"""For schemathesis runs: requests that mean something.

A document says which requests are well formed; what exists it cannot say. So a well-formed request is led to objects and codes
that exist, as `DIAODU_KNOWN` (a file: `{"ids": {collection: [id]}, "values": {field: [value]}}`) tells, every other time; the
rest, and every malformed request, is sent as it was made.
"""

import json
import os
import re
import zlib
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

import schemathesis

from shared.kit.idempotency import HEADER, KEY_PATTERN
from shared.kit.ids import new_id

T = TypeVar("T")
VERSION = re.compile(r'"v\d+"')
PRESENT_VERSIONS = ('"v1"', '"v2"', '"v3"')


@cache
def _known() -> dict[str, dict[str, list[Any]]]:
    file = os.environ.get("DIAODU_KNOWN")
    nothing: dict[str, dict[str, list[Any]]] = {"ids": {}, "values": {}}
    return nothing if file is None else json.loads(Path(file).read_text(encoding="utf-8"))


def _one_of(choices: list[T] | tuple[T, ...], seed: str) -> T:
    """The same choice for the same request: a run can be repeated by its seed."""
    return choices[zlib.crc32(seed.encode()) % len(choices)]


@schemathesis.hook
def before_call(_context: schemathesis.HookContext, case: schemathesis.Case[Any], **_transport: object) -> None:
    headers: Any = case.headers
    given = headers.get(HEADER) if headers else None
    if isinstance(given, str) and re.fullmatch(KEY_PATTERN, given):
        # Left to itself schemathesis sends few different keys, and is then surprised to be answered what was answered before.
        headers[HEADER] = new_id()
    seed = repr((case.path_parameters, case.query, case.body))
    if _is_well_formed(case) and zlib.crc32(seed.encode()) & 1:
        _lead_to_what_exists(case, seed)


def _is_well_formed(case: schemathesis.Case[Any]) -> bool:
    return case.meta is not None and case.meta.generation.mode.is_positive


def _lead_to_what_exists(case: schemathesis.Case[Any], seed: str) -> None:
    for name in list(case.path_parameters or {}):
        collection = case.operation.path.partition(f"/{{{name}}}")[0]
        if ids := _known()["ids"].get(collection):
            case.path_parameters[name] = _one_of(ids, seed)
    headers: Any = case.headers
    version = headers.get("If-Match") if headers else None
    if isinstance(version, str) and VERSION.fullmatch(version):
        headers["If-Match"] = _one_of(PRESENT_VERSIONS, seed)
    case.body = _with_known_values(case.body, seed)


def _with_known_values(part: Any, seed: str) -> Any:
    if isinstance(part, list):
        return [_with_known_values(each, f"{seed}{number}") for number, each in enumerate(part)]
    if isinstance(part, dict):
        return {name: _known_value(name, value, seed) for name, value in part.items()}
    return part


def _known_value(name: str, value: Any, seed: str) -> Any:
    choices = _known()["values"].get(name)
    return _one_of(choices, seed) if choices and isinstance(value, str) else _with_known_values(value, seed)
