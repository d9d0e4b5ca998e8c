"""The model receives the transcript that the user was shown.

Law: the transcript in a stream, the transcript in the list, and the transcript that is replayed to a server without a
chain are the same, and each call is sent with exactly one output.  This is true whatever upstream leaves out, repeats
or blanks.  Two differences are intended: citation markers, which the shim adds, are not sent; a call is sent in the
form that any server accepts.
"""

import copy
from collections.abc import Callable
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shim.translate import items
from shim.translate.turn import Emitted
from tests.engine.scripted import Harness, answer
from tests.scenarios.laws.stories import Story, stories
from tests.scenarios.told_anew.strict import STATELESS, fault
from tests.translate.upstream_events import last, message, names, says

Json = dict[str, Any]
LAW = settings(
    derandomize=True, deadline=None, max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
DONE = "response.output_item.done"
BYE = "Bye."


def _dropped(event: Json) -> list[Json]:
    return []


def _twice(event: Json) -> list[Json]:
    return [event, copy.deepcopy(event)]


def _blank(value: Any) -> Callable[[Json], list[Json]]:
    """The item's content or arguments are replaced."""

    def fault(event: Json) -> list[Json]:
        item = event.get("item")
        if item is None:
            return [event]
        blanks = {name: value for name in ("content", "arguments") if name in item}
        return [event | {"item": item | blanks}]

    return fault


def _null_texts(event: Json) -> list[Json]:
    item = event.get("item") or {}
    if item.get("type") != "message":
        return [event]
    parts = [
        {name: None if name in ("text", "refusal") else value for name, value in part.items()}
        for part in item["content"]
    ]
    return [event | {"item": item | {"content": parts}}]


def _no_output(event: Json) -> list[Json]:
    return [event | {"response": event["response"] | {"output": []}}] if "response" in event else [event]


def _same_call_ids(event: Json) -> list[Json]:
    """Every call of every response has the same id."""

    def renamed(item: Json) -> Json:
        return item | {"call_id": "call_0"} if item.get("type") == "function_call" else item

    if "item" in event:
        return [event | {"item": renamed(event["item"])}]
    if "response" in event:
        return [event | {"response": event["response"] | {"output": list(map(renamed, event["response"]["output"]))}}]
    return [event]


def _odd_calls(event: Json) -> list[Json]:
    """Calls with a name and an id that no server accepts in a request."""
    item = event.get("item") or {}
    odd = {"name": "multi_tool_use.parallel", "call_id": f"call/{item.get('call_id')}"}
    return [event | {"item": item | odd}] if item.get("type") == "function_call" else [event]


#: Changes of one event of a stream (faults), and of all events (habits).
FAULTS = {
    "dropped": _dropped,
    "twice": _twice,
    "empty": _blank([]),
    "null": _blank(None),
    "null texts": _null_texts,
    "no output": _no_output,
}
HABITS: dict[str, Callable[[Json], list[Json]]] = {
    "none": lambda event: [event],
    "the same call ids": _same_call_ids,
    "odd calls": _odd_calls,
    "nothing finished": lambda event: [] if event["type"] == DONE else _no_output(event),
    "blank ends": lambda event: _blank([])(event) if event["type"] == DONE else _no_output(event),
}


def faulty(story: Story, faults: list[tuple[int, str]], habit: str) -> list[Json]:
    """The story's events with these faults, each a number of an event and a name."""
    events = [[event] for event in story.events]
    for number, name in faults:
        events[number % len(events)] = [made for event in events[number % len(events)] for made in FAULTS[name](event)]
    return [made for each in events for event in each for made in HABITS[habit](event)]


@LAW
@given(
    stories(kinds=("message", "function_call", "file_search_call", "reasoning")),
    st.lists(st.tuples(st.integers(0, 40), st.sampled_from(sorted(FAULTS))), max_size=3),
    st.sampled_from(sorted(HABITS)),
)
def test_the_streamed_listed_and_replayed_transcripts_are_equal(
    harness: Harness, story: Story, faults: list[tuple[int, str]], habit: str
) -> None:
    harness.upstream.can = STATELESS
    thread = harness.thread("One")
    calls: list[Json] = []
    events = harness.run(thread, reads(story, faults, habit, f"{thread}_1"), assistant_id=harness.assistant())
    streamed = events
    if names(events)[-1] == "run.requires_action":
        run = last(events, "run.requires_action")
        calls = run["required_action"]["submit_tool_outputs"]["tool_calls"]
        outputs = {call["id"]: f"output {number}" for number, call in enumerate(calls)}
        assert len(outputs) == len(calls), "each call has a different id"
        streamed = events + harness.submit(run, answer(message(says(BYE)), id=f"{thread}_2"), **outputs)
    harness.message(thread, "Two")
    ended = harness.run(thread, answer(message(says(BYE)), id=f"{thread}_3"), assistant_id=harness.assistant())
    assert names(ended)[-1] == "run.completed"
    sent = list(harness.sent["input"])
    assert fault({"input": sent}) is None
    assert replayed(sent) == shown(streamed) == listed(harness, thread)[:-1]
    assert pairs(sent) == [
        (items.name(call["function"]["name"]), items.arguments(call["function"]["arguments"]), f"output {number}")
        for number, call in enumerate(calls)
    ]


def reads(story: Story, faults: list[tuple[int, str]], habit: str, id: str) -> list[list[Json]]:
    """One event in each network read; the response id is unique."""
    events = faulty(story, faults, habit)
    return [
        [event | {"response": event["response"] | {"id": id}} if "response" in event else event] for event in events
    ]


def plain(content: list[Json]) -> str:
    """The text of a message, without the citation markers that the shim added."""
    text = ""
    for part in content:
        if part["type"] == "refusal":
            text += part["refusal"]
        if part["type"] == "text":
            text += unmarked(part["text"])
    return text


def unmarked(text: Json) -> str:
    value: str = text["value"]
    for note in sorted(text["annotations"], key=lambda note: -int(note["start_index"])):
        if note["type"] == "file_citation" and note["text"].startswith("【"):
            value = value[: note["start_index"]] + value[note["end_index"] :]
    return value


def shown(events: list[Emitted]) -> list[str]:
    """The text of each message as the last event about it shows it, in order."""
    messages = {data["id"]: data for _, data in events if data.get("object") == "thread.message"}
    return [text for data in messages.values() if (text := plain(data["content"]))]


def listed(harness: Harness, thread: str) -> list[str]:
    found = harness.get(f"threads/{thread}/messages", order="asc", limit="100")["data"]
    return [text for data in found if data["role"] == "assistant" and (text := plain(data["content"]))]


def replayed(sent: list[Json]) -> list[str]:
    """The texts of the assistant in a request."""
    return [
        "".join(part.get("text") or part.get("refusal") or "" for part in item["content"])
        for item in sent
        if item.get("role") == "assistant"
    ]


def pairs(sent: list[Json]) -> list[tuple[str, str, str]]:
    """Name, arguments and output of each call in a request."""
    outputs = [item for item in sent if item.get("type") == "function_call_output"]
    calls = [item for item in sent if item.get("type") == "function_call"]
    assert sorted(item["call_id"] for item in outputs) == sorted(item["call_id"] for item in calls)
    by_id = {item["call_id"]: item["output"] for item in outputs}
    assert len(by_id) == len(calls), "every call has its one output"
    return [(item["name"], item["arguments"], by_id[item["call_id"]]) for item in calls]
