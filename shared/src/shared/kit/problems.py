"""Errors as RFC 9457 problems: the only place that knows HTTP's numbers for what goes wrong."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, cast
from urllib.parse import quote

import structlog
from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from shared.kit import database_problems
from shared.kit.errors import DomainError, Fault, Kind
from shared.kit.observability import request_id
from shared.kit.schemas import OutModel
from shared.kit.validation_texts import sentence

log = structlog.get_logger(__name__)

MEDIA_TYPE: Final = "application/problem+json"
RETRY_AFTER_SECONDS: Final = "1"

STATUS: Final[dict[Kind, int]] = {
    Kind.BAD_REQUEST: 400,
    Kind.UNAUTHENTICATED: 401,
    Kind.FORBIDDEN: 403,
    Kind.NOT_FOUND: 404,
    Kind.CONFLICT: 409,
    Kind.PRECONDITION_FAILED: 412,
    Kind.TOO_LARGE: 413,
    Kind.INVALID: 422,
    Kind.PRECONDITION_REQUIRED: 428,
    Kind.TOO_MANY: 429,
    Kind.UNAVAILABLE: 503,
}

TITLES: Final[dict[int, str]] = {
    400: "请求格式有误",
    401: "未通过身份认证",
    403: "没有权限",
    404: "不存在",
    405: "不支持该请求方法",
    406: "不支持所要求的返回格式",
    409: "与当前状态冲突",
    412: "版本已过期",
    413: "请求体过大",
    415: "不支持的内容类型",
    422: "内容不合要求",
    428: "须说明所依据的版本",
    429: "请求过于频繁",
    500: "系统内部错误",
    503: "服务暂不可用",
}

_FRAMEWORK: Final[dict[int, tuple[str, str]]] = {
    400: ("request.malformed", "请求无法解析，请检查格式。"),
    404: ("path.not-found", "没有这个地址，请检查路径拼写与版本号。"),
    405: ("method.not-allowed", "该地址不支持此请求方法，可用的方法见响应头 Allow。"),
    413: ("request.too-large", "请求体超过上限，请分批提交。"),
    415: ("request.content-type", "内容类型须为 application/json。"),
}


class FaultOut(OutModel):
    """输入中的一处问题：位置、固定代码和处理办法。"""

    pointer: str
    code: str
    message: str


class ProblemOut(OutModel):
    """错误说明（RFC 9457）。"""

    type: str
    title: str
    status: int
    detail: str
    instance: str
    code: str
    request_id: str
    errors: list[FaultOut]


@dataclass(frozen=True, slots=True)
class Problem:
    """One problem, before it is written."""

    status: int
    code: str
    detail: str
    faults: Sequence[Fault] = ()
    headers: Mapping[str, str] = field(default_factory=dict)

    def document(self, instance: str, identity: str = "") -> dict[str, Any]:
        """The members of RFC 9457, ours among them."""
        return {
            "type": f"urn:diaodu:problem:{self.code}",
            "title": TITLES.get(self.status, "请求未能完成"),
            "status": self.status,
            "detail": self.detail,
            "instance": instance,
            "code": self.code,
            "request_id": identity or request_id() or "",
            "errors": [{"pointer": fault.pointer, "code": fault.code, "message": fault.message} for fault in self.faults],
        }

    def response(self, request: Request, identity: str = "") -> Response:
        """The answer on the wire; `identity` is the request's id where none is bound."""
        body = json.dumps(self.document(quote(request.scope["path"]), identity), ensure_ascii=False).encode(
            "utf-8", "backslashreplace"
        )
        return Response(body, self.status, headers={**_HEADERS.get(self.status, {}), **self.headers}, media_type=MEDIA_TYPE)


_HEADERS: Final[dict[int, dict[str, str]]] = {
    401: {"WWW-Authenticate": 'Bearer realm="diaodu"'},
    429: {"Retry-After": RETRY_AFTER_SECONDS},
    503: {"Retry-After": RETRY_AFTER_SECONDS},
}


def problem_of(error: DomainError) -> Problem:
    """A domain error as a problem. A number of seconds under `retry_after` becomes the header."""
    headers = {"Retry-After": str(error.fields["retry_after"])} if "retry_after" in error.fields else {}
    return Problem(STATUS[error.kind], error.code, error.detail, error.faults, headers)


def problem_of_validation(errors: Iterable[Mapping[str, Any]]) -> Problem:
    """What pydantic found, all of it, as one problem."""
    faults = [validation_fault(item["loc"], item) for item in errors]
    if any(fault.code == "json_invalid" for fault in faults):
        return Problem(400, "json.malformed", "请求体不是合法的 JSON，请检查格式。", faults)
    head = faults[0]
    more = f"（另有 {len(faults) - 1} 处，见 errors）" if len(faults) > 1 else ""
    return Problem(422, "validation.failed", f"{_place(head.pointer)}{head.message}{more}", faults)


def validation_fault(location: Sequence[str | int], item: Mapping[str, Any]) -> Fault:
    """One of pydantic's errors, at a place given as pydantic gives it: ("body", "items", 3, "value")."""
    return Fault(pointer(location), item["type"], sentence(item["type"], item.get("ctx") or {}, item["msg"]))


def pointer(location: Sequence[str | int]) -> str:
    """A JSON pointer into the body, or `query:limit`, `path:id`, `header:if-match`."""
    source, *steps = location or ("body",)
    if source == "body":
        return "".join("/" + str(step).replace("~", "~0").replace("/", "~1") for step in steps)
    return f"{source}:{'.'.join(str(step) for step in steps)}"


_SOURCES: Final = {"query": "查询参数", "path": "路径参数", "header": "请求头", "cookie": "Cookie"}


def _place(where: str) -> str:
    source, colon, name = where.partition(":")
    if colon and source in _SOURCES:
        return f"{_SOURCES[source]} {name}："
    return f"{where}：" if where else "请求体："


def problem_of_framework(status: int, headers: Mapping[str, str]) -> Problem:
    """What the framework decides by itself: no such path, no such method, no such content type."""
    code, detail = _FRAMEWORK.get(status, (f"http.{status}", "请求未能完成，请检查后重试。"))
    return Problem(status, code, detail, headers=headers)


INTERNAL: Final = Problem(500, "internal", "系统内部错误，已记录。请凭 request_id 联系管理员。")


async def _on_domain_error(request: Request, error: Exception) -> Response:
    return problem_of(cast("DomainError", error)).response(request)


async def _on_validation_error(request: Request, error: Exception) -> Response:
    return problem_of_validation(cast("RequestValidationError", error).errors()).response(request)


async def _on_http_exception(request: Request, error: Exception) -> Response:
    refusal = cast("HTTPException", error)
    return problem_of_framework(refusal.status_code, refusal.headers or {}).response(request)


async def _on_database_refusal(request: Request, error: Exception) -> Response:
    meaning = database_problems.meaning(error)
    if meaning is None:
        return on_unexpected(request, error)
    log.warning("http.database_refused", code=meaning.code, error=type(error).__name__)
    return problem_of(meaning).response(request)


def on_unexpected(request: Request, error: Exception) -> Response:
    """The last resort: logged once with its trace, answered without it."""
    log.error("http.unexpected_error", method=request.method, path=request.scope["path"], exc_info=error)
    return INTERNAL.response(request)


def install_problems(app: FastAPI) -> None:
    """Answer every error of this app with a problem."""
    app.add_exception_handler(DomainError, _on_domain_error)
    app.add_exception_handler(RequestValidationError, _on_validation_error)
    app.add_exception_handler(HTTPException, _on_http_exception)
    for refusal in database_problems.REFUSALS:
        app.add_exception_handler(refusal, _on_database_refusal)
