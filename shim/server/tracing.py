"""OpenTelemetry spans, if its API is installed: one for each request, one for each answer of a model.

Names and attributes are those of OpenTelemetry's conventions for HTTP and for generative AI.  Without the library, and
without a program that configures its SDK (``opentelemetry-instrument``), nothing is done.
"""

from collections.abc import Iterator, MutableMapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any, Final

from shim.ports import Happening
from shim.server.exchange import Exchange
from shim.server.recent import Recent
from shim.wire.types import Json

trace: Any
propagate: Any
try:
    from opentelemetry import propagate, trace
except ModuleNotFoundError:
    trace = propagate = None

#: Statuses of a failed answer.
BAD: Final = ("failed", "expired")
USAGE: Final = {"prompt_tokens": "gen_ai.usage.input_tokens", "completion_tokens": "gen_ai.usage.output_tokens"}


class Tracing:
    """The spans of one process."""

    def __init__(self) -> None:
        self._tracer: Any = trace.get_tracer("shim") if trace is not None else None
        self._open: Recent[Any] = Recent(dropped=lambda span: span.end())

    def around(self, exchange: Exchange, headers: dict[str, str]) -> AbstractContextManager[Any]:
        """A span for a request, below the caller's own if there is one."""
        return nullcontext() if self._tracer is None else self._request(exchange, headers)

    @contextmanager
    def _request(self, exchange: Exchange, headers: dict[str, str]) -> Iterator[None]:
        attributes = {"http.request.method": exchange.method, "url.path": exchange.path}
        options = {"context": propagate.extract(headers), "kind": trace.SpanKind.SERVER, "attributes": attributes}
        with self._tracer.start_as_current_span(exchange.method, **options) as span:
            yield
            span.update_name(f"{exchange.method} {exchange.route}")
            span.set_attribute("http.route", exchange.route)
            span.set_attribute("http.response.status_code", exchange.status)
            span.set_attribute("shim.request_id", exchange.id)
            if exchange.status >= 500:
                span.set_status(trace.StatusCode.ERROR)

    def inject(self, headers: MutableMapping[str, str]) -> None:
        """Add the current span to headers for upstream."""
        if self._tracer is not None:
            propagate.inject(headers)

    def monitor(self, what: Happening, run: Json, detail: str = "", /) -> None:
        """A span from the request to upstream to the end of its answer; a repeated request gets another one."""
        if self._tracer is None:
            return
        if what == "asking":
            self._end(run, "")
            self._begin(run, detail)
        span = self._open.get(run["id"])
        if span is None:
            return
        if what == "opened":
            span.set_attribute("gen_ai.response.id", detail)
        elif what == "first":
            span.add_event("gen_ai.first_token")
        elif what == "refused":
            span.set_attribute("error.type", detail or "connection")
            self._end(run, "failed")
        elif what == "ended":
            self._end(run, detail)

    def _begin(self, run: Json, model: str) -> None:
        attributes = {
            "gen_ai.operation.name": "chat",
            "gen_ai.provider.name": "openai",
            "gen_ai.request.model": model,
            "gen_ai.conversation.id": run["thread_id"],
            "gen_ai.agent.id": run["assistant_id"],
            "shim.run.id": run["id"],
        }
        span = self._tracer.start_span(f"chat {model}", kind=trace.SpanKind.CLIENT, attributes=attributes)
        self._open[run["id"]] = span

    def _end(self, run: Json, status: str) -> None:
        span = self._open.pop(run["id"], None)
        if span is None:
            return
        usage = run.get("usage") or {}
        for name, attribute in USAGE.items():
            if name in usage:
                span.set_attribute(attribute, usage[name])
        if status:
            span.set_attribute("shim.run.status", status)
        if status in BAD:
            span.set_status(trace.StatusCode.ERROR)
        span.end()
