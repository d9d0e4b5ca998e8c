"""The stored objects equal the last ones in the stream, for every answer of upstream."""

from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shim.translate.turn import Emitted
from tests.engine.scripted import Harness, place
from tests.scenarios.laws.folding import Fold, finished_calls
from tests.scenarios.laws.stories import Story, stories

Json = dict[str, Any]
LAW = settings(derandomize=True, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
OBJECTS = ("thread.run", "thread.run.step", "thread.message")


def run(harness: Harness, story: Story, batches: list[list[Json]]) -> list[Emitted]:
    """Stream a run of a new thread with this answer; the response id is unique."""
    thread = harness.thread("One")
    response_id = f"resp_{thread}"
    reads = [[_with_id(event, response_id) for event in batch] for batch in batches]
    return harness.run(thread, reads, assistant_id=harness.assistant(tools=story.tools or []))


def _with_id(event: Json, id: str) -> Json:
    return event | {"response": event["response"] | {"id": id}} if "response" in event else event


def last_shown(events: list[Emitted]) -> dict[str, Json]:
    """Every object as the last event about it showed it."""
    return {data["id"]: data for name, data in events if data.get("object") in OBJECTS}


def shown(harness: Harness, run: Json) -> dict[str, Json]:
    """Every object as a GET request returns it."""
    messages = harness.get(f"threads/{run['thread_id']}/messages", run_id=run["id"], order="asc")["data"]
    steps = harness.get(f"{place(run)}/steps", order="asc")["data"]
    return {each["id"]: each for each in [harness.get(place(run)), *messages, *steps]}


def differing(streamed: Json, ended: bool) -> Json:
    """Apply the two intended differences: for a run without resources, a stream shows an empty list of files; for a
    step of a run that has ended, it still shows the expiry.
    """
    if streamed["object"] == "thread.run":
        empty = {"code_interpreter": {"file_ids": []}}
        return streamed | {"tool_resources": {}} if streamed["tool_resources"] == empty else streamed
    return streamed | {"expires_at": None} if streamed["object"] == "thread.run.step" and ended else streamed


@settings(LAW, max_examples=100)
@given(stories(), st.data())
def test_stored_objects_equal_the_streamed_ones(harness: Harness, story: Story, data: Any) -> None:
    """Run, messages and steps, key by key; the calls of a step that waits for outputs are emitted only as deltas."""
    cuts = data.draw(st.lists(st.integers(1, len(story.events)), max_size=4, unique=True).map(sorted))
    edges = zip([0, *cuts], [*cuts, len(story.events)], strict=True)
    events = run(harness, story, [story.events[start:end] for start, end in edges])
    last = last_shown(events)
    ended = events[-1][1]
    rest = shown(harness, ended)
    asks = ended["status"] == "requires_action"
    assert rest.keys() == last.keys()
    for id, each in rest.items():
        if each["object"] == "thread.run.step" and each["status"] == "in_progress":
            assert asks
            assert finished_calls(each) == folded(events).calls(id)
        else:
            assert each == differing(last[id], not asks)


def folded(events: list[Emitted]) -> Fold:
    fold = Fold()
    for name, data in events:
        fold.add(name, data)
    return fold


@settings(LAW, max_examples=40)
@given(stories(endings=("completed",)))
def test_a_replay_contains_the_shown_messages(harness: Harness, story: Story) -> None:
    """A replayed thread contains the same text as the shown one, and each call together with its output."""
    events = run(harness, story, [[event] for event in story.events])
    ended = events[-1][1]
    if ended["status"] == "requires_action":
        calls = ended["required_action"]["submit_tool_outputs"]["tool_calls"]
        harness.submit(ended, [[]], **{call["id"]: "42" for call in calls})
    harness.context.capabilities.unchained(harness.context.profile(ended["model"]))
    harness.message(ended["thread_id"], "Two")
    harness.run(ended["thread_id"], [[]])
    harness.context.capabilities.__init__()  # type: ignore[misc]
    sent = harness.sent["input"]
    messages = [
        item for item in story.items if item["type"] == "message" and any(_text(part) for part in item["content"])
    ]
    assert [list(filter(None, map(_text, item["content"]))) for item in sent if item["type"] == "message"] == [
        ["One"],
        *[list(filter(None, map(_text, item["content"]))) for item in messages],
        ["Two"],
    ]
    call_ids = [item["call_id"] for item in sent if item["type"] == "function_call"]
    answered = [item["call_id"] for item in sent if item["type"] == "function_call_output"]
    assert call_ids == answered == [item["call_id"] for item in story.items if item["type"] == "function_call"]


def _text(part: Json) -> str:
    return str(part.get("text") or part.get("refusal") or "")
