"""Many rows in one statement whose text does not depend on how many they are.

A list of `VALUES` or of `IN` makes a new statement for every length: compiled anew here, planned anew there. An array on
PostgreSQL and a JSON document on SQLite make one statement that both sides know already.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, FromClause, String, bindparam, column, func, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import TypeEngine

Values = Sequence[str] | Sequence[int]


def as_table(dialect: str, columns: Mapping[str, Values]) -> FromClause:
    """Columns of equal length, of text or of whole numbers, as a table to join with or to insert from, in their order."""
    return _json_table(columns) if dialect == "sqlite" else _unnested(columns)


def _unnested(columns: Mapping[str, Values]) -> FromClause:
    arrays = [bindparam(None, list(values), type_=ARRAY(_type_of(values))) for values in columns.values()]
    named = [column(name, _type_of(values)) for name, values in columns.items()]
    return func.unnest(*arrays).table_valued(*named, name="given").render_derived()


def _json_table(columns: Mapping[str, Values]) -> FromClause:
    document = json.dumps(list(zip(*columns.values(), strict=True)))
    each = func.json_each(bindparam(None, document, type_=String())).table_valued("key", "value", name="each_given")
    parts: list[ColumnElement[Any]] = [
        func.json_extract(each.c.value, f"$[{at}]", type_=_type_of(values)).label(name)
        for at, (name, values) in enumerate(columns.items())
    ]
    return select(*parts).order_by(each.c.key).subquery("given")


def _type_of(values: Values) -> TypeEngine[Any]:
    return BigInteger() if values and isinstance(values[0], int) else String()
