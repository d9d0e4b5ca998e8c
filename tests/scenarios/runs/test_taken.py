"""Runs that are taken over: by another process, or by the next call after their pump was stopped."""

from typing import Any

import pytest

from shim.runtime import drive
from shim.runtime.heartbeat import Heartbeat
from shim.store import runs as rows
from tests.engine.scripted import Harness, answer
from tests.translate.upstream_events import added, created, ended, message, names, says, text

HELLO = message(says("Hello."))


def _run(harness: Harness, thread: str) -> dict[str, Any]:
    found: dict[str, Any] = harness.get(f"threads/{thread}/runs")["data"][0]
    return found


def test_a_run_with_an_expired_lease_is_taken_over(harness: Harness) -> None:
    """Another process takes the run over; the pump of the first one finds that and emits the last event."""
    thread, other = harness.thread("One"), harness.elsewhere("other")
    harness.script([[created()], [added(HELLO)]])
    reply = harness.reply("POST", f"threads/{thread}/runs", {"assistant_id": harness.assistant(), "stream": True})
    assert reply.events is not None
    batches = drive.drain(reply.events)
    next(batches)
    harness.clock.time += 31
    assert _run(harness, thread)["status"] == "queued", "it is driven right here"
    harness.script(answer(message(says("Bye."), id="msg_b"), id="resp_2"))
    _run(other, thread)
    emitted = [event for batch in batches for event in batch]
    assert [name for name, _ in emitted] == ["thread.run.completed", "done"]
    assert harness.messages(thread) == ["One", "Bye."]


def test_a_run_that_another_process_has_taken_over_is_not_written(harness: Harness) -> None:
    thread, other = harness.thread("One"), harness.elsewhere("other")

    def take() -> None:
        row = harness.base.read(rows.active, thread)
        assert row is not None
        harness.base.write(rows.take_over, row.body["id"], row.owner, "other", harness.clock.time + 30)

    emitted = harness.run(thread, [[created()], take, [added(HELLO)], [ended(HELLO)]])
    assert names(emitted)[-1] == "run.in_progress"
    assert harness.messages(thread) == ["One"]
    assert other.context.owner == "other"


def test_the_heartbeat_finds_a_run_that_another_process_has_taken_over(harness: Harness) -> None:
    thread, heartbeat = harness.thread("One"), Heartbeat(harness.context, harness.base)
    harness.elsewhere("other")

    def take() -> None:
        row = harness.base.read(rows.active, thread)
        assert row is not None
        harness.base.write(rows.take_over, row.body["id"], row.owner, "other", harness.clock.time + 30)
        heartbeat.check()

    emitted = harness.run(thread, [[created()], take, [text("Hel")]])
    assert names(emitted)[-1] == "run.in_progress"
    assert harness.upstream.answers[-1].interrupted


@pytest.mark.parametrize("reads", [0, 1, 2, 3], ids=lambda count: f"{count} reads")
def test_the_run_of_a_stopped_pump_is_taken_over(harness: Harness, reads: int) -> None:
    thread = harness.thread("One")
    harness.script([[created()], [added(HELLO)], [text("Hel")], [ended(HELLO)]])
    reply = harness.reply("POST", f"threads/{thread}/runs", {"assistant_id": harness.assistant(), "stream": True})
    assert reply.events is not None
    batches = drive.drain(reply.events)
    for _ in range(1 + reads):
        next(batches)
    batches.close()
    assert harness.upstream.answers[-1].closed
    harness.script(answer(message(says("Bye."), id="msg_b"), id="resp_2"))
    _run(harness, thread)
    assert _run(harness, thread)["status"] == "completed"
    assert harness.messages(thread) == ["One", "Bye."]
