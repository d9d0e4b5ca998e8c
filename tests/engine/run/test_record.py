"""The contents of one transaction of a run: objects, items, responses, head or tip, and the run with its lease."""

from typing import Any

import pytest

from shim.engine.run import record
from shim.engine.run.state import RunState
from shim.store import journal, messages, responses, runs, steps, threads
from tests.engine.run import driven
from tests.engine.scripted import Harness
from tests.translate.upstream_events import added, call, code, created, done, emit, ended, message, says, text

Json = dict[str, Any]
HELLO = message(says("Hello."))


@pytest.fixture
def state(harness: Harness) -> RunState:
    return driven.drive(harness, harness.thread("One"))


def store(harness: Harness, state: RunState, *events: Json) -> None:
    """Upstream's events, stored as in a transaction."""
    emitted = emit(state.turn, *events)
    harness.base.write(record.objects_of, emitted, state.memory)
    harness.base.write(record.items_of, state.turn, "resp_1")
    state.turn.done.clear()


def end(harness: Harness, state: RunState, response: Json | None = None, chained: bool = True) -> Any:
    response = {"id": "resp_1", "status": "completed", "usage": {"total_tokens": 14}} if response is None else response
    return harness.base.write(record.ending_of, state.turn, state.memory, response, chained)


def test_a_turn_begins_with_the_run_memory(harness: Harness, state: RunState) -> None:
    spent, call_ids = state.memory["spent"] | {"total_tokens": 9}, {"call_a": "call_a"}
    memory = state.memory | {"spent": spent, "call_ids": call_ids, "citations": 2, "images": ["file-1"]}
    made = record.turn_of(harness.context, state.run, memory, {"temperature": 2})
    assert (made.run, made.spent, made.call_ids) == (state.run, spent, call_ids)
    assert (made.citations, made.images, made.caller_body) == (2, ["file-1"], {"temperature": 2})
    made.call_ids["call_b"] = "call_b"
    made.images.append("file-2")
    assert (memory["call_ids"], memory["images"]) == ({"call_a": "call_a"}, ["file-1"]), "until that is stored"
    assert record.turn_of(harness.context, state.run, memory).caller_body == {}


def test_objects_are_stored_in_their_latest_form(harness: Harness, state: RunState) -> None:
    emitted = emit(state.turn, created(), added(HELLO), text("Hello."))
    harness.base.write(record.objects_of, emitted, state.memory)
    (made,) = harness.get(f"threads/{state.run['thread_id']}/messages", run_id=state.run["id"])["data"]
    assert (made["status"], made["content"]) == ("in_progress", [])
    harness.base.write(record.objects_of, emitted + emit(state.turn, done(HELLO), ended(HELLO)), state.memory)
    thread, run_id = state.run["thread_id"], state.run["id"]
    found = harness.base.read(messages.get, thread, made["id"])
    assert found is not None
    assert (found["status"], found["content"][0]["text"]["value"]) == ("completed", "Hello.")
    assert [step["status"] for step in harness.base.read(steps.of_run, run_id)] == ["completed"]
    assert driven.stored(harness, state).body["status"] == "queued", "runs are stored by `run_of`"


def test_items_are_journalled_with_the_message_that_shows_them(harness: Harness, state: RunState) -> None:
    thought = {"type": "reasoning", "id": "rs_1", "summary": []}
    store(harness, state, created(), done(thought), added(HELLO), done(HELLO))
    rows = harness.base.read(journal.of_run, state.run["id"])
    (shown,) = [opened.message["id"] for opened in state.turn.items.values()]
    assert [(row.direction, row.type, row.response_id) for row in rows] == [
        ("out", "reasoning", "resp_1"),
        ("out", "message", "resp_1"),
    ]
    assert [row.message_id for row in rows] == [None, shown]


def test_content_after_an_items_end_replaces_the_stored_content(harness: Harness, state: RunState) -> None:
    short, half, whole = message(says("Hel")), code("1+"), code("1+1")
    store(harness, state, created(), added(message()), done(short), added(code("")), done(half), ended(HELLO, whole))
    thread, run_id = state.run["thread_id"], state.run["id"]
    before = [row.item for row in harness.base.read(journal.of_run, run_id) if row.type == "message"]
    assert len(state.turn.amended) == 2
    harness.base.write(record.amended_of, state.turn, state.memory)
    assert harness.messages(thread) == ["One", "Hello."]
    after = [row.item for row in harness.base.read(journal.of_run, run_id) if row.type == "message"]
    assert [item["content"][0]["text"] for item in after] == ["Hello."]
    assert len(before) == 1
    ran = [step["step_details"] for step in harness.base.read(steps.of_run, run_id) if step["type"] == "tool_calls"]
    assert [details["tool_calls"][0]["code_interpreter"]["input"] for details in ran] == ["1+1"]


def test_responses_are_stored_from_their_first_event_on(harness: Harness, state: RunState) -> None:
    harness.base.write(record.begun, harness.context, state.run, "resp_1", None)
    harness.base.write(record.abandoned, harness.context, state.run, "resp_2", "resp_1")
    first, second = harness.base.read(responses.of_run, state.run["id"])
    assert (first.id, first.previous_id, first.status, first.created_at) == ("resp_1", None, None, 1000)
    assert (second.id, second.previous_id, second.status, second.usage) == ("resp_2", "resp_1", "cancelled", None)


def test_a_completed_run_moves_its_threads_head(harness: Harness, state: RunState) -> None:
    harness.base.write(record.begun, harness.context, state.run, "resp_1", None)
    store(harness, state, created(), done(HELLO), ended(HELLO))
    memory = end(harness, state)
    thread = state.run["thread_id"]
    assert harness.base.read(threads.head, thread) == ("resp_1", harness.base.read(journal.last_seq, thread))
    assert (memory["spent"]["total_tokens"], memory["tip"]) == (14, None)
    (row,) = harness.base.read(responses.of_run, state.run["id"])
    assert (row.status, row.usage) == ("completed", {"total_tokens": 14})


#: Reasons why no run may chain from a completed response.
NO_HEAD: dict[str, Any] = {
    "it is not kept": {"chained": False},
    "it has no id": {"response": {"status": "completed"}},
    "a message that it knows was deleted": {"memory": {"stale": True}},
    "it knows the last messages alone": {"run": {"truncation_strategy": {"type": "last_messages", "last_messages": 1}}},
    "messages were left out to save tokens": {"memory": {"cut": True}},
}


@pytest.mark.parametrize("why", NO_HEAD)
def test_a_response_from_which_no_run_may_chain_is_no_head(harness: Harness, why: str) -> None:
    given = NO_HEAD[why]
    state = driven.drive(harness, harness.thread("One"), **given.get("run", {}))
    state.memory = state.memory | given.get("memory", {})
    store(harness, state, created(), done(HELLO), ended(HELLO))
    end(harness, state, given.get("response"), given.get("chained", True))
    assert harness.base.read(threads.head, state.run["thread_id"]) == (None, 0)


def test_a_run_that_failed_is_no_head(harness: Harness, state: RunState) -> None:
    store(harness, state, created(), done(HELLO), ended(HELLO, status="failed"))
    end(harness, state)
    assert harness.base.read(threads.head, state.run["thread_id"]) == (None, 0)


@pytest.mark.parametrize("chained", [True, False])
def test_a_run_that_requires_outputs_stores_the_tip_of_its_next_round(
    harness: Harness, state: RunState, chained: bool
) -> None:
    state.memory = state.memory | {"background": "resp_1", "again": 2}
    store(harness, state, created(), added(call()), done(call()), added(HELLO), done(HELLO), ended(call(), HELLO))
    memory = end(harness, state, chained=chained)
    thread = state.run["thread_id"]
    covers = harness.base.read(journal.last_seq, thread)
    assert memory["tip"] == ({"id": "resp_1", "covers": covers} if chained else None)
    assert (memory["asker"], memory["obeyed"], memory["background"], memory["again"]) == ("resp_1", True, None, 0)
    assert (memory["call_ids"], memory["step_usage"]["total_tokens"]) == ({"call_a": "call_a"}, 14)
    assert harness.base.read(threads.head, thread) == (None, 0), "its head moves when the run is over"
    shown = harness.base.read(steps.of_run, state.run["id"])
    assert [(step["type"], step["status"]) for step in shown] == [
        ("message_creation", "completed"),
        ("tool_calls", "in_progress"),
    ]


#: The run's status, its background response, and whether it has a lease afterwards.
LEASES = [
    ("in_progress", None, True),
    ("cancelling", None, True),
    ("in_progress", "resp_1", False),
    ("requires_action", None, False),
    ("completed", None, False),
]


@pytest.mark.parametrize("status, background, leased", LEASES)
def test_a_run_is_leased_while_this_process_drives_it(
    harness: Harness, state: RunState, status: str, background: str | None, leased: bool
) -> None:
    memory = state.memory | {"background": background, "citations": 3}
    harness.clock.time += 10
    assert harness.base.write(record.run_of, harness.context, state.run | {"status": status}, memory, "queued")
    row = driven.stored(harness, state)
    assert (row.body["status"], row.memory["citations"]) == (status, 3)
    assert (row.owner, row.lease_until) == (("me", 1040.0) if leased else (None, None))


def test_a_run_that_another_process_has_changed_is_not_written(harness: Harness, state: RunState) -> None:
    moved = state.run | {"status": "cancelling"}
    harness.base.write(runs.move, moved, state.memory, frozenset({"queued"}))
    assert not harness.base.write(record.run_of, harness.context, state.run, state.memory, "queued")
    assert driven.stored(harness, state).body["status"] == "cancelling"
