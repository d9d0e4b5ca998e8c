"""Malformed answers through the whole engine: the run ends, and the thread can be continued."""

import logging

import pytest

from shim.wire.sse import UNREADABLE
from tests.engine.scripted import Harness, answer, place
from tests.translate.upstream_events import added, arguing, call, created, done, ended, last, message, names, says, text

HELLO = message(says("Hello."))
SAID = [created(), added(HELLO), text("Hel"), text("lo."), done(HELLO)]
COMPLETED = ended(HELLO)


def completed(**changes):
    return {"type": "response.completed", "response": COMPLETED["response"] | changes}


#: Answers that used to crash the engine.
ANSWERS = {
    "no response at the end": [*SAID, {"type": "response.completed"}],
    "a null response at the end": [*SAID, {"type": "response.completed", "response": None}],
    "two final events": [*SAID, COMPLETED, COMPLETED],
    "a null item": [{"type": "response.output_item.added", "item": None}, *SAID, COMPLETED],
    "an item that is a list": [*SAID, {"type": "response.output_item.done", "item": []}, COMPLETED],
    "an output that is an object": [*SAID, completed(output={"a": 1})],
    "an output with nulls": [*SAID, completed(output=[None, HELLO])],
    "a usage that is a list": [*SAID, completed(usage=[1])],
    "tokens that are texts": [*SAID, completed(usage={"input_tokens": "1", "output_tokens_details": 2})],
    "a status that is a list": [*SAID, completed(status=["completed"])],
    "a null response at the beginning": [{"type": "response.created", "response": None}, *SAID[1:], COMPLETED],
    "a line that cannot be read": [*SAID, {"type": UNREADABLE}, COMPLETED],
    "an error after the end": [*SAID, COMPLETED, {"type": "error", "error": {"message": "No."}}],
    "an event of no known kind": [*SAID, {"type": "", "x": 1}, COMPLETED],
}


@pytest.mark.parametrize("reads", ["one", "many"])
@pytest.mark.parametrize("way", ANSWERS)
def test_the_run_ends_with_the_right_text(harness: Harness, way: str, reads: str, caplog) -> None:
    thread, events = harness.thread("One"), ANSWERS[way]
    emitted = harness.run(thread, [events] if reads == "one" else [[event] for event in events])
    assert names(emitted)[-1] == "run.completed"
    assert harness.messages(thread) == ["One", "Hello."]
    assert [record for record in caplog.records if record.levelno >= logging.ERROR] == []
    harness.run(thread, answer(HELLO, id="resp_2"))
    assert harness.messages(thread)[1:] == ["Hello.", "Hello."]


#: The change of the call, and the id and arguments that the program receives.
CALLS = {
    "no arguments": ({"arguments": None}, "call_a", "{}"),
    "empty arguments": ({"arguments": ""}, "call_a", "{}"),
    "arguments that are an object": ({"arguments": {"x": 1}}, "call_a", '{"x":1}'),
    "no id of the call": ({"call_id": None}, "fc_a", "{}"),
}


@pytest.mark.parametrize("way", CALLS)
def test_a_call_without_arguments_or_id_is_requested_and_answered(harness: Harness, way: str) -> None:
    changes, id, arguments = CALLS[way]
    thread, item = harness.thread("One"), call("{}") | changes
    run = last(harness.run(thread, answer(item)), "run.requires_action")
    (required,) = run["required_action"]["submit_tool_outputs"]["tool_calls"]
    assert (required["id"], required["function"]["arguments"]) == (id, arguments)
    emitted = harness.submit(run, answer(HELLO, id="resp_2"), **{id: "1"})
    assert [(item["call_id"], item["output"]) for item in harness.sent["input"]] == [(id, "1")]
    assert names(emitted)[-1] == "run.completed"


def test_outputs_of_calls_with_the_same_id_are_sent_under_that_id(harness: Harness) -> None:
    same = [call(f'{{"x":{n}}}', id=f"fc_{n}") | {"call_id": "call_0"} for n in range(2)]
    events = [created(), *[event for n in range(2) for event in (added(same[n], output_index=n), done(same[n]))]]
    run = last(harness.run(harness.thread("One"), [[*events, ended(*same)]]), "run.requires_action")
    ids = [each["id"] for each in run["required_action"]["submit_tool_outputs"]["tool_calls"]]
    assert ids[0] == "call_0" != ids[1]
    harness.submit(run, answer(HELLO, id="resp_2"), **dict(zip(ids, "ab", strict=True)))
    assert [(item["call_id"], item["output"]) for item in harness.sent["input"]] == [("call_0", "a"), ("call_0", "b")]
    assert [step["status"] for step in harness.get(f"{place(run)}/steps")["data"]] == ["completed", "completed"]


#: Answers without an end, or with a call without a name; and a part of the run's error message.
LOST = {
    "no end": ([*SAID], "The connection to the model was lost before its answer was complete."),
    "nothing that can be read": ([{"type": UNREADABLE}], "could not be read"),
    "a call without a name": ([created(), added(call() | {"name": None}), ended()], "does not say which one"),
    "arguments of nothing": ([created(), arguing("{}"), ended()], "does not say which one"),
}


@pytest.mark.parametrize("way", LOST)
def test_an_answer_that_cannot_be_used_fails_the_run_with_its_reason(harness: Harness, way: str) -> None:
    thread, (events, why) = harness.thread("One"), LOST[way]
    emitted = harness.run(thread, [events])
    assert names(emitted)[-1] == "run.failed"
    assert why in last(emitted, "run.failed")["last_error"]["message"]
    harness.run(thread, answer(HELLO, id="resp_2"))
    assert harness.messages(thread)[-1] == "Hello."


def test_the_finished_text_is_stored_and_the_difference_logged_once(harness: Harness, caplog) -> None:
    thread = harness.thread("One")
    emitted = harness.run(thread, [[created()], [added(HELLO)], [text("Hullo")], [done(HELLO)], [COMPLETED]])
    assert last(emitted, "message.completed")["content"][0]["text"]["value"] == "Hello."
    assert harness.messages(thread) == ["One", "Hello."]
    assert len([record for record in caplog.records if "differs" in record.getMessage()]) == 1
