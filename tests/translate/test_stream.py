"""The protocol: the rule for an event, the single end of an item, and the output at the response's end."""

from typing import Any

import pytest

from shim.translate import stream
from shim.translate.stream import ITEM_ADDED, ITEM_DONE, RULES, Nothing, merged, parted, translate
from shim.wire.sse import UNREADABLE
from tests.translate.upstream_events import (
    added,
    call,
    created,
    done,
    emit,
    ended,
    last,
    message,
    names,
    says,
    text,
    texts,
    turn,
)

Json = dict[str, Any]
HELLO = message(says("Hello."))
WHOLE = [
    "run.in_progress",
    "run.step.created",
    "run.step.in_progress",
    "message.created",
    "message.in_progress",
    "message.delta",
    "message.completed",
    "run.step.completed",
    "run.completed",
]


@pytest.mark.parametrize(
    "events",
    [
        [created(), added(HELLO), text("Hello."), done(HELLO), ended(HELLO)],
        [created(), added(HELLO), done(HELLO), ended(HELLO)],
        [created(), done(HELLO), ended(HELLO)],
        [created(), text("Hello."), done(HELLO), ended(HELLO)],
        [created(), ended(HELLO)],
        [ended(HELLO)],
        [created(), added(HELLO), text("Hel"), ended(HELLO)],
        [created(), added(HELLO), added(HELLO), done(HELLO), done(HELLO), ended(HELLO)],
    ],
)
def test_a_message_is_emitted_once_and_complete_for_any_sequence_of_events(events: list[Json]) -> None:
    emitted = emit(turn(), *events)
    assert [name for place, name in enumerate(names(emitted)) if name != names(emitted)[place - 1]] == WHOLE
    assert texts(emitted) == "Hello."


@pytest.mark.parametrize("status, begins", [("queued", False), ("in_progress", True)])
def test_a_run_is_in_progress_when_upstream_has_started(status: str, begins: bool) -> None:
    assert names(emit(turn(), created(status=status))) == (["run.in_progress"] if begins else [])
    assert names(emit(turn(), {"type": "response.in_progress"})) == ["run.in_progress"]
    assert emit(turn(), {"type": "response.queued"}) == []


def test_known_events_without_a_counterpart_emit_nothing() -> None:
    made = turn()
    for kind, row in RULES.items():
        if isinstance(row, Nothing) and isinstance(kind, str):
            assert list(translate(made, {"type": kind})) == [], kind
    assert made.unknown == set()


def test_unknown_events_are_recorded_by_their_kind() -> None:
    made = turn()
    item = {"type": "dream", "id": "dr_1"}
    emitted = emit(made, created(), {"type": "response.dream.begun"}, added(item), done(item), ended(item, HELLO))
    assert made.unknown == {"response.dream.begun", f"{ITEM_ADDED} dream", f"{ITEM_DONE} dream"}
    assert texts(emitted) == "Hello."
    assert [item["type"] for _, item in made.done] == ["dream", "message"], "and journalled"


def test_events_after_the_end_are_ignored() -> None:
    made = turn()
    emit(made, created(), ended(HELLO))
    late = [text("More."), done(message(says("More."), id="msg_b")), ended(status="failed"), {"type": "x.y"}]
    assert emit(made, *late) == []
    assert (made.run["status"], made.unknown) == ("completed", set())


#: An event's name, the status of its response, and the run's status.
ENDS = [
    ("response.completed", "completed", "completed"),
    ("response.completed", None, "completed"),
    ("response.completed", "in_progress", "completed"),
    ("response.completed", "incomplete", "incomplete"),
    ("response.completed", "failed", "failed"),
    ("response.failed", None, "failed"),
    ("response.failed", "in_progress", "failed"),
    ("response.incomplete", None, "incomplete"),
    ("response.cancelled", None, "cancelled"),
    ("response.done", None, "completed"),
    ("response.done", "failed", "failed"),
]


@pytest.mark.parametrize("kind, status, becomes", ENDS)
def test_the_end_of_a_response_is_taken_from_its_status_or_else_from_its_event(
    kind: str, status: str | None, becomes: str
) -> None:
    made = turn()
    event = ended(HELLO)
    changed = {key: value for key, value in event["response"].items() if key != "status"}
    emit(made, created(), {"type": kind, "response": changed | ({} if status is None else {"status": status})})
    assert made.run["status"] == becomes


def test_the_end_emits_missing_items_in_their_places() -> None:
    bye = message(says("Bye."), id="msg_b")
    emitted = emit(turn(), created(), added(HELLO), text("Hello."), done(HELLO), ended(HELLO, bye))
    assert texts(emitted) == "Hello.Bye."
    assert [name for name in names(emitted) if name.startswith("message.c")] == [
        "message.created",
        "message.completed",
    ] * 2


def test_an_error_event_is_the_error_of_the_failed_run() -> None:
    failing = {"type": "error", "error": {"code": "rate_limit_exceeded", "message": "Too many."}}
    emitted = emit(turn(), created(), failing, ended(status="failed"))
    error = last(emitted, "run.failed")["last_error"]
    assert error == {"code": "rate_limit_exceeded", "message": "Too many."}


def test_an_unreadable_line_is_the_error_only_if_there_is_no_other() -> None:
    unreadable = {"type": UNREADABLE}
    made = turn()
    assert last(emit(made, created(), unreadable, ended(HELLO)), "run.completed")["last_error"] is None
    assert made.unknown == {"a data line that is no JSON object"}
    emitted = emit(turn(), created(), unreadable, ended(status="failed"))
    assert last(emitted, "run.failed")["last_error"]["message"] == stream.UNREAD
    failing = {"type": "error", "error": {"message": "Boom."}}
    emitted = emit(turn(), created(), failing, unreadable, ended(status="failed"))
    assert last(emitted, "run.failed")["last_error"]["message"] == "Boom."


def test_an_item_is_journalled_when_it_is_complete() -> None:
    made = turn()
    emit(made, created(), added(HELLO), text("Hel"))
    assert made.done == []
    emit(made, done(HELLO))
    assert [item["content"][0]["text"] for _, item in made.done] == ["Hello."]
    emit(made, added(call()), done(call()))
    assert len(made.done) == 1, "a call waits for the end"
    emit(made, ended(HELLO, call()))
    assert [item["type"] for _, item in made.done] == ["message", "function_call"]


def test_an_incomplete_message_is_journalled_at_the_end_of_the_response() -> None:
    made = turn()
    cut = message(says("Hel"), status="incomplete")
    emit(made, created(), added(cut), text("Hel"), done(cut))
    assert made.done == []
    emitted = emit(made, ended(cut, status="incomplete"))
    assert last(emitted, "message.incomplete")["incomplete_details"] == {"reason": "max_tokens"}
    assert [item["status"] for _, item in made.done] == ["incomplete"]


def test_text_that_is_added_after_the_end_of_an_item_is_stored() -> None:
    made = turn()
    emitted = emit(made, created(), added(message()), done(message(says("Hel"))), ended(HELLO))
    assert (texts(emitted), len(made.amended)) == ("Hel", 1)
    assert made.amended[0].message["content"][0]["text"]["value"] == "Hello."


def test_an_item_without_an_id_is_recognised_by_its_text() -> None:
    bare = {key: value for key, value in HELLO.items() if key != "id"}
    other = {key: value for key, value in message(says("Bye.")).items() if key != "id"}
    emitted = emit(turn(), created(), added(bare), text("Hel", item=""), done(bare), done(other), ended(bare, other))
    assert texts(emitted) == "Hello.Bye."


ONE, TWO = text("a", output_index=0, content_index=0), text("b", output_index=0, content_index=0)
JOINED = text("ab", output_index=0, content_index=0)
#: The events of a network read, and the events after merging.
READS = [
    ([], []),
    ([ONE], [ONE]),
    ([ONE, TWO], [JOINED]),
    ([ONE, TWO, ONE], [text("aba", output_index=0, content_index=0)]),
    ([ONE, created(), TWO], [ONE, created(), TWO]),
    ([created(), ONE, TWO], [created(), JOINED]),
    ([ONE, TWO | {"item_id": "msg_b"}], [ONE, TWO | {"item_id": "msg_b"}]),
    ([ONE, TWO | {"content_index": 1}], [ONE, TWO | {"content_index": 1}]),
    ([ONE, TWO | {"output_index": 1}], [ONE, TWO | {"output_index": 1}]),
    ([ONE, TWO | {"type": "response.refusal.delta"}], [ONE, TWO | {"type": "response.refusal.delta"}]),
]


@pytest.mark.parametrize("read, found", READS)
def test_adjacent_deltas_of_one_part_are_merged(read: list[Json], found: list[Json]) -> None:
    before = [dict(event) for event in read]
    assert merged(read) == found
    assert merged(iter(read)) == found
    assert read == before


@pytest.mark.parametrize(
    "read, parts",
    [
        ([], []),
        ([text("a"), text("b")], [[text("ab")]]),
        ([done(HELLO)], [[done(HELLO)]]),
        ([text("a"), text("b"), done(HELLO), text("c")], [[text("ab")], [done(HELLO), text("c")]]),
        ([added(HELLO), text("a"), text("b")], [[added(HELLO), text("ab")]]),
    ],
)
def test_text_at_the_beginning_of_a_read_is_a_part_of_its_own(read: list[Json], parts: list[list[Json]]) -> None:
    assert list(parted(read)) == parts
