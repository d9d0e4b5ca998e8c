"""Requests and replies between a door and the engine."""

import json
from collections.abc import AsyncGenerator
from typing import Any

import pytest

from shim.engine import protocol
from shim.engine.protocol import DONE, Request
from shim.store.errors import StoreFailed
from shim.wire.errors import error


async def batches() -> AsyncGenerator[Any, None]:
    yield []


@pytest.mark.parametrize("streamed, timeout", [(True, 7), (False, None)])
def test_the_callers_timeout_applies_upstream_only_to_streamed_runs(streamed: bool, timeout: int | None) -> None:
    call = Request("POST", "threads", headers={"a": "b"}, timeout=7).call(streamed)
    assert (call.timeout, call.headers) == (timeout, {"a": "b"})


def test_a_json_reply_is_indented_utf8_and_keeps_its_headers() -> None:
    reply = protocol.json_reply({"a": "é\ud83d"}, status=201, headers={"x-b": "c"})
    assert reply.body.decode() == '{\n  "a": "é\ufffd"\n}'
    assert (reply.status, reply.headers) == (201, {"content-type": "application/json", "x-b": "c"})
    assert (reply.events, reply.streamed) == (None, False)
    assert "x-b" not in protocol.json_reply({}).headers


async def test_a_runs_events_are_the_body_only_of_a_streamed_reply() -> None:
    events = batches()
    assert not protocol.json_reply({}, events=events).streamed
    reply = protocol.stream_reply(events)
    assert reply.headers["content-type"] == "text/event-stream; charset=utf-8"
    assert (reply.status, reply.streamed, reply.body, reply.events is events) == (200, True, b"", True)
    await events.aclose()


def test_the_reply_of_an_error_has_its_body_and_status() -> None:
    problem = error("no_thread", id="thread_1")
    reply = protocol.error_reply(problem)
    assert reply.status == problem.status == 404
    assert json.loads(reply.body) == problem.body


@pytest.mark.parametrize(
    "problem, message, retry",
    [
        (StoreFailed("The store is locked.", "by itself"), "The store is locked.", "true"),
        (StoreFailed("The disk is full.", "by help"), "The disk is full.", "false"),
        (StoreFailed("The store is too new."), "The store is too new.", "false"),
        (ZeroDivisionError("a secret"), error("server_error").message, "false"),
    ],
)
def test_of_internal_errors_only_those_of_the_store_have_their_message(
    problem: Exception, message: str, retry: str
) -> None:
    reply = protocol.our_failure(problem)
    assert (reply.status, reply.message) == (500, message)
    assert protocol.error_reply(reply).headers["x-should-retry"] == retry


def test_a_batch_is_sse_in_order() -> None:
    batch = [("thread.created", {"id": "é"}), DONE]
    assert protocol.encode(batch) == 'event: thread.created\ndata: {"id":"é"}\n\nevent: done\ndata: [DONE]\n\n'.encode()
    assert protocol.encode([]) == b""
