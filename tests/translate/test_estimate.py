"""How many tokens a request is taken to hold."""

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
def test_four_bytes_are_a_token_and_a_part_counts_whole(text: str, tokens: int) -> None:
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
def test_an_item_counts_what_the_model_reads_of_it(item: dict[str, object], inside: int) -> None:
    assert estimate.of_item(item, len) == ITEM + inside


def test_a_request_counts_its_frame_and_each_item() -> None:
    said = {"type": "message", "role": "user", "content": "hello"}
    shown = {"tools": [{"type": "function", "name": "f"}], "text": {"format": {"type": "text"}}}
    body = {"input": Items.of([said, said]), "instructions": "Be brief.", "model": "m" * 99, **shown}
    frame = PRIMING + ITEM + len("Be brief.") + sum(len(dumps(each)) for each in shown.values())
    assert estimate.frame(body, len) == frame
    assert estimate.of_body(body, len) == frame + 2 * (ITEM + len("hello"))


@pytest.mark.parametrize("told", [{}, {"instructions": None}, {"instructions": ""}])
def test_instructions_that_say_nothing_cost_nothing(told: dict[str, object]) -> None:
    assert estimate.of_body({"input": [], **told}, len) == PRIMING
