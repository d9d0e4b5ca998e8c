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


def test_half_a_surrogate_pair_passes_both_ways() -> None:
    (event,) = Reader().feed(b'data: {"type":"x","delta":"\\ud83d"}\n\n')
    assert event == {"type": "x", "delta": "\ud83d"}
    assert encode("x", event) == b'event: x\ndata: {"type":"x","delta":"\\ud83d"}\n\n'


@pytest.mark.parametrize("data", [b"{", b"nonsense", b"[1]", b'"text"', b'{"a":"\xff"}'])
def test_what_is_no_object_is_told(data: bytes) -> None:
    with pytest.raises(Malformed):
        Reader().feed(b"data: " + data + b"\n\n")


def test_an_event_without_a_type_is_named_by_its_line_or_is_an_error() -> None:
    read = Reader().feed(b'event: error\ndata: {"message":"a"}\n\ndata: {"error":{"code":404}}\n\ndata: {"x":1}\n\n')
    assert [event["type"] for event in read] == ["error", "error", ""]
