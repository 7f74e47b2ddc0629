"""Who is asking: `Authorization: Bearer <API key>`."""

import asyncio
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

import structlog
from starlette.requests import Request

from shared.kit import api_keys
from shared.kit.api_keys import FullKey, KeyRecord
from shared.kit.db import Database
from shared.kit.errors import Forbidden, Unauthenticated

log = structlog.get_logger(__name__)

REMEMBERED_SECONDS: Final = 30.0
REMEMBERED_KEYS: Final = 1_000
USE_IS_NOTED_EVERY: Final = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Principal:
    """Whoever holds a key. Scopes are `<service>:read|write|admin`, `<service>:*` or `*`; none implies another."""

    key_id: str
    name: str
    scopes: frozenset[str]

    @property
    def actor(self) -> str:
        """How histories name this principal."""
        return f"{self.name}#{self.key_id}"

    def may(self, scope: str) -> bool:
        service, _, _ = scope.partition(":")
        return not self.scopes.isdisjoint({scope, f"{service}:*", "*"})

    def must(self, scope: str) -> None:
        """Refuse when this principal lacks the scope."""
        if not self.may(scope):
            raise MissingScope(f"该密钥缺少权限 {scope}，请联系管理员换发。", scope=scope)


class MissingCredentials(Unauthenticated):
    code = "auth.missing-credentials"


class InvalidKey(Unauthenticated):
    code = "auth.invalid-key"


class MissingScope(Forbidden):
    code = "auth.missing-scope"


class KeyRing:
    """Recognises keys; what it learned it remembers for half a minute, so a revoked key dies within that."""

    def __init__(self, database: Database, environment: str) -> None:
        self._database = database
        self._environment = environment
        self._remembered: dict[str, tuple[float, KeyRecord]] = {}
        self._notes: set[asyncio.Task[None]] = set()

    async def authenticate(self, request: Request) -> Principal:
        """Who sent this request. Raises Unauthenticated for every kind of wrong key alike."""
        header = request.headers.get("authorization")
        if header is None:
            raise MissingCredentials("缺少身份凭证：请在请求头 Authorization 中填写“Bearer <密钥>”。")
        scheme, _, text = header.partition(" ")
        key = api_keys.parse_key(text.strip()) if scheme.lower() == "bearer" else None
        if key is None or key.environment != self._environment:
            raise InvalidKey("密钥无效：请检查请求头 Authorization 是否为“Bearer <密钥>”，且密钥属于本环境。")
        return self._principal(key, await self._look_up(key.id))

    async def close(self) -> None:
        """Let the notes about used keys finish."""
        await asyncio.gather(*self._notes, return_exceptions=True)

    def _principal(self, key: FullKey, record: KeyRecord | None) -> Principal:
        if record is None or not record.matches(key):
            raise InvalidKey("密钥无效：没有这把密钥，请向管理员申请。")
        now = self._database.clock.now()
        if record.revoked_at is not None:
            raise InvalidKey("密钥已被撤销，请向管理员申请新的密钥。")
        if record.expires_at <= now:
            raise InvalidKey(f"密钥已于 {record.expires_at:%Y-%m-%d %H:%M} 到期，请向管理员换发。")
        return Principal(record.id, record.name, record.scopes)

    async def _look_up(self, identity: str) -> KeyRecord | None:
        now = self._database.clock.monotonic()
        remembered = self._remembered.get(identity)
        if remembered is not None and now - remembered[0] < REMEMBERED_SECONDS:
            return remembered[1]
        record = await api_keys.find(self._database, identity)
        self._remembered.pop(identity, None)
        if record is not None:
            self._remember(now, record)
        return record

    def _remember(self, now: float, record: KeyRecord) -> None:
        if len(self._remembered) >= REMEMBERED_KEYS:
            self._remembered.pop(next(iter(self._remembered)))
        self._remembered[record.id] = (now, record)
        last = record.last_used_at
        if last is None or self._database.clock.now() - last > USE_IS_NOTED_EVERY:
            task = asyncio.create_task(self._note_use(record.id))
            self._notes.add(task)
            task.add_done_callback(self._notes.discard)

    async def _note_use(self, identity: str) -> None:
        try:
            await api_keys.mark_used(self._database, identity)
        except Exception as error:  # noqa: BLE001 - a missing note must not fail the request that caused it
            log.warning("auth.use_not_noted", key=identity, error=type(error).__name__)
