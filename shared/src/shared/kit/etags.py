"""Versions on the wire: `ETag`, `If-Match`, `If-None-Match`."""

import hashlib
import re
from typing import Annotated, Final, Protocol, TypeVar

from fastapi import Depends, Header
from starlette.requests import Request
from starlette.responses import Response

from shared.kit.errors import BadRequest, VersionRequired
from shared.kit.schemas import OutModel

_STRONG: Final = re.compile(r'"v([1-9][0-9]{0,17})(-[0-9a-f]{24})?"')
IF_MATCH_PATTERN: Final = r'^"v[1-9][0-9]{0,17}(-[0-9a-f]{24})?"$'


class HasVersion(Protocol):
    """What can be tagged: an object with an identity and a version."""

    @property
    def id(self) -> str: ...

    @property
    def version(self) -> int: ...


class VersionedOut(OutModel):
    """What goes out of an object with a version."""

    id: str
    version: int


T = TypeVar("T", bound=HasVersion)
M = TypeVar("M", bound=VersionedOut)


class MalformedETag(BadRequest):
    code = "precondition.malformed-etag"


def etag_of(version: int) -> str:
    """The strong tag of one version of an object."""
    return f'"v{version}"'


def weak_etag(body: bytes) -> str:
    """The tag of an answer that has no version of its own, such as a list."""
    return f'W/"{hashlib.sha256(body).hexdigest()[:24]}"'


def if_match(if_match: Annotated[str | None, Header(description='所依据版本的 ETag，如 "v3"')] = None) -> int:
    """The version that the writer looked at. 428 without the header, 400 when it is not one of our tags."""
    if if_match is None:
        raise VersionRequired('修改和删除须在请求头 If-Match 中带上读取时得到的 ETag，例如 If-Match: "v3"。')
    match = _STRONG.fullmatch(if_match.strip())
    if match is None:
        raise MalformedETag('请求头 If-Match 须为读取该对象时得到的 ETag，例如 "v3"。', pointer="header:if-match")
    return int(match[1])


IfMatch = Annotated[int, Depends(if_match)]


def tagged(response: Response, obj: T) -> T:
    """Give the answer the object's `ETag`; returns the object."""
    response.headers["ETag"] = etag_of(obj.version)
    return obj


def tagged_by_content(response: Response, obj: M) -> M:
    """As `tagged`, for an answer that also tells what holds today: its tag changes with what it says, the version in it does not.

    Such a tag is as good for `If-Match` as the plain one.
    """
    digest = hashlib.sha256(obj.model_dump_json().encode()).hexdigest()[:24]
    response.headers["ETag"] = f'"v{obj.version}-{digest}"'
    return obj


def created(response: Response, path: str, obj: T) -> T:
    """Give the answer `ETag` and `Location`; `path` is the collection's, or the object's with `{id}` in it."""
    where = path.format(id=obj.id) if "{id}" in path else f"{path.rstrip('/')}/{obj.id}"
    response.headers["Location"] = where
    return tagged(response, obj)


def is_unchanged(request: Request, etag: str) -> bool:
    """Whether the caller has this answer already (`If-None-Match`, compared weakly)."""
    known = request.headers.get("if-none-match")
    if known is None:
        return False
    tags = {tag.strip().removeprefix("W/") for tag in known.split(",")}
    return known.strip() == "*" or etag.removeprefix("W/") in tags
