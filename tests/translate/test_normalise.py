"""Events, items and responses in the form that the rules require."""

import pytest

from shim.translate import normalise
from tests.scenarios.malformed.streams import STREAMS, translated
from tests.translate.upstream_events import (
    added,
    arguing,
    call,
    citation,
    code,
    created,
    done,
    ended,
    last,
    message,
    names,
    refusing,
    says,
    search,
    text,
)

#: Items as received, and as normalised.
ITEMS = [
    ({"content": "Hi"}, {"type": "message", "content": [{"type": "output_text", "text": "Hi", "annotations": []}]}),
    ({"type": "message", "content": [None, 7]}, {"type": "message", "content": []}),
    ({"arguments": {"a": 1}}, {"type": "function_call", "arguments": '{"a":1}'}),
    ({"x": 1}, None),
    ([], None),
    ({"type": "file_search_call", "results": [1, {"file_id": None}]}, {"type": "file_search_call", "results": []}),
    (
        {"type": "code_interpreter_call", "outputs": [1, {"type": "image"}]},
        {"type": "code_interpreter_call", "outputs": []},
    ),
    *(
        (
            {"type": "file_search_call", "results": [{"file_id": "f", "score": score, "attributes": []}]},
            {"type": "file_search_call", "results": [{"file_id": "f", "score": None, "attributes": None}]},
        )
        for score in ("x", float("inf"), float("nan"))
    ),
]


@pytest.mark.parametrize("given, read", ITEMS)
def test_items(given, read) -> None:
    assert normalise.item(given) == read


#: Errors as received, and as normalised.
ERRORS = [("No.", {"message": "No."}), ({"code": 429, "message": 1}, {"code": "429", "message": None}), ([], None)]


@pytest.mark.parametrize("given, read", ERRORS)
def test_errors(given, read) -> None:
    assert normalise.error(given) == read
    assert normalise.event({"type": "error", "error": given})["error"] == read


def test_an_error_event_may_be_flat() -> None:
    assert normalise.event({"type": "error", "code": 5, "message": None}) == {
        "type": "error",
        "code": "5",
        "message": None,
    }


def test_annotations_that_cannot_be_shown_are_counted() -> None:
    given = [7, {"type": "file_citation"}, {"type": []}, citation(1)]
    assert [each["type"] for each in map(normalise.annotation, given)] == ["", "", "", "file_citation"]


def test_valid_events_are_not_copied() -> None:
    for events in STREAMS.values():
        assert all(one is other for one, other in zip(normalise.events(events), events, strict=True))


def test_a_delta_may_be_an_object() -> None:
    assert normalise.event(text("") | {"delta": {"text": "a"}})["delta"] == "a"
    assert normalise.response(
        {"incomplete_details": {"reason": 1}, "usage": {"input_tokens_details": {"cached_tokens": "x"}}}
    ) == {
        "incomplete_details": {"reason": None},
        "usage": {"input_tokens_details": {"cached_tokens": None}},
    }
    assert normalise.response({"incomplete_details": 1}) == {"incomplete_details": None}


def test_a_finished_text_that_differs_has_its_citations() -> None:
    item = message(says("Hello you.", citation(5), citation(10, "file-2")))
    note = {"type": "response.output_text.annotation.added", "item_id": "msg_a", "annotation": citation(5)}
    _, emitted = translated([created(), added(item), text("Hullo"), note, done(item), ended(item)])
    value = last(emitted, "message.completed")["content"][0]["text"]["value"]
    assert value == "Hello【4:0†a.txt】 you.【4:1†a.txt】"


def test_parts_are_matched_by_kind_if_their_indexes_differ() -> None:
    item = message({"type": "output_text", "text": "a"}, {"type": "refusal", "refusal": "b"})
    _, emitted = translated([created(), added(item), text("a"), refusing("b"), done(item), ended(item)])
    assert [part["type"] for part in last(emitted, "message.completed")["content"]] == ["text", "refusal"]


def test_empty_deltas_and_deltas_after_the_end_of_an_item_emit_nothing() -> None:
    item, found, ran = message(says("a")), search(), code("1")
    over = [event for each in (item, found, ran) for event in (added(each), done(each))]
    whole = {"type": "response.output_text.done", "item_id": "msg_a", "text": "more"}
    note = {"type": "response.output_text.annotation.added", "item_id": "msg_a", "annotation": citation(0)}
    coded = {"type": "response.code_interpreter_call_code.done", "item_id": "ci_a", "code": "more"}
    late = [
        text("more"),
        refusing("more"),
        whole,
        note,
        coded,
        coded | {"type": "response.code_interpreter_call_code.delta", "delta": ""},
    ]
    thought = {
        "type": "response.content_part.done",
        "item_id": "msg_a",
        "part": {"type": "reasoning_text", "text": "x"},
    }
    before = translated([created(), *over, ended()])[1]
    assert translated([created(), *over, *late, refusing(""), text(""), thought, ended()])[1] == before


def test_a_call_that_gets_another_name_or_arguments_late() -> None:
    item = call("{}")
    over = {"type": "response.function_call_arguments.done", "item_id": "fc_a", "arguments": "more"}
    state, emitted = translated([created(), added(item), done(item | {"name": "g"}), over, arguing("more"), ended()])
    assert [each["function"] for each in emitted[-1][1]["required_action"]["submit_tool_outputs"]["tool_calls"]] == [
        {"name": "g", "arguments": "{}"}
    ]
    assert len(state.differences) == 1
    assert names(emitted)[-1] == "run.requires_action"


def test_an_item_that_repeats_an_id_is_another_item() -> None:
    """Some servers use one id for all items."""
    one, two = message(says("One.")), message(says("Two."))
    events = [created(), added(one), text("One."), done(one), added(two), text("Two."), done(two), ended()]
    state, _ = translated(events)
    assert [item["content"][0]["text"] for _, item in state.done] == ["One.", "Two."]


def test_the_end_of_one_of_several_open_items_is_matched_by_its_text() -> None:
    one, two = message(says("One."), id="a"), message(says("Two."), id="b")
    begun = [created(), added(one), text("On", "a"), added(two), text("Tw", "b")]
    state, _ = translated([*begun, done(two | {"id": "x"}), done(one | {"id": "y"}), ended()])
    assert [item["content"][0]["text"] for _, item in state.done] == ["One.", "Two."]
