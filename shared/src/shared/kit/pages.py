"""Lists: filtered, sorted, cut into pages by key, never by offset: rows that come and go neither hide nor double others.

A cursor is opaque and signed. It holds the last row's sort values and a digest of the filters it was made under; tampered with,
or carried to another list, it is refused.
"""

import base64
import hashlib
import hmac
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, Final, Generic, TypeVar, cast

from fastapi import Depends, Query
from pydantic import BaseModel, Field, JsonValue, SecretStr
from sqlalchemy import ColumnElement, Select, SQLColumnExpression, and_, false, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request

from shared.kit.edge import edge_of
from shared.kit.errors import BadRequest, Invalid

T = TypeVar("T")
R = TypeVar("R")

LARGEST_PAGE: Final = 200
DEFAULT_PAGE: Final = 50
LONGEST_CURSOR: Final = 4_000
SORT_PATTERN: Final = r"^-?[a-z][a-z0-9_]*(,-?[a-z][a-z0-9_]*){0,7}$"
_SORT_TEXT: Final = "排序字段，逗号分隔，前加 - 为降序"
_NOT_FILTERS: Final = frozenset({"cursor", "limit", "count", "fields"})


class BadCursor(BadRequest):
    code = "page.bad-cursor"


class UnknownSort(Invalid):
    code = "page.unknown-sort"


@dataclass(frozen=True, slots=True)
class PageRequest:
    """Which page of a list is wanted, and under which filters (as a digest)."""

    limit: int = DEFAULT_PAGE
    cursor: str | None = None
    sort: str | None = None
    count: bool = False
    filters: bytes = b""
    secret: SecretStr = field(default_factory=lambda: SecretStr(""))


@dataclass(frozen=True, slots=True)
class Page(Generic[R]):
    """One page: its rows, the cursor of the next (None at the end), the number of all rows when asked for."""

    items: Sequence[R]
    next_cursor: str | None
    total: int | None = None


class PageOut(BaseModel, Generic[T]):
    """One page on the wire; `total` is there only with `count=true`."""

    items: list[T]
    next_cursor: str | None
    total: int | None = Field(default=None, exclude_if=lambda total: total is None)


@dataclass(frozen=True, slots=True)
class _Key:
    """One column of the order."""

    name: str
    column: SQLColumnExpression[Any]
    descending: bool

    @property
    def nullable(self) -> bool:
        return bool(getattr(self.column, "nullable", True))

    def order(self) -> ColumnElement[Any]:
        # Both databases are told where unknown values go: left to themselves they disagree.
        return (self.column.desc() if self.descending else self.column.asc()).nulls_last()

    def same(self, value: object) -> ColumnElement[bool]:
        return self.column.is_(None) if value is None else self.column == value

    def beyond(self, value: object) -> ColumnElement[bool]:
        if value is None:
            return false()
        further = self.column < value if self.descending else self.column > value
        return or_(further, self.column.is_(None)) if self.nullable else further


def _page(
    request: Request,
    limit: Annotated[int, Query(ge=1, le=LARGEST_PAGE, description="每页条数")] = DEFAULT_PAGE,
    cursor: Annotated[str | None, Query(max_length=LONGEST_CURSOR, description="上一页返回的 next_cursor")] = None,
    count: Annotated[bool, Query(description="为 true 时返回总条数 total")] = False,
) -> PageRequest:
    pairs = sorted((name, value) for name, value in request.query_params.multi_items() if name not in _NOT_FILTERS)
    digest = hashlib.sha256(json.dumps([request.scope["path"], pairs]).encode()).digest()
    return PageRequest(limit, cursor, None, count, digest, edge_of(request).runtime.settings.signing_key)


_Unsorted = Annotated[PageRequest, Depends(_page)]


def page_request(
    page: _Unsorted,
    sort: Annotated[str | None, Query(pattern=SORT_PATTERN, max_length=200, description=_SORT_TEXT)] = None,
) -> PageRequest:
    """Read the page's parameters; everything else in the query is a filter that the cursor is bound to."""
    return replace(page, sort=sort)


PageParams = Annotated[PageRequest, Depends(page_request)]


def sorted_by(*names: str) -> Callable[..., PageRequest]:
    """`PageParams` whose documents say what can be sorted by: `Annotated[PageRequest, Depends(sorted_by("due_on", "code"))]`."""
    one = f"-?({'|'.join(names)})"
    # Documented only: `page_of` refuses a wrong name with better words than "does not match a pattern".
    documented: dict[str, JsonValue] = {"pattern": f"^{one}(,{one}){{0,7}}$"}
    wanted = Query(max_length=400, description=f"{_SORT_TEXT}；可用：{'、'.join(names)}", json_schema_extra=documented)

    def request_of(page: _Unsorted, sort: Annotated[str | None, wanted] = None) -> PageRequest:
        return replace(page, sort=sort)

    return request_of


async def page_of(
    session: AsyncSession,
    statement: Select[Any],
    request: PageRequest,
    *,
    sortable: Mapping[str, SQLColumnExpression[Any]],
    default_sort: str,
    tie: SQLColumnExpression[Any],
) -> Page[Any]:
    """One page of `statement`: its entities, or its rows when it selects several things.

    `sortable` are the columns that `sort` may name; `tie` is unique and decides between equals.
    Raises BadCursor (400) and UnknownSort (422).
    """
    keys = [*_order(default_sort if request.sort is None else request.sort, sortable), _Key("", tie, descending=False)]
    signer = _Signer(request.secret.get_secret_value(), request.filters)
    seek = statement
    if request.cursor is not None:
        seek = seek.where(_after(keys, signer.open(request.cursor, len(keys))))
    columns: list[ColumnElement[Any]] = [key.column.label(f"page_key_{index}") for index, key in enumerate(keys)]
    seek = seek.add_columns(*columns).order_by(None).order_by(*(key.order() for key in keys)).limit(request.limit + 1)
    rows = (await session.execute(seek)).all()
    shown = rows[: request.limit]
    more = len(rows) > request.limit
    return Page(
        items=[_without_keys(row, len(keys)) for row in shown],
        next_cursor=signer.seal(list(shown[-1][-len(keys) :])) if more else None,
        total=await _total(session, statement) if request.count else None,
    )


def _order(sort: str, sortable: Mapping[str, SQLColumnExpression[Any]]) -> list[_Key]:
    keys: dict[str, _Key] = {}
    for part in sort.split(","):
        name = part.removeprefix("-")
        if name not in sortable:
            raise UnknownSort(f"不能按“{name}”排序，可用的有 {'、'.join(sortable)}。", pointer="query:sort")
        keys.setdefault(name, _Key(name, sortable[name], part.startswith("-")))
    return list(keys.values())


def _after(keys: Sequence[_Key], values: Sequence[object]) -> ColumnElement[bool]:
    """Beyond the first value; or equal to it and beyond the second; and so on."""
    steps = [
        and_(
            *(key.same(value) for key, value in zip(keys[:depth], values[:depth], strict=True)), keys[depth].beyond(values[depth])
        )
        for depth in range(len(keys))
    ]
    return or_(*steps)


def _without_keys(row: Any, count: int) -> Any:
    own = row[:-count]
    return own[0] if len(own) == 1 else own


async def _total(session: AsyncSession, statement: Select[Any]) -> int:
    return await session.scalar(select(func.count()).select_from(statement.order_by(None).subquery())) or 0


@dataclass(frozen=True, slots=True)
class _Signer:
    secret: str
    filters: bytes

    def seal(self, values: Sequence[object]) -> str:
        body = json.dumps([_written(value) for value in values], separators=(",", ":")).encode()
        return base64.urlsafe_b64encode(self._mac(body) + body).decode().rstrip("=")

    def open(self, cursor: str, count: int) -> list[object]:
        try:
            sealed = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        except ValueError:
            raise _bad_cursor() from None
        mac, body = sealed[:16], sealed[16:]
        if not hmac.compare_digest(mac, self._mac(body)):
            raise _bad_cursor()
        values = [_read(kind, text) for kind, text in json.loads(body)]
        if len(values) != count:
            raise _bad_cursor()
        return values

    def _mac(self, body: bytes) -> bytes:
        return hmac.digest(self.secret.encode(), b"cursor" + self.filters + body, "sha256")[:16]


def _bad_cursor() -> BadCursor:
    return BadCursor(
        "查询参数 cursor 无效：须原样使用上一页返回的 next_cursor，且查询条件、排序与上一页相同。", pointer="query:cursor"
    )


def _written(value: object) -> list[str | None]:
    match value:
        case None:
            return ["n", None]
        case bool():
            return ["b", "1" if value else ""]
        case int():
            return ["i", str(value)]
        case Decimal():
            return ["d", str(value)]
        case datetime():
            return ["t", value.isoformat()]
        case date():
            return ["D", value.isoformat()]
        case _:
            return ["s", str(value)]


def _read(kind: str, text: str | None) -> object:
    readers: Mapping[str, Any] = {
        "n": lambda _text: None,
        "b": bool,
        "i": int,
        "d": Decimal,
        "t": datetime.fromisoformat,
        "D": date.fromisoformat,
        "s": str,
    }
    return cast("object", readers[kind](text))
