"""``openai-poll-after-ms``: without this header the SDKs' helpers sleep one second between two polls, Node's five."""

import asyncio
import threading
import time
from typing import Any

import pytest
from openai._resource import AsyncAPIResource, SyncAPIResource

from shim.runtime import long_poll
from tests.scenarios.clients.talking import WEATHER, Talk
from tests.scenarios.doors.colours import COLOURS
from tests.scenarios.doors.loopback import Gate, Reply
from tests.server.served import until

pytestmark = pytest.mark.parametrize("client", COLOURS, indirect=True)
HEADER = "openai-poll-after-ms"


def header(answer: Any) -> int:
    return int(answer.headers[HEADER])


def test_on_run_retrieves(talk: Talk) -> None:
    run = talk.run("Good morning")
    answer = talk.threads.runs.with_raw_response.retrieve(run.id, thread_id=run.thread_id)
    assert header(answer) <= 20


@pytest.fixture
def slept(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The seconds of each sleep of the SDK's polling helpers."""
    found: list[float] = []

    def sleep(self: Any, seconds: float) -> None:
        found.append(seconds)
        time.sleep(seconds)

    async def sleep_awaited(self: Any, seconds: float) -> None:
        found.append(seconds)
        await asyncio.sleep(seconds)

    monkeypatch.setattr(SyncAPIResource, "_sleep", sleep)
    monkeypatch.setattr(AsyncAPIResource, "_sleep", sleep_awaited)
    return found


def test_the_helpers_hardly_sleep(talk: Talk, slept: list[float]) -> None:
    gate = Gate()
    talk.upstream.answer = talk.upstream.gated(gate)
    threading.Timer(0.1, gate.open).start()
    run = talk.run(WEATHER)
    parameters = {"thread_id": run.thread_id, "tool_outputs": talk.outputs(run)}
    run = talk.threads.runs.submit_tool_outputs_and_poll(run_id=run.id, **parameters)
    assert run.status == "completed"
    # Their requests are answered when the run has changed, so they rarely have to poll again.
    assert len(slept) <= 2
    assert sum(slept) <= 0.04


def test_a_retrieve_outside_the_helpers_is_answered_immediately(talk: Talk, slept: list[float]) -> None:
    gate = Gate()
    talk.upstream.answer = talk.upstream.gated(gate)
    thread = talk.threads.create(messages=[{"role": "user", "content": "Good morning"}]).id
    run = talk.threads.runs.create(thread_id=thread, assistant_id=talk.assistant().id)
    began = time.monotonic()
    for _ in range(5):
        run = talk.threads.runs.retrieve(run.id, thread_id=thread)
        assert run.status in ("queued", "in_progress")
    assert time.monotonic() - began < long_poll.LONGEST
    threading.Timer(0.2, gate.open).start()
    run = talk.threads.runs.poll(run.id, thread_id=thread, poll_interval_ms=7)
    assert run.status == "completed"
    assert len(slept) >= 3
    assert set(slept) == {0.007}


def _open_after(gate: Gate, slept: list[float]) -> None:
    until(lambda: len(slept) >= 3)
    gate.open()


def test_a_long_run_is_polled_at_intervals(talk: Talk, slept: list[float], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(long_poll, "LONGEST", 0.05)
    gate = Gate()
    talk.upstream.answer = talk.upstream.gated(gate)
    opener = threading.Thread(target=_open_after, args=(gate, slept))
    opener.start()
    began = time.monotonic()
    assert talk.run("Good morning").status == "completed"
    opener.join()
    # Every response but the last was delayed (long polling).
    assert 3 <= len(slept) <= (time.monotonic() - began) / 0.05 + 1
    assert set(slept) == {0.02}


def test_a_run_that_is_cancelled_during_a_poll(talk: Talk) -> None:
    gate = Gate()
    talk.upstream.answer = talk.upstream.gated(gate)
    thread = talk.threads.create(messages=[{"role": "user", "content": "Good morning"}]).id
    run = talk.threads.runs.create(thread_id=thread, assistant_id=talk.assistant().id)
    began = time.monotonic()
    timer = threading.Timer(0.1, lambda: talk.threads.runs.cancel(run.id, thread_id=thread))
    timer.start()
    assert talk.threads.runs.poll(run.id, thread_id=thread).status == "cancelled"
    assert time.monotonic() - began < long_poll.LONGEST
    gate.open()
    timer.join()


#: What the SDK's helpers poll besides runs: path, and the call.  These calls are passed through to upstream.
POLLED = {
    "files": ("/v1/files/file_1", lambda client: client.files.with_raw_response.retrieve("file_1")),
    "vector store": ("/v1/vector_stores/vs_1", lambda client: client.vector_stores.with_raw_response.retrieve("vs_1")),
    "vector store file": (
        "/v1/vector_stores/vs_1/files/file_1",
        lambda client: client.vector_stores.files.with_raw_response.retrieve("file_1", vector_store_id="vs_1"),
    ),
    "file batch": (
        "/v1/vector_stores/vs_1/file_batches/vsfb_1",
        lambda client: client.vector_stores.file_batches.with_raw_response.retrieve("vsfb_1", vector_store_id="vs_1"),
    ),
}


@pytest.mark.parametrize("kind", POLLED)
def test_on_calls_that_are_passed_through(talk: Talk, kind: str) -> None:
    path, call = POLLED[kind]
    talk.upstream.answer = lambda request: Reply.json({"id": "x_1", "status": "in_progress"})
    assert header(call(talk.client)) <= 500
    assert talk.upstream.requests[-1].path == path


@pytest.mark.parametrize("kind", POLLED)
def test_upstreams_own_header_is_returned(talk: Talk, kind: str) -> None:
    _, call = POLLED[kind]
    talk.upstream.answer = lambda request: Reply.json({"id": "x_1"}, openai_poll_after_ms="4321")
    assert header(call(talk.client)) == 4321
