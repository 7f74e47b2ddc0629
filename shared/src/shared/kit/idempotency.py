"""One effect per `Idempotency-Key`, however often the request arrives.

The stored answer is written in the same transaction as the effect: there is no moment at which one exists without the other.
A key belongs to its principal and to the path it was used on.
"""

import hashlib
import re
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final
from urllib.parse import parse_qsl, urlencode

from sqlalchemy import RowMapping, and_, delete, func, insert, select
from starlette.requests import Request
from starlette.responses import Response

from shared.kit.backbone import idempotency_key
from shared.kit.db import UnitOfWork
from shared.kit.errors import BadRequest, Conflict, Invalid

HEADER: Final = "Idempotency-Key"
KEY_PATTERN: Final = r'^("[ !#-\[\]-~]{1,128}"|[!#-~]{1,128})$'
_QUOTED: Final = re.compile(r'"([ !#-\[\]-~]{1,128})"')
_BARE: Final = re.compile(r"[!#-~]{1,128}")
LONGEST_ROUTE: Final = 300
_NOT_KEPT: Final = frozenset({"content-length", "ratelimit", "ratelimit-policy"})


class KeyMissing(BadRequest):
    code = "idempotency.key-missing"


class KeyMalformed(BadRequest):
    code = "idempotency.key-malformed"


class KeyReused(Invalid):
    code = "idempotency.key-reused"


class InProgress(Conflict):
    code = "idempotency.in-progress"


class Replay(Exception):
    """Not an error: the request was answered before, and here is that answer."""

    def __init__(self, response: Response) -> None:
        super().__init__(response.status_code)
        self.response = response


@dataclass(frozen=True, slots=True)
class Attempt:
    """One arrival of a request that names a key."""

    principal: str
    method: str
    route: str
    key: str
    fingerprint: bytes

    @property
    def lock_number(self) -> int:
        """A 64-bit number for PostgreSQL's advisory lock."""
        text = f"{self.principal}\n{self.method}\n{self.route}\n{self.key}"
        return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big", signed=True)

    def columns(self) -> dict[str, Any]:
        return {"principal": self.principal, "method": self.method, "route": self.route, "key": self.key}


def key_of(request: Request) -> str:
    """The key in the header: a structured-field string (`"…"`) or bare."""
    header = request.headers.get(HEADER)
    if header is None:
        raise KeyMissing("缺少请求头 Idempotency-Key：每个 POST 请求都须带一个由您生成的唯一键，重试时沿用同一个键。")
    if match := _QUOTED.fullmatch(header):
        return match[1]
    if _BARE.fullmatch(header):
        return header
    raise KeyMalformed("请求头 Idempotency-Key 须为 1 至 128 个可见的 ASCII 字符，可用双引号括起。")


async def attempt_of(request: Request, principal: str) -> Attempt:
    """What is being attempted; the fingerprint covers method, path, query and body."""
    path = request.scope["path"]
    query = urlencode(sorted(parse_qsl(request.scope["query_string"].decode("latin-1"), keep_blank_values=True)))
    digest = hashlib.sha256(f"{request.method}\n{path}\n{query}\n".encode("utf-8", "surrogatepass"))
    digest.update(await request.body())
    route = path if len(path) <= LONGEST_ROUTE else hashlib.sha256(path.encode()).hexdigest()
    return Attempt(principal, request.method, route, key_of(request), digest.digest())


async def begin(uow: UnitOfWork, attempt: Attempt) -> None:
    """Go on only if this is the first arrival. Raises Replay, KeyReused (422) or InProgress (409)."""
    if not await _is_alone(uow, attempt):
        raise InProgress("同一个 Idempotency-Key 的请求正在处理中，请稍后用同一个键重试。")
    row = (await uow.session.execute(select(idempotency_key).where(_is(attempt)))).mappings().one_or_none()
    if row is None:
        return
    if row["expires_at"] <= uow.now:
        await uow.session.execute(delete(idempotency_key).where(_is(attempt)))
        return
    if row["fingerprint"] != attempt.fingerprint:
        raise KeyReused("该 Idempotency-Key 已用于另一个内容不同的请求，请为新请求换一个键。")
    raise Replay(_stored_answer(row))


async def finish(uow: UnitOfWork, attempt: Attempt, response: Response, ttl: timedelta) -> None:
    """Keep the answer together with the effect."""
    headers = [[name, value] for name, value in response.headers.items() if name not in _NOT_KEPT]
    kept = {"status": response.status_code, "headers": headers, "body": bytes(response.body)}
    times = {"created_at": uow.now, "expires_at": uow.now + ttl}
    # Flushed first: an effect that the database refuses must not be reported as a clash of keys.
    await uow.session.flush()
    await uow.session.execute(
        insert(idempotency_key).values(**attempt.columns(), fingerprint=attempt.fingerprint, **kept, **times)
    )


async def _is_alone(uow: UnitOfWork, attempt: Attempt) -> bool:
    # The row of a running attempt is not visible yet; its lock is. SQLite lets in one writer at a time anyway.
    if uow.dialect == "sqlite":
        return True
    return bool(await uow.session.scalar(select(func.pg_try_advisory_xact_lock(attempt.lock_number))))


def _is(attempt: Attempt) -> Any:
    return and_(*(idempotency_key.c[name] == value for name, value in attempt.columns().items()))


def _stored_answer(row: RowMapping) -> Response:
    response = Response(row["body"], row["status"])
    for name, value in row["headers"]:
        response.headers.append(name, value)
    response.headers["Idempotency-Replayed"] = "true"
    return response
