"""For schemathesis runs: every request is a new one.

Left to itself schemathesis sends few different `Idempotency-Key`s, and is then surprised to be answered what was answered before.
"""

import re
from typing import Any

import schemathesis

from shared.kit.idempotency import HEADER, KEY_PATTERN
from shared.kit.ids import new_id


@schemathesis.hook
def before_call(_context: schemathesis.HookContext, case: schemathesis.Case[Any], **_transport: object) -> None:
    headers: Any = case.headers
    given = headers.get(HEADER) if headers else None
    if isinstance(given, str) and re.fullmatch(KEY_PATTERN, given):
        headers[HEADER] = new_id()
