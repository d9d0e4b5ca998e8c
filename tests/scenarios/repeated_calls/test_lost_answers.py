"""The answer is lost and the SDK repeats the request: its effect occurs once."""

from typing import Any

import openai
import pytest

from tests.scenarios.doors.places import Place
from tests.scenarios.doors.talking import WAYS, carry_out, until_ended
from tests.scenarios.repeated_calls.losing import first, install

PATHS = ("/messages", "/runs", "/submit_tool_outputs")


@pytest.mark.parametrize("times", [1, 2])
@pytest.mark.parametrize("way", WAYS)
def test_a_conversation_with_lost_answers_has_every_object_once(
    client: Any, assistant: str, where: Place, monkeypatch: pytest.MonkeyPatch, way: str, times: int
) -> None:
    losses = install(monkeypatch, first(times, *PATHS))
    threads = client.beta.threads
    thread = threads.create()
    threads.messages.create(thread.id, role="user", content="get_time")
    result = carry_out(client, way, thread.id, assistant, {"get_time": lambda arguments: "noon"})
    sent = [path.rpartition("/")[2] for method, path in losses.seen if method == "POST"]
    assert [sent.count(path[1:]) for path in PATHS] == [times + 1] * 3
    assert result.run["status"] == "completed"
    assert [message["role"] for message in result.messages] == ["user", "assistant"]
    assert 'get_time returned "noon"' in result.text
    assert len(list(threads.runs.list(thread.id))) == 1
    assert [len(body["input"]) for body in where.bodies] == [1, 1], (
        "one request for the question, and one for the output"
    )
    steps = [step["type"] for step in result.steps]
    assert steps == ["tool_calls", "message_creation"]


def test_a_repeated_stream_has_the_same_events(
    client: Any, assistant: str, where: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    results = []
    for lost in (0, 1):
        with pytest.MonkeyPatch.context() as patch:
            install(patch, first(lost, *PATHS))
            thread = client.beta.threads.create(messages=[{"role": "user", "content": "aloud get_time"}])
            results.append(carry_out(client, "stream", thread.id, assistant, {"get_time": lambda arguments: "noon"}))
    plain, repeated = results
    assert repeated.names == plain.names
    assert repeated.text == plain.text
    assert [len(each) for each in repeated.calls] == [1]


def test_two_messages_with_the_same_text_are_two_messages(client: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    install(monkeypatch, first(1, "/messages"))
    thread = client.beta.threads.create()
    made = [client.beta.threads.messages.create(thread.id, role="user", content="Yes").id for _ in range(3)]
    assert len(set(made)) == 3
    assert len(list(client.beta.threads.messages.list(thread.id))) == 3


def test_a_retry_after_another_message_starts_a_new_run(
    client: Any, assistant: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A retry whose first attempt never arrived is a new run, although an earlier run had the same body."""
    threads = client.beta.threads
    thread = threads.create(messages=[{"role": "user", "content": "One"}])
    again = {"extra_headers": {"x-stainless-retry-count": "1"}}
    one = threads.runs.create_and_poll(thread_id=thread.id, assistant_id=assistant)
    threads.messages.create(thread.id, role="user", content="Yes")
    two = threads.runs.create_and_poll(thread_id=thread.id, assistant_id=assistant, **again)
    assert two.id != one.id
    yes = threads.messages.create(thread.id, role="user", content="Yes", **again)
    said = [message.content[0].text.value for message in threads.messages.list(thread.id) if message.role == "user"]
    assert said == ["Yes", "Yes", "One"]
    assert yes.id == threads.messages.list(thread.id, limit=1).data[0].id


def test_a_message_that_is_repeated_during_its_run_is_refused(client: Any, assistant: str) -> None:
    threads = client.beta.threads
    thread = threads.create()
    threads.messages.create(thread.id, role="user", content="get_time")
    threads.runs.create_and_poll(thread_id=thread.id, assistant_id=assistant)
    with pytest.raises(openai.BadRequestError, match="Can't add messages"):
        threads.messages.create(
            thread.id, role="user", content="get_time", extra_headers={"x-stainless-retry-count": "1"}
        )


def test_a_cancel_whose_answer_was_lost_is_no_error(
    client: Any, assistant: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    threads = client.beta.threads
    thread = threads.create(messages=[{"role": "user", "content": "get_time"}])
    run = threads.runs.create_and_poll(thread_id=thread.id, assistant_id=assistant)
    losses = install(monkeypatch, first(2, "/cancel"))
    told = threads.runs.cancel(run.id, thread_id=thread.id)
    assert (told.id, told.status, len(losses.seen)) == (run.id, "cancelling", 3)
    assert until_ended(threads, thread.id, run.id)["status"] == "cancelled"
    with pytest.raises(openai.BadRequestError, match="Cannot cancel run with status 'cancelled'"):
        threads.runs.cancel(run.id, thread_id=thread.id)


def test_outputs_that_are_submitted_twice_without_a_retry_header_are_refused(client: Any, assistant: str) -> None:
    """Without the SDK's retry header it is an error of the program, as in the old API."""
    threads = client.beta.threads
    thread = threads.create(messages=[{"role": "user", "content": "get_time"}])
    run = threads.runs.create_and_poll(thread_id=thread.id, assistant_id=assistant)
    (call,) = run.required_action.submit_tool_outputs.tool_calls
    given = {"thread_id": thread.id, "tool_outputs": [{"tool_call_id": call.id, "output": "noon"}]}
    threads.runs.submit_tool_outputs(run.id, **given)
    assert until_ended(threads, thread.id, run.id)["status"] == "completed"
    with pytest.raises(openai.BadRequestError, match="do not accept tool outputs"):
        threads.runs.submit_tool_outputs(run.id, **given)
    again = threads.runs.submit_tool_outputs(run.id, **given, extra_headers={"x-stainless-retry-count": "1"})
    assert (again.id, again.status) == (run.id, "queued"), "the answer that it had got"
