"""Mistakes of the caller raise the same exception of the SDK as with the old API, and the thread remains usable."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import openai
import pytest

from tests.scenarios.doors.colours import COLOURS, opened
from tests.scenarios.doors.loopback import Loopback
from tests.scenarios.doors.talking import tool
from tests.stores import Stores

Json = dict[str, Any]
NOWHERE = "0" * 24
BAD, MISSING = openai.BadRequestError, openai.NotFoundError


@dataclass
class Scene:
    """A client, an assistant, a thread with a run that requires two outputs, and a thread with a completed run."""

    client: Any
    server: Loopback
    assistant: str
    waiting: Any
    finished: Any

    @property
    def runs(self) -> Any:
        return self.client.beta.threads.runs

    @property
    def calls(self) -> list[str]:
        return [call.id for call in self.waiting.required_action.submit_tool_outputs.tool_calls]

    def submit(self, run: Any, *calls: str, output: str | None = "x", **more: Any) -> Any:
        outputs = [{"tool_call_id": call, "output": output} for call in calls]
        return self.runs.submit_tool_outputs(run.id, thread_id=run.thread_id, tool_outputs=outputs, **more)


@pytest.fixture(params=COLOURS, scope="module")
def scene(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, stores: Stores) -> Iterator[Scene]:
    """One scene for all mistakes: a mistake must not change anything that the next test could find."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SHIM_DATABASE_URL", stores.new(tmp_path_factory.mktemp("scene")))
        with made(request.param) as found:
            yield found


@pytest.fixture(params=COLOURS)
def fresh(request: pytest.FixtureRequest) -> Iterator[Scene]:
    with made(request.param) as found:
        yield found


@contextmanager
def made(colour: str) -> Iterator[Scene]:
    with Loopback() as server, opened(colour, base_url=server.url, max_retries=2) as client:
        helper = client.beta.assistants.create(model="gpt-4o", tools=[tool("one"), tool("two")])
        runs = []
        for text in ("one and two", "Hello"):
            thread = {"messages": [{"role": "user", "content": text}]}
            runs.append(client.beta.threads.create_and_run_poll(assistant_id=helper.id, thread=thread))
        server.requests.clear()
        yield Scene(client, server, helper.id, *runs)


#: The call, the exception, its message (with ``{assistant}``, ``{waiting}``, ``{run}``, ``{calls}``), param, code.
Row = tuple[Callable[[Scene], Any], type[openai.APIStatusError], str, str | None, str | None]
ROWS: dict[str, Row] = {
    "an unknown assistant": (
        lambda s: s.client.beta.assistants.retrieve(f"asst_{NOWHERE}"),
        MISSING,
        f"No assistant found with id 'asst_{NOWHERE}'.",
        None,
        None,
    ),
    "an unknown thread": (
        lambda s: s.client.beta.threads.retrieve(f"thread_{NOWHERE}"),
        MISSING,
        f"No thread found with id 'thread_{NOWHERE}'.",
        None,
        None,
    ),
    "an unknown run": (
        lambda s: s.runs.retrieve(f"run_{NOWHERE}", thread_id=s.finished.thread_id),
        MISSING,
        f"No run found with id 'run_{NOWHERE}'.",
        None,
        None,
    ),
    "a run of another thread": (
        lambda s: s.runs.retrieve(s.waiting.id, thread_id=s.finished.thread_id),
        MISSING,
        "No run found with id '{waiting.id}'.",
        None,
        None,
    ),
    "an unknown message": (
        lambda s: s.client.beta.threads.messages.retrieve(f"msg_{NOWHERE}", thread_id=s.finished.thread_id),
        MISSING,
        f"No message found with id 'msg_{NOWHERE}'.",
        None,
        None,
    ),
    "an unknown step": (
        lambda s: s.runs.steps.retrieve(f"step_{NOWHERE}", run_id=s.finished.id, thread_id=s.finished.thread_id),
        MISSING,
        f"No run step found with id 'step_{NOWHERE}'.",
        None,
        None,
    ),
    "messages of an unknown thread": (
        lambda s: s.client.beta.threads.messages.list(f"thread_{NOWHERE}").data,
        MISSING,
        f"No thread found with id 'thread_{NOWHERE}'.",
        None,
        None,
    ),
    "an id of the wrong kind": (
        lambda s: s.client.beta.threads.retrieve("asst_1"),
        BAD,
        "Invalid 'thread_id': 'asst_1'. Expected an ID that begins with 'thread'.",
        "thread_id",
        "invalid_value",
    ),
    "a run with an unknown assistant": (
        lambda s: s.runs.create(s.finished.thread_id, assistant_id=f"asst_{NOWHERE}"),
        MISSING,
        f"No assistant found with id 'asst_{NOWHERE}'.",
        None,
        None,
    ),
    "a streamed run with an unknown assistant": (
        lambda s: s.runs.create(s.finished.thread_id, assistant_id=f"asst_{NOWHERE}", stream=True),
        MISSING,
        f"No assistant found with id 'asst_{NOWHERE}'.",
        None,
        None,
    ),
    "a run on an unknown thread": (
        lambda s: s.runs.create(f"thread_{NOWHERE}", assistant_id=s.assistant),
        MISSING,
        f"No thread found with id 'thread_{NOWHERE}'.",
        None,
        None,
    ),
    "a run without an assistant": (
        lambda s: s.client.post(f"/threads/{s.finished.thread_id}/runs", body={}, cast_to=object),
        BAD,
        "Missing required parameter: 'assistant_id'.",
        "assistant_id",
        "missing_required_parameter",
    ),
    "a run with no assistant": (
        lambda s: s.runs.create(s.finished.thread_id, assistant_id=None),
        BAD,
        "Invalid type for 'assistant_id': expected a string, but got null instead.",
        "assistant_id",
        "invalid_type",
    ),
    "a second run": (
        lambda s: s.runs.create(s.waiting.thread_id, assistant_id=s.assistant),
        BAD,
        "Thread {waiting.thread_id} already has an active run {waiting.id}.",
        None,
        None,
    ),
    "a message while a run waits": (
        lambda s: s.client.beta.threads.messages.create(s.waiting.thread_id, role="user", content="x"),
        BAD,
        "Can't add messages to {waiting.thread_id} while a run {waiting.id} is active.",
        None,
        None,
    ),
    "a run on an empty thread": (
        lambda s: s.client.beta.threads.create_and_run(assistant_id=s.assistant),
        BAD,
        "Run creation requires a Thread with a user message or an assistant with instructions.",
        None,
        "invalid_thread",
    ),
    "outputs that nobody wants": (
        lambda s: s.submit(s.finished, "call_1"),
        BAD,
        'Runs in status "completed" do not accept tool outputs.',
        None,
        None,
    ),
    "an output too few": (
        lambda s: s.submit(s.waiting, s.calls[0]),
        BAD,
        "Expected tool outputs for call_ids {calls}, got ['{calls[0]}']",
        None,
        None,
    ),
    "an output too few, streamed": (
        lambda s: s.submit(s.waiting, s.calls[0], stream=True),
        BAD,
        "Expected tool outputs for call_ids {calls}, got ['{calls[0]}']",
        None,
        None,
    ),
    "no outputs": (
        lambda s: s.submit(s.waiting),
        BAD,
        "Expected tool outputs for call_ids {calls}, got []",
        None,
        None,
    ),
    "an unknown call": (
        lambda s: s.submit(s.waiting, s.calls[0], "call_x"),
        BAD,
        "Expected tool outputs for call_ids {calls}, got ['{calls[0]}', 'call_x']",
        None,
        None,
    ),
    "an output twice": (
        lambda s: s.submit(s.waiting, *s.calls, s.calls[0]),
        BAD,
        "Expected tool outputs for call_ids {calls}, got ['{calls[0]}', '{calls[1]}', '{calls[0]}']",
        None,
        None,
    ),
    "cancelling what is over": (
        lambda s: s.runs.cancel(s.finished.id, thread_id=s.finished.thread_id),
        BAD,
        "Cannot cancel run with status 'completed'.",
        None,
        None,
    ),
    "a role that is none": (
        lambda s: s.client.beta.threads.messages.create(s.finished.thread_id, role="system", content="x"),
        BAD,
        "Invalid value: 'system'. Supported values are: 'user' and 'assistant'.",
        "role",
        "invalid_value",
    ),
    "metadata that is no text": (
        lambda s: s.client.beta.threads.create(metadata={"modified": True}),
        BAD,
        "Invalid type for 'metadata.modified': expected a string, but got a boolean instead.",
        "metadata.modified",
        "invalid_type",
    ),
    "a parameter of another API": (
        lambda s: s.client.beta.threads.create(extra_body={"own": 1}),
        BAD,
        "Unknown parameter: 'own'.",
        "own",
        "unknown_parameter",
    ),
    "too many at once": (
        lambda s: s.client.beta.assistants.list(limit=101).data,
        BAD,
        "Invalid 'limit': integer above maximum value. Expected a value <= 100, but got 101 instead.",
        "limit",
        "integer_above_max_value",
    ),
}


@pytest.mark.parametrize("name", ROWS)
def test_a_mistake_raises_the_same_exception_as_before(scene: Scene, name: str) -> None:
    call, kind, message, param, code = ROWS[name]
    with pytest.raises(kind) as caught:
        call(scene)
    error = caught.value
    assert error.body == {
        "message": message.format(waiting=scene.waiting, calls=scene.calls),
        "type": "invalid_request_error",
        "param": param,
        "code": code,
    }
    assert (error.param, error.code, error.type) == (param, code, "invalid_request_error")
    assert scene.server.requests == [], "upstream has nothing to do with it"
    for run in (scene.waiting, scene.finished):
        assert scene.runs.list(run.thread_id).data == [run]
        assert len(scene.client.beta.threads.messages.list(run.thread_id).data) == (1 if run is scene.waiting else 2)


@pytest.mark.parametrize("name", ["an output too few", "a second run", "a run without an assistant"])
def test_a_thread_is_usable_after_a_mistake(fresh: Scene, name: str) -> None:
    with pytest.raises(openai.APIStatusError):
        ROWS[name][0](fresh)
    check_usable(fresh)


def check_usable(scene: Scene) -> None:
    """The waiting run accepts its outputs, and both threads accept messages and runs."""
    waiting = scene.waiting
    scene.submit(waiting, *scene.calls)
    assert scene.runs.poll(waiting.id, thread_id=waiting.thread_id).status == "completed"
    for run in (scene.waiting, scene.finished):
        scene.client.beta.threads.messages.create(run.thread_id, role="user", content="On")
        again = scene.runs.create_and_poll(thread_id=run.thread_id, assistant_id=scene.assistant)
        assert again.status == "completed"


@pytest.mark.parametrize("output", [None, ""])
def test_an_output_may_be_empty(fresh: Scene, output: str | None) -> None:
    scene = fresh
    scene.submit(scene.waiting, *reversed(scene.calls), output=output)
    assert scene.runs.poll(scene.waiting.id, thread_id=scene.waiting.thread_id).status == "completed"
    sent = [(item["call_id"], item["output"]) for item in scene.server.bodies[-1]["input"]]
    assert sent == [(call, "") for call in scene.calls]


def test_outputs_are_accepted_only_once(fresh: Scene) -> None:
    scene = fresh
    scene.submit(scene.waiting, *scene.calls)
    with pytest.raises(BAD, match=r'Runs in status "(queued|in_progress|completed)" do not accept tool outputs\.'):
        scene.submit(scene.waiting, *scene.calls)
    assert scene.runs.poll(scene.waiting.id, thread_id=scene.waiting.thread_id).status == "completed"
    assert len(scene.server.bodies) == 1
