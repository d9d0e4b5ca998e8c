"""When clients read, submit and disconnect: an event is sent after its object is stored, and outputs are accepted as
soon as the run requires them.
"""

from typing import Any

import pytest

from tests.scenarios.clients.talking import WEATHER, Talk
from tests.scenarios.doors.colours import COLOURS
from tests.scenarios.doors.loopback import Gate

pytestmark = pytest.mark.parametrize("client", COLOURS, indirect=True)


def names(events: Any) -> list[str]:
    return [event.event for event in events]


def test_outputs_are_submitted_while_the_first_stream_is_open(talk: Talk) -> None:
    """The outputs are submitted within the loop over the events, as the classic handler does; the outer stream ends
    normally.
    """
    assistant, thread = talk.assistant(), talk.thread(WEATHER)
    inner: list[str] = []
    outer: list[str] = []
    for event in talk.threads.runs.create(thread.id, assistant_id=assistant.id, stream=True):
        outer.append(event.event)
        if event.event == "thread.run.requires_action":
            run = event.data
            parameters = {"thread_id": thread.id, "tool_outputs": talk.outputs(run), "stream": True}
            inner = names(talk.threads.runs.submit_tool_outputs(run.id, **parameters))
    assert outer[-1] == "thread.run.requires_action"
    assert (inner[0], inner[-1]) == ("thread.run.step.completed", "thread.run.completed")
    assert talk.retrieve(run).status == "completed"
    assert "hail" in talk.messages(run)[0].content[0].text.value


def test_the_run_is_stored_before_requires_action_is_sent(talk: Talk) -> None:
    assistant, thread = talk.assistant(), talk.thread(WEATHER)
    for event in talk.threads.runs.create(thread.id, assistant_id=assistant.id, stream=True):
        if event.event == "thread.run.requires_action":
            found = talk.retrieve(event.data)
            assert found.status == "requires_action"
            assert found.required_action == event.data.required_action


def test_a_connection_dropped_at_requires_action(talk: Talk) -> None:
    """The stream is closed before its end: the run still requires action, and accepts its outputs."""
    assistant, thread = talk.assistant(), talk.thread(WEATHER)
    events = talk.threads.runs.create(thread.id, assistant_id=assistant.id, stream=True)
    run = next(event.data for event in events if event.event == "thread.run.requires_action")
    events.close()
    assert talk.retrieve(run).status == "requires_action"
    assert talk.poll(talk.submit(run)).status == "completed"


def test_a_reader_who_disconnects_does_not_stop_the_run(talk: Talk) -> None:
    gate = Gate(chunks=4)
    talk.upstream.answer = talk.upstream.gated(gate)
    assistant, thread = talk.assistant(), talk.thread("essay-200")
    events = talk.threads.runs.create(thread.id, assistant_id=assistant.id, stream=True)
    run = next(event.data for event in events if event.event == "thread.run.in_progress")
    gate.wait()
    events.close()
    gate.open()
    done = talk.poll(run)
    assert done.status == "completed"
    assert len(talk.messages(run)[0].content[0].text.value.split()) == 200


def test_objects_are_stored_before_their_events_are_sent(talk: Talk) -> None:
    """Some programs retrieve the message or the run when they receive its event: the stored object is equal to the
    event's.
    """
    assistant, thread = talk.assistant(), talk.thread("Good morning")
    for event in talk.threads.runs.create(thread.id, assistant_id=assistant.id, stream=True):
        data = event.data
        if event.event == "thread.message.completed":
            found = talk.threads.messages.retrieve(data.id, thread_id=thread.id)
            assert (found.status, found.content) == ("completed", data.content)
        if event.event == "thread.run.step.completed":
            found = talk.threads.runs.steps.retrieve(data.id, thread_id=thread.id, run_id=data.run_id)
            assert (found.status, found.usage) == ("completed", data.usage)
        if event.event == "thread.run.completed":
            assert talk.retrieve(data).status == "completed"
            assert talk.messages(data)[0].content[0].text.value.startswith("You said")


def test_the_response_to_a_submit_has_no_required_action(talk: Talk) -> None:
    """Otherwise clients would submit the outputs twice."""
    gate = Gate()
    run = talk.run(WEATHER)
    talk.upstream.answer = talk.upstream.gated(gate)
    taken = talk.submit(run)
    assert (taken.status, taken.required_action) == ("queued", None)
    gate.wait()
    for _ in range(5):
        assert talk.retrieve(run).status in ("queued", "in_progress")
    gate.open()
    assert talk.poll(run).status == "completed"


def test_a_second_round_of_calls_follows_the_first(talk: Talk) -> None:
    run = talk.run(f"{WEATHER} then get_time")
    first = {call.id for call in run.required_action.submit_tool_outputs.tool_calls}
    again = talk.poll(talk.submit(run))
    assert again.status == "requires_action"
    assert not first & {call.id for call in again.required_action.submit_tool_outputs.tool_calls}
    assert talk.poll(talk.submit(again)).status == "completed"
