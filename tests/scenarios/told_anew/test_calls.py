"""An earlier malformed call: the thread can be continued with any server."""

import logging
from collections.abc import Callable
from typing import Any

import pytest

from shim.ports import Refusal
from tests.engine.scripted import Harness, answer, inputs
from tests.scenarios.told_anew.strict import STATELESS, by_name, by_status, strict
from tests.translate.upstream_events import last, message, names, says

Json = dict[str, Any]
HELLO = message(says("Hello."))
#: Malformed calls that models have produced: name and arguments.
BAD = {
    "parallel": ("multi_tool_use.parallel", '{"tool_uses":[]}'),
    "half an object": ("f", '{"x":'),
    "nothing": ("f", ""),
    "two objects": ("f", '{"x":1}{"x":2}'),
    "a name with spaces": ("call me", "{}"),
    "a list": ("f", "[]"),
    "half a surrogate pair": ("f", '{"x":"\\ud83d"}'),
}


@pytest.mark.parametrize("refuse", [by_name, by_status])
@pytest.mark.parametrize("bad", BAD.values(), ids=BAD)
def test_a_malformed_call_is_replayed_in_valid_form(
    harness: Harness, bad: tuple[str, str], refuse: Callable[..., Refusal]
) -> None:
    harness.upstream.can = STATELESS
    thread = harness.thread("One")
    item = {"type": "function_call", "id": "fc_a", "call_id": "call_a", "name": bad[0], "arguments": bad[1]}
    waiting = last(harness.run(thread, strict(refuse, item)), "run.requires_action")
    emitted = harness.submit(waiting, strict(refuse, HELLO, id="resp_2"), call_a="42")
    assert names(emitted)[-1] == "run.completed"
    harness.message(thread, "Two")
    assert names(harness.run(thread, strict(refuse, HELLO, id="resp_3")))[-1] == "run.completed"
    assert inputs(harness.sent) == ["One", "call call_a", "output call_a", "Hello.", "Two"]
    assert len(harness.upstream.bodies) == 3


def test_a_call_without_a_name_is_not_replayed(harness: Harness) -> None:
    """The program is not asked for its output."""
    harness.upstream.can = STATELESS
    thread = harness.thread("One")
    item = {"type": "function_call", "id": "fc_a", "call_id": "call_a", "name": "", "arguments": "{}"}
    assert names(harness.run(thread, answer(item)))[-1] == "run.failed"
    assert names(harness.run(thread, strict(by_name, HELLO, id="resp_2")))[-1] == "run.completed"
    assert inputs(harness.sent) == ["One"]


def test_an_invalid_call_id_is_unchanged_in_a_chain_and_replaced_in_a_replay(harness: Harness) -> None:
    thread = harness.thread("One")
    item = {"type": "function_call", "id": "fc_a", "call_id": "call/a", "name": "f", "arguments": "{}"}
    waiting = last(harness.run(thread, answer(item)), "run.requires_action")
    harness.script(answer(HELLO, id="resp_2"))
    harness.submit(waiting, **{"call/a": "42"})
    assert harness.sent["input"] == [{"type": "function_call_output", "call_id": "call/a", "output": "42"}]
    harness.upstream.can = STATELESS
    assert names(harness.run(thread, strict(by_name, HELLO, id="resp_3")))[-1] == "run.completed"
    assert harness.sent["input"][1]["call_id"] == harness.sent["input"][2]["call_id"]


def refused(body: Json, refusal: Refusal) -> Any:
    """Refuses a request that contains calls."""
    calls = any(item.get("type") == "function_call" for item in body["input"])
    return refusal if calls else answer(HELLO, id="resp_3")


#: Refusals that refer to an earlier call, in every known form.
POINTING = {
    "place": Refusal(400, "Invalid value.", param="input[1].name"),
    "place of the output": Refusal(422, "input.2.output: too odd"),
    "id": Refusal(400, "The call call_a is not in order."),
    "name": Refusal(400, "Unknown function 'lookup'."),
    "words": Refusal(500, "Failed to parse tool call arguments as JSON: [json.exception.parse_error.101]"),
    "words of chat completions": Refusal(400, "messages.2.tool_calls.0.function.arguments: not allowed"),
    "words of Anthropic": Refusal(None, "messages.1.content.0.tool_use.name: too long"),
}


def answered(harness: Harness) -> str:
    """A thread with a call and its output."""
    harness.upstream.can = STATELESS
    thread = harness.thread("One")
    item = {"type": "function_call", "id": "fc_a", "call_id": "call_a", "name": "lookup", "arguments": '{"x": 1}'}
    waiting = last(harness.run(thread, answer(item)), "run.requires_action")
    harness.submit(waiting, answer(HELLO, id="resp_2"), call_a="42")
    harness.upstream.bodies.clear()
    return thread


@pytest.mark.parametrize("refusal", POINTING.values(), ids=POINTING)
def test_a_call_that_a_server_refuses_is_sent_as_text(
    harness: Harness, refusal: Refusal, caplog: pytest.LogCaptureFixture
) -> None:
    thread = answered(harness)
    with caplog.at_level(logging.WARNING):
        harness.script(lambda body: refused(body, refusal))
        for _ in range(2):
            emitted = harness.run(thread, lambda body: refused(body, refusal))
            assert names(emitted)[-1] == "run.completed"
    sent_inputs = inputs(harness.upstream.bodies[-1])
    assert sent_inputs[:4] == [
        "One",
        '[The assistant called the function lookup as call_a with these arguments: {"x": 1}]',
        "[The function called as call_a gave this output: 42]",
        "Hello.",
    ]
    assert len(harness.upstream.bodies) == 3, "the second run is not refused"
    lines = [record.message for record in caplog.records if "refuses earlier calls" in record.message]
    assert lines == [f"upstream refuses earlier calls of thread {thread}, which are sent as text from now on: call_a"]


#: Refusals that do not refer to an earlier call.
ELSEWHERE = {
    "another place": Refusal(500, "Invalid value.", param="input[0].content"),
    "a place that is not there": Refusal(500, "Invalid value.", param="input[7].name"),
    "nothing": Refusal(500, "Boom."),
    "a longer name": Refusal(500, "Unknown function 'lookups'."),
    "another status": Refusal(429, "Too many calls like call_a."),
}


@pytest.mark.parametrize("refusal", ELSEWHERE.values(), ids=ELSEWHERE)
def test_any_other_refusal_fails_the_run(harness: Harness, refusal: Refusal) -> None:
    thread = answered(harness)
    assert names(harness.run(thread, refusal))[-1] == "run.failed"
    assert len(harness.upstream.bodies) == 1


def test_a_call_that_is_also_refused_as_text_fails_the_run(harness: Harness) -> None:
    thread, refusal = answered(harness), POINTING["words"]
    harness.script(refusal)
    assert names(harness.run(thread, refusal))[-1] == "run.failed"
    assert len(harness.upstream.bodies) == 2


def test_the_reasoning_before_a_refused_call_is_not_sent(harness: Harness) -> None:
    thread = answered(harness)
    thought = {"type": "reasoning", "id": "rs_1", "summary": [], "encrypted_content": "x"}
    item = {"type": "function_call", "id": "fc_b", "call_id": "call_b", "name": "other", "arguments": "{}"}
    waiting = last(harness.run(thread, answer(thought, item, id="resp_4")), "run.requires_action")
    harness.submit(waiting, answer(HELLO, id="resp_5"), call_b="7")
    harness.script(Refusal(400, "The call call_b is not in order."))
    harness.run(thread, answer(HELLO, id="resp_6"))
    assert [each for each in inputs(harness.sent) if "call" in each or "thought" in each] == [
        "call call_a",
        "output call_a",
        "[The assistant called the function other as call_b with these arguments: {}]",
        "[The function called as call_b gave this output: 7]",
    ]
