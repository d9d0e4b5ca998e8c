"""After a model has refused to stream, whole answers are requested; a run's events are the same."""

import logging

import pytest

from shim.ports import Refusal
from tests.engine.scripted import Harness, Refused, answer, inputs
from tests.translate.upstream_events import call, last, message, names, says, texts

HELLO = message(says("Hello."))
UNVERIFIED = Refusal(
    400, "Your organization must be verified to stream this model.", param="stream", code="unsupported_value"
)
#: The same refusal with another message, and without the parameter's name.
WORDINGS = [
    UNVERIFIED,
    Refusal(400, "Unsupported value: 'stream' does not support true with this model. Only false is supported."),
    Refusal(422, "stream must be set to false"),
    Refusal(501, "Streaming is not supported."),
    Refusal(400, "This model does not support streaming"),
    Refusal(400, "Unknown parameter: 'stream'.", param="stream"),
]
#: Refusals that do not concern streams.
OTHERS = [
    Refusal(400, "Unsupported parameter: 'stream_options'.", param="stream_options"),
    Refusal(400, "This model does not support streaming of audio.", param="modalities"),
    Refusal(None, "Unsupported: the stream was reset."),
    Refusal(503, "Streaming is not supported."),
]


def whole(*items: object, id: str = "resp_1") -> list[list[dict[str, object]]]:
    """An answer that comes in one piece."""
    events = [event for read in answer(*items, id=id) for event in read]  # type: ignore[arg-type,union-attr]
    return [[events[0], events[-1]]]


@pytest.mark.parametrize("refusal", WORDINGS, ids=lambda refusal: refusal.message)
def test_after_a_refusal_to_stream_the_request_is_repeated_without_it(
    harness: Harness, refusal: Refusal, caplog: pytest.LogCaptureFixture
) -> None:
    thread, assistant = harness.thread("One"), harness.assistant()
    harness.script(refusal)
    with caplog.at_level(logging.WARNING, "shim"):
        emitted = harness.run(thread, whole(HELLO), assistant_id=assistant)
    assert names(emitted)[-3:] == ["message.completed", "run.step.completed", "run.completed"]
    assert texts(emitted) == "Hello."
    assert [body.get("stream") for body in harness.upstream.bodies] == [None, False]
    assert len(caplog.records) == 1
    # It is remembered from then on, also for a run without a stream.
    harness.message(thread, "Two")
    harness.script(whole(HELLO, id="resp_2"))
    harness.post(f"threads/{thread}/runs", assistant_id=assistant)
    assert (harness.sent["stream"], harness.sent["previous_response_id"]) == (False, "resp_1")
    assert harness.messages(thread) == ["One", "Hello.", "Two", "Hello."]
    # Another model may stream.
    harness.message(thread, "Three")
    harness.run(thread, answer(HELLO, id="resp_3"), assistant_id=assistant, model="gpt-4.1")
    assert "stream" not in harness.sent
    assert len(caplog.records) == 1


@pytest.mark.parametrize("refusal", OTHERS, ids=lambda refusal: refusal.message)
def test_another_refusal_is_passed_on(harness: Harness, refusal: Refusal) -> None:
    thread = harness.thread("One")
    if refusal.status == 400:
        with pytest.raises(Refused):
            harness.run(thread, refusal)
    else:
        assert names(harness.run(thread, refusal))[-1] == "run.failed"
    assert len(harness.upstream.bodies) == 1


def test_a_server_that_refuses_both_gets_no_third_request(harness: Harness) -> None:
    harness.script(UNVERIFIED)
    with pytest.raises(Refused, match="verified"):
        harness.run(harness.thread("One"), UNVERIFIED)
    assert len(harness.upstream.bodies) == 2


def test_tool_rounds_and_a_healed_thread_do_not_stream_either(harness: Harness) -> None:
    thread = harness.thread("One")
    harness.script(UNVERIFIED)
    run = last(harness.run(thread, whole(call())), "run.requires_action")
    harness.script(Refusal(400, "Gone.", code="previous_response_not_found"))
    emitted = harness.submit(run, whole(HELLO, id="resp_2"), call_a="42")
    assert names(emitted)[-1] == "run.completed"
    assert [body.get("stream") for body in harness.upstream.bodies] == [None, False, False, False]
    assert inputs(harness.sent) == ["One", "call call_a", "output call_a"]
