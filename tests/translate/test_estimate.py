"""The estimated number of tokens in a request."""

import pytest

from shim.translate import estimate
from shim.translate.estimate import IMAGE, ITEM, LOW, PRIMING
from shim.wire.encoding import dumps
from shim.wire.texts import Items


@pytest.mark.parametrize(
    "text, tokens",
    [
        ("", 0),
        ("a", 1),
        ("abcd", 1),
        ("abcde", 2),
        ("é" * 4, 2),
        ("\N{GRINNING FACE}", 1),
        ("\ud83d", 1),
        ("\0" * 9, 3),
    ],
)
def test_four_bytes_are_one_token_and_the_rest_is_rounded_up(text: str, tokens: int) -> None:
    assert estimate.plain(text) == tokens


@pytest.mark.parametrize(
    "item, inside",
    [
        ({"type": "message", "role": "user", "content": "12345"}, 5),
        ({"type": "message", "role": "user", "content": [{"type": "input_text", "text": "123"}]}, 3),
        ({"type": "message", "role": "assistant", "content": [{"type": "refusal", "refusal": "no"}]}, 2),
        ({"type": "message", "role": "user", "content": [{"type": "input_image"}]}, IMAGE),
        ({"type": "message", "role": "user", "content": [{"type": "input_image", "detail": "low"}]}, LOW),
        ({"type": "message", "role": "user", "content": [{"type": "input_image", "detail": "high"}]}, IMAGE),
        ({"type": "message", "role": "user", "content": [{"type": "input_file", "file_id": "file_1"}]}, 0),
        ({"type": "message", "role": "user", "content": [{"type": "input_text", "text": None}]}, 0),
        ({"type": "message", "role": "user", "content": []}, 0),
        ({"type": "message", "role": "user", "content": None}, 0),
        ({"type": "function_call", "call_id": "call_123", "name": "fn", "arguments": "{}"}, 4),
        ({"type": "function_call_output", "call_id": "call_123", "output": "four"}, 4),
        (
            {
                "type": "function_call_output",
                "output": [{"type": "input_text", "text": "a"}, {"type": "input_text", "text": "bc"}],
            },
            3,
        ),
        ({"type": "reasoning", "summary": [], "encrypted_content": "x" * 500}, 0),
    ],
)
def test_only_the_parts_of_an_item_that_the_model_reads_are_counted(item: dict[str, object], inside: int) -> None:
    assert estimate.of_item(item, len) == ITEM + inside


def test_the_frame_of_a_request_and_each_item_are_counted() -> None:
    item = {"type": "message", "role": "user", "content": "hello"}
    shown = {"tools": [{"type": "function", "name": "f"}], "text": {"format": {"type": "text"}}}
    body = {"input": Items.of([item, item]), "instructions": "Be brief.", "model": "m" * 99, **shown}
    frame = PRIMING + ITEM + len("Be brief.") + sum(len(dumps(each)) for each in shown.values())
    assert estimate.frame(body, len) == frame
    assert estimate.of_body(body, len) == frame + 2 * (ITEM + len("hello"))


@pytest.mark.parametrize("fields", [{}, {"instructions": None}, {"instructions": ""}])
def test_empty_instructions_are_not_counted(fields: dict[str, object]) -> None:
    assert estimate.of_body({"input": [], **fields}, len) == PRIMING
