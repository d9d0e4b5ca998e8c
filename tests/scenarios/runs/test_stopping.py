"""Runs that end from outside: cancelled, deleted, expired, or left by a process or a pump that stopped."""

from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest

from shim.engine.protocol import DONE
from shim.engine.registry import Registry
from shim.ports import Refusal
from shim.runtime import drive
from shim.runtime.heartbeat import Heartbeat
from shim.store import runs as rows
from tests.engine.scripted import Harness, Lost, Refused, answer, place
from tests.translate.upstream_events import (
    added,
    call,
    code,
    created,
    done,
    ended,
    last,
    message,
    names,
    says,
    search,
    text,
)

HELLO = message(says("Hello."))


def _run(harness: Harness, thread: str) -> dict[str, Any]:
    found: dict[str, Any] = harness.get(f"threads/{thread}/runs")["data"][0]
    return found


def _cancelling(harness: Harness, thread: str) -> Callable[[], None]:
    return lambda: harness.post(f"{place(_run(harness, thread))}/cancel") and None


def test_cancelled_during_the_answer(harness: Harness) -> None:
    thread = harness.thread("One")
    reads = [[created()], [added(HELLO)], [text("Hel")], _cancelling(harness, thread), [text("lo.")], [ended(HELLO)]]
    emitted = harness.run(thread, reads)
    assert names(emitted)[-4:] == ["run.cancelling", "message.incomplete", "run.step.cancelled", "run.cancelled"]
    assert harness.messages(thread) == ["One", "Hel"]
    run = _run(harness, thread)
    assert (run["status"], run["cancelled_at"], run["expires_at"]) == ("cancelled", 1000, None)
    assert harness.upstream.answers[-1].closed
    assert harness.context.registry.runs() == []


def test_cancelled_before_the_first_event_of_upstream(harness: Harness) -> None:
    thread = harness.thread("One")
    emitted = harness.run(thread, [_cancelling(harness, thread)])
    assert names(emitted) == ["run.created", "run.queued", "run.cancelling", "run.cancelled"]
    assert harness.upstream.answers[-1].interrupted


def test_cancelled_while_the_request_is_opened(harness: Harness) -> None:
    thread = harness.thread("One")
    stop = _cancelling(harness, thread)
    emitted = harness.run(thread, lambda body: stop() or answer(HELLO))
    assert names(emitted)[-1] == "run.cancelled"
    assert _run(harness, thread)["status"] == "cancelled"


def test_the_pump_is_notified_after_the_cancellation_was_stored(
    harness: Harness, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Otherwise the pump might read the store too early, and end the run with a wrong reason."""
    thread = harness.thread("One")
    seen: list[str] = []

    def poll(self: Registry, run_id: str) -> None:
        row = harness.base.read(rows.get, thread, run_id)
        seen.append(row.body["status"] if row else "none")

    monkeypatch.setattr(Registry, "notify", poll)
    harness.run(thread, [[created()], _cancelling(harness, thread), [text("Hel")], [ended(HELLO)]])
    assert seen == ["cancelling"]


def test_cancelled_while_the_request_fails(harness: Harness) -> None:
    thread = harness.thread("One")
    stop = _cancelling(harness, thread)
    emitted = harness.run(thread, lambda body: stop() or Refusal(500, "Boom."))
    assert names(emitted)[-1] == "run.cancelled"


#: Upstream's answer before the cancellation, the status in the transaction, and the run's final status.
MOMENTS = [
    (answer(HELLO), "completed", "completed"),
    (answer(call()), "requires_action", "cancelled"),
    (answer(message(says("Hel"), status="incomplete"), status="incomplete"), "incomplete", "cancelled"),
    (answer(status="failed"), "failed", "cancelled"),
    ([[created()], [added(HELLO)]], "in_progress", "cancelled"),
]


@pytest.mark.parametrize("reads, status, end", MOMENTS, ids=lambda given: given if isinstance(given, str) else "")
def test_cancelled_just_before_the_last_transaction(harness: Harness, reads: list[Any], status: str, end: str) -> None:
    """A run is cancelled just before the transaction that ends it: only a complete answer counts."""
    thread = harness.thread("One")
    stop = _cancelling(harness, thread)
    harness.meddle(lambda name, *args: name == "commit" and args[0].turn.run["status"] == status, stop)
    emitted = harness.run(thread, reads)
    assert names(emitted)[-1] == f"run.{end}"
    assert _run(harness, thread)["status"] == end
    assert _run(harness, thread)["required_action"] is None


def test_deleted_just_before_a_transaction(harness: Harness) -> None:
    thread = harness.thread("One")
    harness.meddle(lambda name, *args: name == "commit", lambda: harness.delete(f"threads/{thread}"))
    assert names(harness.run(thread, answer(HELLO))) == ["run.created", "run.queued"]


def test_expired_by_another_process_just_before_the_transaction(harness: Harness) -> None:
    """Another process expires the run just before this one does."""
    thread, other = harness.thread("One"), harness.elsewhere("other")
    poll = lambda: other.get(f"threads/{thread}/runs")  # noqa: E731
    harness.meddle(lambda name, *args: name == "commit" and args[0].turn.run["status"] == "expired", poll)
    emitted = harness.run(thread, [[created()], _later(harness), [ended(HELLO)]])
    assert names(emitted)[-1] == "run.expired"
    assert names(emitted).count("run.expired") == 1


def test_cancelled_while_it_waits_for_outputs(harness: Harness) -> None:
    """There is no response to cancel; the next call on the thread finds the run cancelled."""
    thread = harness.thread("One")
    run = last(harness.run(thread, answer(call())), "run.requires_action")
    assert harness.post(f"{place(run)}/cancel")["status"] == "cancelling"
    assert harness.post(f"threads/{thread}/messages", role="user", content="Two")["id"]
    found = harness.get(place(run))
    assert (found["status"], found["required_action"]) == ("cancelled", None)
    (step,) = harness.get(f"{place(run)}/steps")["data"]
    assert (step["status"], step["step_details"]["tool_calls"][0]["id"]) == ("cancelled", "call_a")


def test_a_second_cancellation_has_no_effect(harness: Harness) -> None:
    thread = harness.thread("One")
    seen: list[str] = []

    def twice() -> None:
        for _ in range(2):
            seen.append(harness.post(f"{place(_run(harness, thread))}/cancel")["status"])

    harness.run(thread, [[created()], twice, [ended(HELLO)]])
    assert seen == ["cancelling", "cancelling"]


@pytest.mark.parametrize("end", ["completed", "failed"])
def test_a_run_that_has_ended_cannot_be_cancelled(harness: Harness, end: str) -> None:
    thread = harness.thread("One")
    run = last(harness.run(thread, answer(status=end)), f"run.{end}")
    with pytest.raises(Refused, match=f"Cannot cancel run with status '{end}'."):
        harness.post(f"{place(run)}/cancel")


def test_cancelled_by_another_process(harness: Harness) -> None:
    """The heartbeat of this process finds the cancellation, and notifies the pump."""
    thread, other, heartbeat = (
        harness.thread("One"),
        harness.elsewhere("other"),
        Heartbeat(harness.context, harness.base),
    )

    def cancel() -> None:
        other.post(f"{place(_run(harness, thread))}/cancel")

    reads = [
        [created()],
        [added(HELLO)],
        heartbeat.check,
        cancel,
        [text("Hel")],
        heartbeat.check,
        [text("lo.")],
        [ended(HELLO)],
    ]
    emitted = harness.run(thread, reads)
    assert names(emitted)[-1] == "run.cancelled"
    assert harness.messages(thread) == ["One", "Hel"]


def test_a_thread_is_deleted_during_its_run(harness: Harness) -> None:
    thread = harness.thread("One")
    emitted = harness.run(
        thread, [[created()], [added(HELLO)], lambda: harness.delete(f"threads/{thread}"), [text("Hel")]]
    )
    assert names(emitted)[-1] == "message.in_progress"
    with pytest.raises(Refused, match="No thread found"):
        harness.get(f"threads/{thread}")
    assert harness.context.registry.runs() == []


def test_a_thread_is_deleted_by_another_process_before_a_transaction(harness: Harness) -> None:
    thread, other = harness.thread("One"), harness.elsewhere("other")
    reads = [[created()], lambda: other.delete(f"threads/{thread}"), [added(HELLO)], [text("Hel")]]
    assert names(harness.run(thread, reads))[-1] == "run.in_progress"


def test_a_thread_is_deleted_while_its_run_waits_for_outputs(harness: Harness) -> None:
    thread = harness.thread("One")
    run = last(harness.run(thread, answer(call())), "run.requires_action")
    assert harness.delete(f"threads/{thread}")["deleted"]
    with pytest.raises(Refused, match="No thread found"):
        harness.get(place(run))


def _later(harness: Harness, seconds: float = 600) -> Callable[[], None]:
    def pass_time() -> None:
        harness.clock.time += seconds

    return pass_time


def test_a_run_expires_during_its_answer(harness: Harness) -> None:
    thread = harness.thread("One")
    emitted = harness.run(
        thread, [[created()], [added(HELLO)], [text("Hel")], _later(harness), [text("lo.")], [ended(HELLO)]]
    )
    assert names(emitted)[-3:] == ["message.incomplete", "run.step.expired", "run.expired"]
    assert harness.messages(thread) == ["One", "Hel"]


def test_a_run_expires_while_it_waits_for_outputs(harness: Harness) -> None:
    thread = harness.thread("One")
    run = last(harness.run(thread, answer(call())), "run.requires_action")
    harness.clock.time += 600
    with pytest.raises(Refused, match='Runs in status "expired" do not accept tool outputs'):
        harness.submit(run, call_a="42")
    found = harness.get(place(run))
    assert (found["status"], found["completed_at"], found["expires_at"]) == ("expired", 1600, None)
    (step,) = harness.get(f"{place(run)}/steps")["data"]
    assert (step["status"], step["expired_at"], step["expires_at"]) == ("expired", 1600, None)


def test_a_run_is_expired_by_another_process(harness: Harness) -> None:
    """The other process expires the run; its pump finds that and emits the last event."""
    thread, other = harness.thread("One"), harness.elsewhere("other")

    def poll() -> None:
        harness.clock.time += 600
        assert other.get(f"threads/{thread}/runs")["data"][0]["status"] == "expired"
        harness.clock.time -= 599

    emitted = harness.run(thread, [[created()], [added(HELLO)], poll, [text("Hel")], [ended(HELLO)]])
    assert names(emitted)[-1] == "run.expired"


def test_the_lifetime_of_runs_is_a_setting(harness: Harness) -> None:
    object.__setattr__(harness.context, "run_lifetime", 5)
    thread = harness.thread("One")
    run = last(harness.run(thread, answer(call())), "run.requires_action")
    assert run["expires_at"] == 1005


#: The network reads that the lost process had processed.
LOST = [
    [[created()]],
    [[created()], [added(HELLO)], [text("Hel")]],
    [[created()], [added(HELLO)], [done(HELLO)]],
    [[created()], [added(search())]],
    [[created()], [added(search())], [done(search())], [added(code(""))]],
]


def lose(harness: Harness, thread: str, reads: list[Any]) -> None:
    """A process drives a run up to a point, and dies."""
    other = harness.elsewhere("other")
    with suppress(Lost):
        other.run(thread, [*reads, other.die])


@pytest.mark.parametrize("reads", LOST)
def test_a_run_of_a_dead_process_is_requested_again(harness: Harness, reads: list[Any]) -> None:
    """The next call on the thread repeats the request, and nothing of the lost answer remains."""
    thread = harness.thread("One")
    lose(harness, thread, reads)
    harness.script(answer(message(says("Bye."), id="msg_b"), id="resp_2"))
    _run(harness, thread)
    run = _run(harness, thread)
    assert run["status"] == "completed"
    assert harness.messages(thread) == ["One", "Bye."]
    listed = harness.get(f"{place(run)}/steps", order="asc")["data"]
    assert [step["status"] for step in listed] == ["completed"]
    harness.run(thread, answer(HELLO, id="resp_3"), additional_instructions="Go on.")
    assert harness.sent["previous_response_id"] == "resp_2"


def test_a_run_of_a_dead_process_that_was_being_cancelled_is_cancelled(harness: Harness) -> None:
    thread = harness.thread("One")
    other = harness.elsewhere("other")
    harness.script([[created()], [added(HELLO)]])
    reply = other.reply("POST", f"threads/{thread}/runs", {"assistant_id": harness.assistant(), "stream": True})
    assert reply.events is not None
    batches = drive.drain(reply.events)
    next(batches)
    next(batches)
    harness.post(f"{place(_run(harness, thread))}/cancel")
    assert _run(harness, thread)["status"] == "cancelling"
    harness.living.discard("other")
    assert _run(harness, thread)["status"] == "cancelled"
    batches.close()


def test_a_pump_that_is_stopped_after_the_end_changes_nothing(harness: Harness) -> None:
    thread = harness.thread("One")
    harness.script(answer(HELLO))
    reply = harness.reply("POST", f"threads/{thread}/runs", {"assistant_id": harness.assistant(), "stream": True})
    assert reply.events is not None
    batches = drive.drain(reply.events)
    while next(batches) != [DONE]:
        pass
    batches.close()
    assert _run(harness, thread)["status"] == "completed"


def test_a_pump_that_is_stopped_before_the_done_event_changes_nothing(harness: Harness) -> None:
    thread = harness.thread("One")
    harness.script(answer(HELLO))
    reply = harness.reply("POST", f"threads/{thread}/runs", {"assistant_id": harness.assistant(), "stream": True})
    assert reply.events is not None
    batches = drive.drain(reply.events)
    while next(batches)[-1][0] != "thread.run.completed":
        pass
    batches.close()
    assert _run(harness, thread)["status"] == "completed"
