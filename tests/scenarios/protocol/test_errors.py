"""Errors as programs catch them: the SDK's exceptions, with status, message, type, param and code."""

import re
from collections.abc import Callable
from typing import Any, Final

import openai
import pytest

from tests.scenarios.clients.talking import TOOLS, WEATHER, Talk
from tests.scenarios.doors.loopback import Gate
from tests.scenarios.protocol.conftest import Raw
from tests.scenarios.protocol.hours import Clock

Json = dict[str, Any]
NOBODY: Final = "thread_" + "0" * 24
USER: Final = {"role": "user", "content": "Hello"}
#: Message, param, code, status.
Refusal = tuple[str, str | None, str | None, int]
KINDS: Final = {400: openai.BadRequestError, 401: openai.AuthenticationError, 404: openai.NotFoundError}


def refusal(message: str, param: str | None = None, code: str | None = None, status: int = 400) -> Refusal:
    return message, param, code, status


def missing(what: str, id: str) -> Refusal:
    return refusal(f"No {what} found with id '{id}'.", status=404)


def prefix(param: str, value: str, wanted: str) -> Refusal:
    message = f"Invalid '{param}': '{value}'. Expected an ID that begins with '{wanted}'."
    return refusal(message, param, "invalid_value")


def expect(expected: Refusal, call: Callable[..., Any], *given: Any, **keywords: Any) -> None:
    message, param, code, status = expected
    with pytest.raises(openai.APIStatusError) as caught:
        call(*given, **keywords)
    error = caught.value
    assert type(error) is KINDS[status]
    assert list(error.body) == ["message", "type", "param", "code"]  # type: ignore[call-overload]
    assert error.body["message"] == message  # type: ignore[index]
    assert (error.status_code, error.type, error.param, error.code) == (status, "invalid_request_error", param, code)


def test_ids_of_objects_that_do_not_exist(talk: Talk) -> None:
    run = talk.run("Hello")
    there, gone = run.thread_id, "0" * 24
    beta, threads = talk.client.beta, talk.threads
    expect(missing("assistant", f"asst_{gone}"), beta.assistants.retrieve, f"asst_{gone}")
    expect(missing("assistant", f"asst_{gone}"), beta.assistants.update, f"asst_{gone}", name="x")
    expect(missing("assistant", f"asst_{gone}"), beta.assistants.delete, f"asst_{gone}")
    expect(missing("assistant", f"asst_{gone}"), threads.runs.create, there, assistant_id=f"asst_{gone}")
    expect(missing("assistant", f"asst_{gone}"), threads.create_and_run, assistant_id=f"asst_{gone}")
    expect(missing("message", f"msg_{gone}"), threads.messages.retrieve, f"msg_{gone}", thread_id=there)
    expect(missing("message", f"msg_{gone}"), threads.messages.delete, f"msg_{gone}", thread_id=there)
    expect(missing("run", f"run_{gone}"), threads.runs.retrieve, f"run_{gone}", thread_id=there)
    expect(missing("run", f"run_{gone}"), threads.runs.cancel, f"run_{gone}", thread_id=there)
    step = threads.runs.steps
    expect(missing("run step", "step_123"), step.retrieve, "step_123", thread_id=there, run_id=run.id)
    expect(missing("run", f"run_{gone}"), step.list, f"run_{gone}", thread_id=there)


THREADS: Final = {
    "retrieve": lambda threads: threads.retrieve(NOBODY),
    "update": lambda threads: threads.update(NOBODY, metadata={}),
    "delete": lambda threads: threads.delete(NOBODY),
    "messages.create": lambda threads: threads.messages.create(NOBODY, role="user", content="x"),
    "messages.list": lambda threads: threads.messages.list(NOBODY),
    "messages.retrieve": lambda threads: threads.messages.retrieve("msg_1", thread_id=NOBODY),
    "runs.list": lambda threads: threads.runs.list(NOBODY),
    "runs.retrieve": lambda threads: threads.runs.retrieve("run_1", thread_id=NOBODY),
    "runs.cancel": lambda threads: threads.runs.cancel("run_1", thread_id=NOBODY),
    "runs.submit": lambda threads: threads.runs.submit_tool_outputs("run_1", thread_id=NOBODY, tool_outputs=[]),
    "steps.list": lambda threads: threads.runs.steps.list("run_1", thread_id=NOBODY),
}


@pytest.mark.parametrize("name", THREADS)
def test_an_unknown_thread(talk: Talk, name: str) -> None:
    expect(missing("thread", NOBODY), THREADS[name], talk.threads)


def test_a_run_on_an_unknown_thread(talk: Talk) -> None:
    expect(missing("thread", NOBODY), talk.threads.runs.create, NOBODY, assistant_id=talk.assistant().id)


def test_objects_of_another_thread_do_not_exist(talk: Talk) -> None:
    run, other = talk.run("Hello"), talk.thread("Hello")
    message, step = talk.messages(run)[0], talk.steps(run)[0]
    threads, there = talk.threads, {"thread_id": other.id}
    expect(missing("run", run.id), threads.runs.retrieve, run.id, **there)
    expect(missing("message", message.id), threads.messages.retrieve, message.id, **there)
    expect(missing("run", run.id), threads.runs.steps.retrieve, step.id, run_id=run.id, **there)


def test_ids_of_another_kind(talk: Talk) -> None:
    run = talk.run("Hello")
    beta, threads = talk.client.beta, talk.threads
    expect(prefix("assistant_id", "wf_1", "asst"), beta.assistants.retrieve, "wf_1")
    expect(prefix("assistant_id", "wf_1", "asst"), threads.runs.create, run.thread_id, assistant_id="wf_1")
    expect(prefix("thread_id", run.assistant_id, "thread"), threads.retrieve, run.assistant_id)
    expect(prefix("run_id", "x", "run"), threads.runs.retrieve, "x", thread_id=run.thread_id)
    expect(prefix("message_id", "x", "msg"), threads.messages.retrieve, "x", thread_id=run.thread_id)


def test_a_busy_thread(talk: Talk) -> None:
    run = talk.run(WEATHER)
    thread = run.thread_id
    expected = refusal(f"Can't add messages to {thread} while a run {run.id} is active.")
    expect(expected, talk.threads.messages.create, thread, **USER)
    expected = refusal(f"Thread {thread} already has an active run {run.id}.")
    expect(expected, talk.threads.runs.create, thread, assistant_id=run.assistant_id)
    more = {"additional_messages": [USER], "stream": True}
    expect(expected, talk.threads.runs.create, thread, assistant_id=run.assistant_id, **more)
    assert len(talk.messages(run)) == 1


NOTHING: Final = refusal(
    "Run creation requires a Thread with a user message or an assistant with instructions.", None, "invalid_thread"
)


def test_a_run_without_messages_and_instructions(talk: Talk) -> None:
    silent, thread = talk.assistant(instructions=None), talk.threads.create()
    expect(NOTHING, talk.threads.runs.create, thread.id, assistant_id=silent.id)
    expect(NOTHING, talk.threads.create_and_run, assistant_id=silent.id)
    expect(NOTHING, talk.threads.create_and_run, assistant_id=silent.id, thread={"messages": []})
    assert talk.threads.runs.list(thread.id).data == []
    assert talk.threads.runs.create_and_poll(
        thread_id=thread.id, assistant_id=silent.id, instructions="Say hello."
    ).status == "completed"  # fmt: skip


def test_a_run_without_a_user_message_and_instructions(talk: Talk) -> None:
    silent = talk.assistant(instructions=None)
    thread = talk.threads.create(messages=[{"role": "assistant", "content": "Hello"}])
    expect(NOTHING, talk.threads.runs.create, thread.id, assistant_id=silent.id)


def unaccepted(status: str) -> Refusal:
    return refusal(f'Runs in status "{status}" do not accept tool outputs.')


def test_outputs_for_a_completed_or_expired_run(talk: Talk, clock: Clock) -> None:
    run = talk.run("Hello")
    given = {"thread_id": run.thread_id, "tool_outputs": [{"tool_call_id": "call_1", "output": "x"}]}
    expect(unaccepted("completed"), talk.threads.runs.submit_tool_outputs, run.id, **given)
    run = talk.run(WEATHER)
    clock.ahead = 600
    given = {"thread_id": run.thread_id, "tool_outputs": talk.outputs(run)}
    expect(unaccepted("expired"), talk.threads.runs.submit_tool_outputs, run.id, **given)


def test_outputs_and_changes_during_a_run(talk: Talk) -> None:
    gate = Gate(chunks=4)
    talk.upstream.answer = talk.upstream.gated(gate)
    helper, thread = talk.assistant(), talk.thread("essay-50")
    events = talk.threads.runs.create(thread.id, assistant_id=helper.id, stream=True)
    run = next(event.data for event in events if event.event == "thread.run.in_progress")
    given = {"thread_id": thread.id, "tool_outputs": [{"tool_call_id": "call_1", "output": "x"}]}
    expect(unaccepted("in_progress"), talk.threads.runs.submit_tool_outputs, run.id, **given)
    expected = refusal("Cannot update run with status 'in_progress'.")
    expect(expected, talk.threads.runs.update, run.id, thread_id=thread.id, metadata={"a": "b"})
    gate.open()
    assert [event.event for event in events][-1] == "thread.run.completed"
    assert talk.threads.runs.update(run.id, thread_id=thread.id, metadata={"a": "b"}).metadata == {"a": "b"}


def test_outputs_that_do_not_match(talk: Talk) -> None:
    run = talk.run(f"{WEATHER} and get_time")
    one, two = (each["tool_call_id"] for each in talk.outputs(run))
    submit = talk.threads.runs.submit_tool_outputs
    for got in ([one], [], ["call_unknown", two], [one, one], [one, two, two], [one, two, "call_more"]):
        outputs = [{"tool_call_id": id, "output": "x"} for id in got]
        expected = refusal(f"Expected tool outputs for call_ids ['{one}', '{two}'], got {got}")
        expect(expected, submit, run.id, thread_id=run.thread_id, tool_outputs=outputs)
        assert talk.retrieve(run).status == "requires_action"
    assert talk.poll(talk.submit(run)).status == "completed"


def test_cancelling_a_run_that_has_ended(talk: Talk) -> None:
    run, cancel = talk.run("Hello"), talk.threads.runs.cancel
    expect(refusal("Cannot cancel run with status 'completed'."), cancel, run.id, thread_id=run.thread_id)
    run = talk.run(WEATHER)
    assert cancel(run.id, thread_id=run.thread_id).status in ("cancelling", "cancelled")
    assert talk.poll(run).status == "cancelled"
    expect(refusal("Cannot cancel run with status 'cancelled'."), cancel, run.id, thread_id=run.thread_id)


def kind(param: str, wanted: str, got: str) -> Refusal:
    return refusal(f"Invalid type for '{param}': expected {wanted}, but got {got} instead.", param, "invalid_type")


def long(param: str, most: int, length: int) -> Refusal:
    message = f"Invalid '{param}': string too long. Expected a string with maximum length {most}, "
    return refusal(f"{message}but got a string with length {length} instead.", param, "string_above_max_length")


MANY: Final = refusal(
    "Invalid 'metadata': too many properties. Expected an object with at most 16 properties, but got an object with 17 "
    "properties instead.",
    "metadata",
    "object_above_max_properties",
)
ROLE: Final = refusal("Invalid value: 'system'. Supported values are: 'user' and 'assistant'.", "role", "invalid_value")
#: Path, body and error of an invalid request.  ``T`` is a thread's id.
BODIES: Final = [
    ("/threads", {"metadata": {"modified": True}}, kind("metadata.modified", "a string", "a boolean")),
    ("/threads/T", {"metadata": {"modified": True}}, kind("metadata.modified", "a string", "a boolean")),
    ("/threads", {"metadata": {str(number): "x" for number in range(17)}}, MANY),
    ("/threads", {"metadata": {"key": "x" * 695}}, long("metadata.key", 512, 695)),
    ("/threads/T/messages", {"role": "user", "content": "x" * 256_001}, long("content", 256_000, 256_001)),
    ("/threads/T/messages", {"role": "system", "content": "x"}, ROLE),
    ("/threads/T/runs", {}, refusal("Missing required parameter: 'assistant_id'.", "assistant_id",
                                  "missing_required_parameter")),
    ("/threads/T/runs", {"assistant_id": 5}, kind("assistant_id", "a string", "an integer")),
    ("/threads//messages", USER, refusal("Unknown parameter: 'role'.", "role", "unknown_parameter")),
    ("/assistants", {"model": "gpt-4o", "name": "x" * 257}, long("name", 256, 257)),
]  # fmt: skip


@pytest.mark.parametrize("path,body,expected", BODIES, ids=lambda each: each if isinstance(each, str) else "")
def test_invalid_bodies(talk: Talk, path: str, body: Json, expected: Refusal) -> None:
    path = path.replace("T", talk.threads.create().id)
    expect(expected, talk.client.post, path, body=body, cast_to=object)


LISTS: Final = [
    ("limit=101", refusal("Invalid 'limit': integer above maximum value. Expected a value <= 100, but got 101 instead.",
                        "limit", "integer_above_max_value")),
    ("limit=0", refusal("Invalid 'limit': integer below minimum value. Expected a value >= 1, but got 0 instead.",
                      "limit", "integer_below_min_value")),
    ("order=up", refusal("Invalid value: 'up'. Supported values are: 'asc' and 'desc'.", "order", "invalid_value")),
    ("after=asst_nothing", missing("assistant", "asst_nothing")),
]  # fmt: skip


@pytest.mark.parametrize("query,expected", LISTS)
def test_invalid_queries_of_lists(talk: Talk, query: str, expected: Refusal) -> None:
    expect(expected, talk.client.get, f"/assistants?{query}", cast_to=object)


def test_a_body_that_is_no_json(talk: Talk) -> None:
    answer = talk.client._client.post(f"{talk.client.base_url}assistants", content=b"{model")
    assert answer.status_code == 400
    assert answer.json()["error"]["message"].startswith("We could not parse the JSON body of your request.")


def test_an_unknown_model(talk: Talk) -> None:
    """A streamed run is refused at once and not stored; a polled one fails."""
    helper, thread = talk.assistant(model="gpt-no-such"), talk.thread("Hello")
    expected = refusal("The requested model 'gpt-no-such' does not exist.", "model", "model_not_found")
    expect(expected, talk.threads.runs.create, thread.id, assistant_id=helper.id, stream=True)
    assert talk.threads.runs.list(thread.id).data == []
    run = talk.threads.runs.create_and_poll(thread_id=thread.id, assistant_id=helper.id)
    assert (run.status, run.last_error and run.last_error.message) == ("failed", expected[0])


def test_a_wrong_key_is_refused_by_upstream(talk: Talk) -> None:
    helper, thread = talk.assistant(), talk.thread("Hello")
    client = talk.client.with_options(api_key="bad-key")
    with pytest.raises(openai.AuthenticationError) as caught:
        client.beta.threads.runs.create(thread.id, assistant_id=helper.id, stream=True)
    found: Any = caught.value.body
    assert re.fullmatch(
        r"Incorrect API key provided: \*\*\*\. "
        r"You can find your API key at https://platform\.openai\.com/account/api-keys\.",
        found["message"],
    )
    assert caught.value.status_code == 401
    assert (found["type"], found["param"], found["code"]) == ("invalid_request_error", None, "invalid_api_key")


def test_models_and_parameters_that_the_old_api_refused(talk: Talk) -> None:
    """The old API refused newer models, or their temperature; here they answer, without unsupported parameters."""
    for model, given in (("gpt-5-mini", {}), ("o3", {"temperature": 0.5})):
        run = talk.run("Hello", assistant=talk.assistant(model=model, tools=TOOLS), **given)
        assert (run.status, run.model, run.temperature) == ("completed", model, given.get("temperature", 1.0))


def test_no_beta_header_is_required_in_process(raw: Raw) -> None:
    assert raw("POST", "/assistants", {"model": "gpt-4o"}, headers={"openai-beta": ""})[0] == 200


EMPTY: Final = (
    "Invalid 'content': empty array. Expected an array with minimum length 1, but got an empty array instead."
)


@pytest.mark.parametrize("content,expected", [
    ([], refusal(EMPTY, "content", "empty_array")),
    (None, kind("content", "one of a string or array of objects", "null")),
])  # fmt: skip
def test_a_message_without_content(talk: Talk, content: Any, expected: Refusal) -> None:
    body = {"role": "user", "content": content}
    expect(expected, talk.client.post, f"/threads/{talk.threads.create().id}/messages", body=body, cast_to=object)


def test_a_message_of_an_active_run_cannot_be_deleted(talk: Talk) -> None:
    run = talk.run(f"aloud {WEATHER}")
    mine = talk.messages(run)[0]
    expected = refusal(f"Can't delete message {mine.id} from {run.thread_id} while a run {run.id} is active.")
    expect(expected, talk.threads.messages.delete, mine.id, thread_id=run.thread_id)
