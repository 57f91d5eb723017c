"""Traces by OpenTelemetry, where OTEL_EXPORTER_OTLP_ENDPOINT is set; else nothing, at no cost.

Spans are made by hand, and few: a request, a job, a call of a model. They hold ids, routes, names
and codes, never an address, a prompt or a person. The SDK is imported at the first span.
"""

import re
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from types import MappingProxyType
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from chatsvg import roles
from chatsvg.telemetry import access

_TRACEPARENT = re.compile(r"00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})")
NOTHING = ("0" * 32, "0" * 16)
_NONE: Mapping[str, object] = MappingProxyType({})
_lock = threading.Lock()
_provider: Any = None


class Silent:
    """Stands for a span where nothing is traced."""

    def set_attribute(self, name: str, value: object) -> None:
        """Nobody asks."""

    def fail(self, code: str) -> None:
        """Nobody asks."""


class Span:
    """One that is recorded."""

    def __init__(self, span: Any):
        self._span = span

    def set_attribute(self, name: str, value: object) -> None:
        if value is not None:
            self._span.set_attribute(name, value)

    def fail(self, code: str) -> None:
        """It came to nothing; `code` is one of ours, and public."""
        from opentelemetry.trace import Status, StatusCode

        self._span.set_status(Status(StatusCode.ERROR, code))
        self._span.set_attribute("error.type", code)


SILENT = Silent()


@contextmanager
def span(
    name: str,
    *,
    kind: str = "internal",
    parent: str = "",
    attributes: Mapping[str, object] = _NONE,
) -> Iterator[Span | Silent]:
    """Inside, this is the current span. `parent` is a traceparent; without one, the span around.

    What is raised marks it as failed by the name of its type alone: texts of errors repeat too
    much. `kind` is internal, server, client or consumer.
    """
    if not settings.OTEL_ENDPOINT:
        yield SILENT
        return
    from opentelemetry import trace

    begun = _tracer().start_as_current_span(
        name,
        context=_context(parent),
        kind=trace.SpanKind[kind.upper()],
        attributes={key: one for key, one in attributes.items() if one not in (None, "")},
        record_exception=False,
        set_status_on_exception=False,
    )
    with begun as inner:
        ours = Span(inner)
        try:
            yield ours
        except BaseException as error:
            ours.fail(type(error).__name__)
            raise


def traceparent() -> str:
    """The current span as a W3C header; empty where nothing is traced."""
    if not settings.OTEL_ENDPOINT:
        return ""
    from opentelemetry import trace

    here = trace.get_current_span().get_span_context()
    if not here.is_valid:
        return ""
    return f"00-{here.trace_id:032x}-{here.span_id:016x}-{here.trace_flags:02x}"


@contextmanager
def request(asked: HttpRequest) -> Iterator[Span | Silent]:
    """The span of a request. What it says of its trace counts where a proxy of ours sent it."""
    if not settings.OTEL_ENDPOINT:
        yield SILENT
        return
    sent = asked.headers.get("traceparent", "") if settings.TRUSTED_PROXIES else ""
    about = {"http.request.method": access.method_of(asked.method)}
    with span("request", kind="server", parent=sent, attributes=about) as one:
        yield one


def answered(one: Span | Silent, asked: HttpRequest, response: HttpResponseBase) -> None:
    """What the span of a request is called, and how it ended."""
    if isinstance(one, Span):
        route = access.route_of(asked, response.status_code)
        one._span.update_name(f"{access.method_of(asked.method)} {route}")
        one.set_attribute("http.route", route)
        one.set_attribute("http.response.status_code", response.status_code)
        if response.status_code >= 500:
            one.fail(str(response.status_code))


def stop() -> None:
    """Send what waits to be sent; the next span begins anew."""
    global _provider
    with _lock:
        ending, _provider = _provider, None
    if ending is not None:
        ending.shutdown()


def _context(parent: str) -> Any:
    """What a traceparent names. What is malformed begins a trace of its own."""
    found = _TRACEPARENT.fullmatch(parent)
    if found is None or found[1] == NOTHING[0] or found[2] == NOTHING[1]:
        return None
    from opentelemetry import trace

    there = trace.SpanContext(
        int(found[1], 16), int(found[2], 16), is_remote=True, trace_flags=_flags(found[3])
    )
    return trace.set_span_in_context(trace.NonRecordingSpan(there))


def _flags(text: str) -> Any:
    from opentelemetry.trace import TraceFlags

    return TraceFlags(int(text, 16) & TraceFlags.SAMPLED)


def _tracer() -> Any:
    global _provider
    with _lock:
        if _provider is None:
            _provider = _make()
        return _provider.get_tracer("chatsvg")


def _make() -> Any:
    """Headers, sampling, batches and the rest are read from OTEL_… variables by the SDK."""
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    told = {"service.name": settings.OTEL_SERVICE_NAME, "chatsvg.process": roles.mine()}
    provider = TracerProvider(resource=Resource.create(told))
    exporter = OTLPSpanExporter(endpoint=f"{settings.OTEL_ENDPOINT}/v1/traces")
    provider.add_span_processor(BatchSpanProcessor(exporter))
    return provider
