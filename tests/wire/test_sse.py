"""The wire's own words for an event, and both parsers behind one reader."""

import json
from typing import Any

import pytest

from shim.wire.sse import Malformed, Reader, encode

VALUES = ("é 東京 😀 \u2028", '"\\\b\f\n\r\t\x00\x1f\x7f', [1, 1.0, 0.5, 2**70, -1], {"a": {}, "b": []}, [True, None])


@pytest.mark.parametrize("value", VALUES)
def test_an_event_is_one_line_of_compact_json(value: Any) -> None:
    text = json.dumps({"id": value}, ensure_ascii=False, separators=(",", ":"))
    assert encode("thread.x", {"id": value}) == f"event: thread.x\ndata: {text}\n\n".encode()


def read(*events: Any) -> list[Any]:
    """What a reader makes of events, a network read for each."""
    reader = Reader()
    return [
        each
        for event in events
        for each in reader.feed(b"data: " + json.dumps({"type": "x"} | event).encode() + b"\n\n")
    ]


A, B = {"item_id": "a"}, {"item_id": "b"}
DONE = {"type": "done", "text": "\ud83d"}
#: Events with halves of surrogate pairs, and the events that are read.
HALVES = {
    "two halves": ([{"delta": "a\ud83d"}, {"delta": "\ude00b"}], [{"delta": "a"}, {"delta": "😀b"}]),
    "a delta of nothing else": ([{"delta": "\ud83d"}, {"delta": "\ude00"}], [{"delta": "😀"}]),
    "no other half": ([{"delta": "a\ud83d"}, {"delta": "b"}], [{"delta": "a"}, {"delta": "\ud83db"}]),
    "a second half alone": ([{"delta": "\ude00b"}], [{"delta": "\ude00b"}]),
    "the finished text": ([{"delta": "\ud83d"}, DONE], [{"delta": "\ud83d"}, DONE]),
    "one after the other": (
        [{"delta": "\ud83d"}, {"delta": "\ude00\ud83d"}, {"delta": "\ude01"}],
        [{"delta": "😀"}, {"delta": "😁"}],
    ),
    "two texts by turns": (
        [A | {"delta": "\ud83d"}, B | {"delta": "\ud83d"}, A | {"delta": "\ude00"}, B | {"delta": "\ude01"}],
        [A | {"delta": "😀"}, B | {"delta": "😁"}],
    ),
    "an id that is none": (
        [{"item_id": [], "delta": "\ud83d"}, {"delta": 7}],
        [{"item_id": [], "delta": "\ud83d"}, {"delta": 7}],
    ),
}


@pytest.mark.parametrize("events, expected", HALVES.values(), ids=HALVES)
def test_a_character_that_was_cut_is_joined(events: list[Any], expected: list[Any]) -> None:
    assert read(*events) == [{"type": "x"} | event for event in expected]


def test_a_cut_character_at_the_end_of_the_stream_is_read_with_it() -> None:
    reader = Reader()
    assert reader.feed(b'data: {"type":"x","delta":"\\ud83d"}\n\ndata: {"type":"end"}') == []
    assert reader.close() == [{"type": "x", "delta": "\ud83d"}, {"type": "end"}]


def test_half_a_surrogate_pair_is_replaced_when_it_leaves() -> None:
    assert encode("x", {"delta": "\ud83d"}) == 'event: x\ndata: {"delta":"\ufffd"}\n\n'.encode()


@pytest.mark.parametrize("data", [b"{", b"nonsense", b"[1]", b'"text"', b'{"a":"\xff"}'])
def test_what_is_no_object_is_told(data: bytes) -> None:
    with pytest.raises(Malformed):
        Reader().feed(b"data: " + data + b"\n\n")


def test_an_event_without_a_type_is_named_by_its_line_or_is_an_error() -> None:
    read = Reader().feed(b'event: error\ndata: {"message":"a"}\n\ndata: {"error":{"code":404}}\n\ndata: {"x":1}\n\n')
    assert [event["type"] for event in read] == ["error", "error", ""]
