"""Texts on the pages."""

from typing import Any

import pytest

from shim.server.window import formatting


@pytest.mark.parametrize(
    "seconds, text", [(0, "under 1 s"), (59, "59 s"), (61, "1 min 1 s"), (3_600, "1 h 0 min"), (7_320, "2 h 2 min")]
)
def test_durations(seconds: int, text: str) -> None:
    assert formatting.lasting(seconds) == text


def test_times() -> None:
    assert formatting.moment(0) == "1970-01-01 00:00:00"
    assert formatting.moment(None) == ""
    assert formatting.stamp(0) == "1970-01-01T00:00:00Z"
    assert [formatting.after(at, 5) for at in (None, 4, 5, 7)] == ["", "+0 s", "+0 s", "+2 s"]


def test_numbers_are_grouped() -> None:
    assert formatting.number(1_234_567) == "1\u202f234\u202f567"
    assert formatting.number(None) == "0"


def test_the_position_of_a_search_text() -> None:
    text = "a " * 50 + "The Suitcase is here" + " b" * 100
    before, hit, rest = formatting.cut(text, "suitcase")
    assert (before[0], before[-4:], hit, rest[:8], rest[-1]) == ("…", "The ", "Suitcase", " is here", "…")
    assert formatting.cut("nothing here", "x y") == ("nothing here", "", "")
    # A text whose length differs between upper and lower case has no such position.
    assert formatting.cut("Straße suitcase", "suitcase")[1] == ""


@pytest.mark.parametrize(
    "content, text",
    [
        ("plain", "plain"),
        (None, ""),
        ([{"type": "text", "text": {"value": "a", "annotations": []}}, {"type": "input_text", "text": "b"}], "a\nb"),
        (
            [{"type": "image_url", "image_url": {"url": "https://example.com/a.png"}}],
            "[image https://example.com/a.png]",
        ),
        ([{"type": "input_image", "file_id": "file-1"}], "[image file-1]"),
        ([{"type": "image_file", "image_file": {"file_id": "file-2"}}], "[image file-2]"),
        ([{"type": "refusal", "refusal": "No."}], "No."),
        ([{"type": "input_file"}], "[input_file]"),
    ],
)
def test_the_text_of_a_content(content: Any, text: str) -> None:
    assert formatting.text_of(content) == text


@pytest.mark.parametrize(
    "item, shown",
    [
        ({"role": "user", "content": "Hi"}, ("user", "Hi")),
        ({"type": "function_call", "name": "f", "arguments": "{}"}, ("function_call", "f({})")),
        ({"type": "function_call_output", "output": "42"}, ("output", "42")),
        ({"type": "function_call_output", "output": [{"type": "input_text", "text": "4"}]}, ("output", "4")),
        ({"type": "reasoning", "summary": []}, ("reasoning", "(not shown)")),
        ({"type": "file_search_call", "id": "fs_1"}, ("file_search_call", "fs_1")),
    ],
)
def test_the_kind_and_text_of_an_item(item: Any, shown: tuple[str, str]) -> None:
    assert formatting.item(item) == shown


def test_json_is_indented() -> None:
    assert formatting.pretty('{"a":1}') == '{\n  "a": 1\n}'
    assert formatting.pretty("no JSON") == "no JSON"
    assert formatting.pretty("42") == "42"
    assert formatting.pretty(["ä"]) == '[\n  "ä"\n]'
