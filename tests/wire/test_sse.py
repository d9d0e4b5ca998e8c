"""The format of server-sent events, and both parsers with the same reader."""

import json
import time
from typing import Any

import pytest

from shim.wire.sse import UNREADABLE, Limits, Reader, TooLarge, encode

VALUES = ("é 東京 😀 \u2028", '"\\\b\f\n\r\t\x00\x1f\x7f', [1, 1.0, 0.5, 2**70, -1], {"a": {}, "b": []}, [True, None])


@pytest.mark.parametrize("value", VALUES)
def test_an_event_is_one_line_of_compact_json(value: Any) -> None:
    text = json.dumps({"id": value}, ensure_ascii=False, separators=(",", ":"))
    assert encode("thread.x", {"id": value}) == f"event: thread.x\ndata: {text}\n\n".encode()


def read(*events: Any) -> list[Any]:
    """The events that a reader returns, for bytes read in one network read each."""
    reader = Reader()
    return [
        each
        for event in events
        for each in reader.feed(b"data: " + json.dumps({"type": "x"} | event).encode() + b"\n\n")
    ]


A, B = {"item_id": "a"}, {"item_id": "b"}
DONE = {"type": "done", "text": "\ud83d"}
#: Events with lone surrogates, and the events as read.
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
def test_a_surrogate_pair_split_over_two_events_is_joined(events: list[Any], expected: list[Any]) -> None:
    assert read(*events) == [{"type": "x"} | event for event in expected]


def test_a_lone_surrogate_at_the_end_of_the_stream_is_read() -> None:
    reader = Reader()
    assert reader.feed(b'data: {"type":"x","delta":"\\ud83d"}\n\ndata: {"type":"end"}') == []
    assert reader.close() == [{"type": "x", "delta": "\ud83d"}, {"type": "end"}]


def test_a_lone_surrogate_is_replaced_when_it_is_sent() -> None:
    assert encode("x", {"delta": "\ud83d"}) == 'event: x\ndata: {"delta":"\ufffd"}\n\n'.encode()


@pytest.mark.parametrize("data", [b"{", b"nonsense", b"[1]", b'"text"', b'{"a":"\xff"}'])
def test_data_that_is_not_an_object_is_reported_in_its_place(data: bytes) -> None:
    """The events before and after it are read, for every way to split the bytes."""
    lines = [b'data: {"type":"x"}\n\n', b"data: " + data + b"\n\n", b'data: {"type":"y"}\n\n']
    reader = Reader()
    cut = [event["type"] for line in lines for event in reader.feed(line)]
    whole = [event["type"] for event in Reader().feed(b"".join(lines))]
    assert whole == cut == ["x", UNREADABLE, "y"]
    unfinished = Reader()
    assert unfinished.feed(lines[1].rstrip()) + unfinished.close() == []


@pytest.mark.parametrize("depth", [201, 990, 5_000, 200_000])
def test_data_nested_too_deeply_is_not_parsed(depth: int) -> None:
    text = b'{"type":"x","a":' + b"[" * depth + b"]" * depth + b"}"
    assert Reader().feed(b"data: " + text + b"\n\n") == [{"type": UNREADABLE}]


def test_an_event_without_a_type_is_named_by_its_event_line_or_is_an_error() -> None:
    read = Reader().feed(b'event: error\ndata: {"message":"a"}\n\ndata: {"error":{"code":404}}\n\ndata: {"x":1}\n\n')
    assert [event["type"] for event in read] == ["error", "error", ""]


def _line(size: int) -> bytes:
    return b'data: {"type":"x","delta":"' + b"a" * size + b'"}\n\n'


@pytest.mark.parametrize("pending", [b"data: \n", b": comment\n", b"x: y\r\n", b"data:  \r", b"a"])
def test_pending_bytes_are_not_scanned_again(pending: bytes) -> None:
    """The time for the pieces of one large event grows linearly with its size."""

    def seconds(pieces: int) -> float:
        reader, began = Reader(), time.process_time()
        reader.feed(b'data: {"type":"x"\n')
        for _ in range(pieces):
            reader.feed(pending * 100)
        return time.process_time() - began

    few, many = (min(seconds(pieces) for _ in range(3)) for pieces in (2_000, 16_000))
    assert many < few * 8 * 3


@pytest.mark.parametrize("size", [1, 7, 64, 1000])
def test_an_event_that_is_too_large_is_refused_for_every_way_to_split_it(size: int) -> None:
    reader, data = Reader(Limits(event=200)), _line(100) + _line(300)
    found: list[Any] = []

    def read() -> None:
        for place in range(0, len(data), size):
            found.extend(reader.feed(data[place : place + size]))
        reader.close()

    with pytest.raises(TooLarge, match="An event of the model is larger than 200 bytes"):
        read()
    assert [len(event["delta"]) for event in found] == [100]


def test_an_event_without_an_end_is_refused_at_the_size_limit() -> None:
    reader = Reader(Limits(event=200))
    assert reader.feed(b"a" * 100) == reader.feed(b"a" * 100) == []
    with pytest.raises(TooLarge):
        reader.feed(b"a")


def test_the_size_of_a_message_is_that_of_its_deltas() -> None:
    reader = Reader(Limits(message=100))
    assert len(reader.feed(_line(1) * 100)) == 100
    with pytest.raises(TooLarge, match="A message of the model is larger than 100 bytes"):
        reader.feed(_line(1))


def test_the_size_of_all_items_together_is_limited() -> None:
    reader, item = Reader(Limits(event=100)), b'data: {"type":"x","item":"' + b"a" * 33 + b'"}\n\n'
    assert len(reader.feed(item * 7)) == 6
    with pytest.raises(TooLarge, match="An answer of the model is larger than 400 bytes"):
        reader.close()


def test_events_before_one_that_is_too_large_are_returned_first() -> None:
    reader = Reader(Limits(event=40))
    read = reader.feed(b'data: {"type":"response.completed"}\n\n' + _line(40))
    assert read == [{"type": "response.completed"}]
    with pytest.raises(TooLarge):
        reader.close()


@pytest.mark.parametrize(
    "block, types",
    [
        (b'data: {"type":"a"}', ["a"]),
        (b'data:{"type":"a"}', ["a"]),
        (b'event: a\ndata: {"type":"b"}', ["b"]),
        (b'event: data:\ndata: {"type":"b"}', ["b"]),
        (b'xdata: {"type":"a"}', []),
        (b'xdata: 1\ndata: {"type":"b"}', ["b"]),
        (b'data: {"type":\ndata: "a"}', ["a"]),
        (b'data: {"type":"a"}\nid: 1', ["a"]),
        (b"data: {", [UNREADABLE]),
        (b'data: {"type": "\\ud83d"}', ["\ud83d"]),
        (b'data: {"type": "\\ud83d"', [UNREADABLE]),
        (b"data: " + b"[" * 100_000, [UNREADABLE]),
        (b"data: [DONE]", []),
        (b"data: []", [UNREADABLE]),
    ],
)
def test_the_position_of_an_events_data(block: bytes, types: list[str]) -> None:
    assert [event["type"] for event in Reader().feed(block + b"\n\n")] == types
