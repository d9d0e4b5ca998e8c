"""All methods of the SDK, blocking and async: plain, with raw responses, and with streaming ones."""

import inspect
from collections.abc import Callable, Iterator
from typing import Any, Final

import pytest
from openai.types.beta import Assistant, AssistantDeleted, Thread, ThreadDeleted
from openai.types.beta.threads import Message, MessageDeleted, Run
from openai.types.beta.threads.runs import RunStep

from docs.pages import calls
from tests.scenarios.clients.talking import TOOLS, WEATHER
from tests.scenarios.doors.colours import COLOURS, opened
from tests.stores import Stores

Json = dict[str, Any]
USER: Final = {"role": "user", "content": "Hello"}


class Scene:
    """Objects to call methods on, created when they are needed."""

    def __init__(self, client: Any) -> None:
        self.client, self.threads = client, client.beta.threads
        self.helper: Json = {"assistant_id": client.beta.assistants.create(model="gpt-4o", tools=TOOLS).id}

    def assistant(self) -> Json:
        return {"assistant_id": self.client.beta.assistants.create(model="gpt-4o").id}

    def thread(self, text: str = "Hello") -> Json:
        return {"thread_id": self.threads.create(messages=[{"role": "user", "content": text}]).id}

    def message(self) -> Json:
        where = self.thread()
        return where | {"message_id": self.threads.messages.list(**where).data[0].id}

    def run(self, text: str = "Hello") -> Json:
        where = self.thread(text)
        return where | {"run_id": self.threads.runs.create_and_poll(**where, **self.helper).id}

    def step(self) -> Json:
        where = self.run()
        return where | {"step_id": self.threads.runs.steps.list(**where).data[0].id}

    def asking(self) -> Json:
        where = self.run(WEATHER)
        action = self.threads.runs.retrieve(**where).required_action
        requested = action.submit_tool_outputs.tool_calls
        return where | {"tool_outputs": [{"tool_call_id": call.id, "output": "hail"} for call in requested]}


def started(scene: Scene) -> Json:
    return scene.thread() | scene.helper


def with_thread(scene: Scene) -> Json:
    return scene.helper | {"thread": {"messages": [USER]}}


#: Resource and method: its arguments, and the type of its result (for a list, of its items; None: a stream of events).
METHODS: Final[dict[str, tuple[Callable[[Scene], Json], Any]]] = {
    "assistants.create": (lambda scene: {"model": "gpt-4o"}, Assistant),
    "assistants.retrieve": (Scene.assistant, Assistant),
    "assistants.update": (lambda scene: scene.assistant() | {"name": "other"}, Assistant),
    "assistants.list": (lambda scene: {"limit": 2}, Assistant),
    "assistants.delete": (Scene.assistant, AssistantDeleted),
    "threads.create": (lambda scene: {"messages": [USER]}, Thread),
    "threads.retrieve": (Scene.thread, Thread),
    "threads.update": (lambda scene: scene.thread() | {"metadata": {"a": "b"}}, Thread),
    "threads.delete": (Scene.thread, ThreadDeleted),
    "threads.create_and_run": (with_thread, Run),
    "threads.create_and_run_poll": (with_thread, Run),
    "threads.create_and_run_stream": (with_thread, None),
    "threads.messages.create": (lambda scene: scene.thread() | USER, Message),
    "threads.messages.retrieve": (Scene.message, Message),
    "threads.messages.update": (lambda scene: scene.message() | {"metadata": {"a": "b"}}, Message),
    "threads.messages.list": (Scene.thread, Message),
    "threads.messages.delete": (Scene.message, MessageDeleted),
    "threads.runs.create": (started, Run),
    "threads.runs.retrieve": (Scene.run, Run),
    "threads.runs.update": (lambda scene: scene.run() | {"metadata": {"a": "b"}}, Run),
    "threads.runs.list": (lambda scene: {"thread_id": scene.run()["thread_id"]}, Run),
    "threads.runs.cancel": (lambda scene: scene.run(WEATHER), Run),
    "threads.runs.poll": (Scene.run, Run),
    "threads.runs.create_and_poll": (started, Run),
    "threads.runs.create_and_stream": (started, None),
    "threads.runs.stream": (started, None),
    "threads.runs.submit_tool_outputs": (Scene.asking, Run),
    "threads.runs.submit_tool_outputs_and_poll": (Scene.asking, Run),
    "threads.runs.submit_tool_outputs_stream": (Scene.asking, None),
    "threads.runs.steps.retrieve": (Scene.step, RunStep),
    "threads.runs.steps.list": (Scene.run, RunStep),
}
#: The attributes with a method's wrappers; methods without wrappers are loops over other methods.
WRAPPERS: Final = ("with_raw_response", "with_streaming_response")
HELPERS: Final = 8


@pytest.fixture(scope="module", params=COLOURS)
def scene(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, stores: Stores) -> Iterator[Scene]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SHIM_DATABASE_URL", stores.new(tmp_path_factory.mktemp("methods")))
        patch.setenv("SHIM_UPSTREAM", "sandbox")
        with opened(request.param) as client:
            yield Scene(client)


def resource(scene: Scene, name: str) -> Any:
    found = scene.client.beta
    for part in name.split(".")[:-1]:
        found = getattr(found, part)
    return found


def check(answered: Any, kind: Any) -> None:
    if hasattr(answered, "data"):
        assert answered.data
        assert all(type(each) is kind for each in answered.data)
    else:
        assert type(answered) is kind


def test_the_table_contains_all_methods() -> None:
    assert set(METHODS) == {f"{path}.{name}" for path, name in calls.methods()}
    assert len(METHODS) == 31


@pytest.mark.parametrize("name", METHODS)
def test_a_method_returns_its_type(scene: Scene, name: str) -> None:
    given, kind = METHODS[name]
    made = getattr(resource(scene, name), name.rpartition(".")[2])(**given(scene))
    if kind is not None:
        check(made, kind)
        return
    with made as events:
        names = [event.event for event in events]
        assert events.get_final_run().status == "completed"
    assert names[-1] == "thread.run.completed"


def wrapped(wrapper: Any, name: str) -> Any:
    """The method behind a wrapper, or None."""
    return getattr(wrapper, name.rpartition(".")[2], None) if name.rpartition(".")[2] in _names(wrapper) else None


def _names(wrapper: Any) -> set[str]:
    thing = getattr(wrapper, "_thing", wrapper)
    return {name for name, _ in inspect.getmembers(thing, callable) if not name.startswith("_")}


def test_all_methods_but_the_helpers_have_wrappers(scene: Scene) -> None:
    for wrapper in WRAPPERS:
        bare = [name for name in METHODS if wrapped(getattr(resource(scene, name), wrapper), name) is None]
        assert len(bare) == HELPERS
        assert all(name.endswith(("poll", "stream")) for name in bare)


@pytest.mark.parametrize("name", [name for name in METHODS if not name.endswith(("poll", "stream"))])
def test_a_methods_wrappers(scene: Scene, name: str) -> None:
    given, kind = METHODS[name]
    raw = wrapped(resource(scene, name).with_raw_response, name)(**given(scene))
    assert (raw.status_code, raw.headers["openai-version"]) == (200, "2020-10-01")
    assert raw.headers["x-request-id"].startswith("req_")
    check(raw.parse(), kind)
    with wrapped(resource(scene, name).with_streaming_response, name)(**given(scene)) as answer:
        assert (answer.status_code, answer.headers["openai-version"]) == (200, "2020-10-01")
        check(answer.parse(), kind)


#: Methods with the parameter `stream`, which their wrappers have, too.
STREAMING: Final = ("threads.create_and_run", "threads.runs.create", "threads.runs.submit_tool_outputs")


@pytest.mark.parametrize("name", STREAMING)
def test_wrappers_around_a_stream(scene: Scene, name: str) -> None:
    given, _ = METHODS[name]
    raw = wrapped(resource(scene, name).with_raw_response, name)(**given(scene), stream=True)
    assert raw.headers["content-type"] == "text/event-stream; charset=utf-8"
    assert [event.event for event in raw.parse()][-1] == "thread.run.completed"
    with wrapped(resource(scene, name).with_streaming_response, name)(**given(scene), stream=True) as answer:
        assert [event.event for event in answer.parse()][-1] == "thread.run.completed"
