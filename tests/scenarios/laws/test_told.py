"""Properties of the translation, for generated answers of servers, cut in every way."""

from collections import Counter
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from openai.types.beta import AssistantStreamEvent
from openai.types.responses import ResponseStreamEvent

from shim.translate.elsewhere import APPROVAL, CALLS
from shim.translate.history import ASKS
from shim.translate.turn import Emitted
from shim.wire.sse import DONE, Reader, encode
from tests.scenarios.laws import table
from tests.scenarios.laws.folding import Fold, finished_calls, finished_content, told
from tests.scenarios.laws.items import ALL
from tests.scenarios.laws.stories import ENDINGS, HABITS, Story, stories
from tests.scenarios.laws.table import Note
from tests.translate import sdk

Json = dict[str, Any]
LAW = settings(max_examples=200, derandomize=True, deadline=None)
CLOSING = {
    f"thread.run.{word}" for word in ("requires_action", "completed", "incomplete", "failed", "cancelled", "expired")
}
ENDS = {"completed", "incomplete", "failed", "cancelled", "expired"}
EVENTS = {tag: member for member in sdk.members(AssistantStreamEvent) for tag in sdk.tags(member, "event")}


def one_by_one(story: Story) -> list[Emitted]:
    return told([[event] for event in story.events], tools=story.tools)


@LAW
@given(stories())
def test_fold(story: Story) -> None:
    """The SDK's accumulators over our deltas give our finished objects."""
    fold = Fold()
    for name, data in one_by_one(story):
        fold.hear(name, data)
        if name in ("thread.message.completed", "thread.message.incomplete"):
            assert fold.content(data["id"]) == finished_content(data)
        if name.startswith("thread.run.step.") and name.rpartition(".")[2] in ENDS:
            assert fold.calls(data["id"]) == finished_calls(data)
        if name == "thread.run.requires_action":
            asked = data["required_action"]["submit_tool_outputs"]["tool_calls"]
            (step,) = (id for id in fold.steps if _asks(fold, id))
            assert [_as_asked(call) for call in fold.calls(step)] == asked


def _asks(fold: Fold, id: str) -> bool:
    return any(call["type"] == "function" and call["function"]["output"] is None for call in fold.calls(id))


def _as_asked(call: Json) -> Json:
    return call | {"function": {name: call["function"][name] for name in ("name", "arguments")}}


@LAW
@given(stories())
def test_order(story: Story) -> None:
    """Created before delta before done; one closing event, the last; steps and messages end before it."""
    events = one_by_one(story)
    names = [name for name, _ in events]
    assert sum(name in CLOSING for name in names) == 1
    assert names[-1] in CLOSING
    lives: dict[str, list[str]] = {}
    for name, data in events:
        if name.startswith(("thread.message.", "thread.run.step.")):
            lives.setdefault(data["id"], []).append(name.rpartition(".")[2])
    for words in lives.values():
        assert words[:2] == ["created", "in_progress"]
        assert set(words[2:-1]) <= {"delta"}
        assert words[-1] in ENDS or names[-1] == "thread.run.requires_action"
    open_steps = [words for words in lives.values() if words[-1] not in ENDS]
    assert len(open_steps) == (names[-1] == "thread.run.requires_action")


@LAW
@given(stories(), st.data())
def test_chunks(story: Story, data: Any) -> None:
    """However the bytes are cut and however the events are gathered, the same is told but for merged deltas."""
    raw = b"".join(encode(event["type"], event) for event in story.events) + DONE
    places = sorted(data.draw(st.lists(st.integers(0, len(raw)), max_size=12)))
    reader = Reader()
    edges = zip([0, *places], [*places, len(raw)], strict=True)
    reads = [*(reader.feed(raw[start:end]) for start, end in edges), reader.close()]
    whole, cut = one_by_one(story), told(reads, tools=story.tools)
    assert [each for each in cut if "delta" not in each[0]] == [each for each in whole if "delta" not in each[0]]
    assert _folded(cut) == _folded(whole)


def _folded(events: list[Emitted]) -> Json:
    fold = Fold()
    for name, data in events:
        fold.hear(name, data)
    return {id: fold.content(id) for id in fold.messages} | {id: fold.calls(id) for id in fold.steps}


#: Fields of the SDK's types that an object has only where they say something, or never had.
ABSENT = {"thread.message.delta": set(), "thread.run.step.delta": set()}


@LAW
@given(stories())
def test_words(story: Story) -> None:
    """All of it is what the SDK's types say, to the letter, with every field there."""
    for name, data in one_by_one(story):
        # Tools that Assistants never had are the one thing that its types do not know.
        data = data | {"tools": []} if "tools" in data else data
        model = EVENTS[name].model_validate({"event": name, "data": data}, strict=True).data
        if name not in ABSENT:
            assert type(model).model_fields.keys() <= data.keys(), name


@LAW
@given(stories())
def test_tokens(story: Story) -> None:
    """The tokens of the steps are the run's, where the run ended with an answer."""
    events = one_by_one(story)
    name, run = events[-1]
    used = [data["usage"] for each, data in events if each.startswith("thread.run.step.") and data.get("usage")]
    if name in ("thread.run.completed", "thread.run.incomplete") and used:
        assert sum(usage["total_tokens"] for usage in used) == run["usage"]["total_tokens"]


@LAW
@given(stories(endings=("completed",)))
def test_what_was_generated_is_what_is_told(story: Story) -> None:
    """Text, refusals, arguments and code of the finished items, less the markers that we put in."""
    events = one_by_one(story)
    # One without any word may be over later than those behind it.
    ended = {data["id"]: finished_content(data) for name, data in events if name == "thread.message.completed"}
    shown = [ended[data["id"]] for name, data in events if name == "thread.message.created"]
    written = [item["content"] for item in story.items if item["type"] == "message"]
    # A part without a word is shown where somebody first spoke of it, which may be the end.
    said = [list(filter(None, map(_said, content))) for content in written]
    assert [list(filter(None, map(_bare, content))) for content in shown] == said
    asked = [data for name, data in events if name == "thread.run.requires_action"]
    calls = [each for run in asked for each in run["required_action"]["submit_tool_outputs"]["tool_calls"]]
    assert [(call["id"], call["function"]["arguments"]) for call in calls] == [
        (item["call_id"], item["arguments"] + ("" if item["arguments"].strip() else "{}"))
        for item in story.items
        if item["type"] == "function_call"
    ]
    ran = [finished_calls(data) for name, data in events if name == "thread.run.step.completed"]
    code = [call["code_interpreter"]["input"] for (call, *_) in filter(None, ran) if "code_interpreter" in call]
    assert code == [item["code"] for item in story.items if item["type"] == "code_interpreter_call"]


def _bare(part: Json) -> str:
    """A shown part without its markers."""
    if part["type"] == "refusal":
        return str(part["refusal"])
    if part["type"] == "image_file":
        return ""
    text = part["text"]["value"]
    marked = [note for note in part["text"]["annotations"] if note["text"].startswith("【4:")]
    for note in reversed(marked):
        text = text[: note["start_index"]] + text[note["end_index"] :]
    return str(text)


def _said(part: Json) -> str:
    return str(part.get("text", part.get("refusal")))


@LAW
@given(stories(kinds=tuple(ALL)))
def test_items_without_a_counterpart_are_silent(story: Story) -> None:
    """Whatever else stands in an answer, what can be seen is the same."""
    events = one_by_one(story)
    visible = {"message", "function_call", "file_search_call", "code_interpreter_call"}
    visible |= {*CALLS, APPROVAL} if story.tools else set()
    if story.ending == "completed" and story.habit != "an empty payload":
        steps = sum(name == "thread.run.step.created" for name, _ in events)
        kinds = [item["type"] for item in story.items if item["type"] in visible]
        # To ask for leave is a call that the application answers, so it stands in the step of the functions.
        alone = [kind for kind in kinds if kind not in ASKS]
        assert steps == len(alone) + (len(alone) < len(kinds))


UPSTREAM = {tag: member for member in sdk.members(ResponseStreamEvent) for tag in sdk.tags(member)}


@LAW
@given(stories())
def test_what_is_generated_is_plausible(story: Story) -> None:
    """Before a habit leaves something out, every event is what the SDK's types say, but for one that only the schema
    has.
    """
    if story.habit in ("everything", "new ids", "an empty payload"):
        for event in story.events:
            # An error is nested on the wire, and flat in the types.
            flat = event | event["error"] | {"type": "error"} if event["type"] == "error" else event
            if flat["type"] != "response.cancelled":
                UPSTREAM[flat["type"]].model_validate(flat)


def test_everything_was_generated(record_property: Note) -> None:
    """A law about answers that never come is worth nothing."""
    seen: Counter[str] = Counter()

    def count(story: Story) -> None:
        seen.update({story.ending, story.habit, *(item["type"] for item in story.items)})
        seen.update(
            note["type"]
            for item in story.items
            for part in item.get("content") or []
            for note in part.get("annotations", [])
        )

    few, many = (settings(max_examples=number, derandomize=True, deadline=None, database=None) for number in (5, 300))
    many(given(stories())(count))()
    for kind in ALL:
        few(given(stories(kinds=(kind,)))(count))()
    table.note(record_property, "items, endings, habits of servers", seen)
    assert {*ALL, *ENDINGS, *HABITS, "file_citation", "container_file_citation", "url_citation"} <= seen.keys()
