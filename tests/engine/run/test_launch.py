"""Upstream's refusals and failures have the caller's names for fields, streamed or polled."""

from typing import Any

import pytest

from shim.ports import Refusal
from tests.engine.scripted import Harness, Refused, answer, place, pump
from tests.translate.upstream_events import call, created, ended, last, message, says

Json = dict[str, Any]
HELLO = message(says("Hello."))
IMAGE = {"type": "image_url", "image_url": {"url": "https://x/y.png"}}
PICTURE = {"role": "user", "content": [{"type": "text", "text": "Look."}, IMAGE]}
FUNCTION = {"type": "function", "function": {"name": "f", "strict": True, "parameters": {"type": "object"}}}
SCHEMA = {"type": "json_schema", "json_schema": {"name": "s", "schema": {"type": "object"}}}
#: Fields of a run's request, the field that upstream names, the caller's name.
NAMED: list[tuple[Json, str, str]] = [
    ({"reasoning_effort": "low"}, "reasoning.effort", "reasoning_effort"),
    ({"response_format": SCHEMA}, "text.format.schema", "response_format.json_schema.schema"),
    ({"tools": [FUNCTION]}, "tools[0].parameters", "tools[0].function.parameters"),
    ({"max_completion_tokens": 99}, "max_output_tokens", "max_completion_tokens"),
    (
        {"additional_messages": [{"role": "user", "content": "Two"}, PICTURE]},
        "input[2].content[1].image_url",
        "additional_messages[1].content[1].image_url.url",
    ),
]


def refusal(path: str) -> Refusal:
    return Refusal(400, f"Invalid value: '{path}'.", param=path, code="invalid_value", type="invalid_request_error")


@pytest.mark.parametrize("given, path, field", NAMED, ids=str)
def test_the_error_of_a_refused_run_names_the_callers_field(
    harness: Harness, given: Json, path: str, field: str
) -> None:
    thread, assistant = harness.thread("One"), harness.assistant()
    with pytest.raises(Refused) as caught:
        harness.run(thread, refusal(path), assistant_id=assistant, **given)
    assert caught.value.error == {
        "message": f"Invalid value: '{field}'.",
        "type": "invalid_request_error",
        "param": field,
        "code": "invalid_value",
    }
    # A run without a stream, and an answer that fails while it is read.
    error = {"code": "invalid_value", "message": f"Invalid value: '{path}'.", "param": path}
    failing = [[created()], [ended(status="failed", error=error)]]
    midway = [[created()], [{"type": "error", "error": error}]]
    for script in (refusal(path), failing, midway):
        harness.script(script)
        fresh = harness.thread("One")
        run = harness.post(f"threads/{fresh}/runs", assistant_id=assistant, **given)
        assert harness.get(place(run))["last_error"]["message"] == f"Invalid value: '{field}'."


def test_a_thread_that_comes_with_its_run(harness: Harness) -> None:
    path = "input[0].content[1].image_url"
    harness.script(refusal(path))
    with pytest.raises(Refused) as caught:
        harness.stream("threads/runs", assistant_id=harness.assistant(), thread={"messages": [PICTURE]})
    assert caught.value.error["param"] == "thread.messages[0].content[1].image_url.url"


def test_in_a_chained_run_only_its_own_messages_are_named(harness: Harness) -> None:
    thread = harness.thread("One")
    harness.run(thread, answer(HELLO))
    with pytest.raises(Refused) as caught:
        harness.run(thread, refusal("input[0].content[1].image_url"), additional_messages=[PICTURE])
    assert caught.value.error["param"] == "additional_messages[0].content[1].image_url.url"


def test_for_an_earlier_message_upstreams_name_is_unchanged(harness: Harness) -> None:
    with pytest.raises(Refused) as caught:
        harness.run(harness.thread("One"), refusal("input[0].content[0].text"))
    assert caught.value.error["param"] == "input[0].content[0].text"
    assert caught.value.error["message"].endswith("is upstream's name for an earlier message of the thread)")


def test_a_refused_output_has_the_name_of_the_callers_field(harness: Harness) -> None:
    thread = harness.thread("One")
    calls = (call(), call(id="fc_b"))
    run = last(harness.run(thread, answer(*calls), tools=[FUNCTION]), "run.requires_action")
    with pytest.raises(Refused) as caught:
        harness.submit(run, refusal("input[1].output"), call_b="2", call_a="1")
    assert caught.value.error["param"] == "tool_outputs[0].output"


@pytest.mark.parametrize("given", [{}, {"tools": [FUNCTION]}], ids=["no tools", "another tool"])
@pytest.mark.parametrize("streamed", [True, False])
def test_a_choice_of_an_unknown_tool_is_refused(harness: Harness, given: Json, streamed: bool) -> None:
    """The Responses API refuses it only where there are tools."""
    thread, choice = harness.thread("One"), {"type": "function", "function": {"name": "g"}}
    with pytest.raises(Refused) as caught:
        pump(
            harness.reply(
                "POST",
                f"threads/{thread}/runs",
                {"assistant_id": harness.assistant(), "tool_choice": choice, "stream": streamed} | given,
            )
        )
    assert (caught.value.status, caught.value.error["param"]) == (400, "tool_choice")
    assert caught.value.error["message"] == "Tool choice 'g' not found in 'tools' parameter."
    assert harness.get(f"threads/{thread}/runs")["data"] == []
    assert harness.upstream.bodies == []


def test_the_error_of_a_refused_run_has_upstreams_request_id(harness: Harness) -> None:
    thread = harness.thread("One")
    with pytest.raises(Refused) as caught:
        harness.run(thread, Refusal(400, "No.", headers={"x-request-id": "req_up", "retry-after": "3"}))
    assert caught.value.headers.items() >= {"x-request-id": "req_up", "retry-after": "3"}.items()
    assert caught.value.headers["x-should-retry"] == "false"
