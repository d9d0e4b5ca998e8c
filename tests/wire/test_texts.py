"""Objects stored as text: the text that is read equals the text that was written, in every representation between."""

import json

import pytest

from shim.wire.texts import TOGETHER, Items, dump, load

ITEMS = [{"type": "message", "n": n, "text": "é“\u2028”\U0001f40c"} for n in range(2 * TOGETHER + 1)]


@pytest.mark.parametrize("count", [0, 1, 2, TOGETHER, TOGETHER + 1, 2 * TOGETHER, 2 * TOGETHER + 1])
def test_the_text_is_a_json_array_of_the_items(count: int) -> None:
    items = Items.of(ITEMS[:count])
    whole = b"".join(items.array())
    assert json.loads(whole) == ITEMS[:count]
    assert items.size == len(whole)
    assert len(items) == count
    assert items == ITEMS[:count]
    assert items == Items.of(ITEMS[:count])


def test_an_item_is_parsed_for_every_reader() -> None:
    items = Items.of(ITEMS[:3])
    items[1]["n"] = 7
    assert items[1] == ITEMS[1]
    assert items[1:] == ITEMS[1:3]
    assert items != ITEMS[:2]
    assert items != "items"
    assert repr(items) == repr(ITEMS[:3])


def test_a_number_that_json_does_not_have_is_read_as_null() -> None:
    """Python's json module writes such numbers, and so did older versions."""
    assert load('{"a":[1e3,Infinity,-Infinity,NaN]}') == {"a": [1000.0, None, None, None]}
    assert dump({"a": float("inf")}) == '{"a":null}'
    assert Items.of([{"a": float("nan")}]) == [{"a": None}]


def test_a_lone_surrogate_is_replaced() -> None:
    assert json.loads(dump({"text": "\ud83d"})) == {"text": "\ufffd"}
    assert Items.of([{"text": "\ud83d"}]) == [{"text": "\ufffd"}]
    assert dump({"text": "é"}) == '{"text":"é"}'
