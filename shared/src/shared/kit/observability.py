"""What can be seen from outside: JSON logs with the request and trace they belong to, spans, and Prometheus metrics."""

import logging
import sys
from collections.abc import Iterator, Mapping, MutableMapping
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from typing import Any, Final, TextIO, cast

import structlog
from opentelemetry import context as otel_context
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.trace import SpanKind
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator
from prometheus_client import CollectorRegistry, Gauge, Histogram
from prometheus_client.exposition import generate_latest

_request_id: ContextVar[str | None] = ContextVar("request_id", default=None)
_traces: Final = TraceContextTextMapPropagator()
_provider: Final = TracerProvider()
"""Ours, not the process-wide one: an embedding program keeps its own. Exporters are added with `tracer_provider()`."""

_DURATIONS: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


_traceback: Final = structlog.processors.ExceptionRenderer(structlog.tracebacks.ExceptionDictTransformer(show_locals=False))
"""Without the values of variables: keys and people's data are among them."""


class _Output:
    """Standard output for as long as it takes anything: a line that cannot be written (disk full, pipe closed) stops nothing."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        with suppress(OSError):
            self._stream.write(text)
        return len(text)

    def flush(self) -> None:
        with suppress(OSError):
            self._stream.flush()


def configure_logging(level: str = "info") -> None:
    """Send every log line of the process to stdout, as one JSON object per line."""
    output = cast("TextIO", _Output(sys.stdout))
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        _with_trace,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    structlog.configure(
        processors=[
            *shared,
            _traceback,
            structlog.processors.JSONRenderer(ensure_ascii=False, default=str),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level.upper()]),
        logger_factory=structlog.PrintLoggerFactory(output),
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(output)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                _traceback,
                structlog.processors.JSONRenderer(ensure_ascii=False, default=str),
            ],
        )
    )
    logging.basicConfig(level=logging.getLevelNamesMapping()[level.upper()], handlers=[handler], force=True)
    # One access line per request is written by the request middleware, with the request id.
    logging.getLogger("uvicorn.access").disabled = True


def _with_trace(_logger: Any, _name: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    if (request_id := _request_id.get()) is not None:
        event.setdefault("request_id", request_id)
    span = trace.get_current_span().get_span_context()
    if span.is_valid:
        event.setdefault("trace_id", format(span.trace_id, "032x"))
    return event


def tracer_provider() -> TracerProvider:
    """Where a deployment adds its span processors and exporters."""
    return _provider


def request_id() -> str | None:
    """The id of the request being served, None outside of one."""
    return _request_id.get()


def current_traceparent() -> str | None:
    """The present span as a W3C `traceparent`, None outside of one."""
    carrier: dict[str, str] = {}
    _traces.inject(carrier)
    return carrier.get("traceparent")


@contextmanager
def request_scope(identity: str, name: str, headers: Mapping[str, str]) -> Iterator[trace.Span]:
    """Everything inside belongs to this request, and to the trace that its headers continue."""
    token = _request_id.set(identity)
    try:
        with span(name, headers, kind=SpanKind.SERVER) as current:
            yield current
    finally:
        _request_id.reset(token)


@contextmanager
def span(name: str, headers: Mapping[str, str], *, kind: SpanKind = SpanKind.CONSUMER) -> Iterator[trace.Span]:
    """A span that continues the trace named by `headers["traceparent"]`, or starts one."""
    parent = otel_context.attach(_traces.extract(headers, context=otel_context.Context()))
    try:
        with _provider.get_tracer("diaodu").start_as_current_span(name, kind=kind) as current:
            yield current
    finally:
        otel_context.detach(parent)


class Metrics:
    """The metrics of one service; a registry of its own, so that four services can live in one process."""

    def __init__(self, service: str) -> None:
        self.registry = CollectorRegistry()
        self.service = service
        self.requests = Histogram(
            "http_server_request_duration_seconds",
            "Time from the first byte of a request to the last byte of its answer.",
            ("service", "method", "route", "status"),
            registry=self.registry,
            buckets=_DURATIONS,
        )
        self.in_flight = Gauge("http_server_active_requests", "Requests being served.", ("service",), registry=self.registry)

    def gauge(self, name: str, text: str, labels: tuple[str, ...] = ()) -> Gauge:
        """A gauge of this service."""
        return Gauge(name, text, labels, registry=self.registry)

    def exposition(self) -> bytes:
        """The page that Prometheus reads."""
        return generate_latest(self.registry)
