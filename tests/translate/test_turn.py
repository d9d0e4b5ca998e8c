"""The state of a translation: the run, the postponed step, shown items, items for the journal."""

from typing import Any

import pytest

from shim.translate import endings
from shim.translate.identity import KnownItem
from shim.translate.turn import EMITS, GeneratedFile, OpenItem, Part, Turn, better, emits
from shim.wire import objects
from tests.translate.upstream_events import NOW, RUN, emit, ended, message, names, says, turn

Json = dict[str, Any]
DETAILS = {"type": "message_creation", "message_creation": {"message_id": "msg_1"}}


def shown(made: Turn, item: Json, place: int | None = None) -> OpenItem:
    """An item that is shown with its own step."""
    step = objects.step(made.new_id("step"), NOW, made.run, DETAILS)
    return made.show({"known": made.known.add(item, place)}, OpenItem(item["type"], step))


def test_the_events_of_a_rule_are_declared_at_its_definition() -> None:
    def rule(turn: Turn, event: Json) -> Any:
        yield from ()

    assert emits("thread.a", "thread.b")(rule) is rule
    assert EMITS.pop(rule) == {"thread.a", "thread.b"}


#: A status, a happening, the new status, the timestamp that is set, and whether the usage is set.
HAPPENINGS: list[tuple[str, Any, str, str | None, bool]] = [
    ("queued", "began", "in_progress", "started_at", False),
    ("in_progress", "finished", "completed", "completed_at", True),
    ("in_progress", "failed", "failed", "failed_at", True),
    ("in_progress", "action_required", "requires_action", None, False),
    ("cancelling", "stopped", "cancelled", "cancelled_at", True),
]


@pytest.mark.parametrize("before, happening, after, stamp, over", HAPPENINGS)
def test_a_run_changes_its_status_by_the_table_and_is_emitted(
    before: str, happening: Any, after: str, stamp: str | None, over: bool
) -> None:
    made = turn(status=before)
    run, spent = made.run, objects.usage(1, 2)
    made.spent = spent
    name, emitted = made.happen(happening, metadata={"a": "b"})
    assert (name, emitted) == (f"thread.run.{after}", objects.as_streamed(made.run))
    assert (made.run["status"], made.run["metadata"]) == (after, {"a": "b"})
    if stamp is not None:
        assert made.run[stamp] == NOW
    assert (made.run["usage"], made.run["expires_at"]) == ((spent, None) if over else (None, RUN["expires_at"]))
    assert made.ended is (after not in ("in_progress", "queued", "cancelling"))
    assert (run["status"], run["metadata"]) == (before, {}), "what was emitted stays as it was"


def test_a_run_is_started_once() -> None:
    made = turn()
    assert names([*made.begin(), *made.begin()]) == ["run.in_progress"]
    assert names(turn(status="cancelling").begin()) == []


def test_a_step_without_usage_is_postponed_until_the_next_one_begins() -> None:
    made = turn()
    first = list(made.open_step(DETAILS))
    assert names(first) == ["run.in_progress", "run.step.created", "run.step.in_progress"]
    assert first[1][1] is first[2][1]
    assert (first[1][1]["id"], first[1][1]["step_details"]) == ("step_1", DETAILS)
    assert list(made.postpone(first[1][1])) == []
    assert made.postponed == first[1][1]
    second = list(made.open_step(DETAILS))
    assert names(second) == ["run.step.completed", "run.step.created", "run.step.in_progress"]
    done = second[0][1]
    assert (done["id"], done["status"], done["completed_at"], done["usage"]) == (
        "step_1",
        "completed",
        NOW,
        objects.usage(),
    )
    assert (made.postponed, list(made.release())) == (None, [])


def test_a_postponed_step_is_emitted_when_another_one_is_postponed() -> None:
    made = turn()
    steps = [list(made.open_step(DETAILS))[-1][1] for _ in range(2)]
    assert names([emitted for step in steps for emitted in made.postpone(step)]) == ["run.step.completed"]
    usage = objects.usage(3, 4)
    ((_, last),) = made.release(usage)
    assert (last["id"], last["usage"]) == ("step_2", usage)


def test_an_item_is_found_by_its_own_events_and_by_events_with_its_id() -> None:
    made = turn()
    opened = shown(made, {"type": "message", "id": "msg_a"}, 0)
    assert opened.known is made.known.items[0]
    assert made.shown({"known": opened.known}) is opened
    assert made.find({"item_id": "msg_a", "output_index": 0}, "message") is opened
    other = made.known.add({"type": "message", "id": "msg_b"}, 1)
    assert made.shown({"known": other}) is None
    assert made.find({"item_id": "msg_b", "output_index": 1}, "message") is None


def _opening(made: Turn, event: Json) -> Any:
    shown_ = OpenItem(event["item"]["type"], {"id": "step_1"})
    made.show(event, shown_)
    yield "thread.message.created", event["item"]


def _announced(made: Turn, event: Json) -> tuple[list[str], OpenItem | None]:
    emitted, work = [], made.unannounced(event, "message", _opening)
    while True:
        try:
            emitted.append(next(work)[0])
        except StopIteration as end:
            return emitted, end.value


def test_text_of_an_item_that_was_not_announced_starts_the_item() -> None:
    made = turn()
    emitted, opened = _announced(made, {"item_id": "msg_a", "output_index": 0})
    assert emitted == ["thread.message.created"]
    assert opened is not None
    assert opened.known is not None
    assert (opened.known.announced, opened.known.item) == (True, {"type": "message", "id": "msg_a"})
    assert _announced(made, {"item_id": "msg_a", "output_index": 0}) == ([], None), "it has begun"


def test_text_for_an_item_of_another_kind_starts_nothing() -> None:
    made = turn()
    shown(made, {"type": "function_call", "id": "fc_a"}, 0)
    assert _announced(made, {"item_id": "fc_a", "output_index": 0}) == ([], None)


#: An item, and its call id for the program. ``call_a`` belongs to an earlier response of the run, and ``call_b`` to
#: another call of this response.
CALLS = [
    ({"call_id": "call_x", "id": "fc_x"}, "call_x"),
    ({"id": "fc_x"}, "fc_x"),
    ({}, "call_1"),
    ({"call_id": ""}, "call_1"),
    ({"call_id": "call_a"}, "call_1"),
    ({"call_id": "call_b"}, "call_1"),
]


@pytest.mark.parametrize("item, id", CALLS)
def test_each_call_of_a_run_has_a_unique_id(item: Json, id: str) -> None:
    made = turn()
    made.call_ids = {"call_a": "call_a"}
    made.calls.append(OpenItem("function_call", {}, call={"id": "call_b"}))
    assert made.call_id(item) == id


def test_a_complete_item_is_journalled_as_it_was_emitted() -> None:
    made = turn()
    opened = shown(made, {"type": "message", "id": "msg_a"})
    made.flush()
    assert made.done == []
    stored = {"type": "message", "id": "msg_a", "content": []}
    made.settle(opened, stored)
    assert opened.whole
    for _ in range(2):
        made.flush()
    assert [item for _, item in made.done] == [stored], "once"


def _settled(made: Turn, *kinds: str) -> list[KnownItem]:
    found = [made.known.add({"type": kind, "id": f"{kind}_{place}"}, place) for place, kind in enumerate(kinds)]
    for known in found:
        known.settled = True
    return found


def test_items_after_an_incomplete_message_are_journalled_after_it() -> None:
    made = turn()
    search, text, _ = _settled(made, "file_search_call", "message", "file_search_call")
    text.settled = False
    made.flush()
    assert [key for key, _ in made.done] == [search.key]
    text.settled = True
    made.flush()
    assert [item["type"] for _, item in made.done] == ["file_search_call", "message", "file_search_call"]


def test_calls_and_reasoning_after_them_are_journalled_at_the_end() -> None:
    made = turn(status="in_progress")
    _settled(made, "reasoning", "function_call", "reasoning", "message")
    made.flush()
    assert [item["type"] for _, item in made.done] == ["reasoning", "message"]
    made.happen("action_required")
    assert [item["type"] for _, item in made.done] == ["reasoning", "message", "function_call", "reasoning"]


def test_items_that_are_incomplete_at_the_end_are_not_journalled() -> None:
    made = turn(status="in_progress")
    text, _ = _settled(made, "message", "message")
    text.settled = False
    made.happen("failed")
    assert [item["id"] for _, item in made.done] == ["message_1"]


def test_changes_after_the_end_of_an_item_are_recorded() -> None:
    made = turn()
    opened = shown(made, {"type": "message", "id": "msg_a"})
    made.amend(opened)
    assert made.amended == [opened]
    (difference,) = made.differences
    assert "message step_1" in difference


def test_the_received_text_of_an_item_is_joined() -> None:
    parts = {(0, "text"): Part(0, "text", received=["Hel", "lo."]), (1, "text"): Part(1, "text", received=[" Bye."])}
    assert OpenItem("message", {}, parts=parts).received == "Hello. Bye."
    assert OpenItem("function_call", {}, call={"function": {"arguments": "{}"}}).received == "{}"
    assert OpenItem("code_interpreter_call", {}, call={"code_interpreter": {"input": "1+1"}}).received == "1+1"
    assert OpenItem("message", {}).received == ""


#: The first version, the later version, and the version to use.
ANSWERS = [
    ("", "Hello.", "Hello."),
    ("Hel", "Hello.", "Hello."),
    ("Hello.", "Hello.", "Hello."),
    ("Hello.", "Hel", "Hello."),
    ("Hello.", "", "Hello."),
    ("Hmpf", "Hello.", "Hello."),
    ("Hellolo", "Hello", "Hello"),  # a delta was sent twice
]


@pytest.mark.parametrize("earlier, later, believed", ANSWERS)
def test_which_of_two_versions_is_used(earlier: str, later: str, believed: str) -> None:
    assert better(earlier, later) == believed


def test_names_are_those_of_the_callers_request() -> None:
    made = turn(max_completion_tokens=5)
    made.caller_body = {"max_completion_tokens": 5}
    made.requested({"max_output_tokens": 5})
    assert "max_completion_tokens" in made.names.message("Invalid 'max_output_tokens'.", "max_output_tokens")


def test_the_results_of_a_turn_are_processed_once() -> None:
    made = turn()
    made.generated_files, made.differences = [GeneratedFile("cfile_1", "a.txt")], ["one"]
    made.amend(shown(made, {"type": "message", "id": "msg_a"}))
    made.done.append(("msg_a", {}))
    before = made.generated_files
    made.fetched()
    made.stored()
    made.reported()
    assert (made.generated_files, made.done, made.amended, made.differences) == ([], [], [], [])
    assert len(before) == 1, "who fetches them has a list of his own"


def test_a_stored_item_that_was_open_ends_with_the_run() -> None:
    made = turn(status="in_progress")
    step = objects.step("step_9", NOW, made.run, DETAILS)
    made.reopen(OpenItem("message_creation", step, message={"id": "msg_9"}))
    made.reopen_postponed(objects.step("step_8", NOW, made.run, DETAILS))
    emitted = [(name, data["id"]) for name, data in endings.lapsed(made) if "step" in name]
    assert emitted == [("thread.run.step.completed", "step_8"), ("thread.run.step.expired", "step_9")]


def test_an_item_that_was_emitted_before_is_not_emitted_again() -> None:
    made = turn(status="in_progress")
    item = message(says("Hello."))
    made.was_journalled(item)
    ((_, known),) = list(made.known.output([item]))
    assert known is not None
    opened = OpenItem("message", objects.step("step_9", NOW, made.run, DETAILS), message={"id": "msg_9"}, open=False)
    made.was_emitted(known, opened)
    assert made.shown({"known": known}) is opened
    assert names(emit(made, ended(item))) == ["run.completed"]
    assert made.done == [], "nor journalled"


def test_a_turn_takes_over_the_run_of_the_store() -> None:
    made = turn()
    made.moved(made.run | {"status": "cancelling"})
    assert made.run["status"] == "cancelling"
