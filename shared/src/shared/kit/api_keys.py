"""API keys: `rk_<environment>_<id>_<secret><check>`.

The secret has 256 random bits, so one round of SHA-256 is enough to keep it; the check digits let a mistyped key be refused
without a look into the database and let a secret scanner be sure. The key itself is shown once and never stored.
"""

import hashlib
import hmac
import re
import secrets
import string
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import RowMapping, insert, select, update

from shared.kit.backbone import api_key
from shared.kit.db import Database
from shared.kit.errors import BadRequest, Conflict, NotFound

LONGEST_LIFE: Final = timedelta(days=365)
_BASE62: Final = string.digits + string.ascii_uppercase + string.ascii_lowercase
_ID_LETTERS: Final = string.digits + string.ascii_lowercase
_KEY: Final = re.compile(r"rk_([a-z]{1,20})_([0-9a-z]{8})_([0-9A-Za-z]{43})([0-9A-Za-z]{6})")
SCOPE: Final = re.compile(r"\*|[a-z][a-z-]*:(?:read|write|admin|\*)")


@dataclass(frozen=True, slots=True)
class FullKey:
    """A key with its secret, as its holder has it."""

    environment: str
    id: str
    secret: str

    @property
    def text(self) -> str:
        head = f"rk_{self.environment}_{self.id}_{self.secret}"
        return head + _check_digits(head)

    @property
    def digest(self) -> bytes:
        return hashlib.sha256(self.secret.encode()).digest()

    def __repr__(self) -> str:
        return f"FullKey(rk_{self.environment}_{self.id}_…)"


@dataclass(frozen=True, slots=True)
class KeyRecord:
    """A key as the database knows it."""

    id: str
    name: str
    digest: bytes
    scopes: frozenset[str]
    created_at: datetime
    expires_at: datetime
    revoked_at: datetime | None
    last_used_at: datetime | None

    def matches(self, key: FullKey) -> bool:
        """Compare the secret without telling by the time it takes how much of it is right."""
        return hmac.compare_digest(self.digest, key.digest)


class MalformedKey(BadRequest):
    code = "auth.malformed-key"


class UnknownScope(BadRequest):
    code = "auth.unknown-scope"


class KeyTaken(Conflict):
    code = "auth.key-taken"


class NoSuchKey(NotFound):
    code = "auth.no-such-key"


def parse_key(text: str) -> FullKey | None:
    """The key in `text`; None when it is none (also when a character was mistyped)."""
    match = _KEY.fullmatch(text)
    if match is None:
        return None
    environment, identity, secret, check = match.groups()
    if not hmac.compare_digest(_check_digits(text[:-6]), check):
        return None
    return FullKey(environment, identity, secret)


def new_key(environment: str) -> FullKey:
    """A fresh random key."""
    pick = secrets.choice
    return FullKey(environment, "".join(pick(_ID_LETTERS) for _ in range(8)), "".join(pick(_BASE62) for _ in range(43)))


def _check_digits(head: str) -> str:
    number, digits = zlib.crc32(head.encode()), ""
    for _ in range(6):
        number, digit = divmod(number, 62)
        digits = _BASE62[digit] + digits
    return digits


async def register(database: Database, key: FullKey, name: str, scopes: Sequence[str], expires_at: datetime) -> bool:
    """Store what is needed to recognise a key. False when it was there already; scopes, name and expiry then follow this call."""
    _check_scopes(scopes)
    known = await find(database, key.id)
    values = {"name": name, "scopes": sorted(set(scopes)), "expires_at": expires_at}
    if known is not None:
        if not known.matches(key):
            raise KeyTaken(f"编号 {key.id} 已属于另一把密钥，不能重复登记；请重新生成。")
        async with database.transaction() as connection:
            await connection.execute(update(api_key).where(api_key.c.id == key.id).values(**values))
        return False
    created = {"id": key.id, "secret_hash": key.digest, "created_at": database.clock.now()}
    async with database.transaction() as connection:
        await connection.execute(insert(api_key).values(**created, **values))
    return True


async def find(database: Database, identity: str) -> KeyRecord | None:
    """The key with that id, live or not."""
    async with database.reading() as view:
        row = (await view.session.execute(select(api_key).where(api_key.c.id == identity))).mappings().one_or_none()
    return None if row is None else _record(row)


async def every_key(database: Database) -> list[KeyRecord]:
    """All keys, the oldest first."""
    async with database.reading() as view:
        rows = (await view.session.execute(select(api_key).order_by(api_key.c.created_at, api_key.c.id))).mappings().all()
    return [_record(row) for row in rows]


async def revoke(database: Database, identity: str) -> None:
    """Make a key worthless from now on (elsewhere within the time that keys are remembered)."""
    if await find(database, identity) is None:
        raise NoSuchKey(f"没有编号为 {identity} 的密钥。")
    statement = update(api_key).where(api_key.c.id == identity, api_key.c.revoked_at.is_(None))
    async with database.transaction() as connection:
        await connection.execute(statement.values(revoked_at=database.clock.now()))


async def mark_used(database: Database, identity: str) -> None:
    """Remember that the key was used now."""
    async with database.transaction() as connection:
        await connection.execute(update(api_key).where(api_key.c.id == identity).values(last_used_at=database.clock.now()))


def _check_scopes(scopes: Sequence[str]) -> None:
    wrong = [scope for scope in scopes if not SCOPE.fullmatch(scope)]
    if wrong or not scopes:
        named = "、".join(wrong) or "（空）"
        raise UnknownScope(f"权限范围 {named} 不合格式：须形如 indicator:read、alert:admin，或 *。")


def _record(row: RowMapping) -> KeyRecord:
    return KeyRecord(
        id=row["id"],
        name=row["name"],
        digest=row["secret_hash"],
        scopes=frozenset(row["scopes"]),
        created_at=row["created_at"],
        expires_at=row["expires_at"],
        revoked_at=row["revoked_at"],
        last_used_at=row["last_used_at"],
    )
