"""A thread for native code: the response to continue from, the items outside of its chain, and the lock for changes."""

from typing import Any

import pytest

from shim.engine.bridge import transcript, written
from shim.engine.bridge.transcript import Transcript
from shim.ports import Profile
from shim.store import journal, threads
from shim.wire.errors import ApiError
from tests.engine.run import driven
from tests.engine.scripted import Harness, answer, inputs
from tests.translate.upstream_events import call, last, message, says

Json = dict[str, Any]
HELLO = message(says("Hello."))


def read(harness: Harness, thread: str) -> Transcript:
    return harness.base.read(transcript.read, harness.context, thread)


def texts(items: list[Json]) -> list[str]:
    return inputs({"input": items})


@pytest.fixture
def thread(harness: Harness) -> str:
    """A question, an answer whose chain contains both, and another question."""
    thread = harness.thread("One")
    harness.run(thread, answer(HELLO))
    harness.message(thread, "Two")
    return thread


def test_items_outside_of_the_chain_are_sent(harness: Harness, thread: str) -> None:
    found = read(harness, thread)
    assert (found.thread_id, found.last_response_id) == (thread, "resp_1")
    assert texts(found.input_items()) == ["Two"]
    assert texts(found.input_items(everything=True)) == ["One", "Hello.", "Two"]


def test_a_request_is_built_from_a_text_or_from_items(harness: Harness, thread: str) -> None:
    found = read(harness, thread)
    request = found.request("And now?")
    assert (request["previous_response_id"], texts(request["input"])) == ("resp_1", ["Two", "And now?"])
    assert request["input"][-1] == {"role": "user", "content": "And now?"}
    item = {"role": "user", "content": "And then?"}
    assert found.request([item])["input"][-1] == item
    assert texts(found.input_items()) == ["Two"], "it stays as it was read"


#: Reasons why there is no response to continue from.
UNCHAINED = {
    "upstream stores nothing": lambda harness, thread: setattr(
        harness.upstream, "can", Profile("scripted", stores=False)
    ),
    "the thread has no head": lambda harness, thread: harness.base.write(threads.set_head, thread, None, 0),
}


@pytest.mark.parametrize("why", UNCHAINED)
def test_without_a_chain_all_items_are_sent(harness: Harness, thread: str, why: str) -> None:
    UNCHAINED[why](harness, thread)
    found = read(harness, thread)
    assert found.last_response_id is None
    assert texts(found.input_items()) == ["One", "Hello.", "Two"]
    assert found.request("?")["previous_response_id"] is None


@pytest.mark.parametrize("readable", [True, False])
def test_reasoning_is_shown_where_upstream_can_read_it(harness: Harness, readable: bool) -> None:
    harness.upstream.can = Profile("scripted", stores=False, encrypted_reasoning=readable)
    thread = harness.thread("One")
    thought = {"type": "reasoning", "id": "rs_1", "summary": [], "encrypted_content": "x"}
    harness.run(thread, answer(thought, HELLO))
    thoughts = ["thought"] if readable else []
    assert texts(read(harness, thread).input_items()) == ["One", *thoughts, "Hello."]


def test_a_call_without_an_output_is_not_sent(harness: Harness) -> None:
    thread = harness.thread("One")
    run = last(harness.run(thread, answer(HELLO, call())), "run.requires_action")
    assert texts(read(harness, thread).input_items(everything=True)) == ["One", "Hello."]
    harness.submit(run, answer(message(says("Bye."), id="msg_b"), id="resp_2"), call_a="42")
    found = read(harness, thread)
    assert texts(found.input_items(everything=True)) == ["One", "Hello.", "call call_a", "output call_a", "Bye."]
    assert (found.last_response_id, found.unsent) == ("resp_2", ())


def test_entries_are_the_journals_items_in_a_form_that_any_server_accepts(harness: Harness, thread: str) -> None:
    harness.base.write(written.put, harness.context, thread, {"role": "user", "content": "Odd", "type": "message"})
    rows, entries = harness.base.read(journal.rows, thread), harness.base.read(transcript.entries, thread)
    assert [entry.seq for entry in entries] == [row.seq for row in rows]
    assert [entry.response_id for entry in entries] == [None, "resp_1", None, None]
    assert [entry.run_id is not None for entry in entries] == [False, True, False, False]
    assert all(isinstance(entry.item["content"], list) for entry in entries)


def test_an_unknown_thread(harness: Harness) -> None:
    for work in (transcript.read, transcript.lock):
        with pytest.raises(ApiError, match="No thread found with id 'thread_9'"):
            harness.base.write(work, harness.context, "thread_9")


def test_a_thread_can_be_locked_only_while_no_run_is_active(harness: Harness, thread: str) -> None:
    harness.base.write(transcript.lock, harness.context, thread)
    state = driven.drive(harness, thread)
    with pytest.raises(ApiError, match=f"while a run {state.run['id']} is active"):
        harness.base.write(transcript.lock, harness.context, thread)
    harness.clock.time = state.run["expires_at"]
    harness.base.write(transcript.lock, harness.context, thread)
    assert driven.stored(harness, state).body["status"] == "expired"
