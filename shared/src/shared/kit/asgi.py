"""The outermost layer of a service: request id, trace, security headers, one log line, metrics, and the last catch."""

import asyncio
import re
from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass, field
from typing import Any, Final

import structlog
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import ClientDisconnect, Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.kit.clock import Clock
from shared.kit.errors import Unavailable
from shared.kit.ids import new_id
from shared.kit.limits import Bulkhead, Overloaded
from shared.kit.observability import Metrics, request_scope
from shared.kit.problems import on_unexpected, problem_of

log = structlog.get_logger(__name__)

REQUEST_ID: Final = "X-Request-ID"
_GIVEN_ID: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_QUIET: Final = ("/livez", "/readyz", "/metrics")
SECURITY_HEADERS: Final[Mapping[str, str]] = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
    "Cache-Control": "no-store",
}


class Stopping(Unavailable):
    code = "server.stopping"


class Gate:
    """Sends away who comes while as much is in hand as may be, before anything is done for him: that has to cost nearly nothing.

    A stream counts until it begins; it has a limit of its own. Health and metrics are always answered.
    """

    def __init__(self, app: ASGIApp, *, most: int, requests: Bulkhead, metrics: Metrics, clock: Clock) -> None:
        self._app = app
        self._most = most
        self._requests = requests
        self._metrics = metrics
        self._clock = clock
        self._in_hand = 0
        self._refused = 0
        self._told_at = 0.0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"].endswith(_QUIET):
            await self._app(scope, receive, send)
        elif self._in_hand >= self._most or self._requests.is_full:
            await self._refuse(scope, receive, send)
        else:
            await self._admit(scope, receive, send)

    async def _admit(self, scope: Scope, receive: Receive, send: Send) -> None:
        counted = True

        async def watched(message: Message) -> None:
            nonlocal counted
            if counted and message["type"] == "http.response.start" and _is_stream(message):
                counted = False
                self._in_hand -= 1
            await send(message)

        self._in_hand += 1
        try:
            await self._app(scope, receive, watched)
        finally:
            self._in_hand -= counted

    async def _refuse(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One line in the log a second at most: the metrics count."""
        self._refused += 1
        self._metrics.requests.labels(self._metrics.service, scope["method"], "(none)", "503").observe(0)
        if self._clock.monotonic() - self._told_at >= 1:
            log.warning("http.shed", requests=self._refused, in_hand=self._in_hand)
            self._told_at, self._refused = self._clock.monotonic(), 0
        error = Overloaded("系统繁忙：正在处理的请求已满，请稍后用同一个 Idempotency-Key 重试。", retry_after=1)
        identity = request_identity(scope)
        response = problem_of(error).response(Request(scope), identity)
        response.headers.update({REQUEST_ID: identity, **SECURITY_HEADERS})
        await response(scope, receive, send)


def _is_stream(message: Message) -> bool:
    return Headers(raw=message.get("headers", [])).get("content-type", "").startswith("text/event-stream")


def request_identity(scope: Scope) -> str:
    """The id that the caller gave his request, if it is one, or a new one."""
    given = Headers(scope=scope).get(REQUEST_ID, "")
    return given if _GIVEN_ID.fullmatch(given) else new_id()


@dataclass(slots=True)
class _Exchange:
    """What became of one request."""

    request_id: str
    status: int = 0
    streamed: bool = False
    state: MutableMapping[str, Any] = field(default_factory=dict)

    @property
    def started(self) -> bool:
        return self.status != 0


class RequestLayer:
    """Wraps everything else of an application."""

    def __init__(self, app: ASGIApp, *, metrics: Metrics, clock: Clock) -> None:
        self._app = app
        self._metrics = metrics
        self._clock = clock

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        exchange = _Exchange(request_identity(scope), state=scope.setdefault("state", {}))
        with request_scope(exchange.request_id, f"{scope['method']} request", headers) as span:
            began = self._clock.monotonic()
            with self._metrics.in_flight.labels(self._metrics.service).track_inprogress():
                await self._serve(scope, receive, send, exchange)
            span.update_name(f"{scope['method']} {_route(scope)}")
            span.set_attribute("http.response.status_code", exchange.status)
            self._account(scope, exchange, self._clock.monotonic() - began)

    async def _serve(self, scope: Scope, receive: Receive, send: Send, exchange: _Exchange) -> None:
        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                exchange.status = message["status"]
                _add_headers(message, exchange)
            await send(message)

        try:
            await self._app(scope, receive, send_with_headers)
        except asyncio.CancelledError:
            # The server cuts off what is still open at its deadline: the caller learns that he may try again.
            if not exchange.started:
                error = Stopping("服务正在停止，该请求已中断；请稍后用同一个 Idempotency-Key 重试。")
                await problem_of(error).response(Request(scope))(scope, receive, send_with_headers)
            raise
        except ClientDisconnect:
            log.info("http.client_left", path=scope["path"])
        except Exception as failure:  # noqa: BLE001 - the edge: whatever was not foreseen is answered, and logged once
            response = on_unexpected(Request(scope), failure)
            if not exchange.started:
                await response(scope, receive, send_with_headers)

    def _account(self, scope: Scope, exchange: _Exchange, seconds: float) -> None:
        route = _route(scope)
        if not exchange.streamed:
            self._metrics.requests.labels(self._metrics.service, scope["method"], route, str(exchange.status)).observe(seconds)
        if scope["path"].endswith(_QUIET):
            return
        log.info(
            "http.request",
            method=scope["method"],
            path=scope["path"],
            route=route,
            status=exchange.status,
            milliseconds=round(seconds * 1000, 1),
            caller=getattr(exchange.state.get("principal"), "actor", None),
        )


def _add_headers(message: Message, exchange: _Exchange) -> None:
    headers = MutableHeaders(raw=message.setdefault("headers", []))
    headers[REQUEST_ID] = exchange.request_id
    exchange.streamed = headers.get("content-type", "").startswith("text/event-stream")
    for name, value in {**SECURITY_HEADERS, **exchange.state.get("answer_headers", {})}.items():
        headers.setdefault(name, value)


def _route(scope: Scope) -> str:
    """The path with its parameters' names: values would make a metric of their own each."""
    return getattr(scope.get("route"), "path", None) or "(none)"
