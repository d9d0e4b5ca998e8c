"""Internal errors of the shim: the run fails, with a reference to the log."""

from typing import Any

import pytest

from shim.engine.run import carrier, state
from shim.store.errors import StoreFailed
from shim.translate import stream
from tests.engine.scripted import Harness, answer, pump
from tests.translate.upstream_events import added, created, last, message, names, says, text

HELLO = message(says("Hello."))


def _run(harness: Harness, thread: str) -> dict[str, Any]:
    found: dict[str, Any] = harness.get(f"threads/{thread}/runs")["data"][0]
    return found


def test_an_internal_error_fails_the_run_and_refers_to_the_log(harness: Harness, monkeypatch, caplog) -> None:
    """The error is one of the shim: `last_error` blames neither a stopped process nor upstream."""

    def broken(turn, event):
        raise KeyError("ours")
        yield

    thread = harness.thread("One")
    monkeypatch.setitem(stream.RULES, "response.output_text.delta", broken)
    emitted = harness.run(thread, [[created()], [added(message())], [text("Hel")]])
    run = last(emitted, "run.failed")
    assert run["last_error"] == {
        "code": "server_error",
        "message": "internal error of the shim, see the log of 1970-01-01T00:16:40+00:00",
    }
    assert _run(harness, thread)["last_error"] == run["last_error"]
    (record,) = [record for record in caplog.records if record.exc_info]
    assert "1970-01-01T00:16:40+00:00" in record.getMessage()
    monkeypatch.undo()
    assert names(harness.run(thread, answer(HELLO)))[-1] == "run.completed"


def test_when_the_ending_breaks_too_the_next_read_ends_the_run(harness: Harness, monkeypatch) -> None:
    def broken(*_):
        raise KeyError("ours")

    thread = harness.thread("One")
    monkeypatch.setattr(carrier, "commit", broken)
    harness.script([[created()], [added(message())]])
    reply = harness.reply("POST", f"threads/{thread}/runs", {"assistant_id": harness.assistant(), "stream": True})
    with pytest.raises(KeyError):
        pump(reply)
    monkeypatch.undo()
    assert _run(harness, thread)["status"] == "failed"


def test_when_the_store_fails_too_the_next_read_completes_the_run(harness: Harness, monkeypatch) -> None:
    def broken(*_):
        raise StoreFailed("The disk is full.")

    def faulty(turn, event):
        monkeypatch.setattr(carrier, "commit", broken)
        raise KeyError("ours")
        yield

    thread = harness.thread("One")
    monkeypatch.setitem(stream.RULES, "response.output_text.delta", faulty)
    emitted = harness.run(thread, [[created()], [added(message())], [text("Hel")]])
    assert names(emitted)[-1] not in ("run.failed", "run.completed"), (
        "an event whose object is not stored is not emitted"
    )
    monkeypatch.undo()
    harness.script(answer(HELLO, id="resp_again"))
    assert _run(harness, thread)["status"] == "completed"


def test_an_internal_error_after_the_stored_end_changes_nothing(harness: Harness, monkeypatch) -> None:
    stored = state.RunState.stored

    def broken(self, run, memory):
        if run["status"] == "completed":
            raise KeyError("ours")
        stored(self, run, memory)

    thread = harness.thread("One")
    monkeypatch.setattr(state.RunState, "stored", broken)
    harness.run(thread, answer(HELLO))
    assert _run(harness, thread)["status"] == "completed"
