"""Events that client programs need, at the place in the stream where they expect them."""

from typing import Any

import pytest

from tests.scenarios.clients.talking import WEATHER, Talk
from tests.scenarios.doors.colours import COLOURS

pytestmark = pytest.mark.parametrize("client", COLOURS, indirect=True)
OPENING = ["thread.run.created", "thread.run.queued", "thread.run.in_progress"]
STEP = ["thread.run.step.created", "thread.run.step.in_progress"]
TEXT = [
    *STEP,
    "thread.message.created",
    "thread.message.in_progress",
    "thread.message.delta",
    "thread.message.completed",
    "thread.run.step.completed",
    "thread.run.completed",
]
CALL = [*STEP, "thread.run.step.delta", "thread.run.requires_action"]


def folded_names(events: Any) -> tuple[list[str], list[Any]]:
    """The names of the events, with consecutive equal names counted as one; and the events."""
    found = list(events)
    names = [event.event for event in found]
    return [name for place, name in enumerate(names) if not (place and name == names[place - 1])], found


def stream(talk: Talk, text: str) -> tuple[list[str], list[Any]]:
    assistant, thread = talk.assistant(), talk.thread(text)
    return folded_names(talk.threads.runs.create(thread.id, assistant_id=assistant.id, stream=True))


def test_a_text(talk: Talk) -> None:
    assert stream(talk, "Hello")[0] == [*OPENING, *TEXT]


def test_calls_and_the_stream_behind_their_outputs(talk: Talk) -> None:
    names, events = stream(talk, WEATHER)
    assert names == [*OPENING, *CALL]
    run = events[-1].data
    parameters = {"thread_id": run.thread_id, "tool_outputs": talk.outputs(run), "stream": True}
    names, events = folded_names(talk.threads.runs.submit_tool_outputs(run.id, **parameters))
    assert names == ["thread.run.step.completed", "thread.run.queued", "thread.run.in_progress", *TEXT]
    call = events[0].data.step_details.tool_calls[0]
    assert (call.id, call.function.output) == (parameters["tool_outputs"][0]["tool_call_id"], "hail")


def test_create_and_run_begins_with_the_thread(talk: Talk) -> None:
    assistant = talk.assistant()
    thread = {"messages": [{"role": "user", "content": "Hello"}], "metadata": {"a": "b"}}
    names, events = folded_names(talk.threads.create_and_run(assistant_id=assistant.id, thread=thread, stream=True))
    assert names == ["thread.created", *OPENING, *TEXT]
    assert events[0].data.id == events[1].data.thread_id
    assert events[0].data.metadata == {"a": "b"}


def test_every_part_of_a_delta_has_an_index(talk: Talk) -> None:
    _, events = stream(talk, f"Say it aloud: {WEATHER} and get_time")
    parts = [part for event in events if event.event == "thread.message.delta" for part in event.data.delta.content]
    calls = [
        call
        for event in events
        if event.event == "thread.run.step.delta"
        for call in event.data.delta.step_details.tool_calls
    ]
    assert {part.index for part in parts} == {0}
    assert {call.index for call in calls} == {0, 1}
    assert [call.function.name for call in calls if call.id] == ["get_weather", "get_time"]


def test_the_stream_ends_with_done(talk: Talk) -> None:
    """No client needs the last event, but the old API sent it."""
    assistant, thread = talk.assistant(), talk.thread("Hello")
    method = talk.threads.runs.with_streaming_response.create
    with method(thread.id, assistant_id=assistant.id, stream=True) as response:
        raw = b"".join(response.iter_bytes())
    assert raw.endswith(b"event: done\ndata: [DONE]\n\n")
    assert raw.count(b"event: done") == 1
