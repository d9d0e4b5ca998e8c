"""Adopting responses of other servers, which list inputs, store responses and refuse in different ways."""

from typing import Any

import pytest

from shim.engine.bridge import adoption, natives, transcript
from shim.ports import Profile
from shim.runtime import drive
from shim.store import threads
from shim.wire.errors import ApiError
from tests.engine.bridge.serving import Server, response, user
from tests.engine.scripted import Harness, answer
from tests.translate.upstream_events import message

Json = dict[str, Any]


def _adopt(harness: Harness, thread_id: str, *responses: Any, **given: Any) -> list[str]:
    found = drive.finish(adoption.adopt(harness.context, thread_id, list(responses), **given))
    return [part["text"]["value"] for each in found for part in each["content"]]


def _state(harness: Harness, thread_id: str) -> transcript.Transcript:
    return harness.base.read(transcript.read, harness.context, thread_id)


@pytest.mark.parametrize("page", [1, 100])
@pytest.mark.parametrize("whole", [True, False], ids=["lists all before it", "lists what was new"])
def test_both_ways_to_list_an_input(harness: Harness, page: int, whole: bool) -> None:
    server = Server(harness, page)
    thread_id = harness.thread("One.")
    harness.run(thread_id, answer(message("Two.", id="msg_2"), id="resp_1"))
    one, two = user("One.", "msg_1"), message("Two.", id="msg_2")
    three, four = user("Three.", "msg_3"), message("Four.", id="msg_4")
    server.has(response("resp_1", two), one)
    server.has(response("resp_2", four, previous="resp_1"), *([one, two] if whole else []), three)
    before = [one, two, three, four] if whole else []
    five = user("Five.", "msg_5")
    last = server.has(response("resp_3", message("Six.", id="msg_6"), previous="resp_2"), *before, five)
    assert _adopt(harness, thread_id, last) == ["Three.", "Four.", "Five.", "Six."]
    assert harness.messages(thread_id) == ["One.", "Two.", "Three.", "Four.", "Five.", "Six."]
    assert _state(harness, thread_id).last_response_id == "resp_3"
    harness.message(thread_id, "Seven.")
    harness.run(thread_id, answer(message("Eight.", id="msg_8"), id="resp_4"))
    assert (harness.sent["previous_response_id"], len(harness.sent["input"])) == ("resp_3", 1)


def test_a_response_with_a_conversation_is_no_head(harness: Harness) -> None:
    server = Server(harness)
    thread_id = harness.thread()
    last = server.has(response("resp_1", message("Two."), conversation={"id": "conv_1"}), user("One.", "msg_1"))
    assert _adopt(harness, thread_id, last) == ["One.", "Two."]
    assert _state(harness, thread_id).last_response_id is None


@pytest.mark.parametrize("how", [{"store": False}, {"status": "incomplete"}])
def test_adopted_responses_from_which_no_run_chains(harness: Harness, how: Json) -> None:
    server = Server(harness)
    thread_id = harness.thread()
    last = server.has(response("resp_1", message("Two.", status="completed"), **how), user("One.", "msg_1"))
    _adopt(harness, thread_id, last)
    assert _state(harness, thread_id).last_response_id is None


def test_a_server_that_stores_nothing(harness: Harness) -> None:
    harness.upstream.can = Profile("scripted", stores=False)
    thread_id = harness.thread()
    assert _adopt(harness, thread_id, response("resp_1", message("Two.")), input="One.") == ["One.", "Two."]
    assert _state(harness, thread_id).last_response_id is None
    assert harness.base.read(threads.head, thread_id).response_id is None


def test_input_that_the_thread_has_already_is_not_added_twice(harness: Harness) -> None:
    thread_id = harness.thread("One.", "Two.")
    items = [user("One."), user("Two."), user("Three.")]
    assert _adopt(harness, thread_id, response("resp_1", message("Four.")), input=items) == ["Three.", "Four."]
    harness.message(thread_id, "Five.")
    # The response's chain lacks one message of the thread, so the thread's head does not move.
    other = response("resp_2", message("Seven."), previous="resp_1")
    assert _adopt(harness, thread_id, other, input="Six.") == ["Six.", "Seven."]
    assert _state(harness, thread_id).last_response_id == "resp_1"
    # The same response at the same time: one of the two adds it.
    assert _adopt(harness, thread_id, other, other, input="Six.") == []


def test_a_response_that_another_process_adopts_at_the_same_time(harness: Harness) -> None:
    thread_id = harness.thread()
    made = response("resp_1", message("Two."))
    harness.meddle(lambda name, *_: name == "_write", lambda: _adopt(harness, thread_id, made, input="One."))
    assert _adopt(harness, thread_id, made, input="One.") == []
    assert harness.messages(thread_id) == ["One.", "Two."]


def test_responses_that_cannot_be_adopted(harness: Harness) -> None:
    server = Server(harness)
    thread_id = harness.thread()
    with pytest.raises(natives.NotAdoptable, match="pass the input, too"):
        _adopt(harness, thread_id, response("resp_gone", message("Two.")))
    with pytest.raises(ApiError, match=r"Not here\."):
        _adopt(harness, thread_id, response("broken", message("Two.")))
    with pytest.raises(natives.NotAdoptable, match="'failed'"):
        _adopt(harness, thread_id, server.has(response("resp_1", message("Two."), status="failed")))
    with pytest.raises(natives.NotAdoptable, match="'completed'"):
        _adopt(harness, thread_id, server.has(response("resp_2")))
    assert harness.messages(thread_id) == []


def test_approvals_and_outputs_without_a_call_are_not_replayed(harness: Harness) -> None:
    thread_id = harness.thread()
    request = {"type": "mcp_approval_request", "id": "mcpr_1", "server_label": "s", "name": "f", "arguments": "{}"}
    leave = {"type": "mcp_approval_response", "approval_request_id": "mcpr_1", "approve": True}
    _adopt(harness, thread_id, response("resp_1", request), input="Go.")
    assert _state(harness, thread_id).last_response_id is None
    _adopt(harness, thread_id, response("resp_2", message("Gone."), previous="resp_1"), input=[leave])
    kinds = [item["type"] for item in _state(harness, thread_id).everything]
    assert kinds == ["message", "message"]
    stranger = {"type": "function_call_output", "call_id": "call_of_nobody", "output": "1"}
    _adopt(harness, thread_id, response("resp_3", message("Well.")), input=[stranger])
    assert [item["type"] for item in _state(harness, thread_id).everything] == ["message"] * 3
