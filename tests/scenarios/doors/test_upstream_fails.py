"""Failures of upstream: the caller's error, the number of requests, and that the thread can be continued."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import openai
import pytest

from tests.listening import refusing_port
from tests.scenarios.doors.colours import COLOURS, opened
from tests.scenarios.doors.loopback import Loopback, Reply, Request
from tests.scenarios.doors.talking import tool

Json = dict[str, Any]
WAYS = ("stream", "poll")
#: Each colour with one way: the tables below belong to the engine, which is the same for all combinations.
crosswise = pytest.mark.parametrize("scene,way", [("sync", "stream"), ("async", "poll")], indirect=["scene"])
RETRIES = 2
SERVER, LIMIT = "server_error", "rate_limit_exceeded"


@dataclass
class Scene:
    """A client whose upstream answers with ``fails`` while it is set, and a thread with one question."""

    client: Any
    server: Loopback
    assistant: str
    thread: str
    fails: Reply | None = None

    @property
    def threads(self) -> Any:
        return self.client.beta.threads

    def run(self, way: str) -> tuple[list[str], Any]:
        """The names of the events (none when polled), and the run afterwards."""
        ids = {"thread_id": self.thread, "assistant_id": self.assistant}
        if way == "poll":
            return [], self.threads.runs.create_and_poll(**ids)
        with self.threads.runs.stream(**ids) as stream:
            names = [event.event for event in stream]
        return names, self.threads.runs.list(self.thread).data[0]

    def add_message(self, text: str) -> None:
        self.threads.messages.create(self.thread, role="user", content=text)

    def answers(self) -> int:
        return sum(message.role == "assistant" for message in self.threads.messages.list(self.thread).data)


@pytest.fixture(params=COLOURS)
def scene(request: pytest.FixtureRequest) -> Iterator[Scene]:
    with Loopback() as server, opened(request.param, base_url=server.url, max_retries=RETRIES) as client:
        helper = client.beta.assistants.create(model="gpt-4o", tools=[tool("one")])
        made = Scene(client, server, helper.id, client.beta.threads.create().id)
        server.answer = lambda request: made.fails
        yield made


def check_goes_on(scene: Scene) -> None:
    """The next run completes, and its input ends with the new question."""
    scene.fails = None
    scene.server.requests.clear()
    scene.add_message("And now?")
    names, run = scene.run("stream")
    assert (names[-1], run.status) == ("thread.run.completed", "completed")
    (body,) = scene.server.bodies
    assert body["input"][-1]["content"][0]["text"] == "And now?"
    texts = [message.content[0].text.value for message in scene.threads.messages.list(scene.thread, order="asc").data]
    assert texts[-2] == "And now?"


#: Statuses that end a run: the answer, the number of requests, and the code of the run's last error.
RUN_ENDS = {
    "429": (Reply.error(429, "Slow down.", LIMIT, retry_after_ms="1"), 1 + RETRIES, LIMIT),
    "429 for money": (Reply.error(429, "Pay.", "insufficient_quota", retry_after_ms="1"), 1 + RETRIES, LIMIT),
    "500": (Reply.error(500, "Sorry.", retry_after_ms="1"), 1 + RETRIES, SERVER),
    "503": (Reply.error(503, "Busy.", retry_after_ms="1"), 1 + RETRIES, SERVER),
    "500 without a retry": (Reply.error(500, "No.", x_should_retry="false"), 1, SERVER),
    "too long": (Reply.error(400, "Too much text.", "context_length_exceeded"), 1, SERVER),
}


@crosswise
@pytest.mark.parametrize("name", RUN_ENDS)
def test_a_failure_that_ends_the_run(scene: Scene, name: str, way: str) -> None:
    scene.fails, calls, code = RUN_ENDS[name]
    scene.add_message("Hello")
    names, run = scene.run(way)
    assert names == [] or [name.removeprefix("thread.run.") for name in names] == [
        "created",
        "queued",
        "in_progress",
        "failed",
    ]
    assert run.status == "failed"
    assert run.failed_at
    assert run.completed_at is None
    assert (run.last_error.code, run.last_error.message) == (code, _message(scene.fails))
    assert len(scene.server.requests) == calls, "our own answer must not make the client retry"
    assert scene.answers() == 0
    check_goes_on(scene)


def _message(reply: Reply | None) -> str:
    assert reply is not None
    (body,) = reply.body
    return str(json.loads(body)["error"]["message"])


#: Statuses for faulty requests: a streamed run raises the exception.  A polled run has been returned as ``queued``
#: before.
FAULTS = {
    "a bad key": (Reply.error(401, "Incorrect API key provided: x.", "invalid_api_key"), openai.AuthenticationError),
    "a forbidden model": (Reply.error(403, "Not for you."), openai.PermissionDeniedError),
    "an unknown model": (
        Reply.error(400, "The requested model 'x' does not exist.", "model_not_found"),
        openai.BadRequestError,
    ),
    "a bad tool": (
        Reply.error(400, "Invalid schema for function 'one'.", "invalid_function_parameters"),
        openai.BadRequestError,
    ),
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_of_the_request_leaves_no_run(scene: Scene, name: str) -> None:
    scene.fails, kind = FAULTS[name]
    scene.add_message("Hello")
    more = [{"role": "user", "content": "More"}]
    with pytest.raises(kind) as caught:
        scene.threads.runs.create(scene.thread, assistant_id=scene.assistant, additional_messages=more, stream=True)
    assert caught.value.body["message"] == _message(scene.fails)
    assert len(scene.server.requests) == 1
    assert scene.threads.runs.list(scene.thread).data == []
    assert [each.content[0].text.value for each in scene.threads.messages.list(scene.thread).data] == ["Hello"]
    check_goes_on(scene)


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_of_a_polled_request_ends_its_run(scene: Scene, name: str) -> None:
    scene.fails, _ = FAULTS[name]
    scene.add_message("Hello")
    _, run = scene.run("poll")
    assert (run.status, run.last_error.code) == ("failed", SERVER)
    assert run.last_error.message == _message(scene.fails)
    check_goes_on(scene)


#: The sandbox's commands, and the resulting run's status, its last error, and the message's incomplete reason.
MIDWAY = {
    "fail-early": ("failed", SERVER, None),
    "fail-midway": ("failed", SERVER, "run_failed"),
    "limit-midway": ("failed", LIMIT, "run_failed"),
    "quota-early": ("failed", LIMIT, None),
    "connection-cut": ("failed", SERVER, "run_failed"),
    "stop-short": ("failed", SERVER, "run_failed"),
    "token-cap": ("incomplete", None, "max_tokens"),
    "content-filter": ("incomplete", None, "content_filter"),
}


@crosswise
@pytest.mark.parametrize("question", MIDWAY)
def test_an_answer_that_ends_early(scene: Scene, question: str, way: str) -> None:
    status, code, reason = MIDWAY[question]
    scene.add_message(f"Please {question}")
    names, run = scene.run(way)
    assert run.status == status
    assert (run.last_error.code if run.last_error else None) == code
    assert len(scene.server.requests) == 1, "an answer that has begun is not requested again"
    newest = scene.threads.messages.list(scene.thread).data[0]
    steps = scene.threads.runs.steps.list(run.id, thread_id=scene.thread).data
    if reason is None:
        assert newest.role == "user"
        assert steps == []
    else:
        assert (newest.status, newest.incomplete_details.reason) == ("incomplete", reason)
        assert newest.content[0].text.value
        assert [step.status for step in steps] == ["completed" if status == "incomplete" else "failed"]
    if names:
        assert names[-1] == f"thread.run.{status}"
        assert ("thread.message.incomplete" in names) == (reason is not None)
    check_goes_on(scene)


@pytest.mark.parametrize("colour", COLOURS)
@pytest.mark.parametrize("way", WAYS)
def test_no_server_answers(colour: str, way: str) -> None:
    with refusing_port() as port, opened(colour, base_url=f"http://127.0.0.1:{port}/v1") as client:
        helper = client.beta.assistants.create(model="gpt-4o")
        thread = client.beta.threads.create(messages=[{"role": "user", "content": "Hello"}])
        names, run = Scene(client, Loopback(), helper.id, thread.id).run(way)
        assert (run.status, run.last_error.code) == ("failed", SERVER)
        assert "onnect" in run.last_error.message
        assert names[-1:] in ([], ["thread.run.failed"])
        assert client.beta.threads.messages.create(thread.id, role="user", content="Still here").id


def _waiting(scene: Scene) -> tuple[Any, list[Json]]:
    """A run that requires the output of one call, and that output."""
    scene.add_message("one")
    _, run = scene.run("poll")
    calls = run.required_action.submit_tool_outputs.tool_calls
    return run, [{"tool_call_id": call.id, "output": "x"} for call in calls]


@pytest.mark.parametrize("way", WAYS)
def test_a_failure_of_the_second_round_ends_the_run(scene: Scene, way: str) -> None:
    run, outputs = _waiting(scene)
    scene.server.requests.clear()
    scene.fails = Reply.error(500, "Sorry.", retry_after_ms="1")
    where = {"thread_id": scene.thread, "run_id": run.id, "tool_outputs": outputs}
    if way == "poll":
        run = scene.threads.runs.submit_tool_outputs_and_poll(**where)
    else:
        with scene.threads.runs.submit_tool_outputs_stream(**where) as stream:
            names = [event.event for event in stream]
        assert (names[0], names[-1]) == ("thread.run.step.completed", "thread.run.failed")
        run = scene.threads.runs.retrieve(run.id, thread_id=scene.thread)
    assert (run.status, run.last_error.message) == ("failed", "Sorry.")
    assert len(scene.server.requests) == 1 + RETRIES
    check_goes_on(scene)
    (body,) = scene.server.bodies
    kinds = [item["type"] for item in body["input"]]
    assert kinds in (["message", "function_call", "function_call_output", "message"], ["message", "message"])


def test_a_fault_of_the_second_round_leaves_the_run_waiting(scene: Scene) -> None:
    run, outputs = _waiting(scene)
    scene.fails = Reply.error(401, "Incorrect API key provided: x.", "invalid_api_key")
    with pytest.raises(openai.AuthenticationError):
        scene.threads.runs.submit_tool_outputs(run.id, thread_id=scene.thread, tool_outputs=outputs, stream=True)
    again = scene.threads.runs.retrieve(run.id, thread_id=scene.thread)
    assert again.status == "requires_action"
    assert again.required_action == run.required_action
    (step,) = scene.threads.runs.steps.list(run.id, thread_id=scene.thread).data
    assert (step.status, step.step_details.tool_calls[0].function.output) == ("in_progress", None)
    scene.fails = None
    done = scene.threads.runs.submit_tool_outputs_and_poll(thread_id=scene.thread, run_id=run.id, tool_outputs=outputs)
    assert done.status == "completed"
    check_goes_on(scene)


def test_a_lost_chain_is_replayed(scene: Scene) -> None:
    scene.add_message("Hello")
    scene.run("poll")
    scene.server.sandbox.forget()
    scene.server.requests.clear()
    scene.add_message("Remember?")
    names, run = scene.run("stream")
    assert run.status == "completed"
    assert names.count("thread.run.created") == 1
    first, second = scene.server.bodies
    assert first["previous_response_id"]
    assert "previous_response_id" not in second
    assert [item["role"] for item in second["input"]] == ["user", "assistant", "user"]


def test_a_failed_request_is_retried(scene: Scene) -> None:
    """A 503 that is gone at the second attempt is not visible to the caller."""
    seen: list[Request] = []

    def answer(request: Request) -> Reply | None:
        seen.append(request)
        return Reply.error(503, "Busy.", retry_after_ms="1") if len(seen) == 1 else None

    scene.server.answer = answer
    scene.add_message("Hello")
    names, run = scene.run("stream")
    assert (run.status, len(seen)) == ("completed", 2)
    assert seen[0].json == seen[1].json
    assert names[-1] == "thread.run.completed"
