"""What a database's refusal means for the caller: try again, read again, or mend a value."""

import sqlite3
from typing import Final

import asyncpg
from sqlalchemy.exc import (
    DataError,
    DBAPIError,
    IntegrityError,
    InvalidRequestError,
    OperationalError,
    SQLAlchemyError,
    StatementError,
)
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm.exc import StaleDataError

from shared.kit.errors import Concurrent, DomainError, Invalid, Unavailable

OUTAGE_CLASSES: Final = ("08", "25006", "25P03", "40", "53", "55", "57")
"""SQLSTATEs that pass by themselves: connection, read-only for now, serialisation, resources, locks, operator intervention."""

FILE_TROUBLE: Final = ("database is locked", "disk", "readonly database", "unable to open database file")
"""What SQLite says when its file cannot be had or written for now; for other errors of the same class somebody is at fault."""

REFUSALS: Final = (
    StaleDataError,
    StatementError,
    PoolTimeout,
    InvalidRequestError,
    asyncpg.PostgresError,
    asyncpg.InterfaceError,
    ConnectionError,
    TimeoutError,
    OverflowError,
)
"""What a session can raise because of the database or its data; anything else is a fault of the program."""

TROUBLE: Final = (SQLAlchemyError, OSError, asyncpg.PostgresError, asyncpg.InterfaceError)
"""What a loop that works on a database waits out; a server that is starting up refuses with its driver's own error."""


class ValueOutOfRange(Invalid):
    code = "value.out-of-range"


class DatabaseUnavailable(Unavailable):
    code = "database.unavailable"


def meaning(error: BaseException) -> DomainError | None:
    """The domain error that a caller should see; None when the program itself is at fault."""
    if isinstance(error, StaleDataError):
        return Concurrent("该对象刚被他人修改，请重新读取后再提交。")
    if isinstance(error, IntegrityError):
        return Concurrent("与刚写入的数据冲突（可能有人同时提交了相同内容），请重新读取后再提交。")
    if _does_not_fit(error):
        return ValueOutOfRange("某个值超出数据库可保存的范围，请检查数字、日期和文本。")
    if is_outage(error):
        return DatabaseUnavailable("数据库暂不可用，请稍后重试；本次操作没有生效。")
    return None


def _does_not_fit(error: BaseException) -> bool:
    """A column type of ours, a driver or the database itself refused a value."""
    if isinstance(error, DataError | OverflowError | asyncpg.DataError):
        return True
    if isinstance(error, DBAPIError):
        # SQLAlchemy has no name of its own for most of asyncpg's errors; the original is the cause.
        return error.orig is not None and isinstance(error.orig.__cause__, asyncpg.DataError)
    return isinstance(error, StatementError) and isinstance(error.orig, OverflowError | ValueError)


def is_outage(error: BaseException) -> bool:
    """Whether the same call may succeed later without anybody changing anything."""
    if isinstance(error, PoolTimeout | OperationalError | ConnectionError | TimeoutError):
        return True
    if isinstance(error, DBAPIError):
        return error.connection_invalidated or (error.orig is not None and is_outage(error.orig)) or passes(error.orig)
    return isinstance(error, asyncpg.PostgresError | asyncpg.InterfaceError) and passes(error)


def passes(error: BaseException | None) -> bool:
    """Whether a driver's error is the database's own trouble of this moment."""
    if isinstance(error, sqlite3.Error):
        return any(words in str(error) for words in FILE_TROUBLE)
    if isinstance(error, asyncpg.InterfaceError):
        return "connection is closed" in str(error) or "closed in the middle" in str(error)
    state = getattr(error, "sqlstate", None)
    return isinstance(state, str) and state.startswith(OUTAGE_CLASSES)
