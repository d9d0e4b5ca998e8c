"""Spans: one for a request, as a child of the caller's span; one for each answer of a model, as a child of the
request's.
"""

from typing import Any

import pytest
from opentelemetry import trace
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from shim.server.tracing import Tracing
from tests.scenarios.doors.loopback import Loopback
from tests.server.sending import send
from tests.server.served import served, until

KEY = "Bearer test"
PARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


@pytest.fixture
def spans(monkeypatch: pytest.MonkeyPatch) -> InMemorySpanExporter:
    """The spans that a program's SDK would export."""
    exporter, provider = InMemorySpanExporter(), TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    monkeypatch.setattr(trace, "get_tracer", provider.get_tracer)
    return exporter


def ask_run(url: str, text: str) -> None:
    made = send(f"{url}/v1/assistants", "POST", {"model": "gpt-4o"}, authorization=KEY).json["id"]
    body = {"assistant_id": made, "stream": True, "thread": {"messages": [{"role": "user", "content": text}]}}
    send(f"{url}/v1/threads/runs", "POST", body, authorization=KEY, traceparent=PARENT)


def named_spans(spans: InMemorySpanExporter, name: str) -> list[ReadableSpan]:
    return [each for each in spans.get_finished_spans() if each.name == name]


@pytest.mark.parametrize("text, status", [("Hello", "completed"), ("fail-midway", "failed")])
def test_a_run(upstream: Loopback, spans: InMemorySpanExporter, text: str, status: str) -> None:
    with served(upstream=upstream.url) as url:
        ask_run(url, text)
        until(lambda: named_spans(spans, "POST threads/runs") and named_spans(spans, "chat gpt-4o"))
    (run_span,), (model_span,) = named_spans(spans, "POST threads/runs"), named_spans(spans, "chat gpt-4o")
    assert run_span.parent is not None
    assert model_span.parent is not None
    assert (f"{run_span.parent.trace_id:032x}", f"{run_span.parent.span_id:016x}") == tuple(PARENT.split("-")[1:3])
    assert model_span.parent.span_id == run_span.context.span_id
    attributes: Any = dict(model_span.attributes or {})
    assert attributes["gen_ai.operation.name"] == "chat"
    assert attributes["gen_ai.request.model"] == "gpt-4o"
    assert attributes["gen_ai.response.id"].startswith("resp_")
    assert attributes["gen_ai.conversation.id"].startswith("thread_")
    assert attributes["shim.run.status"] == status
    assert model_span.status.is_ok is (status == "completed")
    assert (attributes["gen_ai.usage.output_tokens"] > 0) is (status == "completed")
    assert "Hello" not in model_span.to_json() + run_span.to_json(), "no contents"
    assert dict(run_span.attributes or {})["http.response.status_code"] == 200
    request = next(each for each in upstream.requests if each.path == "/v1/responses")
    assert (request.header("traceparent") or "").split("-")[1:3] == [
        f"{run_span.context.trace_id:032x}",
        f"{run_span.context.span_id:016x}",
    ]


def test_a_refusal_ends_its_span(spans: InMemorySpanExporter) -> None:
    tracing, run = Tracing(), {"id": "run_1", "thread_id": "thread_1", "assistant_id": "asst_1"}
    tracing.monitor("first", run)
    tracing.monitor("asking", run, "a")
    tracing.monitor("refused", run, "429")
    tracing.monitor("asking", run, "b")
    tracing.monitor("asking", run, "c")
    tracing.monitor("ended", run, "completed")
    tracing.monitor("ended", run, "completed")
    kinds = [(each.name, (each.attributes or {}).get("error.type")) for each in spans.get_finished_spans()]
    assert kinds == [("chat a", "429"), ("chat b", None), ("chat c", None)]


def test_without_the_library_there_are_no_spans(monkeypatch: pytest.MonkeyPatch, upstream: Loopback) -> None:
    monkeypatch.setattr("shim.server.tracing.trace", None)
    with served(upstream=upstream.url) as url:
        ask_run(url, "Hello")
    assert all(request.header("traceparent") in (None, PARENT) for request in upstream.requests)
