"""All callbacks of the SDK's event handlers, blocking and async: when each is called, and with which arguments."""

from dataclasses import dataclass, field
from typing import Any

import pytest

from shim import OpenAI
from tests.scenarios.clients.talking import WEATHER, Talk
from tests.scenarios.doors.colours import COLOURS
from tests.scenarios.replay.recorders import CALLBACKS, AsyncRecorder, Notes, Recorder

pytestmark = pytest.mark.parametrize("client", COLOURS, indirect=True)
#: The callbacks of every step and every message, with consecutive equal callbacks counted as one.
CALLED = ["on_run_step_created", "on_tool_call_created", "on_run_step_delta", "on_tool_call_delta"]


@dataclass
class Diary(Notes):
    """Callbacks in their order with their arguments; ``breaks``: events at which the program's own code fails."""

    order: list[str] = field(default_factory=list)
    arguments: dict[str, list[Any]] = field(default_factory=dict)
    breaks: dict[str, Exception] = field(default_factory=dict)

    def take(self, callback: str, *arguments: Any) -> None:
        super().take(callback, *arguments)
        self.arguments.setdefault(callback, []).append(arguments)
        if callback == "on_event":
            if problem := self.breaks.get(arguments[0].event):
                raise problem
        elif self.order[-1:] != [callback]:
            self.order.append(callback)


def listen(talk: Talk, text: str, **breaks: Exception) -> Diary:
    """A streamed run of a new thread, read by an event handler to its end."""
    recorder = (Recorder if isinstance(talk.client, OpenAI) else AsyncRecorder)()
    recorder.notes = diary = Diary(breaks={f"thread.{name.replace('__', '.')}": each for name, each in breaks.items()})
    where = {"thread_id": talk.thread(text).id, "assistant_id": _helper(talk).id}
    with talk.threads.runs.stream(**where, event_handler=recorder) as events:
        if breaks:
            (problem,) = breaks.values()
            with pytest.raises(type(problem)):
                events.until_done()
        else:
            events.until_done()
    return diary


def _helper(talk: Talk) -> Any:
    return talk.assistant(tools=[{"type": "code_interpreter"}, *talk.assistant().to_dict()["tools"]])


def test_every_callback_is_called(talk: Talk) -> None:
    """The SDK has seventeen callbacks, and each of them is called in one of these runs."""
    assert len(CALLBACKS) == 17
    diaries = [
        listen(talk, "code_interpreter show-image"),
        listen(talk, f"aloud {WEATHER}"),
        listen(talk, "Hello", run__completed=TimeoutError()),
    ]
    assert {name for diary in diaries for name in diary.calls} == set(CALLBACKS)


def test_code_a_picture_and_text(talk: Talk) -> None:
    diary = listen(talk, "code_interpreter show-image")
    place = diary.order.index("on_message_created")
    assert diary.order[:4] == CALLED
    assert diary.order[place - 3 : place] == ["on_tool_call_done", "on_run_step_done", "on_run_step_created"]
    rest = diary.order[place + 1 :]
    # The SDK calls `on_image_file_done` only after the first text delta that follows the picture.
    for name in ("on_text_created", "on_text_delta", "on_image_file_done", "on_text_done", "on_message_done"):
        assert name in rest
        rest = rest[rest.index(name) :]
    assert "on_run_step_done" in rest
    assert rest[-1] == "on_end"
    ((image,),) = diary.arguments["on_image_file_done"]
    message = diary.messages[0]
    assert message["content"][0] == {"type": "image_file", "image_file": {"file_id": image.file_id}}
    text = "".join(delta.value for delta, _ in diary.arguments["on_text_delta"])
    assert text == diary.texts[0] == message["content"][1]["text"]["value"]
    assert [snapshot.value for _, snapshot in diary.arguments["on_text_delta"]][-1] == text


def test_a_text_and_a_call(talk: Talk) -> None:
    diary = listen(talk, f"aloud {WEATHER}")
    assert diary.order[-2:] == ["on_tool_call_done", "on_end"]
    assert diary.order.index("on_message_done") < diary.order.index("on_tool_call_created")
    ((created,),) = diary.arguments["on_tool_call_created"]
    assert created.function.name == "get_weather"
    _, snapshot = diary.arguments["on_tool_call_delta"][-1]
    call = diary.closing[1]["required_action"]["submit_tool_outputs"]["tool_calls"][0]
    assert (snapshot.id, snapshot.function.arguments) == (call["id"], call["function"]["arguments"])


@pytest.mark.parametrize("problem", [ValueError("mine"), TimeoutError("mine")], ids=["error", "timeout"])
def test_an_exception_in_the_handlers_own_code(talk: Talk, problem: Exception) -> None:
    """The SDK calls the handler with the exception and then calls `on_end`; the run continues without its reader."""
    diary = listen(talk, "Hello", run__in_progress=problem)
    assert diary.problems == [problem]
    assert diary.calls["on_timeout"] == isinstance(problem, TimeoutError)
    assert diary.order[-1] == "on_end"
    run = next(data for name, data in diary.events if name == "thread.run.in_progress")
    assert talk.threads.runs.poll(run["id"], thread_id=run["thread_id"]).status == "completed"
