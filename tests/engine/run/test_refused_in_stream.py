"""Refusals inside an answer with status 200, before any content: handled like any other refusal.

Some servers (OGX) open the stream before they check the request.
"""

from typing import Any

import pytest

from shim.assembly import ledger
from tests.engine.scripted import Harness, answer, inputs
from tests.translate.upstream_events import added, call, created, last, message, names, says, text

Json = dict[str, Any]
HELLO, BYE = message(says("Hello.")), message(says("Bye."), id="msg_b")
TEMPERATURE = {
    "code": "unsupported_parameter",
    "message": "Unsupported parameter: 'temperature' is not supported with this model.",
    "param": "temperature",
}
TOO_LONG = {"code": "context_length_exceeded", "message": "Your input exceeds the context window of this model."}
ERRORS: dict[str, Json] = {
    "a parameter": TEMPERATURE,
    "the length": TOO_LONG,
    "the length, in words": {"message": "This model's maximum context length is 4096 tokens."},
}


def failed(error: Json) -> Json:
    return {"type": "response.failed", "response": {"id": "resp_no", "status": "failed", "error": error, "output": []}}


def opening() -> Json:
    return created() | {"response": created()["response"] | {"id": "resp_no"}}


#: The forms of a refusal in an answer, in network reads.
FORMS: dict[str, Any] = {
    "an error alone": lambda error: [[{"type": "error", "error": error}]],
    "a flat error": lambda error: [[{"type": "error"} | error]],
    "a failed response": lambda error: [[failed(error)]],
    "behind an opening": lambda error: [[opening(), {"type": "error", "error": error}, failed(error)]],
    "read by read": lambda error: [[opening()], [{"type": "error", "error": error}], [failed(error)]],
}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("what", ERRORS)
def test_the_request_is_changed_and_sent_again(harness: Harness, what: str, form: str) -> None:
    thread, assistant = harness.thread("One", "Two"), harness.assistant(temperature=0.5)
    harness.script(FORMS[form](ERRORS[what]))
    emitted = harness.run(thread, answer(HELLO), assistant_id=assistant)
    assert names(emitted).count("run.in_progress") == 1
    assert names(emitted)[-1] == "run.completed"
    assert harness.messages(thread)[-1] == "Hello."
    first, second = harness.upstream.bodies
    if ERRORS[what] is TEMPERATURE:
        assert ("temperature" in first, "temperature" in second) == (True, False)
    else:
        assert (inputs(first), inputs(second)) == (["One", "Two"], ["Two"])
    assert [each.closed > 0 for each in harness.upstream.answers] == [True, True]


def test_an_earlier_call_that_is_refused_is_sent_as_text(harness: Harness) -> None:
    thread = harness.thread("One")
    run = last(harness.run(thread, answer(call())), "run.requires_action")
    harness.submit(run, answer(HELLO, id="resp_2"), call_a="42")
    harness.message(thread, "Two")
    harness.script(FORMS["read by read"]({"message": "Previous response with id 'resp_2' not found."}))
    harness.script(FORMS["read by read"]({"message": "Failed to parse tool call arguments as JSON"}))
    emitted = harness.run(thread, answer(BYE, id="resp_3"))
    assert names(emitted)[-1] == "run.completed"
    assert not any(name.startswith("call ") for name in inputs(harness.sent))
    assert harness.messages(thread)[-1] == "Bye."


@pytest.mark.parametrize("form", FORMS)
def test_a_refusal_without_a_remedy_fails_the_run_once(harness: Harness, form: str) -> None:
    error = {"code": "server_error", "message": "Oh."}
    emitted = harness.run(harness.thread("One"), FORMS[form](error))
    assert last(emitted, "run.failed")["last_error"] == {"code": "server_error", "message": "Oh."}
    assert len(harness.upstream.bodies) == 1


@pytest.mark.parametrize("split", [False, True])
def test_after_content_of_the_answer_no_request_is_repeated(harness: Harness, split: bool) -> None:
    """For every grouping of the events into network reads."""
    events = [created(), added(message()), text("Hel"), failed(TOO_LONG)]
    reads = [[event] for event in events] if split else [events]
    emitted = harness.run(harness.thread("One", "Two"), reads)
    assert last(emitted, "run.failed")["last_error"]["message"] == TOO_LONG["message"]
    assert len(harness.upstream.bodies) == 1


def test_the_change_after_a_refusal_is_marked(harness: Harness) -> None:
    thread, assistant = harness.thread("One"), harness.assistant(temperature=0.5)
    harness.script(FORMS["behind an opening"](TEMPERATURE))
    emitted = harness.run(thread, answer(HELLO), assistant_id=assistant)
    found = harness.base.read(ledger.trace, "", last(emitted, "run.completed")["id"])
    assert [each["kind"] for one in found.rounds for each in one.marks] == ["changed"]
