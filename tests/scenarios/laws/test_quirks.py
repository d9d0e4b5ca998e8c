"""Differences of other servers: missing, repeated and renamed fields."""

import pytest

from shim.translate.stream import merged
from tests.translate.upstream_events import (
    added,
    arguing,
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


def nameless(item: dict) -> dict:
    return {key: value for key, value in item.items() if key != "id"}


def bare(event: dict) -> dict:
    return {key: value for key, value in event.items() if key not in ("item_id", "output_index", "content_index")}


HELLO, BYE = message(says("Hello.")), message(says("Bye."), id="msg_b")
#: An answer of two messages as different servers send it: all events up to the terminal one.
MESSAGES = {
    "ids and places": [
        *[added(HELLO, output_index=0), text("Hel", output_index=0, content_index=0), done(HELLO, output_index=0)],
        *[added(BYE, output_index=1), text("B", "msg_b", output_index=1), done(BYE, output_index=1)],
        ended(HELLO, BYE),
    ],
    "ids alone, as llama.cpp": [
        *[added(HELLO), text("Hel"), done(HELLO), added(BYE), text("B", "msg_b"), done(BYE)],
        ended(HELLO, BYE),
    ],
    "places alone": [
        *[added(nameless(HELLO), output_index=0), bare(text("Hel")) | {"output_index": 0}],
        *[done(nameless(HELLO), output_index=0), added(nameless(BYE), output_index=1)],
        *[bare(text("B")) | {"output_index": 1}, done(nameless(BYE), output_index=1)],
        ended(nameless(HELLO), nameless(BYE)),
    ],
    "another id in every event, as some proxies": [
        *[added(HELLO | {"id": "x1"}, output_index=0), text("Hel", "x2", output_index=0)],
        *[done(HELLO | {"id": "x3"}, output_index=0), added(BYE | {"id": "x4"}, output_index=1)],
        *[text("B", "x5", output_index=1), done(BYE | {"id": "x6"}, output_index=1)],
        ended(HELLO | {"id": "x7"}, BYE | {"id": "x8"}),
    ],
    "one place for all": [
        *[added(HELLO, output_index=0), text("Hel", output_index=0), done(HELLO, output_index=0)],
        *[added(BYE, output_index=0), text("B", "msg_b", output_index=0), done(BYE, output_index=0)],
        ended(HELLO, BYE),
    ],
    "neither": [
        *[added(nameless(HELLO)), bare(text("Hel")), done(nameless(HELLO))],
        *[added(nameless(BYE)), bare(text("B")), done(nameless(BYE))],
        ended(),
    ],
    "no ends": [
        *[added(HELLO, output_index=0), text("Hel", output_index=0)],
        *[added(BYE, output_index=1), text("B", "msg_b", output_index=1)],
        ended(HELLO, BYE),
    ],
    "nothing but the terminal payload": [ended(HELLO, BYE)],
}


@pytest.mark.parametrize("way", MESSAGES)
def test_two_messages_from_every_kind_of_server(way) -> None:
    state = turn()
    emitted = emit(state, created(), *MESSAGES[way])
    shown = [data["content"][0]["text"]["value"] for name, data in emitted if name == "thread.message.completed"]
    assert shown == ["Hello.", "Bye."]
    assert names(emitted).count("message.created") == names(emitted).count("run.step.completed") == 2
    assert names(emitted)[-1] == "run.completed"
    assert [item["content"][0]["text"] for _, item in state.done] == ["Hello.", "Bye."]
    assert {key for key, _ in state.done} <= state.items.keys()
    assert state.unknown == set()


ONE, TWO = call('{"x":1}', "fc_a"), call('{"x":2}', "fc_b", "g")
CALLS = {
    "ids": [*[added(ONE), arguing('{"x":'), done(ONE)], *[added(TWO), done(TWO)], ended(ONE, TWO)],
    "the call's id stands for the item's, as older llama.cpp": [
        *[added(nameless(ONE)), arguing('{"x":1}', "call_a"), done(nameless(ONE))],
        *[added(nameless(TWO)), arguing('{"x":2}', "call_b"), done(nameless(TWO))],
        ended(nameless(ONE), nameless(TWO)),
    ],
    "no deltas, as LM Studio": [added(ONE), done(ONE), added(TWO), done(TWO), ended(ONE, TWO)],
    "ends only": [done(ONE), done(TWO), ended(ONE, TWO)],
    "ends twice": [added(ONE), done(ONE), done(ONE), done(TWO), done(TWO), ended(ONE, TWO)],
}


@pytest.mark.parametrize("way", CALLS)
def test_two_calls_from_every_kind_of_server(way) -> None:
    state = turn()
    emitted = emit(state, created(), *CALLS[way])
    assert [item["arguments"] for _, item in state.done] == ['{"x":1}', '{"x":2}']
    calls = last(emitted, "run.requires_action")["required_action"]["submit_tool_outputs"]["tool_calls"]
    assert [each["function"]["arguments"] for each in calls] == ['{"x":1}', '{"x":2}']


def test_items_of_all_kinds_may_have_the_same_output_index() -> None:
    thought = {"type": "reasoning", "id": "rs_1", "summary": []}
    items = [HELLO, thought, ONE, thought | {"id": "rs_2"}]
    state = turn()
    emitted = emit(state, created(), *[done(item, output_index=0) for item in items], ended(*items))
    assert [item["type"] for _, item in state.done] == ["message", "reasoning", "function_call", "reasoning"]
    assert names(emitted).count("message.completed") == 1
    assert len(state.calls) == 1


NEW = {"type": "response.telepathy.delta", "thought": "?"}
NEW_ITEM = {"type": "dream", "id": "dr_1", "status": "completed"}


def test_unknown_events_and_items_are_skipped_and_noted() -> None:
    state = turn()
    events = [created(), NEW, NEW, added(NEW_ITEM), done(NEW_ITEM), added(HELLO), text("Hello."), done(HELLO)]
    emitted = emit(state, *events, ended(NEW_ITEM, HELLO))
    assert texts(emitted) == "Hello."
    assert names(emitted)[-1] == "run.completed"
    assert state.unknown == {
        "response.telepathy.delta",
        "response.output_item.added dream",
        "response.output_item.done dream",
    }


def test_an_item_without_a_counterpart_has_no_event_but_is_journalled() -> None:
    thought = {"type": "reasoning", "id": "rs_1", "summary": [], "encrypted_content": "x"}
    state = turn()
    emitted = emit(state, created(), added(thought), done(thought))
    assert names(emitted) == ["run.in_progress"]
    assert [item["type"] for _, item in state.done] == ["reasoning"]
    assert state.unknown == set()


def test_a_queued_response_does_not_begin_the_run() -> None:
    state = turn()
    assert emit(state, created(status="queued"), {"type": "response.queued", "response": {"status": "queued"}}) == []
    assert names(emit(state, {"type": "response.in_progress", "response": {"status": "in_progress"}})) == [
        "run.in_progress"
    ]
    assert emit(state, {"type": "response.in_progress"}) == []


def test_without_a_created_event_the_first_item_begins_the_run() -> None:
    assert names(emit(turn(), added(HELLO)))[0] == "run.in_progress"
    assert names(emit(turn(), added(ONE)))[0] == "run.in_progress"


#: Events of one read, and the deltas after merging; None is an event without a delta.
READS = [
    ([text("a"), text("b"), text("c")], ["abc"]),
    ([text("a"), text("b", "msg_b")], ["a", "b"]),
    ([text("a", content_index=0), text("b", content_index=1)], ["a", "b"]),
    ([text("a"), NEW, text("b")], ["a", None, "b"]),
    ([NEW, text("a")], [None, "a"]),
    ([], []),
]


@pytest.mark.parametrize("events, deltas", READS)
def test_adjacent_text_of_one_part_is_merged(events, deltas) -> None:
    before = [dict(event) for event in events]
    assert [event.get("delta") for event in merged(events)] == deltas
    assert events == before
