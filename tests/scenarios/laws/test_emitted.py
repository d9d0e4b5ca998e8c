"""Properties of the translation, for generated answers of servers, cut in every way."""

from collections import Counter
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from openai.types.beta import AssistantStreamEvent
from openai.types.responses import ResponseStreamEvent

from shim.translate.elsewhere import APPROVAL, CALLS
from shim.translate.history import CALL_ITEMS
from shim.translate.turn import Emitted
from shim.wire.sse import DONE, Reader, encode
from tests.scenarios.laws import table
from tests.scenarios.laws.folding import Fold, emitted_events, finished_calls, finished_content
from tests.scenarios.laws.items import ALL
from tests.scenarios.laws.stories import ENDINGS, HABITS, Story, stories
from tests.scenarios.laws.table import Note
from tests.translate import sdk

Json = dict[str, Any]
LAW = settings(max_examples=200, derandomize=True, deadline=None)
CLOSING = {
    f"thread.run.{status}"
    for status in ("requires_action", "completed", "incomplete", "failed", "cancelled", "expired")
}
ENDS = {"completed", "incomplete", "failed", "cancelled", "expired"}
EVENTS = {tag: member for member in sdk.members(AssistantStreamEvent) for tag in sdk.tags(member, "event")}


def one_by_one(story: Story) -> list[Emitted]:
    return emitted_events([[event] for event in story.events], tools=story.tools)


@LAW
@given(stories())
def test_accumulated_deltas_equal_the_finished_objects(story: Story) -> None:
    """The SDK's accumulators produce our finished objects from our deltas."""
    fold = Fold()
    for name, data in one_by_one(story):
        fold.add(name, data)
        if name in ("thread.message.completed", "thread.message.incomplete"):
            assert fold.content(data["id"]) == finished_content(data)
        if name.startswith("thread.run.step.") and name.rpartition(".")[2] in ENDS:
            assert fold.calls(data["id"]) == finished_calls(data)
        if name == "thread.run.requires_action":
            calls = data["required_action"]["submit_tool_outputs"]["tool_calls"]
            (step,) = (id for id in fold.steps if _is_open(fold, id))
            assert [_without_outputs(call) for call in fold.calls(step)] == calls


def _is_open(fold: Fold, id: str) -> bool:
    return any(call["type"] == "function" and call["function"]["output"] is None for call in fold.calls(id))


def _without_outputs(call: Json) -> Json:
    return call | {"function": {name: call["function"][name] for name in ("name", "arguments")}}


@LAW
@given(stories())
def test_the_order_of_events(story: Story) -> None:
    """Created before delta before done; one closing event, the last; steps and messages end before it."""
    events = one_by_one(story)
    names = [name for name, _ in events]
    assert sum(name in CLOSING for name in names) == 1
    assert names[-1] in CLOSING
    lives: dict[str, list[str]] = {}
    for name, data in events:
        if name.startswith(("thread.message.", "thread.run.step.")):
            lives.setdefault(data["id"], []).append(name.rpartition(".")[2])
    for changes in lives.values():
        assert changes[:2] == ["created", "in_progress"]
        assert set(changes[2:-1]) <= {"delta"}
        assert changes[-1] in ENDS or names[-1] == "thread.run.requires_action"
    open_steps = [changes for changes in lives.values() if changes[-1] not in ENDS]
    assert len(open_steps) == (names[-1] == "thread.run.requires_action")


@LAW
@given(stories(), st.data())
def test_cuts_and_groupings_change_only_merged_deltas(story: Story, data: Any) -> None:
    """Cutting the bytes or grouping the events differently changes nothing in the emitted events but merged deltas."""
    raw = b"".join(encode(event["type"], event) for event in story.events) + DONE
    places = sorted(data.draw(st.lists(st.integers(0, len(raw)), max_size=12)))
    reader = Reader()
    edges = zip([0, *places], [*places, len(raw)], strict=True)
    reads = [*(reader.feed(raw[start:end]) for start, end in edges), reader.close()]
    whole, cut = one_by_one(story), emitted_events(reads, tools=story.tools)
    assert [each for each in cut if "delta" not in each[0]] == [each for each in whole if "delta" not in each[0]]
    assert _folded(cut) == _folded(whole)


def _folded(events: list[Emitted]) -> Json:
    fold = Fold()
    for name, data in events:
        fold.add(name, data)
    return {id: fold.content(id) for id in fold.messages} | {id: fold.calls(id) for id in fold.steps}


#: Objects that do not have all fields of their SDK type: deltas contain only fields with a value.
ABSENT = {"thread.message.delta": set(), "thread.run.step.delta": set()}


@LAW
@given(stories())
def test_every_event_is_valid_by_the_sdks_types(story: Story) -> None:
    """Every event is strictly valid by the SDK's types, with every field present."""
    for name, data in one_by_one(story):
        # The SDK's types do not contain the tools that Assistants never had.
        data = data | {"tools": []} if "tools" in data else data
        model = EVENTS[name].model_validate({"event": name, "data": data}, strict=True).data
        if name not in ABSENT:
            assert type(model).model_fields.keys() <= data.keys(), name


@LAW
@given(stories())
def test_the_tokens_of_the_steps_add_up_to_the_runs(story: Story) -> None:
    """The tokens of the steps add up to the run's, where the run ended with an answer."""
    events = one_by_one(story)
    name, run = events[-1]
    used = [data["usage"] for each, data in events if each.startswith("thread.run.step.") and data.get("usage")]
    if name in ("thread.run.completed", "thread.run.incomplete") and used:
        assert sum(usage["total_tokens"] for usage in used) == run["usage"]["total_tokens"]


@LAW
@given(stories(endings=("completed",)))
def test_the_content_equals_upstreams_items(story: Story) -> None:
    """Text, refusals, arguments and code equal those of upstream's items, without the citation markers that we add."""
    events = one_by_one(story)
    # A message without text may be completed later than the messages after it.
    ended = {data["id"]: finished_content(data) for name, data in events if name == "thread.message.completed"}
    shown = [ended[data["id"]] for name, data in events if name == "thread.message.created"]
    written = [item["content"] for item in story.items if item["type"] == "message"]
    # A part without text may be added only at the end, so empty parts are not compared.
    texts = [list(filter(None, map(_text, content))) for content in written]
    assert [list(filter(None, map(_bare, content))) for content in shown] == texts
    waiting = [data for name, data in events if name == "thread.run.requires_action"]
    calls = [each for run in waiting for each in run["required_action"]["submit_tool_outputs"]["tool_calls"]]
    assert [(call["id"], call["function"]["arguments"]) for call in calls] == [
        (item["call_id"], item["arguments"] + ("" if item["arguments"].strip() else "{}"))
        for item in story.items
        if item["type"] == "function_call"
    ]
    # So may a call without code.
    done = {data["id"]: finished_calls(data) for name, data in events if name == "thread.run.step.completed"}
    ran = [done.get(data["id"]) for name, data in events if name == "thread.run.step.created"]
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


def _text(part: Json) -> str:
    return str(part.get("text", part.get("refusal")))


@LAW
@given(stories(kinds=tuple(ALL)))
def test_items_without_a_counterpart_are_silent(story: Story) -> None:
    """Other items in an answer change nothing in the visible ones."""
    events = one_by_one(story)
    visible = {"message", "function_call", "file_search_call", "code_interpreter_call"}
    visible |= {*CALLS, APPROVAL} if story.tools else set()
    if story.ending == "completed" and story.habit != "an empty payload":
        steps = sum(name == "thread.run.step.created" for name, _ in events)
        kinds = [item["type"] for item in story.items if item["type"] in visible]
        # An approval request is a call that the application answers, so it is in the step of the functions.
        alone = [kind for kind in kinds if kind not in CALL_ITEMS]
        assert steps == len(alone) + (len(alone) < len(kinds))


UPSTREAM = {tag: member for member in sdk.members(ResponseStreamEvent) for tag in sdk.tags(member)}


@LAW
@given(stories())
def test_the_generated_events_are_valid_responses_events(story: Story) -> None:
    """Before a habit removes fields, every event is valid by the SDK's types, except for one that only the schema
    has.
    """
    if story.habit in ("everything", "new ids", "an empty payload"):
        for event in story.events:
            # On the wire the error is nested; in the SDK's types its fields are at the top level.
            flat = event | event["error"] | {"type": "error"} if event["type"] == "error" else event
            if flat["type"] != "response.cancelled":
                UPSTREAM[flat["type"]].model_validate(flat)


def test_everything_was_generated(record_property: Note) -> None:
    """Every ending, habit and item was generated, so the laws above cover them."""
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
