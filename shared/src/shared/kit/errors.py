"""What can go wrong, said without HTTP.

DomainError
├── BadRequest            the request cannot be understood
├── Unauthenticated       nobody known is asking
├── Forbidden             somebody known may not
├── NotFound              no such thing, or not for the asker's eyes
├── Conflict              the state of things does not allow it
│   └── Concurrent        somebody else changed it at the same time
├── StaleVersion          the writer looked at an older version (If-Match)
├── VersionRequired       the writer did not say which version he looked at
├── TooLarge              more than is taken in one go
├── Invalid               understood, but wrong; carries every fault at once
├── TooMany               slow down
└── Unavailable           not now; the same call may succeed later

`problems.py` is the one table that turns a kind into an HTTP status; a consumer turns the same kinds into retry or parking.
Details are Chinese: they say where the fault is and what to do about it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar


class Kind(StrEnum):
    """The kinds of error that a caller can tell apart."""

    BAD_REQUEST = "bad_request"
    UNAUTHENTICATED = "unauthenticated"
    FORBIDDEN = "forbidden"
    NOT_FOUND = "not_found"
    CONFLICT = "conflict"
    PRECONDITION_FAILED = "precondition_failed"
    PRECONDITION_REQUIRED = "precondition_required"
    TOO_LARGE = "too_large"
    INVALID = "invalid"
    TOO_MANY = "too_many"
    UNAVAILABLE = "unavailable"


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault of an input: a JSON pointer into it, a stable code, a Chinese sentence."""

    pointer: str
    code: str
    message: str


class DomainError(Exception):
    """The base of every error that a caller is told about.

    `detail` is a Chinese sentence; `pointer` names the field at fault; `fields` are the ids and values that belong to it.
    """

    kind: ClassVar[Kind] = Kind.CONFLICT
    code: ClassVar[str] = "error"

    def __init__(self, detail: str, *, pointer: str | None = None, faults: Sequence[Fault] = (), **fields: object) -> None:
        super().__init__(detail)
        self.detail = detail
        self.faults = tuple(faults) or ((Fault(pointer, self.code, detail),) if pointer is not None else ())
        self.fields = fields


class BadRequest(DomainError):
    kind = Kind.BAD_REQUEST
    code = "request.malformed"


class Unauthenticated(DomainError):
    kind = Kind.UNAUTHENTICATED
    code = "auth.unauthenticated"


class Forbidden(DomainError):
    kind = Kind.FORBIDDEN
    code = "auth.forbidden"


class NotFound(DomainError):
    kind = Kind.NOT_FOUND
    code = "not-found"


class Conflict(DomainError):
    kind = Kind.CONFLICT
    code = "conflict"


class Concurrent(Conflict):
    code = "conflict.concurrent-change"


class StaleVersion(DomainError):
    kind = Kind.PRECONDITION_FAILED
    code = "precondition.stale-version"


class VersionRequired(DomainError):
    kind = Kind.PRECONDITION_REQUIRED
    code = "precondition.if-match-required"


class TooLarge(DomainError):
    kind = Kind.TOO_LARGE
    code = "request.too-large"


class Invalid(DomainError):
    kind = Kind.INVALID
    code = "invalid"


class TooMany(DomainError):
    kind = Kind.TOO_MANY
    code = "limit.too-many"


class Unavailable(DomainError):
    kind = Kind.UNAVAILABLE
    code = "unavailable"


def check_version(actual: int, expected: int) -> None:
    """Refuse a write by somebody who looked at another version than the present one."""
    if actual != expected:
        raise StaleVersion(
            f"该对象已被他人更新：当前版本为 {actual}，您依据的是版本 {expected}。请重新读取后再提交。",
            actual=actual,
            expected=expected,
        )
